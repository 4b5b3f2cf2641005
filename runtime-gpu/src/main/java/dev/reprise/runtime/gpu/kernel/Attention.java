package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.AttentionShape;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code attention} and its gradient as fused kernels: no scores in the device's memory. On a GPU a
 * group has four queries or keys, on a processor a thread has one.
 */
final class Attention {
  private static final int GROUP = 128;
  private static final long LINES_PER_GROUP = 4;
  private static final long MOST_GROUPS = 1 << 20;

  private Attention() {}

  /** The sizes, or null where operands do not fit: the host reports what is wrong. */
  private static AttentionShape shape(
      Operation operation, DeviceOperand[] inputs, int first, int numbers) {
    for (int i = 0; i < 3; i++) {
      if (!(inputs[first + i] instanceof DeviceMatrix)
          || !(inputs[numbers + i] instanceof Scalar number)
          || number.isAbsent()) {
        return null;
      }
    }
    if (!CellKernels.isNumber(inputs[numbers]) || !CellKernels.isNumber(inputs[numbers + 1])) {
      return null;
    }
    try {
      return AttentionShape.of(
          operation.name(),
          ((DeviceMatrix) inputs[first]).shape(),
          ((DeviceMatrix) inputs[first + 1]).shape(),
          ((DeviceMatrix) inputs[first + 2]).shape(),
          ((Scalar) inputs[numbers]).asDouble(),
          ((Scalar) inputs[numbers + 1]).asDouble(),
          ((Scalar) inputs[numbers + 2]).asBoolean());
    } catch (OperandException e) {
      return null;
    }
  }

  /** Runs the variant for the device over lines: the queries, or the keys, of all heads. */
  private static void run(
      KernelCall call, String kernel, AttentionShape shape, long lines, Object... first) {
    List<Object> arguments = new ArrayList<>(List.of(first));
    arguments.addAll(
        List.of(
            shape.scale(),
            shape.sequences(),
            (long) shape.queries(),
            (long) shape.keys(),
            shape.heads(),
            shape.width(),
            shape.valueWidth(),
            shape.causal() ? 1 : 0));
    long heads = shape.sequences() * shape.heads();
    if (call.isProcessor()) {
      call.run(kernel + "_lines", heads * lines, arguments.toArray());
    } else {
      long groups = Math.min(heads * Gemm.pieces(lines, LINES_PER_GROUP), MOST_GROUPS);
      call.runGroups(kernel + "_groups", groups, GROUP, arguments.toArray());
    }
  }

  /** [out, logsum]. */
  record Forward() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return shape(operation, inputs, 0, 3) != null;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      AttentionShape shape = shape(call.operation(), call.allOperands(), 0, 3);
      DeviceMatrix out = call.result(shape.result().rows(), shape.result().cols());
      DeviceMatrix logsum = call.result(shape.logarithms().rows(), shape.logarithms().cols());
      run(
          call,
          "attention/forward",
          shape,
          shape.queries(),
          out.buffer(),
          logsum.buffer(),
          call.matrix(0).buffer(),
          call.matrix(1).buffer(),
          call.matrix(2).buffer());
      return new DeviceOperand[] {out, logsum};
    }
  }

  /** [dQ, dK, dV]. */
  record Gradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      AttentionShape shape = shape(operation, inputs, 1, 6);
      return shape != null
          && inputs[0] instanceof DeviceMatrix dout
          && inputs[4] instanceof DeviceMatrix out
          && inputs[5] instanceof DeviceMatrix logsum
          && dout.shape().equals(shape.result())
          && out.shape().equals(shape.result())
          && logsum.shape().equals(shape.logarithms());
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      AttentionShape shape = shape(call.operation(), call.allOperands(), 1, 6);
      DeviceMatrix dout = call.matrix(0);
      DeviceMatrix dq = like(call, 1);
      DeviceMatrix dk = like(call, 2);
      DeviceMatrix dv = like(call, 3);
      DeviceBuffer means = call.scratch(call.matrix(5).bytes());
      RowLanes.run(
          call,
          "attention/means",
          call.matrix(5).cells(),
          shape.valueWidth(),
          means,
          dout.buffer(),
          call.matrix(4).buffer());
      Object[] operands = {
        dout.buffer(),
        means,
        call.matrix(5).buffer(),
        call.matrix(1).buffer(),
        call.matrix(2).buffer(),
        call.matrix(3).buffer()
      };
      List<Object> query = new ArrayList<>(List.of(dq.buffer()));
      query.addAll(List.of(operands));
      run(call, "attention/query", shape, shape.queries(), query.toArray());
      List<Object> key = new ArrayList<>(List.of(dk.buffer(), dv.buffer()));
      key.addAll(List.of(operands));
      run(call, "attention/key", shape, shape.keys(), key.toArray());
      return new DeviceOperand[] {dq, dk, dv};
    }

    private static DeviceMatrix like(KernelCall call, int operand) {
      return call.result(call.matrix(operand).rows(), call.matrix(operand).cols());
    }
  }
}
