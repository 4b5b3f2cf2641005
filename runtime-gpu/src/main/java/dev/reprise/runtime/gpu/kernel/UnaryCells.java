package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** A function of every cell. */
record UnaryCells(String opcode, String kernel) implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix;
  }

  @Override
  public boolean supportsCompressed(Operation operation, DeviceOperand[] inputs) {
    return CompressedCells.keepsZero(opcode, inputs[0]) || CompressedCells.fills(opcode, inputs[0]);
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    if (call.isSparse(0) && CompressedCells.keepsZero(opcode, call.operand(0))) {
      return CompressedCells.mapped(
          call,
          call.sparse(0),
          (out, values, count) -> call.run(kernel + "_m", count, out, values, count));
    }
    DeviceMatrix x = Compressed.dense(call, 0);
    DeviceMatrix out = call.result(x.rows(), x.cols());
    call.run(kernel + "_m", out.cells(), out.buffer(), x.buffer(), out.cells());
    return new DeviceOperand[] {out};
  }
}
