package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;

/** {@code conv2d}: the filters times the patch matrix, image by image. */
final class Convolution extends ProductKernel {
  Convolution(Parallel parallel, LazyBlas blas, Precision precision) {
    super(parallel, blas, precision);
  }

  @Override
  Operand[] run(
      Operation operation, Operand[] inputs, CellProducts products, ExecutionContext context) {
    WindowShape shape = Windows.shape(operation, inputs, 2);
    DenseMatrix images = Windows.images(operation, inputs, 0, shape, precision);
    DenseMatrix filters = Windows.filters(operation, inputs, 1, shape, precision);
    DepthwiseConvolution depthwise = DepthwiseConvolution.of(shape, parallel, precision);
    ConvolutionPlan plan = ConvolutionPlan.of(shape);
    DirectPlan direct = DirectPlan.of(shape, precision);
    WinogradPlan tiles =
        direct != null && direct.beatsTiles() ? null : WinogradPlan.of(shape, precision);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(shape.images(), shape.outputCols(), precision);
      if (depthwise != null) {
        depthwise.run(images, filters, out, context);
        return new Operand[] {scratch.keep(out)};
      }
      if (tiles != null && ModerateCells.are(parallel, context, images, filters)) {
        new WinogradConvolution(tiles, false, parallel, products)
            .run(images, filters, out, scratch, context);
        return new Operand[] {scratch.keep(out)};
      }
      if (direct != null) {
        new DirectConvolution(direct, false, parallel).run(images, filters, out, scratch, context);
        return new Operand[] {scratch.keep(out)};
      }
      long steps = plan.imageSteps() * plan.rowSteps();
      long tasks = plan.groups() * steps;
      if (tasks > 0) {
        Step step = new Step(plan, images, filters, out, products);
        Slots<MemorySegment> slots =
            Slots.ofCells(scratch, context, tasks, step.slotCells(), precision);
        parallel.forEach(
            context, tasks, task -> step.run((int) (task / steps), task % steps, slots));
      }
      return new Operand[] {scratch.keep(out)};
    }
  }

  /** One step: patches gathered, multiplied, and the products put where they belong. */
  private record Step(
      ConvolutionPlan plan,
      DenseMatrix images,
      DenseMatrix filters,
      DenseMatrix out,
      CellProducts products) {

    long slotCells() {
      long rows =
          plan.shape().patchCells() + (plan.imagesPerStep() > 1 ? plan.shape().filters() : 0);
      return rows * plan.stepCols();
    }

    void run(int group, long step, Slots<MemorySegment> slots) {
      MemorySegment slot = slots.borrow();
      try {
        if (plan.imagesPerStep() > 1) {
          severalImages(group, step, slot);
        } else {
          rowsOfOneImage(group, step / plan.rowSteps(), (int) (step % plan.rowSteps()), slot);
        }
      } finally {
        slots.giveBack(slot);
      }
    }

    private void rowsOfOneImage(int group, long number, int band, MemorySegment slot) {
      WindowShape shape = plan.shape();
      long image = plan.at(number, group);
      int from = band * plan.rowsPerStep();
      int to = Math.min(shape.outHeight(), from + plan.rowsPerStep());
      int cols = (to - from) * shape.outWidth();
      Blas.Block patches;
      if (Patches.areImages(shape)) {
        long at = image * shape.inputCols() + (long) from * shape.width();
        patches = new Blas.Block(images.segment(), at, (int) shape.planeCells());
      } else {
        Patches.Piece piece = new Patches.Piece(image, 0, shape.channels(), from, to);
        new Patches(shape, products.precision()).gather(images.segment(), piece, slot, 0, cols);
        patches = new Blas.Block(slot, 0, cols);
      }
      long at = image * shape.outputCols() + (long) from * shape.outWidth();
      multiply(group, cols, patches, new Blas.Block(out.segment(), at, (int) shape.outCells()));
    }

    private void severalImages(int group, long step, MemorySegment slot) {
      WindowShape shape = plan.shape();
      long first = step * plan.imagesPerStep();
      int count = (int) Math.min(plan.imagesPerStep(), shape.images() - first);
      int cells = (int) shape.outCells();
      int cols = count * cells;
      Patches patches = new Patches(shape, products.precision());
      for (int i = 0; i < count; i++) {
        Patches.Piece piece =
            new Patches.Piece(plan.at(first + i, group), 0, shape.channels(), 0, shape.outHeight());
        patches.gather(images.segment(), piece, slot, (long) i * cells, cols);
      }
      long results = shape.patchCells() * cols;
      multiply(group, cols, new Blas.Block(slot, 0, cols), new Blas.Block(slot, results, cols));
      int bytes = products.bytes();
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < shape.filters(); k++) {
          long from = results + (long) k * cols + (long) i * cells;
          long to = plan.at(first + i, group) * shape.outputCols() + (long) k * cells;
          MemorySegment.copy(slot, bytes * from, out.segment(), bytes * to, (long) bytes * cells);
        }
      }
    }

    private void multiply(int group, int cols, Blas.Block patches, Blas.Block target) {
      int depth = (int) filters.cols();
      int rows = plan.shape().filters();
      Blas.Block weights = new Blas.Block(filters.segment(), (long) group * rows * depth, depth);
      products.gemm(false, false, rows, cols, depth, weights, patches, target);
    }
  }
}
