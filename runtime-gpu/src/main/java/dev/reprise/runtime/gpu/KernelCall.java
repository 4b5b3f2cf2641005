package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One call of a {@link DeviceKernel}: its operands, and the memory that it takes. Scratch returns
 * when the call ends, results only when it fails. Confined to the worker.
 */
public final class KernelCall implements AutoCloseable {
  private final Backend backend;
  private final DeviceAllocator allocator;
  private final Operation operation;
  private final DeviceOperand[] inputs;
  private final List<DeviceBuffer> scratch = new ArrayList<>();
  private final List<DeviceBuffer> results = new ArrayList<>();
  private boolean succeeded;

  KernelCall(
      Backend backend, DeviceAllocator allocator, Operation operation, DeviceOperand[] inputs) {
    this.backend = backend;
    this.allocator = allocator;
    this.operation = operation;
    this.inputs = inputs;
  }

  public Operation operation() {
    return operation;
  }

  public Precision precision() {
    return operation.precision();
  }

  /** To what the operands of products are rounded; they are so already. */
  public ProductPrecision products() {
    return operation.products();
  }

  public Backend backend() {
    return backend;
  }

  /** True when the device is a processor: kernels with barriers are slow there. */
  public boolean isProcessor() {
    return backend.info().isProcessor();
  }

  public int operands() {
    return inputs.length;
  }

  public DeviceOperand operand(int i) {
    return inputs[i];
  }

  public DeviceOperand[] allOperands() {
    return inputs.clone();
  }

  public boolean isMatrix(int i) {
    return inputs[i] instanceof DeviceMatrix;
  }

  public DeviceMatrix matrix(int i) {
    return (DeviceMatrix) inputs[i];
  }

  public boolean isSparse(int i) {
    return inputs[i] instanceof DeviceSparse;
  }

  public DeviceSparse sparse(int i) {
    return (DeviceSparse) inputs[i];
  }

  public Scalar scalar(int i) {
    return (Scalar) inputs[i];
  }

  /** A result of the operation's precision, with undefined cells. */
  public DeviceMatrix result(long rows, long cols) {
    return result(rows, cols, precision());
  }

  private DeviceMatrix result(long rows, long cols, Precision precision) {
    DeviceMatrix described = new DeviceMatrix(rows, cols, precision, null);
    DeviceBuffer buffer = allocator.allocate(described.bytes());
    results.add(buffer);
    return new DeviceMatrix(rows, cols, precision, buffer);
  }

  /** A compressed result of the operation's precision, with undefined content. */
  public DeviceSparse sparseResult(long rows, long cols, long nonZeros) {
    DeviceSparse described = new DeviceSparse(rows, cols, precision(), nonZeros, null);
    DeviceBuffer buffer = allocator.allocate(described.bytes());
    results.add(buffer);
    return new DeviceSparse(rows, cols, precision(), nonZeros, buffer);
  }

  /** Makes a result of this call scratch. */
  public void discard(DeviceBuffer result) {
    if (!results.remove(result)) {
      throw new IllegalArgumentException("not a result of this call");
    }
    scratch.add(result);
  }

  /** A result that becomes a scalar: one cell, of fp64 where the device has doubles. */
  public DeviceMatrix scalarResult() {
    return result(1, 1, hasDoubles() ? Precision.FP64 : precision());
  }

  /** True when the device computes in fp64: kernels' WIDE numbers are doubles then. */
  public boolean hasDoubles() {
    return backend.info().hasDoubles();
  }

  /** Memory until the call ends. */
  public DeviceBuffer scratch(long bytes) {
    DeviceBuffer buffer = allocator.allocate(Math.max(bytes, 1));
    scratch.add(buffer);
    return buffer;
  }

  /** See {@link Backend#run}; in the operation's precision. */
  public void run(String kernel, long items, Object... arguments) {
    backend.run(kernel, precision(), items, arguments);
  }

  /** See {@link Backend#runGroups}; in the operation's precision. */
  public void runGroups(String kernel, long groups, int groupSize, Object... arguments) {
    backend.runGroups(kernel, precision(), groups, groupSize, arguments);
  }

  /** See {@link Backend#run}; in the operation's precision. */
  public void run(GeneratedKernels kernels, String name, long items, Object... arguments) {
    backend.run(kernels, name, precision(), items, arguments);
  }

  /** See {@link Backend#runGroups}; in the operation's precision. */
  public void runGroups(
      GeneratedKernels kernels, String name, long groups, int groupSize, Object... arguments) {
    backend.runGroups(kernels, name, precision(), groups, groupSize, arguments);
  }

  /** Waits for everything launched and reads doubles. */
  public double[] readDoubles(DeviceBuffer from, int count) {
    return read(from, count, cells -> cells.toArray(ValueLayout.JAVA_DOUBLE));
  }

  /** Waits for everything launched and reads whole numbers of 64 bits. */
  public long[] readLongs(DeviceBuffer from, int count) {
    return read(from, count, cells -> cells.toArray(ValueLayout.JAVA_LONG));
  }

  private <A> A read(DeviceBuffer from, int count, Function<MemorySegment, A> toArray) {
    long bytes = 8L * count;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment to = arena.allocate(Math.max(bytes, 8), 64);
      backend.read(from, to, bytes);
      return toArray.apply(to.asSlice(0, bytes));
    }
  }

  /** Puts rounded copies in the place of a product's operands, where its operation says so. */
  void roundOperands() {
    int dropped = operation.products().droppedBits();
    for (int i = 0; i < inputs.length && dropped > 0; i++) {
      if (inputs[i] instanceof DeviceMatrix x) {
        DeviceBuffer copy = scratch(x.bytes());
        run("rounding/rounded", x.cells(), copy, x.buffer(), x.cells(), dropped);
        inputs[i] = new DeviceMatrix(x.rows(), x.cols(), x.precision(), copy);
      }
    }
  }

  DeviceOperand[] finish(DeviceOperand[] outputs) {
    succeeded = true;
    return outputs;
  }

  @Override
  public void close() {
    scratch.forEach(DeviceBuffer::release);
    if (!succeeded) {
      results.forEach(DeviceBuffer::release);
    }
  }
}
