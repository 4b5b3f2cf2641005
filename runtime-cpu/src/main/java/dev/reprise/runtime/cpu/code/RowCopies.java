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
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.Assembler.Address;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Rows that are somewhere, to be copied to other places, by one call of machine code for many of
 * them: a copy of a few hundred bytes takes less time than calling what copies it. Any thread.
 */
public final class RowCopies {
  /** Bytes at a time, of which a row has as many at least. */
  private static final int VECTOR = 32;

  private static final PrecisionCode CODE = new PrecisionCode("rows", RowCopies::write);

  private RowCopies() {}

  /** Whether rows of so many bytes can be copied so. */
  public static boolean fit(long rowBytes) {
    return rowBytes >= VECTOR && CellFunction.areThere();
  }

  /** Begins code; looked at only where there is some, since linking may be forbidden. */
  private static final class Entry {
    /** A constant, and critical: arrays of the heap stay where they are meanwhile. */
    static final MethodHandle CALL =
        Linker.nativeLinker()
            .downcallHandle(
                FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.critical(true));
  }

  /**
   * Copies rows in native memory, which the JVM does not check.
   *
   * @param precision of their cells
   * @param from where each is
   * @param to where each goes: none of those that are copied
   * @param rows how many of them
   * @param rowBytes that {@link #fit}
   */
  public static void run(Precision precision, long[] from, long[] to, int rows, long rowBytes) {
    if (!fit(rowBytes)) {
      throw new IllegalArgumentException("rows of " + rowBytes + " bytes");
    }
    if (rows == 0) {
      return;
    }
    MemorySegment sources = MemorySegment.ofArray(from);
    MemorySegment targets = MemorySegment.ofArray(to);
    long last = rowBytes - VECTOR;
    long before = (rowBytes - 1) / VECTOR;
    MemorySegment code = CODE.of(precision);
    try {
      Entry.CALL.invokeExact(code, sources, targets, (long) rows, before, last);
    } catch (Throwable e) {
      throw new IllegalStateException("generated code failed", e);
    }
  }

  /**
   * A function of the System V calling convention: where the places are, how many, how many whole
   * vectors before the last one, and where that is, which may begin within the one before it.
   */
  private static byte[] write(Precision precision) {
    Assembler to = new Assembler(precision == Precision.FP64);
    int row = to.here();
    to.load(R10, Address.of(RDI));
    to.load(R11, Address.of(RSI));
    to.zero(RAX);
    to.move(R9, RCX);
    to.test(R9);
    int few = to.jumpIfZero();
    int loop = to.here();
    writeVector(to, RAX);
    to.addNumber(RAX, VECTOR);
    to.decrement(R9);
    to.jumpBackUnlessZero(loop);
    to.landHere(few);
    writeVector(to, R8);
    to.addNumber(RDI, Long.BYTES);
    to.addNumber(RSI, Long.BYTES);
    to.decrement(RDX);
    to.jumpBackUnlessZero(row);
    to.returnToCaller();
    return to.bytes();
  }

  private static void writeVector(Assembler to, int offset) {
    to.loadVector(0, Address.of(R10, offset, 1));
    to.storeVector(Address.of(R11, offset, 1), 0);
  }
}
