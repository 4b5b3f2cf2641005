package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;

/**
 * {@code conv2d_backward_filter}: the sum over all images of dout times the transposed patch
 * matrix. Tasks sum over some of the images; their sums are added in order.
 */
final class ConvolutionFilterGradient extends ProductKernel {
  ConvolutionFilterGradient(Parallel parallel, LazyBlas blas, Precision precision) {
    super(parallel, blas, precision);
  }

  @Override
  Operand[] run(
      Operation operation, Operand[] inputs, CellProducts products, ExecutionContext context) {
    WindowShape shape = Windows.shape(operation, inputs, 2);
    DenseMatrix images = Windows.images(operation, inputs, 0, shape, precision);
    DenseMatrix dout = Windows.outputs(operation, inputs, 1, shape, precision);
    DepthwiseConvolution depthwise = DepthwiseConvolution.of(shape, parallel, precision);
    ConvolutionPlan plan = ConvolutionPlan.of(shape);
    DirectPlan direct = DirectPlan.of(shape, precision);
    WinogradPlan tiles =
        direct != null && direct.beatsTiles() ? null : WinogradPlan.of(shape, precision);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dw = scratch.matrix(shape.filters(), shape.patchCells(), precision);
      // What is multiplied with the zeros between outputs must be finite.
      if (depthwise != null && ModerateCells.are(parallel, context, images)) {
        depthwise.runFilterGradient(images, dout, dw, context);
        return new Operand[] {scratch.keep(dw)};
      }
      if (tiles != null && ModerateCells.are(parallel, context, images, dout)) {
        new WinogradFilterGradient(tiles, parallel, products)
            .run(images, dout, dw, scratch, context);
        return new Operand[] {scratch.keep(dw)};
      }
      if (direct != null) {
        new DirectFilterGradient(direct, parallel).run(images, dout, dw, scratch, context);
        return new Operand[] {scratch.keep(dw)};
      }
      WindowShape group = plan.shape();
      long blocks = ConvolutionPlan.pieces(group.channels(), plan.channelsPerFilterTask());
      long sums = ConvolutionPlan.pieces(plan.imageSteps(), plan.imageStepsPerFilterTask());
      if (sums == 0) {
        dw.segment().asSlice(0, dw.bytes()).fill((byte) 0);
      } else {
        Partials partials = new Partials(dw, sums, scratch);
        Step step = new Step(plan, images, new OutputCells(group, dout), products);
        long tasks = plan.groups() * sums * blocks;
        Slots<MemorySegment> slots =
            Slots.ofCells(scratch, context, tasks, step.slotCells(), precision);
        parallel.forEach(
            context,
            tasks,
            task -> {
              long sum = task / blocks % sums;
              int at = (int) (task / blocks / sums);
              step.run(at, sum, (int) (task % blocks), partials.segment(sum), slots);
            });
        partials.addUp(parallel, context);
      }
      return new Operand[] {scratch.keep(dw)};
    }
  }

  /** The gradient with respect to some channels of the filters, summed over some images. */
  private record Step(
      ConvolutionPlan plan, DenseMatrix images, OutputCells dout, CellProducts products) {

    long slotCells() {
      long rows = (long) plan.channelsPerFilterTask() * windowCells();
      return (rows + (plan.imagesPerStep() > 1 ? plan.shape().filters() : 0)) * plan.stepCols();
    }

    private int windowCells() {
      return plan.shape().filterHeight() * plan.shape().filterWidth();
    }

    void run(int group, long sum, int block, MemorySegment target, Slots<MemorySegment> slots) {
      WindowShape shape = plan.shape();
      int from = block * plan.channelsPerFilterTask();
      int to = Math.min(shape.channels(), from + plan.channelsPerFilterTask());
      long first = sum * plan.imageStepsPerFilterTask();
      long last = Math.min(plan.imageSteps(), first + plan.imageStepsPerFilterTask());
      MemorySegment slot = slots.borrow();
      try {
        for (long step = first; step < last; step++) {
          for (int rows = 0; rows < plan.rowSteps(); rows++) {
            boolean isFirst = step == first && rows == 0;
            addStep(group, step, rows * plan.rowsPerStep(), from, to, isFirst, target, slot);
          }
        }
      } finally {
        slots.giveBack(slot);
      }
    }

    private void addStep(
        int group,
        long step,
        int row,
        int from,
        int to,
        boolean isFirst,
        MemorySegment target,
        MemorySegment slot) {
      WindowShape shape = plan.shape();
      long first = step * plan.imagesPerStep();
      long image = plan.at(first, group);
      int count = (int) Math.min(plan.imagesPerStep(), shape.images() - first);
      int end = Math.min(shape.outHeight(), row + plan.rowsPerStep());
      int patchRows = (to - from) * windowCells();
      int cells = (end - row) * shape.outWidth();
      int cols = count * cells;
      Blas.Block outputs =
          count == 1
              ? dout.rows(image, row)
              : dout.gather(image, count, plan.groups(), slot, (long) patchRows * cols);
      Blas.Block patches = patches(image, count, from, to, row, end, slot);
      int filters = shape.filters();
      long at = group * filters * shape.patchCells() + (long) from * windowCells();
      Blas.Block gradient = new Blas.Block(target, at, (int) shape.patchCells());
      if (isFirst) {
        products.gemm(false, true, filters, patchRows, cols, outputs, patches, gradient);
      } else {
        products.gemmAdd(false, true, filters, patchRows, cols, outputs, patches, gradient);
      }
    }

    private Blas.Block patches(
        long image, int count, int from, int to, int row, int end, MemorySegment slot) {
      WindowShape shape = plan.shape();
      if (count == 1 && Patches.areImages(shape)) {
        long at =
            image * shape.inputCols() + from * shape.planeCells() + (long) row * shape.width();
        return new Blas.Block(images.segment(), at, (int) shape.planeCells());
      }
      int cells = (end - row) * shape.outWidth();
      int cols = count * cells;
      Patches patches = new Patches(shape, products.precision());
      for (int i = 0; i < count; i++) {
        Patches.Piece piece =
            new Patches.Piece(image + (long) i * plan.groups(), from, to, row, end);
        patches.gather(images.segment(), piece, slot, (long) i * cells, cols);
      }
      return new Blas.Block(slot, 0, cols);
    }
  }
}
