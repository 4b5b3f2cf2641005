package dev.reprise.testkit;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An accelerator as a device that takes operands in host memory, so that the contract of devices
 * can be asked of it: copies operands there, launches, copies results back. What the accelerator
 * does not support runs on another device; {@link #launched} says what it did itself.
 *
 * <p>Every second dense matrix lies in a part of a larger buffer, as rows of a view do: the first
 * of one launch, the second of the next, so that whoever repeats an operation compares the two.
 */
public final class HostedAccelerator implements Device {
  private final Accelerator accelerator;
  private final Device fallback;
  private final Set<String> launched = new TreeSet<>();
  private int launches;

  public HostedAccelerator(Accelerator accelerator, Device fallback) {
    this.accelerator = accelerator;
    this.fallback = fallback;
  }

  /** Opcodes that ran on the accelerator. */
  public Set<String> launched() {
    return launched;
  }

  @Override
  public String name() {
    return accelerator.name();
  }

  @Override
  public boolean supports(Operation operation) {
    return fallback.supports(operation);
  }

  @Override
  public synchronized Operand[] execute(
      Operation operation, Operand[] inputs, ExecutionContext context) {
    DeviceOperand[] described = described(inputs);
    if (described == null || !accelerator.supports(operation, described)) {
      return fallback.execute(operation, inputs, context);
    }
    launched.add(operation.name());
    launches++;
    List<DeviceBuffer> taken = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      DeviceOperand[] operands = uploaded(inputs, taken, arena);
      DeviceOperand[] outputs = accelerator.launch(operation, operands, accelerator::allocate);
      for (DeviceOperand output : outputs) {
        switch (output) {
          case DeviceMatrix matrix -> taken.add(matrix.buffer());
          case DeviceSparse matrix -> taken.add(matrix.buffer());
          case Scalar scalar -> {}
          case DeviceNumber number -> throw new AssertionError("no result");
        }
      }
      awaitAll();
      return downloaded(operation, outputs, context);
    } finally {
      taken.forEach(DeviceBuffer::release);
    }
  }

  private static DeviceOperand[] described(Operand[] inputs) {
    DeviceOperand[] described = new DeviceOperand[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      switch (inputs[i]) {
        case Scalar scalar -> described[i] = scalar;
        case DenseMatrix matrix ->
            described[i] = DeviceMatrix.described(matrix.shape(), matrix.precision());
        case SparseMatrix matrix ->
            described[i] =
                DeviceSparse.described(matrix.shape(), matrix.precision(), matrix.nonZeros());
        default -> {
          return null;
        }
      }
    }
    return described;
  }

  private DeviceOperand[] uploaded(Operand[] inputs, List<DeviceBuffer> taken, Arena arena) {
    DeviceOperand[] operands = new DeviceOperand[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      operands[i] =
          switch (inputs[i]) {
            case DenseMatrix matrix ->
                new DeviceMatrix(
                    matrix.rows(),
                    matrix.cols(),
                    matrix.precision(),
                    accelerator.partAlignment() > 0 && (launches + i) % 2 == 0
                        ? part(matrix, taken, arena)
                        : uploaded(matrix, taken));
            case SparseMatrix matrix ->
                new DeviceSparse(
                    matrix.rows(),
                    matrix.cols(),
                    matrix.precision(),
                    matrix.nonZeros(),
                    uploaded(matrix, taken));
            default -> (Scalar) inputs[i];
          };
    }
    return operands;
  }

  private DeviceBuffer uploaded(MatrixOperand matrix, List<DeviceBuffer> taken) {
    DeviceBuffer buffer = accelerator.allocate(matrix.bytes());
    taken.add(buffer);
    accelerator.upload(matrix.buffer().segment(), buffer, matrix.bytes());
    return buffer;
  }

  /** Behind bytes that are no number. */
  private DeviceBuffer part(DenseMatrix matrix, List<DeviceBuffer> taken, Arena arena) {
    long before = accelerator.partAlignment();
    MemorySegment all = arena.allocate(before + matrix.bytes(), 64);
    all.asSlice(0, before).fill((byte) 0xff);
    MemorySegment.copy(matrix.buffer().segment(), 0, all, before, matrix.bytes());
    DeviceBuffer whole = accelerator.allocate(all.byteSize());
    taken.add(whole);
    accelerator.upload(all, whole, all.byteSize());
    DeviceBuffer part = accelerator.part(whole, before, matrix.bytes());
    taken.addFirst(part);
    return part;
  }

  private void awaitAll() {
    Mark mark = accelerator.mark();
    try {
      mark.await();
    } finally {
      mark.release();
    }
  }

  private Operand[] downloaded(
      Operation operation, DeviceOperand[] outputs, ExecutionContext context) {
    Operand[] results = new Operand[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      switch (outputs[i]) {
        case Scalar scalar -> results[i] = scalar;
        case DeviceMatrix matrix -> results[i] = downloaded(operation, matrix, context);
        case DeviceSparse matrix -> results[i] = downloaded(matrix, context);
        case DeviceNumber number -> throw new AssertionError("no result");
      }
    }
    return results;
  }

  private Operand downloaded(DeviceSparse matrix, ExecutionContext context) {
    SparseMatrix host =
        new SparseMatrix(
            matrix.rows(),
            matrix.cols(),
            matrix.precision(),
            matrix.nonZeros(),
            context.allocator().allocate(matrix.bytes()));
    accelerator.download(matrix.buffer(), host.segment(), host.bytes());
    return host;
  }

  private Operand downloaded(Operation operation, DeviceMatrix matrix, ExecutionContext context) {
    DenseMatrix host =
        DenseMatrix.allocate(context.allocator(), matrix.rows(), matrix.cols(), matrix.precision());
    accelerator.download(matrix.buffer(), host.segment(), host.bytes());
    if (!operation.opcode().returnsDouble()) {
      return host;
    }
    Scalar scalar = Scalar.of(host.get(0, 0));
    host.buffer().release();
    return scalar;
  }
}
