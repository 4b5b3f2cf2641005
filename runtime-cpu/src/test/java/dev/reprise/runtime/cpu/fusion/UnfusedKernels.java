package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;

/**
 * What fused loops stand for: the kernels over doubles; in fp32 their results are rounded, of
 * operands as doubles.
 */
record UnfusedKernels(CpuDevice device, CountingAllocator allocator, ExecutionContext context) {
  /** The value of an operation, which the caller owns. */
  Operand execute(Precision precision, String opcode, Operand... inputs) {
    Operation operation =
        new Operation(OperationTable.standard().get(opcode)).withPrecision(precision);
    Operand[] wide = inputs.clone();
    for (int i = 0; i < wide.length; i++) {
      if (inputs[i] instanceof DenseMatrix matrix && precision == Precision.FP32) {
        wide[i] = matrix.converted(Precision.FP64, allocator);
      }
    }
    Operand value = device.execute(operation, wide, context)[0];
    for (int i = 0; i < wide.length; i++) {
      if (wide[i] != inputs[i]) {
        ((DenseMatrix) wide[i]).buffer().release();
      }
    }
    return value;
  }
}
