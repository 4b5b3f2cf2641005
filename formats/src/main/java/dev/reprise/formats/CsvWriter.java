package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** Writes csv as SystemDS writes it. */
final class CsvWriter {
  private final TextSink out;
  private final String separator;

  CsvWriter(FileChannel channel, String separator) {
    this.out = new TextSink(channel);
    this.separator = separator;
  }

  /**
   * Writes a matrix.
   *
   * @param header whether a line C1, C2, ... comes first
   * @param sparse whether zeros are left empty
   */
  void write(DenseMatrix matrix, boolean header, boolean sparse) throws IOException {
    if (header) {
      for (long c = 0; c < matrix.cols(); c++) {
        separate(c).put('C').put(c + 1);
      }
      out.put('\n');
    }
    for (long r = 0; r < matrix.rows() && matrix.cols() > 0; r++) {
      for (long c = 0; c < matrix.cols(); c++) {
        double cell = MatrixCells.get(matrix, r, c);
        separate(c);
        if (!sparse || Double.doubleToRawLongBits(cell) != 0) {
          out.put(cell);
        }
      }
      out.put('\n');
    }
    out.flush();
  }

  /** Writes a frame; missing cells are left empty. */
  void write(Frame frame, boolean header) throws IOException {
    if (header) {
      for (int c = 0; c < frame.cols(); c++) {
        separate(c).put(field(frame.names().get(c)));
      }
      out.put('\n');
    }
    writeMetaLines(frame);
    for (int r = 0; r < frame.rows() && frame.cols() > 0; r++) {
      for (int c = 0; c < frame.cols(); c++) {
        separate(c);
        boolean text = frame.schema().get(c) == ColumnType.STRING;
        String cell = FrameCells.text(frame, r, c);
        if (cell != null) {
          out.put(text ? field(cell) : cell);
        }
      }
      out.put('\n');
    }
    out.flush();
  }

  /** The two lines without which SystemDS does not understand the meta frame of a transform. */
  private void writeMetaLines(Frame frame) throws IOException {
    long[] counts = TransformMeta.distinctCounts(frame);
    if (counts == null) {
      return;
    }
    out.put(TransformMeta.MISSING_VALUES);
    for (int c = 0; c < counts.length; c++) {
      out.put(separator).put("null");
    }
    out.put('\n').put(TransformMeta.DISTINCT_COUNTS);
    for (long count : counts) {
      out.put(separator).put(count);
    }
    out.put('\n');
  }

  private TextSink separate(long col) throws IOException {
    return col == 0 ? out : out.put(separator);
  }

  /**
   * A text as one field: itself when it reads back as one field (also when it carries its own
   * quotes), else in quotes.
   */
  private String field(String text) {
    boolean special = text.contains(separator) || text.indexOf('\n') >= 0 || text.startsWith("\"");
    if (!special || isQuoted(text)) {
      return text;
    }
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  private static boolean isQuoted(String text) {
    int last = text.length() - 1;
    if (last < 1 || text.charAt(0) != '"' || text.charAt(last) != '"') {
      return false;
    }
    for (int i = 1; i < last; i++) {
      if (text.charAt(i) == '"') {
        if (i + 1 == last || text.charAt(i + 1) != '"') {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
