package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.ConvolutionWay.Choice;
import dev.reprise.runtime.gpu.kernel.ConvolutionWay.Of;
import dev.reprise.runtime.gpu.kernel.Gemm.Block;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Convolutions, each in the way that {@link ConvolutionWay} chooses. Here is the one by products
 * with the patch matrix, group by group and for some images at a time: as many as memory for their
 * patches allows, which follows from the shape alone.
 *
 * <pre>
 *   conv2d            outputs = filters %*% patches(images)        filters x (images * out cells)
 *   backward_filter   dfilters = sum of douts %*% t(patches)       one product per step, in order
 *   backward_data     dimages = images(t(filters) %*% douts)
 * </pre>
 */
final class Convolution {
  /** Cells of the patch matrix: 128 MiB of doubles. */
  private static final long MOST_PATCHES = 1 << 24;

  private Convolution() {}

  static void register(DeviceKernels.Builder kernels, Choice choice) {
    kernels.add("conv2d", new Forward(choice));
    kernels.add("conv2d_backward_filter", new FilterGradient(choice));
    kernels.add("conv2d_backward_data", new DataGradient(choice));
  }

  /**
   * One group of some images of a call.
   *
   * @param all the call's shape
   * @param shape that of a group
   */
  private record Step(WindowShape all, WindowShape shape, int group, long first, long count) {
    static long images(WindowShape shape) {
      return Math.clamp(MOST_PATCHES / (shape.patchCells() * shape.outCells()), 1, shape.images());
    }

    static Step at(WindowShape all, int group, long first) {
      WindowShape shape = all.ofGroup();
      long count = Math.min(images(shape), shape.images() - first);
      return new Step(all, shape, group, first, count);
    }

    /** Where the group's channels of the first image begin. */
    long inputAt() {
      return first * all.inputCols() + group * shape.inputCols();
    }

    long outputAt() {
      return first * all.outputCols() + group * shape.outputCols();
    }

    Block filters(DeviceMatrix filters) {
      return new Block(
          filters.buffer(), group * shape.filters() * shape.patchCells(), shape.patchCells());
    }

    boolean isLast() {
      return first + count == shape.images();
    }

    long cols() {
      return count * shape.outCells();
    }

    void gather(KernelCall call, DeviceMatrix images, DeviceBuffer patches) {
      call.run(
          "patches/patches",
          shape.patchCells() * cols(),
          Windows.dilated(
              shape,
              patches,
              images.buffer(),
              inputAt(),
              all.inputCols(),
              count,
              shape.channels()));
    }

    /** The gradients of outputs with a row for each filter. */
    void gatherOutputs(KernelCall call, DeviceMatrix dout, DeviceBuffer to) {
      call.run(
          "patches/by_filter",
          count * shape.outputCols(),
          to,
          dout.buffer(),
          outputAt(),
          all.outputCols(),
          count,
          (long) shape.filters(),
          shape.outCells());
    }
  }

  /** The steps of a call, those of a group one after the other. */
  private static List<Step> steps(WindowShape all) {
    List<Step> steps = new ArrayList<>();
    for (int group = 0; group < all.groups(); group++) {
      for (long first = 0; first < all.images(); first += Step.images(all.ofGroup())) {
        steps.add(Step.at(all, group, first));
      }
    }
    return steps;
  }

  private static DeviceBuffer scratch(KernelCall call, long rows, long cols) {
    return call.scratch(rows * cols * call.precision().bytesPerCell());
  }

  private static long stepCols(WindowShape shape) {
    return Step.images(shape) * shape.outCells();
  }

  record Forward(Choice choice) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      WindowShape shape = Windows.shape(operation, inputs, 2);
      return shape != null
          && Windows.areImages(inputs[0], shape)
          && Windows.areFilters(inputs[1], shape);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      WindowShape all = Windows.shape(call.operation(), call.allOperands(), 2);
      DeviceMatrix out = call.result(all.images(), all.outputCols());
      switch (choice.way(Of.OUTPUTS, call, all)) {
        case CELLS -> GroupedConvolution.outputs(call, all, out);
        case TILES -> TiledConvolution.outputs(call, all, out);
        case PATCHES -> outputs(call, all, out);
      }
      return new DeviceOperand[] {out};
    }

    private static void outputs(KernelCall call, WindowShape all, DeviceMatrix out) {
      WindowShape shape = all.ofGroup();
      DeviceBuffer patches = scratch(call, shape.patchCells(), stepCols(shape));
      DeviceBuffer products = scratch(call, shape.filters(), stepCols(shape));
      for (Step step : steps(all)) {
        step.gather(call, call.matrix(0), patches);
        Gemm.multiply(
            call,
            false,
            false,
            shape.filters(),
            step.cols(),
            shape.patchCells(),
            step.filters(call.matrix(1)),
            new Block(patches, 0, step.cols()),
            products);
        call.run(
            "patches/by_image",
            step.count() * shape.outputCols(),
            out.buffer(),
            step.outputAt(),
            all.outputCols(),
            products,
            step.count(),
            (long) shape.filters(),
            shape.outCells());
      }
    }
  }

  record FilterGradient(Choice choice) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      WindowShape shape = Windows.shape(operation, inputs, 2);
      return shape != null
          && Windows.areImages(inputs[0], shape)
          && Windows.areOutputs(inputs[1], shape);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      WindowShape all = Windows.shape(call.operation(), call.allOperands(), 2);
      DeviceMatrix out = call.result(all.filters(), all.patchCells());
      switch (choice.way(Of.FILTER_GRADIENT, call, all)) {
        case CELLS -> GroupedConvolution.filterGradient(call, all, out);
        case TILES -> TiledConvolution.filterGradient(call, all, out);
        case PATCHES -> filterGradient(call, all, out);
      }
      return new DeviceOperand[] {out};
    }

    private static void filterGradient(KernelCall call, WindowShape all, DeviceMatrix out) {
      WindowShape shape = all.ofGroup();
      long cells = shape.filters() * shape.patchCells();
      long bytes = cells * call.precision().bytesPerCell();
      long sums = Gemm.pieces(shape.images(), Step.images(shape));
      DeviceBuffer patches = scratch(call, shape.patchCells(), stepCols(shape));
      DeviceBuffer douts = scratch(call, shape.filters(), stepCols(shape));
      boolean whole = sums == 1 && all.groups() == 1;
      DeviceBuffer part = whole ? out.buffer() : call.scratch(bytes);
      DeviceBuffer parts = sums == 1 ? null : call.scratch(sums * bytes);
      for (Step step : steps(all)) {
        step.gather(call, call.matrix(0), patches);
        step.gatherOutputs(call, call.matrix(1), douts);
        Gemm.multiply(
            call,
            false,
            true,
            shape.filters(),
            shape.patchCells(),
            step.cols(),
            new Block(douts, 0, step.cols()),
            new Block(patches, 0, step.cols()),
            part);
        if (sums > 1) {
          long sum = step.first() / Step.images(shape);
          call.backend().copy(part, 0, parts, sum * bytes, bytes);
          if (sum == sums - 1) {
            call.run("gemm/add_up", cells, part, parts, cells, sums);
          }
        }
        if (!whole && step.isLast()) {
          call.backend().copy(part, 0, out.buffer(), step.group() * bytes, bytes);
        }
      }
    }
  }

  record DataGradient(Choice choice) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      WindowShape shape = Windows.shape(operation, inputs, 2);
      return shape != null
          && Windows.areFilters(inputs[0], shape)
          && Windows.areOutputs(inputs[1], shape);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      WindowShape all = Windows.shape(call.operation(), call.allOperands(), 2);
      DeviceMatrix dx = call.result(all.images(), all.inputCols());
      switch (choice.way(Of.DATA_GRADIENT, call, all)) {
        case CELLS -> GroupedConvolution.dataGradient(call, all, dx);
        case TILES -> TiledConvolution.dataGradient(call, all, dx);
        case PATCHES -> dataGradient(call, all, dx);
      }
      return new DeviceOperand[] {dx};
    }

    private static void dataGradient(KernelCall call, WindowShape all, DeviceMatrix dx) {
      WindowShape shape = all.ofGroup();
      DeviceBuffer patches = scratch(call, shape.patchCells(), stepCols(shape));
      DeviceBuffer douts = scratch(call, shape.filters(), stepCols(shape));
      for (Step step : steps(all)) {
        step.gatherOutputs(call, call.matrix(1), douts);
        Gemm.multiply(
            call,
            true,
            false,
            shape.patchCells(),
            step.cols(),
            shape.filters(),
            step.filters(call.matrix(0)),
            new Block(douts, 0, step.cols()),
            patches);
        call.run(
            "patches/images",
            step.count() * shape.inputCols(),
            Windows.dilated(
                shape,
                dx.buffer(),
                step.inputAt(),
                all.inputCols(),
                patches,
                step.count(),
                shape.channels()));
      }
    }
  }
}
