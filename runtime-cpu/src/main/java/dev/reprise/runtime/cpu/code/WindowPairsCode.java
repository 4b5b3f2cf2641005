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
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F38;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_NONE;

import dev.reprise.runtime.Precision;

/**
 * The machine code of {@link WindowPairs}: two loops, over rows of windows and over the windows of
 * a row, four of floats or two of doubles at a time. A function of the System V calling convention:
 * where the arguments are. It returns other than 0 when a cell was refused.
 */
final class WindowPairsCode {
  // Places of the arguments, counted in longs.
  static final int IMAGE = 0;
  static final int GRADIENTS = 1;
  static final int OUT = 2;
  static final int ROWS = 3;
  static final int GROUPS = 4;
  static final int MASK = 5;
  static final int ROW_BYTES = 6;
  static final int OUT_ROW_BYTES = 7;
  static final int ARGUMENTS = 8;

  private static final int VECTOR_BYTES = 32;

  /** Of the masks of cells and of windows, for a number of windows. */
  static final int MASK_BYTES = 2 * VECTOR_BYTES;

  /** Bytes of a vector's gradients, of which the code counts where it is. */
  private static final int STEP_BYTES = VECTOR_BYTES / 2;

  // Vector registers.
  private static final int UPPER = 0;
  private static final int LOWER = 1;
  private static final int OTHER = 2;
  private static final int LARGEST_ABOVE = 3;
  private static final int LARGEST_BELOW = 4;
  private static final int GRADIENT = 5;
  private static final int ZERO = 10;
  private static final int ODD_LANES = 11;
  private static final int QUARTER = 12;
  private static final int CELL_MASK = 13;
  private static final int WINDOW_MASK = 14;
  private static final int REFUSED = 15;

  private static final int AT_LEAST = 0x1D;
  private static final int NEITHER_ORDERED = 0x03;

  private final Assembler to;
  private final boolean doubles;
  private final WindowPairs kind;

  private WindowPairsCode(Precision precision, WindowPairs kind) {
    this.doubles = precision == Precision.FP64;
    this.to = new Assembler(doubles);
    this.kind = kind;
  }

  static byte[] of(Precision precision, WindowPairs kind) {
    return new WindowPairsCode(precision, kind).write();
  }

  /** How many windows are computed at a time. */
  static int windows(Precision precision) {
    return STEP_BYTES / precision.bytesPerCell();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] write() {
    to.load(RSI, argument(IMAGE));
    to.load(RDX, argument(GRADIENTS));
    to.load(R10, argument(OUT));
    to.load(R8, argument(ROWS));
    to.clear(ZERO);
    to.clear(REFUSED);
    to.loadVector(ODD_LANES, Address.ahead(0));
    int oddLanes = to.here();
    to.loadVector(QUARTER, Address.ahead(0));
    int quarter = to.here();
    to.address(RCX, Address.ahead(0));
    int masks = to.here();
    to.add(RCX, argument(MASK));
    to.loadVector(CELL_MASK, Address.of(RCX));
    to.loadVector(WINDOW_MASK, Address.of(RCX, VECTOR_BYTES));
    int row = to.here();
    to.move(R9, RSI);
    to.add(R9, argument(ROW_BYTES));
    to.move(R11, R10);
    to.add(R11, argument(ROW_BYTES));
    to.zero(RAX);
    to.load(RCX, argument(GROUPS));
    to.test(RCX);
    int few = to.jumpIfZero();
    int loop = to.here();
    writeWindows(false);
    to.addNumber(RAX, STEP_BYTES);
    to.decrement(RCX);
    to.jumpBackUnlessZero(loop);
    to.landHere(few);
    to.load(RCX, argument(MASK));
    to.test(RCX);
    int none = to.jumpIfZero();
    writeWindows(true);
    to.landHere(none);
    to.move(RSI, R9);
    to.add(RSI, argument(ROW_BYTES));
    to.move(R10, R11);
    to.add(R10, argument(ROW_BYTES));
    to.add(RDX, argument(OUT_ROW_BYTES));
    to.decrement(R8);
    to.jumpBackUnlessZero(row);
    to.vector(MAP_0F, prefix(), true, 0x50, RAX, 0, REFUSED);
    to.returnToCaller();
    writeData(oddLanes, quarter, masks);
    return to.bytes();
  }

  private int prefix() {
    return doubles ? PREFIX_66 : PREFIX_NONE;
  }

  private void writeWindows(boolean masked) {
    if (kind == WindowPairs.LARGEST) {
      writeLargest(masked);
      return;
    }
    loadGradients(masked);
    if (kind == WindowPairs.MEANS) {
      to.vector(MAP_0F, prefix(), true, 0x59, GRADIENT, GRADIENT, QUARTER);
      to.addVector(GRADIENT, GRADIENT, ZERO);
      store(R10, GRADIENT, masked);
      store(R11, GRADIENT, masked);
      return;
    }
    // A negative zero becomes a zero, as if it were added to one.
    to.addVector(GRADIENT, GRADIENT, ZERO);
    loadCells(masked);
    choose(UPPER, LARGEST_ABOVE);
    choose(LOWER, LARGEST_BELOW);
    compare(LARGEST_ABOVE, LARGEST_ABOVE, AT_LEAST, LARGEST_BELOW);
    to.vector(MAP_0F, prefix(), true, 0x54, UPPER, UPPER, LARGEST_ABOVE);
    to.vector(MAP_0F, prefix(), true, 0x55, LOWER, LARGEST_ABOVE, LOWER);
    store(R10, UPPER, masked);
    store(R11, LOWER, masked);
  }

  private void loadCells(boolean masked) {
    load(UPPER, RSI, masked);
    load(LOWER, R9, masked);
    compare(OTHER, UPPER, NEITHER_ORDERED, LOWER);
    to.vector(MAP_0F, prefix(), true, 0x56, REFUSED, REFUSED, OTHER);
  }

  private void writeLargest(boolean masked) {
    loadCells(masked);
    largest(UPPER, UPPER, LOWER);
    swap(LOWER, UPPER);
    largest(UPPER, UPPER, LOWER);
    // The first cells of pairs, of both halves, side by side.
    to.vector(MAP_0F3A, PREFIX_66, true, 0x19, UPPER, 0, LOWER);
    to.control(1);
    to.vector(MAP_0F, prefix(), false, doubles ? 0x14 : 0xC6, UPPER, UPPER, LOWER);
    if (!doubles) {
      to.control(0b10_00_10_00);
    }
    Address at = Address.of(RDX, RAX, 1);
    if (masked) {
      to.vector(MAP_0F38, PREFIX_66, false, doubles ? 0x2F : 0x2E, UPPER, WINDOW_MASK, at);
    } else {
      to.vector(MAP_0F, PREFIX_NONE, false, 0x11, UPPER, 0, at);
    }
  }

  /**
   * The larger of both, of two zeros the one above 0 if there is one: the instruction gives its
   * second operand, so it is asked twice.
   */
  private void largest(int result, int one, int other) {
    to.vector(MAP_0F, prefix(), true, 0x5F, LARGEST_ABOVE, one, other);
    to.vector(MAP_0F, prefix(), true, 0x5F, LARGEST_BELOW, other, one);
    to.vector(MAP_0F, prefix(), true, 0x54, result, LARGEST_ABOVE, LARGEST_BELOW);
  }

  /** The other cell of each pair. */
  private void swap(int result, int of) {
    to.vector(MAP_0F3A, PREFIX_66, true, doubles ? 0x05 : 0x04, result, 0, of);
    to.control(doubles ? 0b0101 : 0b10_11_00_01);
  }

  /** From cells to the gradient where the larger of a pair is; also the larger one, twice. */
  private void choose(int cells, int larger) {
    swap(OTHER, cells);
    to.vector(MAP_0F, prefix(), true, 0x5F, larger, cells, OTHER);
    compare(cells, cells, AT_LEAST, OTHER);
    // Whether the first one is at least as large as the second, for both; then its contrary for
    // the second.
    to.vector(MAP_0F, doubles ? PREFIX_F2 : PREFIX_F3, true, 0x12, cells, 0, cells);
    to.vector(MAP_0F, prefix(), true, 0x57, cells, cells, ODD_LANES);
    to.vector(MAP_0F, prefix(), true, 0x54, cells, cells, GRADIENT);
  }

  private void compare(int result, int one, int predicate, int other) {
    to.vector(MAP_0F, prefix(), true, 0xC2, result, one, other);
    to.control(predicate);
  }

  private void load(int register, int row, boolean masked) {
    Address at = Address.of(row, RAX, 2);
    if (masked) {
      to.loadMasked(register, CELL_MASK, at);
    } else {
      to.loadVector(register, at);
    }
  }

  private void store(int row, int register, boolean masked) {
    Address at = Address.of(row, RAX, 2);
    if (masked) {
      to.storeMasked(at, CELL_MASK, register);
    } else {
      to.storeVector(at, register);
    }
  }

  /** Loads each gradient for both cells of a pair. */
  private void loadGradients(boolean masked) {
    Address at = Address.of(RDX, RAX, 1);
    if (masked) {
      to.vector(MAP_0F38, PREFIX_66, false, doubles ? 0x2D : 0x2C, GRADIENT, WINDOW_MASK, at);
    } else {
      to.vector(MAP_0F, PREFIX_NONE, false, 0x10, GRADIENT, 0, at);
    }
    if (doubles) {
      // Both to the upper half as well; then the first twice below, the second above.
      to.vector(MAP_0F3A, PREFIX_66, true, 0x18, GRADIENT, GRADIENT, GRADIENT);
      to.control(1);
      to.vector(MAP_0F3A, PREFIX_66, true, 0x05, GRADIENT, 0, GRADIENT);
      to.control(0b1100);
    } else {
      to.vector(MAP_0F38, PREFIX_66, true, 0x35, GRADIENT, 0, GRADIENT);
      to.vector(MAP_0F, PREFIX_F3, true, 0x12, GRADIENT, 0, GRADIENT);
    }
  }

  private void writeData(int oddLanes, int quarter, int masks) {
    int lanes = VECTOR_BYTES / Long.BYTES;
    to.pointTo(oddLanes);
    for (int i = 0; i < lanes; i++) {
      to.data(doubles ? -(i & 1) : 0xFFFFFFFF00000000L);
    }
    to.pointTo(quarter);
    long half = Float.floatToRawIntBits(0.25f);
    for (int i = 0; i < lanes; i++) {
      to.data(doubles ? Double.doubleToRawLongBits(0.25) : half << Integer.SIZE | half);
    }
    to.pointTo(masks);
    int cells = doubles ? lanes : 2 * lanes;
    for (int windows = 0; windows < cells / 2; windows++) {
      writeMask(2 * windows);
      writeMask(windows);
    }
  }

  /** All bits of so many cells. */
  private void writeMask(int cells) {
    for (int i = 0; i < VECTOR_BYTES / Long.BYTES; i++) {
      long low = 2 * i < cells ? 0xFFFFFFFFL : 0;
      long high = 2 * i + 1 < cells ? 0xFFFFFFFF00000000L : 0;
      to.data(doubles ? i < cells ? -1 : 0 : low | high);
    }
  }
}
