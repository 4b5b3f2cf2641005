package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

import java.lang.foreign.MemorySegment;

/**
 * Adjacent columns of a matrix, copied by one call of machine code for thousands of rows: a loop of
 * Java over two segments takes three to four times as long for single columns ({@code y = X[, j]}
 * of 100,000 x 80 doubles 2.4 and 0.7 ms on one thread of an Intel Xeon with AVX-512), and copies
 * of whole rows by calls take longer to begin than to copy a few hundred bytes. Any thread.
 */
public final class RectangleCopies {
  /** Longer rows are better copied by the system's function, one by one. */
  public static final long MOST_ROW_BYTES = 1 << 12;

  /** Rows of one call, in which the JVM can stop no thread: a cell of each may be far away. */
  static final int MOST_ROWS = 1 << 12;

  /** Likewise, bytes. */
  private static final long MOST_BYTES = 1 << 19;

  private static final int FROM = RDI;
  private static final int FROM_STRIDE = RSI;
  private static final int TO = RDX;
  private static final int TO_STRIDE = RCX;
  private static final int ROWS_LEFT = R8;
  private static final int ROW_BYTES = R9;
  private static final int VECTORS_LEFT = R11;

  /** By the cells of four bytes in a row of less than a vector; the first is for longer rows. */
  private static final CodeTable CODES =
      new CodeTable("copies", RowVectors.BYTES / Float.BYTES, RectangleCopies::write);

  private RectangleCopies() {}

  /** Whether there is code, which needs certain processors and systems. */
  public static boolean areThere() {
    return CellFunction.areThere();
  }

  /**
   * Copies parts of rows in native memory, which the JVM does not check.
   *
   * @param from where the first one begins
   * @param fromStride bytes from there to the next one, below 0 where that lies before it
   * @param to where it goes: no memory that is read
   * @param toStride bytes from there to where the next one goes, at least {@code rowBytes}
   * @param rowBytes of each: above 0 and a multiple of 4
   */
  public static void run(
      long from, long fromStride, long to, long toStride, long rows, long rowBytes) {
    if (rowBytes <= 0 || rowBytes % Float.BYTES != 0) {
      throw new IllegalArgumentException("rows of " + rowBytes + " bytes");
    }
    if (rows <= 0) {
      return;
    }
    MemorySegment code = CODES.of(rowBytes < RowVectors.BYTES ? (int) rowBytes / Float.BYTES : 0);
    long most = Math.clamp(MOST_BYTES / rowBytes, 1, MOST_ROWS);
    for (long row = 0; row < rows; row += most) {
      long count = Math.min(most, rows - row);
      CodeCall.withLongs(
          code,
          from + row * fromStride,
          fromStride,
          to + row * toStride,
          toStride,
          count,
          rowBytes);
    }
  }

  /** A function of the System V calling convention. */
  private static byte[] write(int cells) {
    // Doubles or floats, all are bytes.
    Assembler to = new Assembler(true);
    int next = to.here();
    if (cells == 0) {
      RowVectors.writeCount(to, VECTORS_LEFT, ROW_BYTES);
      RowVectors.writeLoop(to, VECTORS_LEFT, ROW_BYTES, RAX, RectangleCopies::copyVector);
    } else if (cells == 1) {
      to.loadFloat(0, Address.of(FROM));
      to.storeFloat(Address.of(TO), 0);
    } else {
      copyWords(to, cells * Float.BYTES);
    }
    to.add(FROM, FROM_STRIDE);
    to.add(TO, TO_STRIDE);
    to.decrement(ROWS_LEFT);
    to.jumpBackUnlessZero(next);
    to.returnToCaller();
    return to.bytes();
  }

  private static void copyVector(Assembler to, int index, int bytes) {
    to.loadVector(0, Address.of(FROM, index, 1).plus(bytes));
    to.storeVector(Address.of(TO, index, 1).plus(bytes), 0);
  }

  /** Words of 8 bytes, of which the last may begin within the one before. */
  private static void copyWords(Assembler to, int bytes) {
    for (int at = 0; at < bytes; at += Long.BYTES) {
      int word = Math.min(at, bytes - Long.BYTES);
      to.load(RAX, Address.of(FROM).plus(word));
      to.store(Address.of(TO).plus(word), RAX);
    }
  }
}
