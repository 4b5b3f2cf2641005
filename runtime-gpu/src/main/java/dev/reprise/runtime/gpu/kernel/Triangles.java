package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Gemm.Block;

/** Solves with triangles, block by block: a small triangle, then a product for the rest. */
final class Triangles {
  /** Rows of a small triangle, as the kernels have it. */
  static final int BLOCK = 64;

  private static final int COLUMNS_PER_GROUP = 16;
  private static final int GROUP = 256;

  private Triangles() {}

  /** Threads of a group that works on one block; on a processor nobody to wait for. */
  static int groupSize(KernelCall call) {
    return call.isProcessor() ? 1 : GROUP;
  }

  /** Rows of the block that begins at a row. */
  static int size(long n, long first, int block) {
    return (int) Math.min(block, n - first);
  }

  /**
   * A triangle and the right-hand sides that its solutions replace.
   *
   * @param rowStep cells from one row of the triangle, as it is solved with, to the next
   * @param unit whether ones are meant on the diagonal, whatever is there
   */
  record Small(DeviceBuffer triangle, long at, long rowStep, long colStep, int size, boolean unit) {

    /** Solves from the first row to the last. */
    void forward(KernelCall call, Sides sides) {
      launch(call, sides, 0);
    }

    /** Solves from the last row to the first. */
    void backward(KernelCall call, Sides sides) {
      launch(call, sides, 1);
    }

    private void launch(KernelCall call, Sides sides, int backward) {
      if (sides.count() == 0) {
        return;
      }
      call.runGroups(
          "solve/triangle",
          Gemm.pieces(sides.count(), COLUMNS_PER_GROUP),
          groupSize(call),
          sides.buffer(),
          sides.at(),
          sides.rowStep(),
          sides.colStep(),
          triangle,
          at,
          rowStep,
          colStep,
          size,
          sides.count(),
          unit ? 1 : 0,
          backward);
    }
  }

  /** Right-hand sides: {@code count} columns. */
  record Sides(DeviceBuffer buffer, long at, long rowStep, long colStep, long count) {}

  /** Solves {@code L X = B} in place of B, n x columns, for the lower triangle of n x n cells. */
  static void forward(KernelCall call, DeviceBuffer lower, long n, DeviceBuffer b, long columns) {
    for (long first = 0; first < n; first += BLOCK) {
      int size = size(n, first, BLOCK);
      new Small(lower, first * n + first, n, 1, size, false)
          .forward(call, new Sides(b, first * columns, columns, 1, columns));
      long below = first + size;
      Gemm.subtract(
          call,
          false,
          false,
          n - below,
          columns,
          size,
          new Block(lower, below * n + first, n),
          new Block(b, first * columns, columns),
          new Block(b, below * columns, columns));
    }
  }

  /** Solves {@code U X = B} likewise, for the upper triangle with ones on its diagonal. */
  static void backwardUnit(
      KernelCall call, DeviceBuffer upper, long n, DeviceBuffer b, long columns) {
    for (long first = (n - 1) / BLOCK * BLOCK; first >= 0; first -= BLOCK) {
      int size = size(n, first, BLOCK);
      new Small(upper, first * n + first, n, 1, size, true)
          .backward(call, new Sides(b, first * columns, columns, 1, columns));
      Gemm.subtract(
          call,
          false,
          false,
          first,
          columns,
          size,
          new Block(upper, first, n),
          new Block(b, first * columns, columns),
          new Block(b, 0, columns));
    }
  }
}
