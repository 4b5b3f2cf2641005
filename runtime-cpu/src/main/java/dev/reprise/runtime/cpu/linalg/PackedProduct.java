package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * Products of two matrices, C = op(A) op(B), by {@link dev.reprise.runtime.cpu.code.PanelSums} over
 * a packed B, after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication"
 * (2008), and Van Zee and van de Geijn, "BLIS" (2015):
 *
 * <pre>
 *   columns of B whose panels take 4 MiB   packed once, for all tasks
 *     tiles of C                            a task each
 *       blocks of some 256 terms            added to C
 *         16 panels of B                    stay in the second cache
 *           groups of 6 rows of A           stay in the first cache
 *             panels of 64 bytes            sums in registers
 * </pre>
 *
 * <p>Where waiting until all is packed would take long beside the sums, a task takes columns of C,
 * and packs what it needs of B block by block, so that it stays in the second cache.
 *
 * <p>Of OpenBLAS's time this takes 0.75 to 0.85 for floats and layers of 100 to 3136 inputs and
 * batches of 64 to 512 rows (512x784 by 784x256: 1.16 of 1.48 ms; 128x784 by 784x256: 0.30 of 0.39;
 * transposed 784x512 by 512x256: 1.27 of 1.65), for doubles 0.75 to 0.9 (2.26 of 2.76 ms; 0.69 of
 * 0.90; 2.33 of 2.91), 0.9 for three edges of 1024: two threads of an AMD EPYC (Zen 3), kernels
 * called in turns, fewest of 80 to 1200.
 *
 * <p>What is packed, and where it is cut, follows from shapes alone. The terms of each sum are
 * added in order, block by block, so its bits depend on nothing but them.
 */
final class PackedProduct {
  /** Multiplications below which a call of BLAS takes no longer. */
  private static final long LEAST_WORK = 1 << 15;

  /** Bytes of panels that are made at once, so that little memory is taken beside the operands. */
  private static final long PACKED_BYTES = 1 << 22;

  /**
   * Tasks that we like to have, for as many cores, and the work that pays for one: some 10 us. Work
   * is counted in bytes: multiplications times bytes of a cell.
   */
  private static final long TASKS = 8;

  private static final long LEAST_TASK_WORK = 1 << 21;

  /** More of them, up to so many, where each has as much work: some 0.1 ms. */
  private static final long MOST_TASKS = 32;

  private static final long TASK_WORK = 1 << 25;

  /**
   * Work and rows of a small product, at most, of which each task packs its own columns of B: it
   * takes up to a third less when no thread waits for what others pack.
   */
  private static final long MOST_SMALL_WORK = 1 << 27;

  private static final long MOST_COLUMN_ROWS = 1024;

  /**
   * Rows of C, at most, with which the same is done where B is large, and bytes of the panels of a
   * task then: one thread reads B from memory while another multiplies.
   */
  private static final long MOST_LOW_ROWS = 256;

  private static final long COLUMN_BYTES = 1 << 19;

  /**
   * Rows of C, at least, with a transposed A, where B is large: with 40 to 80 of them this takes
   * 1.1 to 1.5 times as long as OpenBLAS.
   */
  private static final long LEAST_TALL_ROWS = 128;

  /**
   * Bytes of B, at most, in doubles: OpenBLAS is as fast with 24 MiB; nothing between was tried.
   */
  private static final long MOST_DOUBLE_BYTES = 1 << 24;

  /** Rows of a task, at least, so that it uses several times what it takes of B. */
  private static final long LEAST_ROWS = 24;

  /**
   * Rows of a task, at most, in bytes of cells, unless they are short: its strips take as many KiB
   * then as there are rows in this, a call of code 0.2 ms, and its work then.
   */
  private static final long MOST_ROW_BYTES = 1 << 10;

  private static final long MOST_SHORT_WORK = 1 << 24;

  private final Parallel parallel;
  private final Precision precision;

  PackedProduct(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  /**
   * Whether a product is computed so.
   *
   * @param m rows of the product
   * @param n its columns
   * @param k terms of a sum
   * @param ta whether A is given as its transpose
   */
  boolean fits(long m, long n, long k, boolean ta) {
    return k >= PanelPacking.leastColumns(precision)
        && Math.multiplyHigh(m * n, k) == 0
        && m * n * k >= LEAST_WORK
        && isFaster(m, n * k * precision.bytesPerCell(), ta)
        && PanelPacking.find(precision) != null;
  }

  private boolean isFaster(long m, long bytes, boolean ta) {
    return bytes <= PACKED_BYTES
        || (!ta || m >= LEAST_TALL_ROWS)
            && (precision == Precision.FP32 || bytes <= MOST_DOUBLE_BYTES);
  }

  /** Whether a product of doubles is left to a library for its large right operand. */
  static boolean isTooLarge(Factors factors) {
    return factors.cols() * factors.terms() > MOST_DOUBLE_BYTES / Double.BYTES;
  }

  /** Writes all cells of C. The operands and C are of the precision of this. */
  void multiply(Factors factors, DenseMatrix c, ExecutionContext context) {
    PanelRange panels = PanelRange.all(factors);
    long bytes = panels.count() * PanelSums.PANEL_BYTES * factors.terms();
    long tasks = tasksOfColumns(factors, panels.count(), bytes);
    if (tasks > 0) {
      multiplyColumns(factors, panels, tasks, c, context);
      return;
    }
    long parts = Math.min(Tiling.pieces(bytes, PACKED_BYTES), panels.count());
    for (long part = 0; part < parts; part++) {
      multiplyPanels(factors, panels.part(part, parts), c, context);
    }
  }

  /** Packs panels for all tasks. */
  private void multiplyPanels(
      Factors factors, PanelRange panels, DenseMatrix c, ExecutionContext context) {
    inRoom(
        panels,
        PackedPanels.Whole::room,
        (packed, _) -> {
          packed.pack(parallel, context);
          multiply(factors, packed, c, context);
        },
        context);
  }

  /** Each task packs its own panels of B, a block of terms at a time. */
  private void multiplyColumns(
      Factors factors, PanelRange panels, long tasks, DenseMatrix c, ExecutionContext context) {
    parallel.forEach(
        context, tasks, task -> multiplyOwn(factors, panels.part(task, tasks), c, context));
  }

  private static void multiplyOwn(
      Factors factors, PanelRange panels, DenseMatrix c, ExecutionContext context) {
    inRoom(
        panels,
        PackedPanels.InTurns::room,
        (packed, scratch) -> {
          PanelRange range = packed.range();
          PackedTile tile = new PackedTile(factors, packed, c, 0, c.rows(), scratch);
          for (long block = 0; block < range.blocks().count(); block++) {
            packed.pack(block);
            tile.multiplyBlock(block, range.first(), range.end(), block > 0);
          }
        },
        context);
  }

  /**
   * Works with panels in memory. Where that does not reach for several, half of them are packed at
   * a time, which changes no bit, rather than that a product fails whose operands have room.
   *
   * @param room makes room for panels
   * @param work packs them and multiplies by them
   */
  private static <P extends PackedPanels> void inRoom(
      PanelRange panels,
      BiFunction<PanelRange, Scratch, P> room,
      BiConsumer<P, Scratch> work,
      ExecutionContext context) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      Optional<P> packed = tryRoom(panels, room, scratch);
      if (packed.isPresent()) {
        work.accept(packed.get(), scratch);
        return;
      }
    }
    for (PanelRange half : panels.halves()) {
      inRoom(half, room, work, context);
    }
  }

  /** Empty where there is no room for several panels. */
  private static <P> Optional<P> tryRoom(
      PanelRange panels, BiFunction<PanelRange, Scratch, P> room, Scratch scratch) {
    try {
      return Optional.of(room.apply(panels, scratch));
    } catch (ResourceException e) {
      if (panels.count() == 1) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** How many tasks take columns of C, all rows of them; 0 where panels are packed for all. */
  private static long tasksOfColumns(Factors factors, long panels, long bytes) {
    long rows = factors.rows();
    if (factors.ta() || rows > MOST_COLUMN_ROWS) {
      // Each task would bring A to strips, or write narrow columns of a long C.
      return 0;
    }
    if (bytes > PACKED_BYTES) {
      return rows <= MOST_LOW_ROWS
          ? Long.highestOneBit(Math.min(Tiling.pieces(bytes, COLUMN_BYTES), panels))
          : 0;
    }
    long tasks = tasks(rows * bytes);
    return rows * bytes <= MOST_SMALL_WORK && tasks <= panels ? tasks : 0;
  }

  private void multiply(Factors factors, PackedPanels b, DenseMatrix c, ExecutionContext context) {
    long rows = c.rows();
    PanelRange panels = b.range();
    long rowWork = panels.count() * PanelSums.PANEL_BYTES * panels.blocks().terms();
    long tasks = tasks(rows * rowWork);
    long most = Math.max(MOST_ROW_BYTES / precision.bytesPerCell(), MOST_SHORT_WORK / rowWork);
    long fewest = Tiling.pieces(rows, most);
    long down = Math.max(fewest, Math.clamp(rows / LEAST_ROWS, 1, tasks));
    long across = Math.min(Tiling.pieces(tasks, down), panels.count());
    parallel.forEach(
        context,
        down * across,
        task -> {
          long i = task / across;
          PanelRange part = panels.part(task % across, across);
          try (Scratch scratch = new Scratch(context.allocator())) {
            new PackedTile(factors, b, c, i * rows / down, (i + 1) * rows / down, scratch)
                .multiply(part.first(), part.end());
          }
        });
  }

  /** A power of two, so that they occupy as many cores evenly. */
  private static long tasks(long work) {
    long fewest = Math.clamp(work / LEAST_TASK_WORK, 1, TASKS);
    return Long.highestOneBit(Math.clamp(work / TASK_WORK, fewest, MOST_TASKS));
  }
}
