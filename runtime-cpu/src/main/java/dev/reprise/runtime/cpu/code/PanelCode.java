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
 * <p>In the inner loop each row's cell is broadcast and multiplied into the vectors of the row:
 *
 * <pre>
 *   registers of 32 bytes    a panel, two vectors                6 x 2 sums
 *   of 64                    three panels, a vector each         6 x 3 sums
 *                            two, where four or two are left     6 x 2
 *                            one, where there is no other        6 x 1
 * </pre>
 *
 * <p>Twelve sums or more are what it takes to multiply as fast as the processor does, which begins
 * two multiplications while it computes eight. Each sum has the same terms in the same order
 * whatever is summed beside it, so its bits are the same, too.
 */
final class PanelCode {
  static final int MOST_ROWS = 6;

  /** Panels at once in registers of 64 bytes; with four, products and convolutions gain nothing. */
  static final int MOST_PANELS = 3;

  /** How far ahead cells are fetched: about what six rows of a hundred doubles take. */
  private static final int AHEAD_BYTES = 1 << 12;

  /** The mask of a panel that is one register. */
  private static final int PANEL_MASK = 1;

  /** Which lanes of the last panel are summed and stored. */
  enum Lanes {
    ALL,
    /** Those that a mask tells. */
    SOME,
    /** Those of the first 32 bytes that a mask tells: in less time with registers of so many. */
    HALF
  }

  /** Rows of the left operand: R12, R13 and R14 hold one, three and five steps between them. */
  private static final RowPlaces ROWS = new RowPlaces(RSI, R12, R13, R14);

  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  private final Assembler to;
  private final int rows;
  private final int terms;
  private final boolean apart;
  private final Lanes lanes;
  private final VectorRegisters registers;
  private final int cellBytes;

  /** First register of the panels' rows, those of sums being before; masks when all is summed. */
  private final int panel;

  /** First of two registers of cells. */
  private final int cell;

  /** How many vectors of a row are summed at once in what is being written. */
  private int vectors;

  /** Whether the last one of them may be stored in part. */
  private boolean isMasked;

  private PanelCode(
      boolean doubles, int rows, int terms, boolean apart, Lanes lanes, VectorRegisters registers) {
    this.to = new Assembler(doubles, registers);
    this.rows = rows;
    this.terms = terms;
    this.apart = apart;
    this.lanes = lanes;
    this.registers = registers;
    this.cellBytes = doubles ? Double.BYTES : Float.BYTES;
    this.panel = holdsPanel() ? 24 : 12;
    this.cell = holdsPanel() ? 28 : 14;
  }

  /**
   * Code for a number of rows.
   *
   * @param terms of the innermost direction that are written out one after the other
   * @param apart whether these lie at any distance; else, where there are several, they are
   *     neighbouring cells of the left operand and panels one after the other
   */
  static byte[] of(
      boolean doubles, int rows, int terms, boolean apart, Lanes lanes, VectorRegisters registers) {
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
    to.load(R12, argument(PanelSums.STEP));
    ROWS.writeSteps(to);
    int group = to.here();
    copy(PanelSums.RIGHT, PanelSums.FIRST_RIGHT);
    copy(PanelSums.TARGET, PanelSums.FIRST_TARGET);
    copy(PanelSums.PANELS, PanelSums.ALL_PANELS);
    if (holdsPanel()) {
      writeWholePanels();
    } else {
      writeHalvesOfPanels();
    }
    advance(PanelSums.LEFT, PanelSums.LEFT_GROUP_STRIDE);
    advance(PanelSums.FIRST_TARGET, PanelSums.TARGET_GROUP_STRIDE);
    repeat(PanelSums.GROUPS, group);
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
  }

  /** Panel by panel. */
  private void writeHalvesOfPanels() {
    if (lanes == Lanes.ALL) {
      int next = to.here();
      writePanels(1, 2, false);
      to.jumpBackUnlessZero(next);
      return;
    }
    to.load(RAX, argument(PanelSums.PANELS));
    int next = to.here();
    to.addNumber(RAX, -1);
    int last = to.jumpIfZero();
    writePanels(1, 2, false);
    to.jumpBack(next);
    to.landHere(last);
    writePanels(1, lanes == Lanes.HALF ? 1 : 2, true);
  }

  /** Three panels at once, or two where that leaves none alone. */
  private void writeWholePanels() {
    boolean masked = lanes != Lanes.ALL;
    to.load(RAX, argument(PanelSums.PANELS));
    int next = to.here();
    to.addNumber(RAX, -1);
    int one = to.jumpIfZero();
    to.addNumber(RAX, -1);
    int two = to.jumpIfZero();
    to.addNumber(RAX, -2);
    int four = to.jumpIfZero();
    writePanels(MOST_PANELS, MOST_PANELS, masked);
    to.jumpBackUnlessZero(next);
    int end = to.jump();
    to.landHere(two);
    to.landHere(four);
    writePanels(2, 2, masked);
    to.jumpBackUnlessZero(next);
    int endOfTwo = to.jump();
    to.landHere(one);
    writePanels(1, 1, masked);
    to.landHere(end);
    to.landHere(endOfTwo);
  }

  /**
   * Sums of some panels at once, which are then done with.
   *
   * <p>Sets RAX, and the result for a jump, to how many are left.
   *
   * @param vectors of a row of them
   * @param masked whether the last panel of all may be stored in part
   */
  private void writePanels(int panels, int vectors, boolean masked) {
    this.vectors = vectors;
    this.isMasked = masked;
    for (int i = 0; i < vectors * rows; i++) {
      to.clear(i);
    }
    to.load(RAX, argument(PanelSums.LEFT));
    to.load(RDX, argument(PanelSums.RIGHT));
    to.load(R8, argument(PanelSums.COUNTS));
    to.load(R15, argument(PanelSums.LEFT_STRIDES + 2));
    // More panels have a register for their distance, at the cost of one for a stride.
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
    if (isFromMemory()) {
      for (int i = 0; i < rows; i++) {
        to.prefetch(ROWS.of(i).plus(AHEAD_BYTES));
      }
    }
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
    store(panels);
    for (int i = 0; i < panels; i++) {
      advance(PanelSums.RIGHT, PanelSums.PANEL_STRIDE);
      advance(PanelSums.TARGET, PanelSums.TARGET_PANEL_STRIDE);
    }
    to.load(RAX, argument(PanelSums.PANELS));
    to.addNumber(RAX, -panels);
    to.store(argument(PanelSums.PANELS), RAX);
  }

  /**
   * Whether few products are made of each cell of the left operand, so that it may come from memory
   * as fast as it goes: processors see less well where several rows will go on than they see one.
   */
  private boolean isFromMemory() {
    return holdsPanel() && vectors < MOST_PANELS && !apart && terms * cellBytes >= 32;
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
      to.loadVector(panel + vector, right(vector).plus(term * PanelSums.PANEL_BYTES));
    }
    for (int i = 0; i < rows; i++) {
      Address at = ROWS.of(i).plus(term * cellBytes);
      if (holdsPanel() && vectors == 1) {
        to.multiplyAddRepeated(sum(i, 0), panel, at);
        continue;
      }
      int repeated = cell + i % 2;
      to.broadcast(repeated, at);
      for (int vector = 0; vector < vectors; vector++) {
        to.multiplyAdd(sum(i, vector), panel + vector, repeated);
      }
    }
  }

  /** A vector of a panel's row: halves of one panel, or the rows of several. */
  private Address right(int vector) {
    return holdsPanel() && vector > 0
        ? Address.of(RBX, RBP, vector)
        : Address.of(RBX, vector * registers.bytes());
  }

  private int sum(int row, int vector) {
    return row * vectors + vector;
  }

  private void store(int panels) {
    if (isMasked) {
      writeMasks(panels);
    }
    to.load(RDX, argument(PanelSums.TARGET_STRIDE));
    to.load(RBX, argument(PanelSums.TARGET_PANEL_STRIDE));
    to.load(RCX, argument(PanelSums.ADDS));
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

  /** The lanes that are stored: of several panels at once those of the last. */
  private void writeMasks(int panels) {
    if (!holdsPanel()) {
      for (int vector = 0; vector < vectors; vector++) {
        to.loadVector(panel + vector, argument(PanelSums.MASK).plus(vector * registers.bytes()));
      }
      return;
    }
    to.load(RAX, argument(PanelSums.PANELS));
    to.loadVector(panel, argument(PanelSums.MASK));
    to.addNumber(RAX, -panels);
    int last = to.jumpIfZero();
    to.maskOfAll(PANEL_MASK);
    int others = to.jump();
    to.landHere(last);
    to.maskOf(PANEL_MASK, panel);
    to.landHere(others);
  }

  private void add(int sum, int vector) {
    Address target = target(vector);
    if (isWhole(vector)) {
      to.addVector(sum, sum, target);
      return;
    }
    to.loadMasked(cell, mask(vector), target);
    to.addVector(sum, sum, cell);
  }

  private void store(int sum, int vector) {
    Address target = target(vector);
    if (isWhole(vector)) {
      to.storeVector(target, sum);
    } else {
      to.storeMasked(target, mask(vector), sum);
    }
  }

  private int mask(int vector) {
    return holdsPanel() ? PANEL_MASK : panel + vector;
  }

  private boolean isWhole(int vector) {
    return !isMasked || holdsPanel() && vector < vectors - 1;
  }

  private Address target(int vector) {
    return holdsPanel() && vector > 0
        ? Address.of(RAX, RBX, vector)
        : Address.of(RAX, vector * registers.bytes());
  }
}
