package dev.reprise.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/**
 * Where a content goes: an array, a file, or pieces where the store has them. May be begun anew.
 * For one thread.
 *
 * <p>A large dense table goes into pieces of its columns, a frame and what packs well into pieces
 * of its bytes, and the rest into the file as it is.
 */
public final class ContentOutput implements WritableByteChannel {
  /** Of a matrix and of a frame, before the cells. */
  private static final int MATRIX_HEADER = 33;

  private static final int FRAME_HEADER = 25;

  /** Smaller contents stay in one file. */
  public static final int LEAST_BYTES = 64 << 10;

  private final ByteArrayOutputStream array;

  /** Null also when a content is only cut, or left as it is. */
  private final FileChannel file;

  /** Null when the content is not cut. */
  private final PieceWriter pieces;

  private enum Form {
    OPEN,
    WHOLE,
    PIECES,
    TABLE
  }

  private Form form = Form.OPEN;

  /** What came and has not been written: the header and one piece at most. */
  private byte[] pending = new byte[MATRIX_HEADER];

  private int pendingBytes;
  private byte[] header = {};
  private long cut;

  private ContentOutput(ByteArrayOutputStream array, FileChannel file, PieceWriter pieces) {
    this.array = array;
    this.file = file;
    this.pieces = pieces;
  }

  static ContentOutput toArray() {
    return new ContentOutput(new ByteArrayOutputStream(), null, null);
  }

  /**
   * @param file closed by the caller
   * @param pieces null to write all of it to the file
   */
  static ContentOutput to(FileChannel file, PieceWriter pieces) {
    return new ContentOutput(null, file, pieces);
  }

  /** Writes a whole content into pieces; false when it is to stay in one file. */
  static boolean cut(MemorySegment content, PieceWriter pieces) throws IOException {
    ContentOutput out = new ContentOutput(null, null, pieces);
    for (long at = 0; at < content.byteSize() && out.form != Form.WHOLE; at += LEAST_BYTES) {
      long length = Math.min(LEAST_BYTES, content.byteSize() - at);
      ByteBuffer bytes = content.asSlice(at, length).asByteBuffer();
      while (bytes.hasRemaining() && out.form != Form.WHOLE) {
        out.take(bytes);
      }
    }
    return out.form != Form.WHOLE && out.finish();
  }

  /** Forgets what was written; whoever tries again to write begins with this. */
  public void restart() throws IOException {
    if (array != null) {
      array.reset();
      return;
    }
    file.truncate(0);
    file.position(0);
    if (pieces != null) {
      pieces.restart();
      form = Form.OPEN;
      pendingBytes = 0;
      header = new byte[0];
      cut = 0;
    }
  }

  /** True when the cells of a dense matrix, of which the header was written, are taken at once. */
  public boolean takesCells(long rows, long columns, int cellBytes) {
    return pieces != null
        && form == Form.OPEN
        && pendingBytes == MATRIX_HEADER
        && pending[0] == 'M'
        && PieceWriter.takesTable(rows, columns, cellBytes);
  }

  /** Takes all cells of such a matrix, row by row; nothing follows. */
  public void cells(MemorySegment cells, long rows, int columns, int cellBytes) throws IOException {
    form = Form.TABLE;
    byte[] before = Arrays.copyOf(pending, pendingBytes);
    pendingBytes = 0;
    pieces.table(before, cells, rows, columns, cellBytes);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    if (array != null) {
      byte[] copy = new byte[length];
      bytes.get(copy);
      array.write(copy, 0, length);
      return length;
    }
    if (pieces == null || form == Form.WHOLE) {
      return file.write(bytes);
    }
    if (form == Form.TABLE) {
      throw new IllegalStateException("nothing follows the cells of a matrix");
    }
    while (bytes.hasRemaining() && form != Form.WHOLE) {
      take(bytes);
    }
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
    return length;
  }

  private void take(ByteBuffer bytes) throws IOException {
    int full = limit(bytes);
    int count = Math.min(bytes.remaining(), full - pendingBytes);
    if (pending.length < pendingBytes + count) {
      pending =
          Arrays.copyOf(
              pending, Math.min(full, Math.max(2 * pending.length, pendingBytes + count)));
    }
    bytes.get(pending, pendingBytes, count);
    pendingBytes += count;
    if (pendingBytes == full) {
      flush();
    }
  }

  /** How much may be pending: one piece, and the header before the first one. */
  private int limit(ByteBuffer next) {
    return form == Form.PIECES
        ? Layout.PIECE_BYTES
        : Layout.PIECE_BYTES + headerOf(pendingBytes == 0 ? next.get(next.position()) : pending[0]);
  }

  private static int headerOf(byte kind) {
    return switch (kind) {
      case 'M' -> MATRIX_HEADER;
      case 'F' -> FRAME_HEADER;
      default -> 0;
    };
  }

  private void flush() throws IOException {
    int from = 0;
    if (form == Form.OPEN) {
      int headerBytes = pendingBytes == 0 ? 0 : Math.min(pendingBytes, headerOf(pending[0]));
      boolean isCut =
          pendingBytes >= LEAST_BYTES
              && (pending[0] == 'F'
                  || PieceFiles.packs(pending, headerBytes, pendingBytes - headerBytes));
      form = isCut ? Form.PIECES : Form.WHOLE;
      if (isCut) {
        header = Arrays.copyOf(pending, headerBytes);
        from = headerBytes;
      }
    }
    if (form == Form.WHOLE) {
      ByteBuffer all = ByteBuffer.wrap(pending, 0, pendingBytes);
      while (file != null && all.hasRemaining()) {
        file.write(all);
      }
    } else if (pendingBytes > from) {
      pieces.add(pending, from, pendingBytes - from);
      cut += pendingBytes - from;
    }
    pendingBytes = 0;
  }

  /** Writes what is left; true when the content lies in pieces, and nothing in the file. */
  boolean finish() throws IOException {
    if (pieces == null || form == Form.WHOLE) {
      return false;
    }
    if (form != Form.TABLE) {
      flush();
      if (form == Form.PIECES) {
        pieces.sequence(header, cut);
      }
    }
    return form != Form.WHOLE;
  }

  byte[] bytes() {
    return array.toByteArray();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
