package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Running sums, products or extremes down the columns of a matrix in machine code: cells are read
 * and written once, where they lie, and what columns have so far is in registers meanwhile. Where
 * {@link CellFunction#areThere() there is code}. Belongs to one thread, for any number of calls,
 * each of which goes on where the last one ended.
 */
public final class RunningFold {
  /** What runs down a column. */
  public enum Kind {
    /** The sum, and what that lost in rounding. */
    SUM(0),
    PRODUCT(1),
    /** The least, as {@code Math.min} has it. */
    LEAST(Double.POSITIVE_INFINITY),
    LARGEST(Double.NEGATIVE_INFINITY);

    private final double first;

    Kind(double first) {
      this.first = first;
    }
  }

  /** As many as stay in the first caches while groups of columns are folded one after the other. */
  private static final long MOST_CELLS = 1 << 12;

  private static final int KINDS = Kind.values().length;

  /** By the registers that they use, by precision and kind. */
  private static final CodeTable CODES =
      new CodeTable(
          "running folds",
          VectorRegisters.values().length * Precision.values().length * KINDS,
          number -> {
            int rest = number / KINDS;
            return RunningFoldCode.of(
                VectorRegisters.values()[rest / Precision.values().length],
                Precision.values()[rest % Precision.values().length],
                Kind.values()[number % KINDS]);
          });

  private final MemorySegment code;
  private final int cols;

  /** By column what there is so far, then what that lost. */
  private final double[] state;

  private final long[] arguments = new long[RunningFoldCode.ARGUMENTS];

  /** Of columns that have no rows yet. */
  public RunningFold(Precision precision, Kind kind, int cols) {
    this(VectorRegisters.largest(), precision, kind, cols);
  }

  /** As the other, in registers that the machine has. */
  RunningFold(VectorRegisters registers, Precision precision, Kind kind, int cols) {
    int number = registers.ordinal() * Precision.values().length + precision.ordinal();
    this.code = CODES.of(number * KINDS + kind.ordinal());
    this.cols = cols;
    this.state = new double[2 * cols];
    Arrays.fill(state, 0, cols, kind.first);
    CellForm form = CellForm.of(precision);
    int lanes = registers.lanes(form);
    int step = lanes * registers.turns();
    arguments[RunningFoldCode.STEPS] = cols / step;
    arguments[RunningFoldCode.GROUPS] = cols % step / lanes;
    arguments[RunningFoldCode.MASK] = registers.maskPlace(form, cols);
    arguments[RunningFoldCode.LOST_BYTES] = (long) cols * Double.BYTES;
  }

  /**
   * Takes rows in and writes what there is after each.
   *
   * @param x where the cells of the first row begin, which the JVM does not check
   * @param out where those of its results go, likewise
   * @param rowBytes from a row to the next, of both
   */
  public void run(long x, long out, long rowBytes, long rows) {
    long most = Math.max(1, MOST_CELLS / Math.max(1, cols));
    MemorySegment places = MemorySegment.ofArray(arguments);
    MemorySegment folds = MemorySegment.ofArray(state);
    arguments[RunningFoldCode.ROW_BYTES] = rowBytes;
    for (long from = 0; from < rows; from += most) {
      arguments[RunningFoldCode.X] = x + from * rowBytes;
      arguments[RunningFoldCode.OUT] = out + from * rowBytes;
      arguments[RunningFoldCode.ROWS] = Math.min(most, rows - from);
      CodeCall.withSegments(code, places, folds, 0, 0, 0, 0);
    }
  }
}
