package dev.reprise.runtime.cpu.cell;

import java.lang.foreign.MemorySegment;

/**
 * Which loop of a basic operator runs: over blocks, except over large matrices with direct access
 * to memory once so much was computed that its compilation pays. All give the same bits.
 *
 * <pre>
 *   blocks   cells are copied into arrays and back   33 ms for the first 200,000 cells of a process
 *   ramp     the first cells of each run directly,   50 ms of compilation, spread over many runs
 *            the rest by blocks
 *   direct   scalar code, one pass over memory       300 ms or more, were it the first
 * </pre>
 *
 * <p>Access to a segment takes more than a microsecond until the compiler has had its turn, since
 * it goes through dozens of small methods; copies are one call. What is compiled reads one cell at
 * a time, blocks are vector code: sums of 20,000 and of 200,000 cells, which lie in the caches,
 * take 0.6 ns a cell by blocks and 0.9 directly, sums of 4 million 3.8 and 2.2 ns (JDK 25, a shared
 * core of an AMD EPYC). So training of a small network never meets direct access.
 *
 * <p>Any thread. The count may lose additions of several threads, which only delays the change.
 */
final class DirectOperators {
  /** Cells of a matrix from which on its operations wait for memory. */
  static final long LARGE = 1L << 20;

  private static final long RAMP_AFTER = 1L << 26;
  private static final long DIRECT_AFTER = 1L << 27;

  /** Cells of each run that are computed directly on the ramp: enough to be compiled. */
  private static final long RAMP_CELLS = 64;

  private final BinaryLoop blocks;

  /** Null when there is no better loop. */
  private final BinaryLoop direct;

  private final BinaryLoop ramp;
  private final long rampAfter;
  private final long directAfter;
  private long computed;

  /**
   * @param direct null when there is none
   */
  DirectOperators(BinaryLoop blocks, BinaryLoop direct) {
    this(blocks, direct, RAMP_AFTER, DIRECT_AFTER);
  }

  /** With other limits, for tests. */
  DirectOperators(BinaryLoop blocks, BinaryLoop direct, long rampAfter, long directAfter) {
    this.blocks = blocks;
    this.direct = direct;
    this.ramp = direct == null ? null : new Ramp(blocks, direct);
    this.rampAfter = rampAfter;
    this.directAfter = directAfter;
  }

  /** The loop for an operation over so many cells. */
  BinaryLoop over(long cells) {
    if (direct == null || cells < LARGE) {
      return blocks;
    }
    long total = computed + cells;
    computed = total;
    return total > directAfter ? direct : total > rampAfter ? ramp : blocks;
  }

  /** The head of each run directly, the rest by blocks. */
  private static final class Ramp extends BinaryLoop {
    private final BinaryLoop blocks;
    private final BinaryLoop direct;

    Ramp(BinaryLoop blocks, BinaryLoop direct) {
      this.blocks = blocks;
      this.direct = direct;
    }

    @Override
    double cell(double a, double b) {
      return blocks.cell(a, b);
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      blocks.arrays(a, b, out, n);
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      blocks.arrayScalar(a, b, out, n);
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      blocks.scalarArray(a, b, out, n);
    }

    @Override
    void segments(
        MemorySegment a,
        long atA,
        MemorySegment b,
        long atB,
        MemorySegment out,
        long atOut,
        long n) {
      long head = Math.min(n, RAMP_CELLS);
      direct.segments(a, atA, b, atB, out, atOut, head);
      long at = 8 * head;
      blocks.segments(a, atA + at, b, atB + at, out, atOut + at, n - head);
    }

    @Override
    void segmentScalar(MemorySegment a, long atA, double b, MemorySegment out, long atOut, long n) {
      long head = Math.min(n, RAMP_CELLS);
      direct.segmentScalar(a, atA, b, out, atOut, head);
      long at = 8 * head;
      blocks.segmentScalar(a, atA + at, b, out, atOut + at, n - head);
    }

    @Override
    void scalarSegment(double a, MemorySegment b, long atB, MemorySegment out, long atOut, long n) {
      long head = Math.min(n, RAMP_CELLS);
      direct.scalarSegment(a, b, atB, out, atOut, head);
      long at = 8 * head;
      blocks.scalarSegment(a, b, atB + at, out, atOut + at, n - head);
    }
  }
}
