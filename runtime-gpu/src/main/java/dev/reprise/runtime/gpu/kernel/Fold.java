package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.KernelCall;

/**
 * Launches one of the folds of {@code lines.h} over the rows or the columns of a matrix, or of an
 * expression.
 *
 * <pre>
 *   line (a row or a column) -> parts -> a state each -> merged in order -> result
 * </pre>
 *
 * <p>Parts and threads follow from the shape and the kind of device alone, so the bits depend on
 * neither load nor number of units. On a GPU, groups of {@value #GROUP} threads work on one part
 * together; on a processor a thread has a part, or a few neighbouring columns of it, to itself.
 *
 * @param name of the fold's kernels
 * @param merge name of the kernel that merges its states
 * @param numbers wide numbers of a state
 */
record Fold(String name, String merge, int numbers) {
  private static final int GROUP = 256;

  /** Columns that neighbouring threads take on a GPU: 512 bytes of fp64. */
  private static final int GPU_TILE = 64;

  /** Columns of a tile on a processor: two cache lines of fp64. */
  private static final int PROCESSOR_TILE = 16;

  /** Parts in all that keep a GPU busy. */
  private static final long GPU_PARTS = 2048;

  private static final long PROCESSOR_PARTS = 64;

  /** Rows of a column's part whose tile stays in a processor's nearest cache. */
  private static final long PROCESSOR_ROWS = 256;

  private static final long PROCESSOR_MOST_PARTS = 4096;

  /** Fewest cells for each thread that are worth a part of their own. */
  private static final long CELLS_PER_THREAD = 16;

  /** Parts of a row begin where as many cells as a group takes in a step have gone before. */
  private static final long ALIGNED = 8 * GROUP;

  static final Fold SUM = new Fold("sum", "sum", 2);
  static final Fold SQUARES = new Fold("squares", "sum", 2);
  static final Fold MIN = new Fold("min", "min", 2);
  static final Fold MAX = new Fold("max", "max", 2);
  static final Fold PRODUCT = new Fold("prod", "prod", 2);
  static final Fold INDEX_MAX = new Fold("indexMax", "index", 2);
  static final Fold INDEX_MIN = new Fold("indexMin", "index", 2);

  /** Sums of squared distances from the mean, which is made on the way. */
  static final Fold SPREAD = new Fold("spread", "spread", 3);

  /** What is written: plain cells or wide ones, or their square roots. */
  private enum Form {
    STATE,
    WIDE,
    CELL,
    WIDE_ROOT,
    CELL_ROOT
  }

  /**
   * Where results go, one per line.
   *
   * @param divisor what each value is divided by
   */
  record Target(DeviceBuffer buffer, boolean isWide, long divisor, boolean isRoot) {
    Target(DeviceBuffer buffer, boolean isWide) {
      this(buffer, isWide, 1, false);
    }

    Target over(long divisor) {
      return new Target(buffer, isWide, divisor, isRoot);
    }

    Target root() {
      return new Target(buffer, isWide, divisor, true);
    }

    private Form form() {
      if (isRoot) {
        return isWide ? Form.WIDE_ROOT : Form.CELL_ROOT;
      }
      return isWide ? Form.WIDE : Form.CELL;
    }
  }

  /** Bytes of the states of some lines. */
  long stateBytes(KernelCall call, long lines) {
    return numbers * wideBytes(call, lines);
  }

  static long wideBytes(KernelCall call, long numbers) {
    return numbers * (call.hasDoubles() ? 8 : 4);
  }

  /**
   * Folds each row.
   *
   * @param centers wide numbers, one per row, that the fold takes off the cells; null for folds
   *     without centers
   */
  void rows(
      KernelCall call, FoldSource x, long rows, long cols, DeviceBuffer centers, Target target) {
    int threads = call.isProcessor() ? 1 : GROUP;
    int lanes = call.isProcessor() ? 1 : lanes(cols);
    long most = call.isProcessor() ? PROCESSOR_PARTS : GPU_PARTS;
    long fewest = call.isProcessor() ? 4096 : GROUP * CELLS_PER_THREAD;
    long parts = Math.clamp(most / rows, 1, chunks(cols, fewest));
    long chunk = chunks(cols, parts);
    if (parts > 1) {
      chunk = chunks(chunk, ALIGNED) * ALIGNED;
    }
    parts = chunks(cols, chunk);
    long groups = chunks(rows * parts, threads / lanes);
    if (call.isProcessor()) {
      groups = Math.min(groups, PROCESSOR_PARTS);
    }
    Target first = parts == 1 ? target : null;
    DeviceBuffer out = first == null ? call.scratch(stateBytes(call, rows * parts)) : first.buffer;
    x.overRows(
        call,
        name,
        groups,
        threads,
        cols,
        out,
        out,
        centers == null ? out : centers,
        rows,
        cols,
        parts,
        chunk,
        lanes,
        first == null ? 1 : first.divisor,
        (first == null ? Form.STATE : first.form()).ordinal());
    if (first == null) {
      merge(call, out, parts, rows, target);
    }
  }

  /** Threads that share a row, a power of two: eight cells for each. */
  private static int lanes(long cols) {
    int lanes = 1;
    while (lanes < GROUP && lanes * 8L < cols) {
      lanes *= 2;
    }
    return lanes;
  }

  /** Folds each column; centers are one per column. */
  void columns(
      KernelCall call, FoldSource x, long rows, long cols, DeviceBuffer centers, Target target) {
    int width = width(call, cols);
    long tiles = chunks(cols, width);
    long parts =
        call.isProcessor()
            ? Math.clamp(PROCESSOR_MOST_PARTS / tiles, 1, chunks(rows, PROCESSOR_ROWS))
            : Math.clamp(GPU_PARTS / tiles, 1, chunks(rows, (GROUP / width) * CELLS_PER_THREAD));
    long chunk = chunks(rows, parts);
    parts = chunks(rows, chunk);
    if (parts == 1) {
      columns(call, x, rows, cols, chunk, centers, target.form(), target);
    } else {
      DeviceBuffer states = call.scratch(stateBytes(call, parts * cols));
      columns(call, x, rows, cols, chunk, centers, Form.STATE, new Target(states, true));
      merge(call, states, parts, cols, target);
    }
  }

  /** States of the parts of each column: of part p and column j at p * cols + j. */
  void columnStates(
      KernelCall call, DeviceBuffer x, long rows, long cols, long chunk, DeviceBuffer states) {
    Target target = new Target(states, true);
    columns(call, FoldSource.of(x), rows, cols, chunk, null, Form.STATE, target);
  }

  private void columns(
      KernelCall call,
      FoldSource x,
      long rows,
      long cols,
      long chunk,
      DeviceBuffer centers,
      Form form,
      Target target) {
    int width = width(call, cols);
    x.overColumns(
        call,
        name,
        chunks(cols, width) * chunks(rows, chunk),
        call.isProcessor() ? PROCESSOR_TILE : GROUP,
        target.buffer,
        target.buffer,
        centers == null ? target.buffer : centers,
        rows,
        cols,
        chunk,
        width,
        target.divisor,
        form.ordinal());
  }

  /** Merges the states of parts, that of part p and line l at p * lines + l, in their order. */
  void merge(KernelCall call, DeviceBuffer states, long parts, long lines, Target target) {
    int width = width(call, lines);
    call.runGroups(
        "aggregates/" + merge + "_merge",
        chunks(lines, width),
        call.isProcessor() ? PROCESSOR_TILE : GROUP,
        target.buffer,
        target.buffer,
        states,
        parts,
        lines,
        width,
        target.divisor,
        target.form().ordinal());
  }

  /** Neighbouring columns of a tile; on a processor all tiles are about as wide. */
  static int width(KernelCall call, long cols) {
    return call.isProcessor()
        ? (int) chunks(cols, chunks(cols, PROCESSOR_TILE))
        : (int) Math.min(cols, GPU_TILE);
  }

  static long chunks(long n, long size) {
    return (n + size - 1) / size;
  }
}
