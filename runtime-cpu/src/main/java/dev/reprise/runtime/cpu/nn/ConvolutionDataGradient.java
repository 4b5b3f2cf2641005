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

/**
 * {@code conv2d_backward_data}: the gradient of the patches is t(filters) dout; each of its cells
 * is added to the image's cell that it was copied from.
 */
final class ConvolutionDataGradient extends ProductKernel {
  ConvolutionDataGradient(Parallel parallel, LazyBlas blas, Precision precision) {
    super(parallel, blas, precision);
  }

  @Override
  Operand[] run(
      Operation operation, Operand[] inputs, CellProducts products, ExecutionContext context) {
    WindowShape shape = Windows.shape(operation, inputs, 2);
    DenseMatrix filters = Windows.filters(operation, inputs, 0, shape, precision);
    DenseMatrix dout = Windows.outputs(operation, inputs, 1, shape, precision);
    DepthwiseConvolution depthwise = DepthwiseConvolution.of(shape, parallel, precision);
    ConvolutionPlan plan = ConvolutionPlan.of(shape);
    DirectPlan direct = DirectPlan.ofDataGradient(shape, precision);
    WinogradPlan tiles =
        direct != null && direct.beatsTiles()
            ? null
            : WinogradPlan.ofDataGradient(shape, precision);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dx = scratch.matrix(shape.images(), shape.inputCols(), precision);
      // What is multiplied with the zeros between outputs must be finite.
      if (depthwise != null && ModerateCells.are(parallel, context, filters)) {
        depthwise.runDataGradient(filters, dout, dx, context);
        return new Operand[] {scratch.keep(dx)};
      }
      if (tiles != null && ModerateCells.are(parallel, context, dout, filters)) {
        new WinogradConvolution(tiles, true, parallel, products)
            .run(dout, filters, dx, scratch, context);
        return new Operand[] {scratch.keep(dx)};
      }
      // What a direct convolution multiplies with the zeros around gradients must be finite.
      if (direct != null && ModerateCells.are(parallel, context, filters)) {
        new DirectConvolution(direct, true, parallel).run(dout, filters, dx, scratch, context);
        return new Operand[] {scratch.keep(dx)};
      }
      WindowShape group = plan.shape();
      long blocks = ConvolutionPlan.pieces(group.channels(), plan.channelsPerDataTask());
      long steps = plan.imageSteps() * blocks;
      long tasks = plan.groups() * steps;
      if (tasks > 0) {
        Step step = new Step(plan, filters, new OutputCells(group, dout), dx, products);
        Slots<MemorySegment> slots =
            Slots.ofCells(scratch, context, tasks, step.slotCells(), precision);
        parallel.forEach(
            context,
            tasks,
            task -> {
              long at = task % steps;
              step.run((int) (task / steps), at / blocks, (int) (at % blocks), slots);
            });
      }
      return new Operand[] {scratch.keep(dx)};
    }
  }

  /** The gradient of some channels of the images of one step. */
  private record Step(
      ConvolutionPlan plan,
      DenseMatrix filters,
      OutputCells dout,
      DenseMatrix dx,
      CellProducts products) {

    long slotCells() {
      long rows = (long) plan.channelsPerDataTask() * windowCells();
      return (rows + (plan.imagesPerStep() > 1 ? plan.shape().filters() : 0)) * plan.stepCols();
    }

    private int windowCells() {
      return plan.shape().filterHeight() * plan.shape().filterWidth();
    }

    void run(int group, long step, int block, Slots<MemorySegment> slots) {
      WindowShape shape = plan.shape();
      int from = block * plan.channelsPerDataTask();
      int to = Math.min(shape.channels(), from + plan.channelsPerDataTask());
      long first = step * plan.imagesPerStep();
      int count = (int) Math.min(plan.imagesPerStep(), shape.images() - first);
      long bytes = products.bytes();
      MemorySegment slot = slots.borrow();
      try {
        for (long image = first; image < first + count; image++) {
          long at = plan.at(image, group) * shape.inputCols() + from * shape.planeCells();
          dx.segment().asSlice(bytes * at, bytes * (to - from) * shape.planeCells()).fill((byte) 0);
        }
        for (int rows = 0; rows < plan.rowSteps(); rows++) {
          int row = rows * plan.rowsPerStep();
          int end = Math.min(shape.outHeight(), row + plan.rowsPerStep());
          addRows(group, first, count, from, to, row, end, slot);
        }
      } finally {
        slots.giveBack(slot);
      }
    }

    private void addRows(
        int group, long first, int count, int from, int to, int row, int end, MemorySegment slot) {
      WindowShape shape = plan.shape();
      long image = plan.at(first, group);
      long weightsAt = group * shape.filters() * filters.cols() + (long) from * windowCells();
      int patchRows = (to - from) * windowCells();
      int cells = (end - row) * shape.outWidth();
      int cols = count * cells;
      Blas.Block weights = new Blas.Block(filters.segment(), weightsAt, (int) filters.cols());
      Blas.Block outputs =
          count == 1
              ? dout.rows(image, row)
              : dout.gather(image, count, plan.groups(), slot, (long) patchRows * cols);
      products.gemm(
          true,
          false,
          patchRows,
          cols,
          shape.filters(),
          weights,
          outputs,
          new Blas.Block(slot, 0, cols));
      Patches patches = new Patches(shape, products.precision());
      for (int i = 0; i < count; i++) {
        Patches.Piece piece = new Patches.Piece(plan.at(first + i, group), from, to, row, end);
        patches.scatterAdd(slot, (long) i * cells, cols, piece, dx.segment());
      }
    }
  }
}
