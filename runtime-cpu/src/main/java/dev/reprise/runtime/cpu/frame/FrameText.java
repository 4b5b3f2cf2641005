package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Frames as {@code toString} and {@code print} show them. */
public final class FrameText {
  private static final int MOST_DECIMALS = 340;

  private FrameText() {}

  /**
   * What {@code toString} gives for a frame.
   *
   * @param operands in the order of the opcode's parameters: target, rows, cols, decimals, sparse,
   *     sep, linesep
   */
  public static String of(Operand[] operands) {
    return of(
        (Frame) operands[0],
        option("rows", operands[1]).asLong(),
        option("cols", operands[2]).asLong(),
        option("decimal", operands[3]).asLong(),
        option("sep", operands[5]).asString(),
        option("linesep", operands[6]).asString());
  }

  private static Scalar option(String name, Operand value) {
    return FrameKernels.scalarIn("toString", name, value);
  }

  /**
   * The frame's shape, names, types and first cells, a line each; missing cells are {@code null}.
   *
   * @param maxRows how many rows are shown at most; negative for all
   * @param maxCols how many columns are shown at most; negative for all
   * @param decimals fewest digits after the point of an FP64; at most 3, or this many if more
   * @param separator between cells
   * @param lineSeparator after each line of cells
   */
  public static String of(
      Frame frame,
      long maxRows,
      long maxCols,
      long decimals,
      String separator,
      String lineSeparator) {
    int rows = (int) (maxRows < 0 ? frame.rows() : Math.min(maxRows, frame.rows()));
    int cols = (int) (maxCols < 0 ? frame.cols() : Math.min(maxCols, frame.cols()));
    DecimalFormat format = new DecimalFormat("0", DecimalFormatSymbols.getInstance(Locale.ROOT));
    int fewest = Math.clamp(decimals, 0, MOST_DECIMALS);
    format.setMinimumFractionDigits(fewest);
    format.setMaximumFractionDigits(Math.max(fewest, 3));
    StringBuilder text = new StringBuilder();
    text.append("# FRAME: nrow = ").append(frame.rows());
    text.append(", ncol = ").append(frame.cols()).append(lineSeparator).append('#');
    for (int c = 0; c < cols; c++) {
      text.append(separator).append(frame.names().get(c));
    }
    text.append(lineSeparator).append('#');
    for (int c = 0; c < cols; c++) {
      text.append(separator).append(frame.schema().get(c).label());
    }
    text.append(lineSeparator);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        text.append(c == 0 ? "" : separator).append(cell(frame, r, c, format));
      }
      text.append(lineSeparator);
    }
    return text.toString();
  }

  private static String cell(Frame frame, int row, int col, DecimalFormat format) {
    if (frame.schema().get(col) == ColumnType.BOOLEAN && !frame.isMissing(row, col)) {
      return frame.booleans(col)[row] ? "TRUE" : "FALSE";
    }
    if (frame.schema().get(col) == ColumnType.DOUBLE && !frame.isMissing(row, col)) {
      double value = frame.doubles(col)[row];
      return Double.isFinite(value) ? format.format(value) : Double.toString(value);
    }
    return String.valueOf(frame.textAt(row, col));
  }
}
