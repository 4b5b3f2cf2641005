package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Gemm.Block;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;

/**
 * Convolutions as products with the patch matrix, for some images at a time: as many as memory for
 * their patches allows, which follows from the shape alone.
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

  /** Some images of a call. */
  private record Step(WindowShape shape, long first, long count) {
    static long images(WindowShape shape) {
      return Math.clamp(MOST_PATCHES / (shape.patchCells() * shape.outCells()), 1, shape.images());
    }

    static Step at(WindowShape shape, long first) {
      return new Step(shape, first, Math.min(images(shape), shape.images() - first));
    }

    long cols() {
      return count * shape.outCells();
    }

    void gather(KernelCall call, DeviceMatrix images, DeviceBuffer patches) {
      call.run(
          "patches/patches",
          shape.patchCells() * cols(),
          Windows.arguments(
              shape, patches, images.buffer(), first * shape.inputCols(), count, shape.channels()));
    }

    /** The gradients of outputs with a row for each filter. */
    void gatherOutputs(KernelCall call, DeviceMatrix dout, DeviceBuffer to) {
      call.run(
          "patches/by_filter",
          count * shape.outputCols(),
          to,
          dout.buffer(),
          first * shape.outputCols(),
          count,
          (long) shape.filters(),
          shape.outCells());
    }
  }

  private static DeviceBuffer scratch(KernelCall call, long rows, long cols) {
    return call.scratch(rows * cols * call.precision().bytesPerCell());
  }

  private static long stepCols(WindowShape shape) {
    return Step.images(shape) * shape.outCells();
  }

  record Forward() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      WindowShape shape = Windows.shape(operation, inputs, 2);
      return shape != null
          && Windows.areImages(inputs[0], shape)
          && Windows.areFilters(inputs[1], shape);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      WindowShape shape = Windows.shape(call.operation(), call.allOperands(), 2);
      DeviceMatrix filters = call.matrix(1);
      DeviceMatrix out = call.result(shape.images(), shape.outputCols());
      DeviceBuffer patches = scratch(call, shape.patchCells(), stepCols(shape));
      DeviceBuffer products = scratch(call, shape.filters(), stepCols(shape));
      for (long first = 0; first < shape.images(); first += Step.images(shape)) {
        Step step = Step.at(shape, first);
        step.gather(call, call.matrix(0), patches);
        Gemm.multiply(
            call,
            false,
            false,
            shape.filters(),
            step.cols(),
            shape.patchCells(),
            Block.all(filters),
            new Block(patches, 0, step.cols()),
            products);
        call.run(
            "patches/by_image",
            step.count() * shape.outputCols(),
            out.buffer(),
            first * shape.outputCols(),
            products,
            step.count(),
            (long) shape.filters(),
            shape.outCells());
      }
      return new DeviceOperand[] {out};
    }
  }

  record FilterGradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      WindowShape shape = Windows.shape(operation, inputs, 2);
      return shape != null
          && Windows.areImages(inputs[0], shape)
          && Windows.areOutputs(inputs[1], shape);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      WindowShape shape = Windows.shape(call.operation(), call.allOperands(), 2);
      DeviceMatrix out = call.result(shape.filters(), shape.patchCells());
      long steps = Gemm.pieces(shape.images(), Step.images(shape));
      DeviceBuffer patches = scratch(call, shape.patchCells(), stepCols(shape));
      DeviceBuffer douts = scratch(call, shape.filters(), stepCols(shape));
      DeviceBuffer part = steps == 1 ? out.buffer() : call.scratch(out.bytes());
      DeviceBuffer parts = steps == 1 ? null : call.scratch(steps * out.bytes());
      for (long i = 0; i < steps; i++) {
        Step step = Step.at(shape, i * Step.images(shape));
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
        if (steps > 1) {
          call.backend().copy(part, 0, parts, i * out.bytes(), out.bytes());
        }
      }
      if (steps > 1) {
        call.run("gemm/add_up", out.cells(), out.buffer(), parts, out.cells(), steps);
      }
      return new DeviceOperand[] {out};
    }
  }

  record DataGradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      WindowShape shape = Windows.shape(operation, inputs, 2);
      return shape != null
          && Windows.areFilters(inputs[0], shape)
          && Windows.areOutputs(inputs[1], shape);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      WindowShape shape = Windows.shape(call.operation(), call.allOperands(), 2);
      DeviceMatrix dx = call.result(shape.images(), shape.inputCols());
      DeviceBuffer patches = scratch(call, shape.patchCells(), stepCols(shape));
      DeviceBuffer douts = scratch(call, shape.filters(), stepCols(shape));
      for (long first = 0; first < shape.images(); first += Step.images(shape)) {
        Step step = Step.at(shape, first);
        step.gatherOutputs(call, call.matrix(1), douts);
        Gemm.multiply(
            call,
            true,
            false,
            shape.patchCells(),
            step.cols(),
            shape.filters(),
            Block.all(call.matrix(0)),
            new Block(douts, 0, step.cols()),
            patches);
        call.run(
            "patches/images",
            step.count() * shape.inputCols(),
            Windows.arguments(
                shape,
                dx.buffer(),
                first * shape.inputCols(),
                patches,
                step.count(),
                shape.channels()));
      }
      return new DeviceOperand[] {dx};
    }
  }
}
