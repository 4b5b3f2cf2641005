package dev.reprise.engine.fusion;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.UntracedIteration;
import dev.reprise.engine.device.LateNumbers;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.step.Steps;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.cpu.fusion.FusableOperation;
import dev.reprise.runtime.operation.Meta;

/**
 * An element-wise operation or aggregate that may become part of a fused loop.
 *
 * <pre>
 *   t = Y - P          deferred: binds what is to be computed, and its lineage item
 *   u = t ^ 2          deferred
 *   s = sum(u)         not deferrable: computes s from Y and P in one loop
 * </pre>
 *
 * <p>Whether an operation is deferred is decided when it is reached, with operands at hand: all
 * must be numbers or finished dense matrices of the operation's precision that fit; with
 * accelerators open, values to come will do. Otherwise the operation runs by itself as if there
 * were no fusion, so that mistakes are reported where and as they always are. An operation that is
 * deferred can no longer fail but for lack of memory.
 */
public final class FusableStep extends DeferrableStep {
  /** More operations in one loop gain little and take registers out of the first-level cache. */
  private static final int MOST_OPERATIONS = 24;

  /**
   * Below, the loop's own cost exceeds what it saves, where it is machine code: {@code (A - B) * (1
   * - B ^ 2)} over 512, 1,024 and 6,400 cells takes 2.0, 2.9 and 4.6 us fused and 2.9, 4.5 and 15.6
   * us unfused.
   */
  private static final long FEWEST_CELLS = 1024;

  /**
   * The same without machine code, and where operations are weighed for devices: intermediates lie
   * in the caches anyway then. A chain of three operations over 3,200 cells takes 8.3 us fused and
   * 6.6 us unfused, one of six over 10,000 cells 50 and 90 us.
   */
  private static final long FEWEST_CELLS_OF_STEPS = 8192;

  /** What takes less than a few microseconds is not worth being left to who may not need it. */
  private static final long FEWEST_CELLS_ASKED = 8192;

  private final FusableOperation fusable;
  private final Deferral deferral;
  private final long fewestCells;

  /** Refused when cells beside a mask might matter, to what was no product. */
  final Attempts attempts = new Attempts();

  /** May the operation be left to the only step that reads its value? */
  public enum Deferral {
    NEVER,
    /** Not when it costs more than a probe: the loop around would find its value again. */
    IF_CHEAP,
    ALWAYS,
    /** To an {@link AskingStep}, which computes it by itself unless it need not. */
    ASKED
  }

  public FusableStep(
      Pipeline pipeline,
      Fusion fusion,
      Steps.Kernel eager,
      int[] releases,
      FusableOperation fusable,
      Deferral deferral) {
    super(pipeline, fusion, eager, releases);
    this.fusable = fusable;
    this.deferral = deferral;
    this.fewestCells = fusable.hasMachineCode() ? FEWEST_CELLS : FEWEST_CELLS_OF_STEPS;
  }

  FusableOperation fusable() {
    return fusable;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    if (areScalars(activation.values)) {
      eager.run(context, activation);
    } else {
      runOnMatrices(context, activation);
    }
  }

  private boolean areScalars(Value[] values) {
    for (int input : eager.inputs) {
      if (!(values[input] instanceof Scalar)) {
        return false;
      }
    }
    return true;
  }

  private void runOnMatrices(ControlContext context, Activation activation) {
    boolean deferred = false;
    boolean product = false;
    for (int input : eager.inputs) {
      if (activation.values[input] instanceof Deferred operand) {
        deferred = true;
        product |= operand.products > 0;
      }
    }
    boolean devices = fusion.chains().isActive();
    if (devices) {
      // What an accelerator has may be lost with it.
      activation.traceAgain();
    }
    if (product || deferred && isMasked(activation, devices)) {
      runWithMask(context, activation, devices);
      return;
    }
    if (!deferred && (deferral == Deferral.NEVER || !devices && isSmall(activation.values))) {
      eager.run(context, activation);
      return;
    }
    Value[] operands = fusableOperands(context, activation, devices);
    if (operands == null || !devices && shapeOf(operands).cells() < fewestCells) {
      computeInputs(context, activation);
      eager.run(context, activation);
    } else if (isDeferred(operands, devices)) {
      defer(activation, operands, shapeOf(operands));
    } else if (Deferred.operationsIn(operands) > 0) {
      finish(context, activation, operands, devices);
    } else {
      eager.run(context, activation);
    }
  }

  /** Whether a compressed operand may mask what was deferred, of which nothing is a product. */
  private boolean isMasked(Activation activation, boolean devices) {
    Value[] operands = devices ? null : maskedOperands(activation);
    return operands != null && Masking.is(this, operands) && attempts.isWorthwhile();
  }

  /** What is made of a product, or masked, is left to the reader, or computed with its mask. */
  private void runWithMask(ControlContext context, Activation activation, boolean devices) {
    Value[] operands = devices ? null : maskedOperands(activation);
    boolean masked = operands != null && Masking.is(this, operands);
    boolean left =
        deferral == (masked ? Deferral.ASKED : Deferral.ALWAYS) && !fusable.isAggregate();
    if (operands == null || !masked && !left) {
      computeInputs(context, activation);
      eager.run(context, activation);
    } else if (left) {
      defer(activation, operands, shapeOf(operands));
    } else {
      finish(context, activation, operands, false);
    }
  }

  private Shape shapeOf(Value[] operands) {
    return FusedShape.of(fusable.opcode(), operands);
  }

  /** The operands when all are such as loops at a mask take, which are of fp64; else null. */
  private Value[] maskedOperands(Activation activation) {
    if (precision() != Precision.FP64) {
      return null;
    }
    Value[] operands = new Value[eager.inputs.length];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = Masking.operandOrNull(activation.values[eager.inputs[i]]);
      if (operands[i] == null) {
        return null;
      }
    }
    return Deferred.operationsIn(operands) < MOST_OPERATIONS && Masking.fit(this, operands)
        ? operands
        : null;
  }

  /**
   * True when what is made of the operands is known to have too few cells for a loop of its own.
   */
  private boolean isSmall(Value[] values) {
    long rows = 1;
    long cols = 1;
    for (int input : eager.inputs) {
      if (values[input] instanceof ManagedMatrix matrix) {
        rows = Math.max(rows, matrix.shape().rows());
        cols = Math.max(cols, matrix.shape().cols());
      } else if (!(values[input] instanceof Scalar)) {
        return false;
      }
    }
    return new Shape(rows, cols).cells() < fewestCells;
  }

  private boolean isDeferred(Value[] operands, boolean devices) {
    if (deferral == Deferral.ASKED) {
      return !devices && shapeOf(operands).cells() >= FEWEST_CELLS_ASKED;
    }
    long fewest = devices ? fewestOnDevices() : fewestCells;
    if (deferral == Deferral.NEVER || shapeOf(operands).cells() < fewest) {
      return false;
    }
    return deferral == Deferral.ALWAYS || eager.operation.work(operands) < Pipeline.COST_GATE_NANOS;
  }

  private long fewestOnDevices() {
    return fusion.chains().takesSmall() ? 1 : FEWEST_CELLS_OF_STEPS;
  }

  private void finish(
      ControlContext context, Activation activation, Value[] operands, boolean devices) {
    FusedCall call = FusedCall.of(this, operands);
    boolean placed = devices || !call.isMasked() && isForDevices(activation, call);
    boolean needed =
        !activation.isRecorded() || fusion.needsItem(activation, call, UntracedIteration.RESULT);
    LineageItem item = needed ? eager.tracedOrRecorded(activation) : null;
    Value value = fusedOrNot(context, activation, operands, call.traced(item), placed);
    activation.bind(eager.outputs[0], value, item);
    releaseDead(activation);
  }

  /** True when an accelerator may get the call, or there is one now: nothing is recorded then. */
  private boolean isForDevices(Activation activation, FusedCall call) {
    ChainsOnDevices chains = fusion.chains();
    if (!activation.isRecorded()) {
      return false;
    }
    chains.notice(call.workNanos);
    if (chains.isActive()) {
      activation.traceAgain();
    }
    return chains.isActive();
  }

  /** The value of this operation over operands of which some are deferred. */
  private Value fusedOrNot(
      ControlContext context,
      Activation activation,
      Value[] operands,
      FusedCall call,
      boolean devices) {
    if (devices && !fusion.chains().fuses(call)) {
      return oneByOne(context, activation, operands, call.rootItem());
    }
    Origin origin = new Origin(this, activation);
    return fusion.compute(
        context, call, devices ? origin.leftBehind(operands) : origin, activation.sampled);
  }

  // ---- operands

  /** The operands when all fit into a fused loop, else null; computes those of another shape. */
  private Value[] fusableOperands(ControlContext context, Activation activation, boolean devices) {
    Value[] operands = new Value[eager.inputs.length];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = fusableOrNull(activation.values[eager.inputs[i]], devices);
      if (operands[i] == null) {
        return null;
      }
    }
    Shape shape = shapeOf(operands);
    if (shape == null) {
      return null;
    }
    boolean tooMany = Deferred.operationsIn(operands) >= MOST_OPERATIONS;
    for (int i = 0; i < operands.length; i++) {
      if (operands[i] instanceof Deferred deferred
          && (tooMany || !deferred.shape().equals(shape))) {
        operands[i] = fusableOrNull(compute(context, activation, eager, i), devices);
        if (operands[i] == null) {
          return null;
        }
      }
    }
    return operands;
  }

  /**
   * @param devices whether an accelerator may compute it: what is still to come will do then, too
   */
  private Value fusableOrNull(Value value, boolean devices) {
    Value found = value;
    if (value instanceof Handle handle
        && (!devices || handle.isDone() && !LateNumbers.isLate(handle))) {
      found = handle.valueOrNull();
    }
    if (found instanceof ManagedMatrix matrix) {
      boolean fits = matrix.precision() == precision() && !matrix.isCompressed();
      return fits && (devices || isForProcessor(matrix)) ? matrix : null;
    }
    if (found instanceof RowsView view) {
      boolean fits = view.precision() == precision();
      return fits && (devices || isForProcessor(view.source())) ? view : null;
    }
    if (found instanceof Handle pending) {
      return isFusable(pending.meta()) ? pending : null;
    }
    return found instanceof Deferred || Scalar.isNumber(found) ? found : null;
  }

  /** True when a value to come is known to be a matrix of a known shape, or a number. */
  private boolean isFusable(Meta meta) {
    if (meta == null || meta.type() == null) {
      return false;
    }
    // Powers are computed by the kind of exponent.
    return meta.type() == ValueType.MATRIX
        ? meta.shape() != null
        : meta.type().isScalar()
            && meta.type() != ValueType.STRING
            && !fusable.opcode().equals("^");
  }

  @Override
  Value deferredValue(
      ControlContext context,
      Activation activation,
      Deferred deferred,
      Steps.Kernel reader,
      int operand) {
    if (deferred.operations == 1) {
      return alone(context, activation, deferred, reader, operand);
    }
    if (deferred.products > 0 && !Masking.is(this, deferred.operands)) {
      LineageItem item = reader.itemOf(operand, activation, activation.isRecorded());
      return oneByOne(context, activation, deferred.operands, item);
    }
    FusedCall call = FusedCall.of(this, deferred.operands);
    boolean devices =
        !call.isMasked() && (fusion.chains().isActive() || isForDevices(activation, call));
    boolean needed = activation.isRecorded() && fusion.needsItem(activation, call, operand);
    LineageItem item = reader.itemOf(operand, activation, needed);
    return fusedOrNot(context, activation, deferred.operands, call.traced(item), devices);
  }
}
