package dev.reprise.engine.fusion;

import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.device.Later;
import dev.reprise.engine.device.PinnedOperands;
import dev.reprise.engine.pipeline.Relayed;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.report.OpcodeIndex;
import dev.reprise.engine.report.Tally;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.fusion.FusedLoop;
import dev.reprise.runtime.operation.Operation;

/**
 * How fused calls are executed: in one loop on the host, in one kernel of an accelerator, or member
 * by member where neither can be. Knows nothing of the cache. Any thread.
 */
public final class FusedExecution {
  private final KernelRunner kernels;
  private final CpuDevice device;
  private final ChainsOnDevices chains;
  private final int counter;
  private final int sampledCounter;

  public FusedExecution(
      KernelRunner kernels, CpuDevice device, ChainsOnDevices chains, OpcodeIndex opcodes) {
    this.kernels = kernels;
    this.device = device;
    this.chains = chains;
    this.counter = opcodes.fused();
    this.sampledCounter = opcodes.sampled();
  }

  ChainsOnDevices chains() {
    return chains;
  }

  /**
   * Executes a call where the placement says, in one kernel if that can be.
   *
   * @param members of the call, with which a worker's thread may be left
   * @param later is told when the value comes from an accelerator
   * @return null when {@code later} is told; the caller owns the reference otherwise
   */
  Value place(FusedMembers.Computation members, Later later) {
    if (members.call.isMasked()) {
      return onHost(members);
    }
    if (!ChainsOnDevices.fits(members.call, members.leaves)) {
      return members.value();
    }
    if (chains.submit(
        members.call,
        members.leaves,
        complete -> onHost(members.with(complete)),
        members.tally,
        later)) {
      return null;
    }
    Relayed.needNumbers(members.leaves);
    return onHost(members);
  }

  private Value onHost(FusedMembers.Computation members) {
    Relayed.leaveWorker();
    Value value = loop(members.call, members.leaves, members.context, members.tally);
    return value != null ? value : members.value();
  }

  /**
   * The value of a call, by one loop on this thread.
   *
   * @param leaves complete, of any residence; the caller holds them
   * @return null when the members must run one by one, since an intermediate may become compressed,
   *     or cells beside a mask may matter; the caller owns the reference otherwise
   */
  Value loop(FusedCall call, Value[] leaves, ExecutionContext context, Tally tally) {
    return call.isMasked()
        ? atMask(call, leaves, context, tally)
        : ofCells(call, leaves, context, tally);
  }

  /** By the cells that its mask needs. */
  private Value atMask(FusedCall call, Value[] leaves, ExecutionContext context, Tally tally) {
    long start = System.nanoTime();
    Value value = kernels.inTurn(leaves, () -> attemptMasked(call, leaves, context));
    if (value == null) {
      call.masked.attempts().refused();
      return null;
    }
    call.masked.attempts().succeeded();
    Operation root = call.root().operation().operation();
    tally.executedFused(sampledCounter, root, start, System.nanoTime() - start);
    Restoration.note(value, call.rootItem());
    return value;
  }

  private Value ofCells(FusedCall call, Value[] leaves, ExecutionContext context, Tally tally) {
    long start = System.nanoTime();
    FusedLoop loop = device.fusedLoops().of(call.expression);
    Value value = kernels.inTurn(leaves, () -> attempt(loop, call, leaves, context));
    if (value != null) {
      Operation root = call.root().operation().operation();
      long nanos = System.nanoTime() - start;
      tally.executedFused(counter, root, start, nanos);
      Restoration.note(value, call.rootItem());
      chains.ranOnHost(call, nanos);
    }
    return value;
  }

  private Value attempt(FusedLoop loop, FusedCall call, Value[] leaves, ExecutionContext context) {
    Shape shape = call.shape;
    try (PinnedOperands pinned = PinnedOperands.of(call.root().operation().operation(), leaves)) {
      Operand output = device.execute(loop, pinned.operands(), shape.rows(), shape.cols(), context);
      return output instanceof MatrixOperand matrix ? ManagedMatrix.adopt(matrix) : (Scalar) output;
    }
  }

  private Value attemptMasked(FusedCall call, Value[] leaves, ExecutionContext context) {
    MaskedCall masked = call.masked;
    try (PinnedOperands pinned = PinnedOperands.of(call.root().operation().operation(), leaves)) {
      Operand[] operands = pinned.operands();
      MatrixOperand output =
          device.execute(
              masked.expression(),
              masked.ofExpression(operands),
              masked.factor(operands, masked.left()),
              masked.factor(operands, masked.right()),
              context);
      return output == null ? null : ManagedMatrix.adopt(output);
    }
  }
}
