package dev.reprise.testkit;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An accelerator as a device that takes operands in host memory, so that the contract of devices
 * can be asked of it: copies operands there, launches, copies results back. What the accelerator
 * does not support runs on another device; {@link #launched} says what it did itself.
 */
public final class HostedAccelerator implements Device {
  private final Accelerator accelerator;
  private final Device fallback;
  private final Set<String> launched = new TreeSet<>();

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
    List<DeviceBuffer> taken = new ArrayList<>();
    try {
      DeviceOperand[] operands = uploaded(inputs, taken);
      DeviceOperand[] outputs = accelerator.launch(operation, operands, accelerator::allocate);
      for (DeviceOperand output : outputs) {
        if (output instanceof DeviceMatrix matrix) {
          taken.add(matrix.buffer());
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
        default -> {
          return null;
        }
      }
    }
    return described;
  }

  private DeviceOperand[] uploaded(Operand[] inputs, List<DeviceBuffer> taken) {
    DeviceOperand[] operands = new DeviceOperand[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] instanceof DenseMatrix matrix) {
        DeviceBuffer buffer = accelerator.allocate(matrix.bytes());
        taken.add(buffer);
        accelerator.upload(matrix.segment(), buffer, matrix.bytes());
        operands[i] = new DeviceMatrix(matrix.rows(), matrix.cols(), matrix.precision(), buffer);
      } else {
        operands[i] = (Scalar) inputs[i];
      }
    }
    return operands;
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
      }
    }
    return results;
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
