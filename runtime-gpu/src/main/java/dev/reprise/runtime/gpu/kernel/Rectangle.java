package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.gpu.KernelCall;

/**
 * A rectangle of cells inside a matrix: where moves begin.
 *
 * @param row first row, zero-based
 * @param col first column, zero-based
 */
record Rectangle(DeviceMatrix matrix, long row, long col) {
  /** Cells of a row that one thread of a processor moves; a thread of a GPU moves one. */
  private static final long RUN_ON_PROCESSOR = 256;

  static Rectangle all(DeviceMatrix matrix) {
    return new Rectangle(matrix, 0, 0);
  }

  /** Copies {@code rows x cols} cells to another rectangle, which must not overlap. */
  void copyTo(Rectangle target, long rows, long cols, KernelCall call) {
    if (rows == 0) {
      return;
    }
    long width = matrix.precision().bytesPerCell();
    if (cols == matrix.cols()
        && cols == target.matrix.cols()
        && !call.backend().prefersKernels(rows * cols * width)) {
      call.backend()
          .copy(
              matrix.buffer(),
              at() * width,
              target.matrix.buffer(),
              target.at() * width,
              rows * cols * width);
    } else {
      move(target, matrix.cols(), rows, cols, call);
    }
  }

  /** Copies whole rows from this one upwards, so that the last comes first. */
  void copyUpwardsTo(Rectangle target, long rows, KernelCall call) {
    move(target, -matrix.cols(), rows, matrix.cols(), call);
  }

  private void move(Rectangle target, long rowStep, long rows, long cols, KernelCall call) {
    long run = call.isProcessor() ? RUN_ON_PROCESSOR : 1;
    call.run(
        "shapes/rectangle",
        rows * ((cols + run - 1) / run),
        target.matrix.buffer(),
        target.at(),
        target.matrix.cols(),
        matrix.buffer(),
        at(),
        rowStep,
        rows,
        cols,
        run);
  }

  private long at() {
    return row * matrix.cols() + col;
  }
}
