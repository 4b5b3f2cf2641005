package dev.reprise.testkit;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Kernels of another device, run on the cells of a {@link FakeAccelerator}. They see the cells as
 * host memory that they must not release; results are copied into the fake's memory. Thread-safe
 * where the other device is.
 */
final class BorrowedKernels {
  private final Device kernels;
  private final CountingAllocator scratch = new CountingAllocator();

  private volatile boolean leavesNumbers;

  /**
   * @param kernels takes dense matrices
   */
  BorrowedKernels(Device kernels) {
    this.kernels = kernels;
  }

  /** From now on numbers are results in the fake's memory, too. */
  void leaveNumbers() {
    leavesNumbers = true;
  }

  /** Buffers of the kernels that were not given back. */
  long liveScratch() {
    return scratch.liveBuffers();
  }

  /**
   * Executes an operation.
   *
   * @param launch number of the launch that makes the cells
   */
  DeviceOperand[] execute(
      Operation operation, DeviceOperand[] inputs, DeviceAllocator allocator, long launch) {
    Operand[] operands = Arrays.stream(inputs).map(BorrowedKernels::onHost).toArray(Operand[]::new);
    return kept(executed(operation, operands), allocator, launch);
  }

  /** Executes a fused expression, one operation after the other; likewise. */
  DeviceOperand[] execute(
      CellExpression expression,
      Precision precision,
      DeviceOperand[] leaves,
      DeviceAllocator allocator,
      long launch) {
    List<Operand> values = new ArrayList<>();
    try {
      for (CellExpression.Node node : expression.nodes()) {
        Operand[] operands =
            node.operands().stream()
                .map(i -> i < 0 ? values.get(~i) : onHost(leaves[i]))
                .toArray(Operand[]::new);
        values.add(executed(node.opcode(), precision, operands));
      }
      if (expression.aggregateOrNull() != null) {
        Operand[] root = {values.getLast()};
        values.add(executed(expression.aggregateOrNull(), precision, root));
      }
      return kept(new Operand[] {values.removeLast()}, allocator, launch);
    } finally {
      values.forEach(BorrowedKernels::release);
    }
  }

  private Operand executed(String opcode, Precision precision, Operand[] operands) {
    Operation operation =
        new Operation(OperationTable.standard().get(opcode), Attributes.none())
            .withPrecision(precision);
    return executed(operation, operands)[0];
  }

  private Operand[] executed(Operation operation, Operand[] operands) {
    return kernels.execute(operation, operands, new ExecutionContext(scratch, 1));
  }

  private static void release(Operand operand) {
    if (operand instanceof MatrixOperand matrix) {
      matrix.buffer().release();
    }
  }

  private static Operand onHost(DeviceOperand operand) {
    return switch (operand) {
      case Scalar scalar -> scalar;
      case DeviceNumber number ->
          Scalar.of(FakeMemory.cells(number.buffer()).get(ValueLayout.JAVA_DOUBLE, 0));
      case DeviceMatrix matrix ->
          new DenseMatrix(
              matrix.rows(), matrix.cols(), matrix.precision(), borrowed(matrix.buffer()));
      case DeviceSparse matrix ->
          new SparseMatrix(
              matrix.rows(),
              matrix.cols(),
              matrix.precision(),
              matrix.nonZeros(),
              borrowed(matrix.buffer()));
    };
  }

  private static Buffer borrowed(DeviceBuffer buffer) {
    MemorySegment cells = FakeMemory.cells(buffer);
    return new Buffer() {
      @Override
      public MemorySegment segment() {
        return cells;
      }

      @Override
      public void release() {
        throw new IllegalStateException("a kernel released its input");
      }
    };
  }

  /** The results in the fake's memory; gives up those of the kernels. */
  private DeviceOperand[] kept(Operand[] results, DeviceAllocator allocator, long launch) {
    DeviceOperand[] outputs = new DeviceOperand[results.length];
    List<DeviceBuffer> taken = new ArrayList<>();
    try {
      for (int i = 0; i < results.length; i++) {
        if (results[i] instanceof MatrixOperand matrix) {
          DenseMatrix dense = matrix instanceof DenseMatrix same ? same : matrix.copyDense(scratch);
          DeviceBuffer buffer = allocator.allocate(dense.bytes());
          taken.add(buffer);
          MemorySegment.copy(dense.segment(), 0, FakeMemory.cells(buffer), 0, dense.bytes());
          FakeMemory.makes(launch, buffer);
          outputs[i] = new DeviceMatrix(dense.rows(), dense.cols(), dense.precision(), buffer);
          if (dense != matrix) {
            dense.buffer().release();
          }
        } else if (leavesNumbers && results[i] instanceof DoubleScalar(double number)) {
          DeviceBuffer buffer = allocator.allocate(Double.BYTES);
          taken.add(buffer);
          FakeMemory.cells(buffer).set(ValueLayout.JAVA_DOUBLE, 0, number);
          FakeMemory.makes(launch, buffer);
          outputs[i] = new DeviceMatrix(1, 1, Precision.FP64, buffer);
        } else {
          outputs[i] = (Scalar) results[i];
        }
      }
      return outputs;
    } catch (RuntimeException e) {
      taken.forEach(DeviceBuffer::release);
      throw e;
    } finally {
      Arrays.stream(results).forEach(BorrowedKernels::release);
    }
  }
}
