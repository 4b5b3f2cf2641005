package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R12;
import static dev.reprise.runtime.cpu.code.Assembler.R13;
import static dev.reprise.runtime.cpu.code.Assembler.R14;
import static dev.reprise.runtime.cpu.code.Assembler.R15;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RBP;
import static dev.reprise.runtime.cpu.code.Assembler.RBX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

/**
 * The machine code of {@link PanelSums} for a number of rows: a function of the System V calling
 * convention whose argument is the address of a {@link PanelSums.Arguments}.
 *
 * <p>The sums of a row are two vector registers. In the inner loop each row's cell is broadcast and
 * multiplied into both: with six rows twelve multiplications wait for eight loads, which is as fast
 * as the processor multiplies. Registers are of 32 bytes, two for a panel, or of 64, two for
 * two panels at once, wherever these lie; a last panel has one alone. Each sum has the same terms in
 * the same order either way, so its bits are the same, too.
 */
final class PanelCode {
  /** Registers of sums are 0 to 11. */
  static final int MOST_ROWS = 6;

  /** Registers of a panel's row; masks when all is summed. */
  private static final int PANEL = 12;

  private static final int CELL = 14;

  /** The mask of a panel that is one register. */
  private static final int PANEL_MASK = 1;

  /** Which lanes of a panel are summed and stored. */
  enum Lanes {
    ALL,
    /** Those that a mask tells. */
    SOME,
    /** Those of the first vector that a mask tells: in less time. */
    HALF
  }

  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  private final Assembler to;
  private final int rows;
  private final int terms;
  private final boolean apart;
  private final Lanes lanes;
  private final VectorRegisters registers;
  private final int cellBytes;

  /** How many vectors of a row are summed at once in what is being written. */
  private int vectors;

  private PanelCode(
      boolean doubles,
      int rows,
      int terms,
      boolean apart,
      Lanes lanes,
      VectorRegisters registers) {
    this.to = new Assembler(doubles, registers);
    this.rows = rows;
    this.terms = terms;
    this.apart = apart;
    this.lanes = lanes;
    this.registers = registers;
    this.cellBytes = doubles ? Double.BYTES : Float.BYTES;
  }

  /**
   * Code for a number of rows.
   *
   * @param terms of the innermost direction that are written out one after the other
   * @param apart whether these lie at any distance; else, where there are several, they are
   *     neighbouring cells of the left operand and panels one after the other
   * @param largest registers that may be used; halves of panels have no use for larger ones
   */
  static byte[] of(
      boolean doubles,
      int rows,
      int terms,
      boolean apart,
      Lanes lanes,
      VectorRegisters largest) {
    VectorRegisters registers = lanes == Lanes.HALF ? VectorRegisters.BYTES_32 : largest;
    PanelCode code = new PanelCode(doubles, rows, terms, apart, lanes, registers);
    code.write();
    return code.to.bytes();
  }

  /** Whether a row of a panel is one register, else two. */
  private boolean holdsPanel() {
    return registers.bytes() == PanelSums.PANEL_BYTES;
  }

  private static Address argument(int number) {
    return Address.of(RDI, number * Long.BYTES);
  }

  private void write() {
    for (int register : SAVED) {
      to.push(register);
    }
    // R12, R13, R14: one, three and five steps from row to row.
    to.load(R12, argument(PanelSums.STEP));
    to.address(R13, Address.of(R12, R12, 2));
    to.address(R14, Address.of(R12, R12, 4));
    int group = to.here();
    copy(PanelSums.RIGHT, PanelSums.FIRST_RIGHT);
    copy(PanelSums.TARGET, PanelSums.FIRST_TARGET);
    copy(PanelSums.PANELS, PanelSums.ALL_PANELS);
    if (holdsPanel() && lanes == Lanes.ALL) {
      writePairs();
    } else {
      vectors = holdsPanel() || lanes == Lanes.HALF ? 1 : 2;
      int panel = to.here();
      writePanels(1);
      to.jumpBackUnlessZero(panel);
    }
    advance(PanelSums.LEFT, PanelSums.LEFT_GROUP_STRIDE);
    advance(PanelSums.FIRST_TARGET, PanelSums.TARGET_GROUP_STRIDE);
    repeat(PanelSums.GROUPS, group);
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
  }

  /** Two panels at once, and the last one alone where their number is odd. */
  private void writePairs() {
    to.load(RAX, argument(PanelSums.PANELS));
    int next = to.here();
    to.addNumber(RAX, -1);
    int single = to.jumpIfZero();
    vectors = 2;
    writePanels(2);
    to.jumpBackUnlessZero(next);
    int end = to.jump();
    to.landHere(single);
    vectors = 1;
    writePanels(1);
    to.landHere(end);
  }

  /**
   * Sums of some panels at once, which are then done with.
   *
   * <p>Sets RAX, and the result for a jump, to how many are left.
   */
  private void writePanels(int panels) {
    for (int i = 0; i < vectors * rows; i++) {
      to.clear(i);
    }
    to.load(RAX, argument(PanelSums.LEFT));
    to.load(RDX, argument(PanelSums.RIGHT));
    to.load(R8, argument(PanelSums.COUNTS));
    to.load(R15, argument(PanelSums.LEFT_STRIDES + 2));
    // The second panel has a register of its own, at the cost of one for a stride.
    Address step = argument(PanelSums.RIGHT_STRIDES + 2);
    to.load(RBP, panels > 1 ? argument(PanelSums.PANEL_STRIDE) : step);
    int outer = to.here();
    to.move(R10, RAX);
    to.move(R11, RDX);
    to.load(R9, argument(PanelSums.COUNTS + 1));
    int middle = to.here();
    to.move(RSI, R10);
    to.move(RBX, R11);
    to.load(RCX, argument(PanelSums.COUNTS + 2));
    int inner = to.here();
    for (int term = 0; term < terms; term++) {
      multiply(apart ? 0 : term);
      if (apart || term == terms - 1) {
        to.add(RSI, R15);
        if (panels > 1) {
          to.add(RBX, step);
        } else {
          to.add(RBX, RBP);
        }
      }
    }
    to.decrement(RCX);
    to.jumpBackUnlessZero(inner);
    to.add(R10, argument(PanelSums.LEFT_STRIDES + 1));
    to.add(R11, argument(PanelSums.RIGHT_STRIDES + 1));
    to.decrement(R9);
    to.jumpBackUnlessZero(middle);
    to.add(RAX, argument(PanelSums.LEFT_STRIDES));
    to.add(RDX, argument(PanelSums.RIGHT_STRIDES));
    to.decrement(R8);
    to.jumpBackUnlessZero(outer);
    store();
    for (int i = 0; i < panels; i++) {
      advance(PanelSums.RIGHT, PanelSums.PANEL_STRIDE);
    }
    to.load(RAX, argument(PanelSums.TARGET));
    to.addNumber(RAX, panels * PanelSums.PANEL_BYTES);
    to.store(argument(PanelSums.TARGET), RAX);
    to.load(RAX, argument(PanelSums.PANELS));
    to.addNumber(RAX, -panels);
    to.store(argument(PanelSums.PANELS), RAX);
  }

  private void copy(int place, int from) {
    to.load(RAX, argument(from));
    to.store(argument(place), RAX);
  }

  private void advance(int place, int stride) {
    to.load(RAX, argument(place));
    to.add(RAX, argument(stride));
    to.store(argument(place), RAX);
  }

  private void repeat(int counter, int target) {
    to.load(RAX, argument(counter));
    to.decrement(RAX);
    to.store(argument(counter), RAX);
    to.jumpBackUnlessZero(target);
  }

  private void multiply(int term) {
    for (int vector = 0; vector < vectors; vector++) {
      to.loadVector(PANEL + vector, right(vector).plus(term * PanelSums.PANEL_BYTES));
    }
    for (int i = 0; i < rows; i++) {
      Address at = row(i).plus(term * cellBytes);
      if (holdsPanel() && vectors == 1) {
        to.multiplyAddRepeated(sum(i, 0), PANEL, at);
        continue;
      }
      int cell = CELL + i % 2;
      to.broadcast(cell, at);
      for (int vector = 0; vector < vectors; vector++) {
        to.multiplyAdd(sum(i, vector), PANEL + vector, cell);
      }
    }
  }

  /** A vector of a panel's row: halves of one panel, or the rows of two. */
  private Address right(int vector) {
    return holdsPanel() && vector > 0
        ? Address.of(RBX, RBP, 1)
        : Address.of(RBX, vector * registers.bytes());
  }

  private int sum(int row, int vector) {
    return row * vectors + vector;
  }

  private static Address row(int i) {
    return switch (i) {
      case 0 -> Address.of(RSI);
      case 1, 2, 4 -> Address.of(RSI, R12, i);
      case 3 -> Address.of(RSI, R13, 1);
      case 5 -> Address.of(RSI, R14, 1);
      default -> throw new IllegalArgumentException("row " + i);
    };
  }

  private void store() {
    to.load(RDX, argument(PanelSums.TARGET_STRIDE));
    to.load(RCX, argument(PanelSums.ADDS));
    if (lanes != Lanes.ALL) {
      for (int vector = 0; vector < vectors; vector++) {
        to.loadVector(PANEL + vector, argument(PanelSums.MASK).plus(vector * registers.bytes()));
      }
      if (holdsPanel()) {
        to.maskOf(PANEL_MASK, PANEL);
      }
    }
    to.test(RCX);
    int jump = to.jumpIfZero();
    to.load(RAX, argument(PanelSums.TARGET));
    for (int i = 0; i < rows; i++) {
      for (int vector = 0; vector < vectors; vector++) {
        add(sum(i, vector), vector);
      }
      to.add(RAX, RDX);
    }
    to.landHere(jump);
    to.load(RAX, argument(PanelSums.TARGET));
    for (int i = 0; i < rows; i++) {
      for (int vector = 0; vector < vectors; vector++) {
        store(sum(i, vector), vector);
      }
      to.add(RAX, RDX);
    }
  }

  private void add(int sum, int vector) {
    Address target = target(vector);
    if (lanes == Lanes.ALL) {
      to.addVector(sum, sum, target);
      return;
    }
    to.loadMasked(CELL, mask(vector), target);
    to.addVector(sum, sum, CELL);
  }

  private void store(int sum, int vector) {
    Address target = target(vector);
    if (lanes == Lanes.ALL) {
      to.storeVector(target, sum);
    } else {
      to.storeMasked(target, mask(vector), sum);
    }
  }

  private int mask(int vector) {
    return holdsPanel() ? PANEL_MASK : PANEL + vector;
  }

  private Address target(int vector) {
    return Address.of(RAX, vector * registers.bytes());
  }
}
