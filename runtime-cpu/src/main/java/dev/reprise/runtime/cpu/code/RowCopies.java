package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;

/**
 * Rows of a table by their numbers from 1, copied by one call of machine code for many of them: a
 * copy of a few hundred bytes takes less time than calling what copies it. Any thread.
 */
public final class RowCopies {
  private static final int NUMBERS = RDI;
  private static final int NUMBERS_LEFT = RSI;
  private static final int TABLE = RDX;
  private static final int TABLE_ROWS = RCX;
  private static final int COPIES = R8;
  private static final int ROW_BYTES = R9;
  private static final int ROW = R10;
  private static final int VECTORS_LEFT = R11;

  private static final PrecisionCode CODE = new PrecisionCode("rows", RowCopies::write);

  private RowCopies() {}

  /** Whether rows of so many bytes can be copied so. */
  public static boolean fit(long rowBytes) {
    return rowBytes >= RowVectors.BYTES && CellFunction.areThere();
  }

  /**
   * Copies rows in native memory, which the JVM does not check. A number that is none of a row,
   * when its fraction is cut, stands for zeros.
   *
   * @param precision of all cells
   * @param numbers where they are, {@code count} of them
   * @param table where its first row is, of {@code rows}
   * @param copies where the first one goes, the others behind it
   * @param rowBytes that {@link #fit}
   */
  public static void run(
      Precision precision,
      long numbers,
      long count,
      long table,
      long rows,
      long copies,
      long rowBytes) {
    if (!fit(rowBytes)) {
      throw new IllegalArgumentException("rows of " + rowBytes + " bytes");
    }
    if (count == 0) {
      return;
    }
    CodeCall.withLongs(CODE.of(precision), numbers, count, table, rows, copies, rowBytes);
  }

  /** As {@link #run}, for numbers in an array of the heap. */
  public static void run(double[] numbers, long table, long rows, long copies, long rowBytes) {
    if (!fit(rowBytes)) {
      throw new IllegalArgumentException("rows of " + rowBytes + " bytes");
    }
    if (numbers.length == 0) {
      return;
    }
    // The second argument of this form of a call is a place, and this one a number.
    MemorySegment count = MemorySegment.ofAddress(numbers.length);
    CodeCall.withSegments(
        CODE.of(Precision.FP64),
        MemorySegment.ofArray(numbers),
        count,
        table,
        rows,
        copies,
        rowBytes);
  }

  /** A function of the System V calling convention. */
  private static byte[] write(Precision precision) {
    Assembler to = new Assembler(precision == Precision.FP64);
    int next = to.here();
    to.truncate(ROW, Address.of(NUMBERS));
    to.addNumber(ROW, -1);
    to.compare(ROW, TABLE_ROWS);
    int none = to.jumpUnlessBelow();
    to.multiply(ROW, ROW_BYTES);
    to.add(ROW, TABLE);
    writeRow(to, RowCopies::copyVector);
    int end = to.jump();
    to.landHere(none);
    to.clear(0);
    writeRow(to, RowCopies::storeVector);
    to.landHere(end);
    to.addNumber(NUMBERS, precision.bytesPerCell());
    to.add(COPIES, ROW_BYTES);
    to.decrement(NUMBERS_LEFT);
    to.jumpBackUnlessZero(next);
    to.returnToCaller();
    return to.bytes();
  }

  private static void writeRow(Assembler to, RowVectors.Step step) {
    RowVectors.writeCount(to, VECTORS_LEFT, ROW_BYTES);
    RowVectors.writeLoop(to, VECTORS_LEFT, ROW_BYTES, RAX, step);
  }

  private static void copyVector(Assembler to, int index, int bytes) {
    to.loadVector(0, Address.of(ROW, index, 1).plus(bytes));
    storeVector(to, index, bytes);
  }

  private static void storeVector(Assembler to, int index, int bytes) {
    to.storeVector(Address.of(COPIES, index, 1).plus(bytes), 0);
  }
}
