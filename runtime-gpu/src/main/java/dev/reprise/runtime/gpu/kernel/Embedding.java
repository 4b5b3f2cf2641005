package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code embedding} and its gradient, which sorts the uses of rows and adds up those of each in
 * their order: no atomic additions, whose order would be that of chance.
 */
final class Embedding {
  private Embedding() {}

  record LookUp() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix && inputs[1] instanceof DeviceMatrix;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix indices = call.matrix(0);
      DeviceMatrix words = call.matrix(1);
      DeviceMatrix out = call.result(indices.rows(), indices.cols() * words.cols());
      call.run(
          "embedding/look_up",
          out.cells(),
          out.buffer(),
          indices.buffer(),
          words.buffer(),
          words.rows(),
          words.cols(),
          out.cells());
      return new DeviceOperand[] {out};
    }
  }

  record Gradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix dout
          && inputs[1] instanceof DeviceMatrix indices
          && dout.rows() == indices.rows()
          && dout.cols() % indices.cols() == 0
          && indices.cells() <= RadixSort.MOST_PAIRS
          && CreateKernels.isExtent(inputs[2])
          && CellKernels.isNumber(inputs[3]);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix dout = call.matrix(0);
      DeviceMatrix indices = call.matrix(1);
      long rows = call.scalar(2).asLong();
      long cols = dout.cols() / indices.cols();
      long uses = indices.cells();
      DeviceMatrix out = call.result(rows, cols);
      call.backend().zero(out.buffer(), out.bytes());
      RadixSort sort = new RadixSort(call, uses);
      call.run(
          "embedding/keys",
          uses,
          sort.keys(),
          sort.rows(),
          indices.buffer(),
          rows,
          call.scalar(3).asLong(),
          uses);
      sort.sort(Long.SIZE - Long.numberOfLeadingZeros(rows));
      call.run(
          "embedding/add_uses",
          uses * cols,
          out.buffer(),
          dout.buffer(),
          sort.keys(),
          sort.rows(),
          rows,
          cols,
          uses);
      return new DeviceOperand[] {out};
    }
  }
}
