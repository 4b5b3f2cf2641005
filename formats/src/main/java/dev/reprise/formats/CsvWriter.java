package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes csv as SystemDS writes it. */
final class CsvWriter {
  // Half a megabyte of text or so: some milliseconds of formatting, little memory.
  private static final long PIECE_CELLS = 1 << 15;
  private static final int PIECES_PER_THREAD = 4;

  private final FileChannel channel;
  private final TextSink out;
  private final String separator;
  private final int threads;

  CsvWriter(FileChannel channel, String separator, int threads) {
    this.channel = channel;
    this.out = new TextSink(channel);
    this.separator = separator;
    this.threads = threads;
  }

  /**
   * Writes a matrix.
   *
   * @param header whether a line C1, C2, ... comes first
   * @param sparse whether zeros are left empty
   */
  void write(MatrixOperand matrix, boolean header, boolean sparse) throws IOException {
    if (header) {
      for (long c = 0; c < matrix.cols(); c++) {
        separate(c).put('C').put(c + 1);
      }
      out.put('\n');
    }
    out.flush();
    if (matrix.cols() > 0) {
      writeRows(matrix, sparse);
    }
  }

  /** Formats pieces of rows on several threads and writes them in order, a wave at a time. */
  private void writeRows(MatrixOperand matrix, boolean sparse) throws IOException {
    long rowsPerPiece = Math.max(1, PIECE_CELLS / matrix.cols());
    long pieces = (matrix.rows() + rowsPerPiece - 1) / rowsPerPiece;
    int wave = PIECES_PER_THREAD * threads;
    for (long first = 0; first < pieces; first += wave) {
      int count = (int) Math.min(wave, pieces - first);
      ByteBuffer[] texts = new ByteBuffer[count];
      long base = first;
      BlockTasks.run(
          count,
          threads,
          i -> {
            long from = (base + i) * rowsPerPiece;
            long to = Math.min(matrix.rows(), from + rowsPerPiece);
            texts[i] = rows(matrix, from, to, sparse);
          });
      for (ByteBuffer text : texts) {
        BinaryFiles.writeFully(channel, text);
      }
    }
  }

  private ByteBuffer rows(MatrixOperand matrix, long from, long to, boolean sparse) {
    TextSink text = new TextSink();
    MatrixRows cells = new MatrixRows(matrix);
    try {
      for (long r = from; r < to; r++) {
        double[] row = cells.row(r);
        for (int c = 0; c < row.length; c++) {
          if (c > 0) {
            text.put(separator);
          }
          if (!sparse || Double.doubleToRawLongBits(row[c]) != 0) {
            text.put(row[c]);
          }
        }
        text.put('\n');
      }
    } catch (IOException e) {
      throw new IllegalStateException("text in memory does not fail", e);
    }
    return text.content();
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
      out.put(separator).put(frame.fill(c) == null ? "null" : field(frame.fill(c)));
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
    if (isOneField(text)) {
      return text;
    }
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  private boolean isOneField(String text) {
    int from = text.startsWith("\"") ? afterQuotes(text) : 0;
    return from >= 0 && text.indexOf(separator, from) < 0 && text.indexOf('\n', from) < 0;
  }

  /** The position after the quote that closes the first one, -1 when none does. */
  private static int afterQuotes(String text) {
    for (int i = 1; i < text.length(); i++) {
      if (text.charAt(i) == '"') {
        if (i + 1 == text.length() || text.charAt(i + 1) != '"') {
          return i + 1;
        }
        i++;
      }
    }
    return -1;
  }
}
