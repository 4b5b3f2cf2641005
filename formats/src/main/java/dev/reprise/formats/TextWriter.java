package dev.reprise.formats;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** Writes one cell per line: row, column, value. Zeros and missing texts are left out. */
final class TextWriter {
  private final TextSink out;

  TextWriter(FileChannel channel) {
    this.out = new TextSink(channel);
  }

  void write(DenseMatrix matrix) throws IOException {
    for (long r = 0; r < matrix.rows(); r++) {
      for (long c = 0; c < matrix.cols(); c++) {
        double cell = MatrixCells.get(matrix, r, c);
        // Negative zero is written, so that the same bits come back.
        if (Double.doubleToRawLongBits(cell) != 0) {
          out.put(r + 1).put(' ').put(c + 1).put(' ').put(cell).put('\n');
        }
      }
    }
    out.flush();
  }

  /** Writes Matrix Market, coordinate real general. */
  void writeMarket(DenseMatrix matrix) throws IOException {
    long listed = 0;
    for (long r = 0; r < matrix.rows(); r++) {
      for (long c = 0; c < matrix.cols(); c++) {
        listed += Double.doubleToRawLongBits(MatrixCells.get(matrix, r, c)) != 0 ? 1 : 0;
      }
    }
    out.put("%%MatrixMarket matrix coordinate real general\n");
    out.put(matrix.rows()).put(' ').put(matrix.cols()).put(' ').put(listed).put('\n');
    write(matrix);
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
