package dev.reprise.formats;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * Writes the formats that list cells: {@code text}, Matrix Market and {@code libsvm}. Zeros and
 * missing texts are left out; negative zero is written, so that the same bits come back.
 */
final class TextWriter {
  private final TextSink out;

  TextWriter(FileChannel channel) {
    this.out = new TextSink(channel);
  }

  /** One row's listed cells, given in order of their columns. */
  private interface CellWriter {
    void put(long row, long col, double value) throws IOException;
  }

  void write(MatrixOperand matrix) throws IOException {
    CellWriter line =
        (r, c, value) -> out.put(r + 1).put(' ').put(c + 1).put(' ').put(value).put('\n');
    MatrixRows rows = matrix instanceof DenseMatrix ? new MatrixRows(matrix) : null;
    for (long r = 0; r < matrix.rows(); r++) {
      list(matrix, rows, r, matrix.cols(), line);
    }
    out.flush();
  }

  /** Lists a row's cells before the column {@code end}. */
  private static void list(
      MatrixOperand matrix, MatrixRows rows, long r, long end, CellWriter writer)
      throws IOException {
    if (matrix instanceof SparseMatrix sparse) {
      long last = sparse.start(r + 1);
      for (long at = sparse.start(r); at < last && sparse.column(at) < end; at++) {
        writer.put(r, sparse.column(at), sparse.value(at));
      }
      return;
    }
    double[] cells = rows.row(r);
    for (int c = 0; c < end; c++) {
      if (Double.doubleToRawLongBits(cells[c]) != 0) {
        writer.put(r, c, cells[c]);
      }
    }
  }

  /** Writes Matrix Market, coordinate real general. */
  void writeMarket(MatrixOperand matrix) throws IOException {
    out.put("%%MatrixMarket matrix coordinate real general\n");
    out.put(matrix.rows()).put(' ').put(matrix.cols()).put(' ').put(listed(matrix)).put('\n');
    write(matrix);
  }

  private static long listed(MatrixOperand matrix) {
    if (matrix instanceof SparseMatrix sparse) {
      return sparse.nonZeros();
    }
    MatrixRows rows = new MatrixRows(matrix);
    long listed = 0;
    for (long r = 0; r < matrix.rows(); r++) {
      for (double cell : rows.row(r)) {
        listed += Double.doubleToRawLongBits(cell) != 0 ? 1 : 0;
      }
    }
    return listed;
  }

  /** Writes libsvm as SystemDS does: the last column is the label and comes first. */
  void writeLibsvm(MatrixOperand matrix, String separator, String indexSeparator)
      throws IOException {
    long features = matrix.cols() - 1;
    CellWriter pair = (r, c, value) -> out.put(separator).put(c + 1).put(indexSeparator).put(value);
    MatrixRows rows = matrix instanceof DenseMatrix ? new MatrixRows(matrix) : null;
    for (long r = 0; r < matrix.rows(); r++) {
      double label = matrix.get(r, features);
      out.put(Double.doubleToRawLongBits(label) == 0 ? "0.0" : Double.toString(label));
      list(matrix, rows, r, features, pair);
      out.put('\n');
    }
    out.flush();
  }

  void write(Frame frame) throws IOException {
    for (int r = 0; r < frame.rows(); r++) {
      for (int c = 0; c < frame.cols(); c++) {
        String cell = FrameCells.text(frame, r, c);
        if (cell != null) {
          if (cell.indexOf('\n') >= 0) {
            throw new FormatException(
                "write", "a text with a line end cannot be written as text; use csv or binary");
          }
          out.put(r + 1L).put(' ').put(c + 1L).put(' ').put(cell).put('\n');
        }
      }
    }
    out.flush();
  }
}
