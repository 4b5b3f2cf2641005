package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import java.util.Arrays;

/** {@code map(F, "x -> ...", margin=0)}: a lambda over cells, rows or columns. */
final class MapKernel {
  private MapKernel() {}

  static Frame run(Operand[] in) {
    Frame frame = FrameKernels.frameIn("map", in[0]);
    Lambda lambda = new Lambda(FrameKernels.scalarIn("map", "lambda", in[1]).asString());
    long margin = FrameKernels.scalarIn("map", "margin", in[2]).asLong();
    if (margin < 0 || margin > 2) {
      throw new OperandException(
          "'map' has the margins 0 (cells), 1 (rows) and 2 (columns), not " + margin);
    }
    if (lambda.arity() > 2) {
      throw new OperandException(
          "a lambda of 'map' takes one cell, row or column, or two cells, not " + lambda.arity());
    }
    if (lambda.arity() == 2) {
      return pairs(frame, lambda);
    }
    return margin == 0
        ? cells(frame, lambda)
        : margin == 1 ? rows(frame, lambda) : columns(frame, lambda);
  }

  /** A missing cell stays missing. */
  private static Frame cells(Frame frame, Lambda lambda) {
    int rows = (int) frame.rows();
    String[][] columns = new String[frame.cols()][rows];
    for (int c = 0; c < columns.length; c++) {
      for (int r = 0; r < rows; r++) {
        String cell = frame.textAt(r, c);
        Object value = cell == null ? null : lambda.apply(cell);
        columns[c][r] = value == null ? null : LambdaValues.text(value);
      }
    }
    return frame(columns, rows);
  }

  private static Frame rows(Frame frame, Lambda lambda) {
    int rows = (int) frame.rows();
    String[][] columns = new String[frame.cols()][rows];
    for (int row = 0; row < rows; row++) {
      int r = row;
      String[] cells = new String[columns.length];
      Arrays.setAll(cells, c -> frame.textAt(r, c));
      String[] mapped = mapped(lambda, cells);
      for (int c = 0; c < columns.length; c++) {
        columns[c][r] = mapped[c];
      }
    }
    return frame(columns, rows);
  }

  private static Frame columns(Frame frame, Lambda lambda) {
    int rows = (int) frame.rows();
    String[][] columns = new String[frame.cols()][];
    for (int col = 0; col < columns.length; col++) {
      int c = col;
      String[] cells = new String[rows];
      Arrays.setAll(cells, r -> frame.textAt(r, c));
      columns[c] = mapped(lambda, cells);
    }
    return frame(columns, rows);
  }

  private static String[] mapped(Lambda lambda, String[] cells) {
    if (lambda.apply((Object) cells) instanceof String[] mapped && mapped.length == cells.length) {
      return mapped;
    }
    throw new OperandException(
        "with a margin, the lambda of 'map' must give as many texts as it gets; use margin=0 for"
            + " single cells");
  }

  /**
   * Cell (i, j) for i before j is the lambda of rows i and j of the only column; others are 0.0.
   */
  private static Frame pairs(Frame frame, Lambda lambda) {
    if (frame.cols() != 1) {
      throw new OperandException(
          "a lambda of two cells maps a frame of one column, not of shape " + frame.shape());
    }
    int n = (int) frame.rows();
    String[][] columns = new String[n][n];
    for (int j = 0; j < n; j++) {
      Arrays.fill(columns[j], "0.0");
      for (int i = 0; i < j; i++) {
        columns[j][i] = LambdaValues.text(lambda.apply(frame.textAt(i, 0), frame.textAt(j, 0)));
      }
    }
    return frame(columns, n);
  }

  private static Frame frame(String[][] columns, int rows) {
    FrameBuilder builder = new FrameBuilder();
    for (int c = 0; c < columns.length; c++) {
      builder.add("C" + (c + 1), new Column(ColumnType.STRING, columns[c], null));
    }
    return builder.build(rows);
  }
}
