package dev.reprise.runtime.cpu.text;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.frame.FrameText;
import dev.reprise.runtime.operation.Operation;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/**
 * Matrices as text, cell for cell as SystemDS prints them: no exponents, halves rounded to even,
 * one line per row, what lies beyond the limits left out without a sign.
 *
 * @param rows most rows shown; negative for all
 * @param cols most columns shown; negative for all
 * @param decimals fewest digits after the point; at most 3, or this many if that is more
 * @param sparse one line "row column value" per cell that is not zero
 * @param separator between cells
 * @param lineSeparator after each line, the last included
 */
public record MatrixText(
    long rows, long cols, long decimals, boolean sparse, String separator, String lineSeparator) {
  private static final int SHOWN = 100;
  private static final int MOST_DECIMALS = 340;

  /** Adds the kernel of {@code toString} for matrices, frames and scalars. */
  public static void register(KernelTable.Builder table) {
    table.add("toString", MatrixText::toText);
  }

  private static Operand[] toText(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (inputs[0] instanceof Scalar scalar) {
      return new Operand[] {Scalar.of(scalar.asString())};
    }
    if (inputs[0] instanceof Frame) {
      return new Operand[] {Scalar.of(FrameText.of(inputs))};
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    MatrixText text =
        new MatrixText(
            Arguments.whole(operation, inputs, 1),
            Arguments.whole(operation, inputs, 2),
            Arguments.whole(operation, inputs, 3),
            Arguments.flag(operation, inputs, 4),
            Arguments.text(operation, inputs, 5),
            Arguments.text(operation, inputs, 6));
    return new Operand[] {Scalar.of(text.format(x))};
  }

  /** The matrix as text. */
  public String format(DenseMatrix x) {
    long shownRows = rows < 0 ? x.rows() : Math.min(rows, x.rows());
    long shownCols = cols < 0 ? x.cols() : Math.min(cols, x.cols());
    DecimalFormat format = numberFormat();
    StringBuilder text = new StringBuilder();
    for (long i = 0; i < shownRows; i++) {
      if (sparse) {
        sparseRow(x, i, shownCols, format, text);
      } else {
        denseRow(x, i, shownCols, format, text);
      }
    }
    return text.toString();
  }

  private void denseRow(
      DenseMatrix x, long row, long cells, DecimalFormat format, StringBuilder text) {
    for (long j = 0; j < cells; j++) {
      if (j > 0) {
        text.append(separator);
      }
      text.append(format(x.get(row, j), format));
    }
    text.append(lineSeparator);
  }

  private void sparseRow(
      DenseMatrix x, long row, long cells, DecimalFormat format, StringBuilder text) {
    for (long j = 0; j < cells; j++) {
      double value = x.get(row, j);
      if (value != 0) {
        text.append(row + 1)
            .append(separator)
            .append(j + 1)
            .append(separator)
            .append(format(value, format))
            .append(lineSeparator);
      }
    }
  }

  private static String format(double value, DecimalFormat format) {
    return Double.isFinite(value) ? format.format(value + 0.0) : Double.toString(value);
  }

  private DecimalFormat numberFormat() {
    DecimalFormat format = new DecimalFormat("0", DecimalFormatSymbols.getInstance(Locale.ROOT));
    format.setGroupingUsed(false);
    format.setMaximumFractionDigits(3);
    format.setMinimumFractionDigits(Math.clamp(decimals, 0, MOST_DECIMALS));
    return format;
  }
}
