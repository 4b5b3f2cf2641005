package dev.reprise.runtime.cpu.code;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.cpu.code.PanelCode.Lanes;
import java.lang.foreign.MemorySegment;

/**
 * Sums of products of up to six rows of one operand with a panel of another, 64 bytes wide, in
 * registers from the first term to the last:
 *
 * <pre>
 *   target[i][j] (+)= sum over p, q, s of left[i][p][q][s] right[p][q][s][j]
 * </pre>
 *
 * <p>Cells lie at any stride from each other in each direction, so that patches of images are
 * multiplied where the images lie, and nothing is packed. Terms are added in the order of p, q, s,
 * each product and sum rounded once. Stateless, for any number of threads.
 */
public final class PanelSums {
  /** Rows at most. */
  public static final int MOST_ROWS = PanelCode.MOST_ROWS;

  /** Bytes of a row of a panel. */
  public static final int PANEL_BYTES = 64;

  // Places of the arguments, counted in longs. The code itself sets RIGHT, TARGET and PANELS, and
  // leaves LEFT and FIRST_TARGET behind the last group.
  static final int LEFT = 0;
  static final int FIRST_RIGHT = 1;
  static final int FIRST_TARGET = 2;
  static final int COUNTS = 3;
  static final int LEFT_STRIDES = 6;
  static final int RIGHT_STRIDES = 9;
  static final int STEP = 12;
  static final int TARGET_STRIDE = 13;
  static final int ADDS = 14;
  static final int ALL_PANELS = 15;
  static final int PANEL_STRIDE = 16;
  static final int GROUPS = 17;
  static final int LEFT_GROUP_STRIDE = 18;
  static final int TARGET_GROUP_STRIDE = 19;
  static final int TARGET_PANEL_STRIDE = 20;
  static final int RIGHT = 21;
  static final int TARGET = 22;
  static final int PANELS = 23;
  static final int MASK = 24;

  /** Bytes that the arguments of a call take. */
  public static final int ARGUMENT_BYTES = MASK * Long.BYTES + PANEL_BYTES;

  /** Terms of the innermost direction that are written out, at most. */
  private static final int MOST_TERMS = 8;

  private final VectorRegisters registers;

  // By lanes, whether terms lie apart, and their number; a piece for each number of rows.
  private final CodeTable[][][] codes = new CodeTable[Lanes.values().length][2][MOST_TERMS + 1];

  private PanelSums(boolean doubles, VectorRegisters registers) {
    this.registers = registers;
    for (Lanes lanes : Lanes.values()) {
      for (int terms = 1; terms <= MOST_TERMS; terms++) {
        codes[lanes.ordinal()][0][terms] = table(doubles, terms, false, lanes, registers);
        codes[lanes.ordinal()][1][terms] = table(doubles, terms, true, lanes, registers);
      }
    }
  }

  private static CodeTable table(
      boolean doubles, int terms, boolean apart, Lanes lanes, VectorRegisters registers) {
    return new CodeTable(
        "sums", MOST_ROWS + 1, rows -> PanelCode.of(doubles, rows, terms, apart, lanes, registers));
  }

  /** As the other, in registers that need not be the largest; null where there are none such. */
  static PanelSums find(Precision precision, VectorRegisters registers) {
    boolean areThere = registers.compareTo(VectorRegisters.largest()) <= 0;
    return find(precision) != null && areThere
        ? new PanelSums(precision == Precision.FP64, registers)
        : null;
  }

  private MemorySegment code(Lanes lanes, boolean apart, int terms, int rows) {
    return codes[lanes.ordinal()][apart ? 1 : 0][terms].of(rows);
  }

  /** Of a process: made when first asked for, and found or not for good. */
  private static final class Made {
    static final PanelSums DOUBLES = make(true);
    static final PanelSums FLOATS = make(false);

    private static PanelSums make(boolean doubles) {
      if (!ExecutableMemory.canBeRun()) {
        return null;
      }
      try {
        PanelSums sums = new PanelSums(doubles, VectorRegisters.largest());
        // Whether the system lets code be run is known when it does.
        sums.code(Lanes.ALL, false, 1, 1);
        return sums;
      } catch (ResourceException | IllegalCallerException e) {
        return null;
      }
    }
  }

  /** Panels that are summed at once, at most, where there are several. */
  public int panelsAtOnce() {
    return registers == VectorRegisters.BYTES_64 ? PanelCode.MOST_PANELS : 1;
  }

  /** Those of cells of a precision; null where the machine has none. */
  public static PanelSums find(Precision precision) {
    return precision == Precision.FP64 ? Made.DOUBLES : Made.FLOATS;
  }

  /**
   * Computes sums of a group of rows.
   *
   * @param rows 1 to {@link #MOST_ROWS}
   */
  public void run(int rows, Arguments arguments) {
    // Registers of 64 bytes take half of one in no less time.
    boolean isHalf = arguments.lanes == Lanes.HALF && registers == VectorRegisters.BYTES_64;
    Lanes lanes = isHalf ? Lanes.SOME : arguments.lanes;
    MemorySegment code = code(lanes, arguments.apart, arguments.terms, rows);
    arguments.write();
    CodeCall.withLongs(code, arguments.address, 0, 0, 0, 0, 0);
  }

  /**
   * Computes sums of as many rows for each of several groups, wherever these lie. The JVM can stop
   * no thread that is in here, so this should take well below a millisecond.
   *
   * @param rows 1 to {@link #MOST_ROWS}
   * @param groups how many, at least 1
   * @param left bytes from a group to the next, of the left operand
   * @param target likewise, of the target
   */
  public void runApart(int rows, long groups, long left, long target, Arguments arguments) {
    run(rows, arguments.groups(groups, left, target));
  }

  /**
   * Computes sums of any number of rows, group by group. The JVM can stop no thread that is in
   * here, so this should take well below a millisecond.
   */
  public void runGroups(RowGroups groups, Arguments arguments) {
    long larger = groups.larger();
    if (larger > 0) {
      int rows = groups.size(0);
      run(rows, arguments.groups(larger, rows));
    }
    int rows = groups.size(larger);
    run(rows, arguments.groups(groups.count() - larger, rows));
  }

  /**
   * What a call works on. Strides and steps are in bytes, counts at least 1. Belongs to one thread.
   */
  public static final class Arguments {
    private final MemorySegment memory;
    private final long address;

    // Written to the memory at once: to write each alone would be most of what the JVM compiles of
    // a product. Those from the first to the last that were set since; LEFT and FIRST_TARGET are
    // written only when they were told, since the code moves them.
    private final long[] words = new long[MASK];
    private int firstSet = MASK;
    private int lastSet = -1;

    private int terms = 1;
    private boolean apart;
    private Lanes lanes = Lanes.ALL;
    private long leftStep;
    private long targetStep;
    private long stripBytes;

    /**
     * @param memory of {@link #ARGUMENT_BYTES}, aligned to 8
     */
    public Arguments(MemorySegment memory) {
      this.memory = memory;
      this.address = memory.address();
      panels(1, PANEL_BYTES);
    }

    private void set(int place, long value) {
      words[place] = value;
      firstSet = Math.min(firstSet, place);
      lastSet = Math.max(lastSet, place);
    }

    private void write() {
      if (firstSet <= lastSet) {
        int count = lastSet + 1 - firstSet;
        MemorySegment.copy(words, firstSet, memory, JAVA_LONG, (long) firstSet * Long.BYTES, count);
        firstSet = MASK;
        lastSet = -1;
      }
    }

    /** How many terms there are in direction 0 or 1, and how far each is from the one before. */
    public Arguments direction(int number, long count, long left, long right) {
      set(COUNTS + number, count);
      set(LEFT_STRIDES + number, left);
      set(RIGHT_STRIDES + number, right);
      return this;
    }

    /**
     * How many terms there are in the innermost direction, whose panels lie one after the other.
     *
     * @param left from a term to the next, of the left operand
     * @param cellBytes of a cell
     */
    public Arguments innermost(int count, long left, int cellBytes) {
      apart = false;
      terms = left == cellBytes ? writtenOut(count) : 1;
      return direction(2, count / terms, left * terms, (long) PANEL_BYTES * terms);
    }

    /** As the other, for terms at any distance: each lies so far from the one before. */
    public Arguments innermostApart(int count, long left, long right) {
      apart = true;
      terms = writtenOut(count);
      return direction(2, count / terms, left, right);
    }

    private static int writtenOut(int count) {
      int terms = MOST_TERMS;
      while (count % terms != 0) {
        terms--;
      }
      return terms;
    }

    /**
     * How many panels there are, whose sums lie one beside the other in the target.
     *
     * @param right from a panel to the next; {@link #PANEL_BYTES} where they lie so, too
     */
    public Arguments panels(long count, long right) {
      return panels(count, right, PANEL_BYTES);
    }

    /**
     * As the other, with sums anywhere in the target.
     *
     * @param target from those of a panel to those of the next
     */
    public Arguments panels(long count, long right, long target) {
      set(ALL_PANELS, count);
      set(PANEL_STRIDE, right);
      set(TARGET_PANEL_STRIDE, target);
      return this;
    }

    /** How many bytes of the last panel's row are stored, the first; what lies behind is kept. */
    public Arguments stored(long bytes) {
      lanes = bytes > PANEL_BYTES / 2 ? Lanes.SOME : Lanes.HALF;
      if (bytes >= PANEL_BYTES) {
        lanes = Lanes.ALL;
        return this;
      }
      long first = (long) MASK * Long.BYTES;
      memory.asSlice(first, PANEL_BYTES).fill((byte) 0);
      memory.asSlice(first, bytes).fill((byte) -1);
      return this;
    }

    /** From a row to the next, of the left operand and of the target. */
    public Arguments rows(long left, long target) {
      leftStep = left;
      targetStep = target;
      stripBytes = 0;
      set(STEP, left);
      set(TARGET_STRIDE, target);
      return this;
    }

    /**
     * From a group of rows of the left operand to the next, where that does not follow the last.
     */
    public Arguments strips(long bytes) {
      stripBytes = bytes;
      return this;
    }

    /** Whether sums are added to what the target holds. */
    public Arguments adds(boolean adds) {
      set(ADDS, adds ? 1 : 0);
      return this;
    }

    /** Where the operands and the target begin; to be told before each call. */
    public Arguments at(
        MemorySegment left,
        long leftByte,
        MemorySegment right,
        long rightByte,
        MemorySegment target,
        long targetByte) {
      set(LEFT, left.address() + leftByte);
      set(FIRST_RIGHT, right.address() + rightByte);
      set(FIRST_TARGET, target.address() + targetByte);
      set(GROUPS, 1);
      return this;
    }

    /** How many groups of so many rows there are from where the code was left. */
    private Arguments groups(long count, int rows) {
      return groups(count, stripBytes > 0 ? stripBytes : rows * leftStep, rows * targetStep);
    }

    private Arguments groups(long count, long left, long target) {
      set(GROUPS, count);
      set(LEFT_GROUP_STRIDE, left);
      set(TARGET_GROUP_STRIDE, target);
      return this;
    }
  }
}
