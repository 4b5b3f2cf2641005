package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.gpu.kernel.FusedCells;
import dev.reprise.runtime.gpu.kernel.LeafForm;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An accelerator made of a backend and the kernels that all backends share. */
public final class KernelAccelerator implements Accelerator {
  /** To be raised with every change of a kernel that changes bits of its results. */
  private static final int KERNEL_SET = 3;

  /** Expressions whose kernels' text is kept. */
  private static final int MOST_GENERATED = 256;

  /** What the text of kernels depends on. */
  private record Expression(
      CellExpression cells, List<LeafForm> forms, Precision precision, boolean isColumn) {}

  private final RepeatingBackend backend;

  /** The worker's alone; the one used longest ago first. */
  private final Map<Expression, GeneratedKernels> generated =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Expression, GeneratedKernels> eldest) {
          return size() > MOST_GENERATED;
        }
      };

  private final DeviceKernels kernels;

  /**
   * @param backend owned by the accelerator from now on
   */
  public KernelAccelerator(Backend backend, DeviceKernels kernels) {
    this.backend = new RepeatingBackend(backend);
    this.kernels = kernels;
  }

  /** The device below, for measurements. */
  public Backend backend() {
    return backend.device();
  }

  @Override
  public String deviceClass() {
    return Accelerator.super.deviceClass() + ", kernels " + KERNEL_SET;
  }

  @Override
  public AcceleratorInfo info() {
    return backend.info();
  }

  @Override
  public boolean supports(Operation operation, DeviceOperand[] described) {
    if (hasNumber(described)) {
      FusedCells alone = FusedCells.ofNumberInMemory(operation, described);
      return alone != null
          && supports(
              alone.expression(), operation.precision(), described, alone.rows(), alone.cols());
    }
    DeviceKernel kernel = kernels.find(operation.name());
    return kernel != null
        && (info().hasDoubles()
            || operation.precision() == Precision.FP32 && !kernel.needsDoubles())
        && fits(operation, described)
        && (hasCompressed(described)
            ? operation.products() == ProductPrecision.FULL
                && kernel.supportsCompressed(operation, described)
            : kernel.supports(operation, described));
  }

  private boolean fits(Operation operation, DeviceOperand[] operands) {
    for (DeviceOperand operand : operands) {
      if (!fits(operation, operand)) {
        return false;
      }
    }
    return true;
  }

  private boolean fits(Operation operation, DeviceOperand operand) {
    return switch (operand) {
      case Scalar scalar -> true;
      case DeviceNumber number -> info().hasDoubles();
      case DeviceMatrix matrix ->
          matrix.precision() == operation.precision()
              && matrix.cells() > 0
              && matrix.bytes() <= info().largestBuffer();
      // Values are stored as doubles in either precision.
      case DeviceSparse matrix ->
          matrix.precision() == operation.precision()
              && matrix.cells() > 0
              && matrix.bytes() <= info().largestBuffer()
              && info().hasDoubles();
    };
  }

  private static boolean hasNumber(DeviceOperand[] operands) {
    for (DeviceOperand operand : operands) {
      if (operand instanceof DeviceNumber) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasCompressed(DeviceOperand[] operands) {
    for (DeviceOperand operand : operands) {
      if (operand instanceof DeviceSparse) {
        return true;
      }
    }
    return false;
  }

  @Override
  public DeviceOperand[] launch(
      Operation operation, DeviceOperand[] inputs, DeviceAllocator allocator) {
    if (hasNumber(inputs)) {
      FusedCells alone = FusedCells.ofNumberInMemory(operation, inputs);
      return launch(
          alone.expression(), operation.precision(), inputs, alone.rows(), alone.cols(), allocator);
    }
    DeviceKernel kernel = kernels.find(operation.name());
    if (kernel == null) {
      throw new UnsupportedOperationException(name() + " has no kernel for " + operation);
    }
    try (KernelCall call = new KernelCall(backend, allocator, operation, inputs.clone())) {
      call.roundOperands();
      return call.finish(kernel.launch(call));
    }
  }

  @Override
  public boolean supports(
      CellExpression expression,
      Precision precision,
      DeviceOperand[] described,
      long rows,
      long cols) {
    return backend.language() != null
        && FusedCells.supports(expression)
        && (info().hasDoubles() || precision == Precision.FP32)
        && rows > 0
        && cols > 0
        && !hasCompressed(described)
        && fits(operation(expression, precision), described)
        && new FusedCells(expression, rows, cols).fits(described);
  }

  @Override
  public DeviceOperand[] launch(
      CellExpression expression,
      Precision precision,
      DeviceOperand[] leaves,
      long rows,
      long cols,
      DeviceAllocator allocator) {
    Operation operation = operation(expression, precision);
    try (KernelCall call = new KernelCall(backend, allocator, operation, leaves)) {
      FusedCells fused = new FusedCells(expression, rows, cols);
      return call.finish(fused.launch(call, kernels(fused, precision, leaves)));
    }
  }

  private GeneratedKernels kernels(FusedCells fused, Precision precision, DeviceOperand[] leaves) {
    List<LeafForm> forms = LeafForm.of(leaves);
    return generated.computeIfAbsent(
        new Expression(fused.expression(), forms, precision, fused.isColumn()),
        _ -> fused.kernels(backend.language(), precision, forms));
  }

  /** The operation on top of the tree. */
  private static Operation operation(CellExpression expression, Precision precision) {
    String top =
        expression.aggregateOrNull() == null
            ? expression.nodes().getLast().opcode()
            : expression.aggregateOrNull();
    return new Operation(OperationTable.standard().get(top), Attributes.none())
        .withPrecision(precision);
  }

  @Override
  public Mark mark() {
    return backend.mark();
  }

  @Override
  public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
    backend.upload(from, to, bytes);
  }

  @Override
  public void download(DeviceBuffer from, MemorySegment to, long bytes) {
    backend.download(from, to, bytes);
  }

  @Override
  public double peerRate(Accelerator peer) {
    return peer instanceof KernelAccelerator other ? backend.peerRate(other.backend) : 0;
  }

  @Override
  public void copyFromPeer(Accelerator peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    backend.copyFromPeer(((KernelAccelerator) peer).backend, from, to, bytes);
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    return backend.allocate(bytes);
  }

  @Override
  public long partAlignment() {
    return backend.partAlignment();
  }

  @Override
  public DeviceBuffer part(DeviceBuffer whole, long firstByte, long bytes) {
    return backend.part(whole, firstByte, bytes);
  }

  @Override
  public boolean repeats(Object loop, boolean ended) {
    return backend.iteration().begins(loop, ended);
  }

  @Override
  public boolean mayHold() {
    return backend.iteration().mayHold();
  }

  @Override
  public boolean isHolding() {
    return backend.iteration().isHolding();
  }

  @Override
  public boolean isDemanded() {
    return backend.iteration().isDemanded();
  }

  @Override
  public void issueHeld(boolean again) {
    backend.iteration().issueEarly(again);
  }

  @Override
  public DeviceBuffer kept(long bytes) {
    return backend.iteration().kept(bytes);
  }

  @Override
  public boolean forgetRepeated() {
    return backend.iteration().forget();
  }

  @Override
  public long replays() {
    return backend.iteration().replays();
  }

  @Override
  public long launches() {
    return backend.launches();
  }

  @Override
  public long liveBuffers() {
    return backend.liveBuffers();
  }

  @Override
  public long usedBytes() {
    return backend.memory().used();
  }

  @Override
  public long mappedBytes() {
    return backend.memory().mapped();
  }

  @Override
  public void trim() {
    backend.memory().trim();
  }

  @Override
  public void limit(long bytes) {
    backend.memory().limit(bytes);
  }

  @Override
  public void close() {
    backend.close();
  }
}
