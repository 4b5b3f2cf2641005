package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;

/** {@code conv2d}: the filters times the patch matrix, image by image. */
final class Convolution implements Kernel {
  private final Parallel parallel;
  private final LazyBlas blas;

  Convolution(Parallel parallel, LazyBlas blas) {
    this.parallel = parallel;
    this.blas = blas;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    WindowShape shape = Windows.shape(operation, inputs, 2);
    DenseMatrix images = Windows.images(operation, inputs, 0, shape);
    DenseMatrix filters = Windows.filters(operation, inputs, 1, shape);
    ConvolutionPlan plan = ConvolutionPlan.of(shape);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(shape.images(), shape.outputCols());
      long tasks = plan.imageSteps() * plan.rowSteps();
      if (tasks > 0) {
        Step step = new Step(plan, images, filters, out, blas.get());
        Slots slots = new Slots(scratch, context, tasks, step.slotCells());
        parallel.forEach(context, tasks, task -> step.run(task, slots));
      }
      return new Operand[] {scratch.keep(out)};
    }
  }

  /** One step: patches gathered, multiplied, and the products put where they belong. */
  private record Step(
      ConvolutionPlan plan, DenseMatrix images, DenseMatrix filters, DenseMatrix out, Blas blas) {

    long slotCells() {
      long rows =
          plan.shape().patchCells() + (plan.imagesPerStep() > 1 ? plan.shape().filters() : 0);
      return rows * plan.stepCols();
    }

    void run(long task, Slots slots) {
      MemorySegment slot = slots.borrow();
      try {
        if (plan.imagesPerStep() > 1) {
          severalImages(task, slot);
        } else {
          rowsOfOneImage(task / plan.rowSteps(), (int) (task % plan.rowSteps()), slot);
        }
      } finally {
        slots.giveBack(slot);
      }
    }

    private void rowsOfOneImage(long image, int band, MemorySegment slot) {
      WindowShape shape = plan.shape();
      int from = band * plan.rowsPerStep();
      int to = Math.min(shape.outHeight(), from + plan.rowsPerStep());
      int cols = (to - from) * shape.outWidth();
      Blas.Block patches;
      if (Patches.areImages(shape)) {
        long at = image * shape.inputCols() + (long) from * shape.width();
        patches = new Blas.Block(images.segment(), at, (int) shape.planeCells());
      } else {
        Patches.Piece piece = new Patches.Piece(image, 0, shape.channels(), from, to);
        new Patches(shape).gather(images.segment(), piece, slot, 0, cols);
        patches = new Blas.Block(slot, 0, cols);
      }
      long at = image * shape.outputCols() + (long) from * shape.outWidth();
      multiply(cols, patches, new Blas.Block(out.segment(), at, (int) shape.outCells()));
    }

    private void severalImages(long task, MemorySegment slot) {
      WindowShape shape = plan.shape();
      long first = task * plan.imagesPerStep();
      int count = (int) Math.min(plan.imagesPerStep(), shape.images() - first);
      int cells = (int) shape.outCells();
      int cols = count * cells;
      Patches patches = new Patches(shape);
      for (int i = 0; i < count; i++) {
        Patches.Piece piece =
            new Patches.Piece(first + i, 0, shape.channels(), 0, shape.outHeight());
        patches.gather(images.segment(), piece, slot, (long) i * cells, cols);
      }
      long products = shape.patchCells() * cols;
      multiply(cols, new Blas.Block(slot, 0, cols), new Blas.Block(slot, products, cols));
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < shape.filters(); k++) {
          long from = products + (long) k * cols + (long) i * cells;
          long to = (first + i) * shape.outputCols() + (long) k * cells;
          MemorySegment.copy(slot, 8 * from, out.segment(), 8 * to, 8L * cells);
        }
      }
    }

    private void multiply(int cols, Blas.Block patches, Blas.Block target) {
      int depth = (int) filters.cols();
      Blas.Block weights = new Blas.Block(filters.segment(), 0, depth);
      blas.gemm(false, false, (int) filters.rows(), cols, depth, weights, patches, target);
    }
  }
}
