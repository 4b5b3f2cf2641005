package dev.reprise.engine.fusion;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.step.Steps;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Shapes;

/**
 * A product of which only the cells may be needed where a compressed matrix has non-zeros ({@link
 * Masking}). It is deferred where a value that may mask it is compressed, which is known when the
 * product is reached, and computed by itself as ever elsewhere.
 */
public final class ProductStep extends DeferrableStep {
  /** Multiplications below which little is saved: some 20 microseconds. */
  private static final double LEAST_WORK = 1 << 19;

  /** Whether terms may be added in another order than the whole product adds them. */
  final boolean anyOrder;

  /** Computes the product as if there were no mask. */
  private final Step plain;

  /** Slots of values that mask the product if they are compressed and of its shape. */
  private final int[] masks;

  /** Refused when the whole product had to be computed: cells beside the mask might matter. */
  final Attempts attempts = new Attempts();

  /**
   * Makes the step.
   *
   * @param plain computes the product otherwise: its kernel, or a step that asks for it first
   * @param masks slots that are not written until the product is read
   * @param anyOrder whether bits may differ from those of the whole product
   */
  public ProductStep(
      Pipeline pipeline, Fusion fusion, Step plain, int[] releases, int[] masks, boolean anyOrder) {
    super(pipeline, fusion, kernel(plain), releases);
    this.plain = plain;
    this.anyOrder = anyOrder;
    this.masks = masks.clone();
  }

  private static Steps.Kernel kernel(Step step) {
    return step instanceof AskingStep asking ? asking.eager : (Steps.Kernel) step;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    if (isMasked(activation.values) && !isFound(context, activation) && attempts.isWorthwhile()) {
      computeInputs(context, activation);
      Value[] operands = gather(activation, eager.inputs);
      if (areThere(operands)) {
        defer(activation, operands, shape(operands));
        return;
      }
    }
    plain.run(context, activation);
  }

  /** Whether the whole product is asked for and cached: deferred operands are not needed then. */
  private boolean isFound(ControlContext context, Activation activation) {
    return plain instanceof AskingStep asking
        && fusion.isCached(asking.itemToAskFor(context, activation));
  }

  private boolean isMasked(Value[] values) {
    if (fusion.chains().isActive() || precision() != Precision.FP64) {
      return false;
    }
    Value[] operands = new Value[eager.inputs.length];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = Masking.finished(values[eager.inputs[i]]);
      if (!(operands[i] instanceof Deferred || isDense(operands[i]))) {
        return false;
      }
    }
    Shape shape = shape(operands);
    return shape != null && isMasked(values, shape);
  }

  /** Whether operands are dense matrices; handles among them are replaced by their values. */
  private static boolean areThere(Value[] operands) {
    for (int i = 0; i < operands.length; i++) {
      operands[i] = Masking.finished(operands[i]);
      if (!isDense(operands[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDense(Value value) {
    return value != null
        && Masking.isThere(value)
        && !(value instanceof ManagedMatrix matrix && matrix.isCompressed());
  }

  private boolean isMasked(Value[] values, Shape shape) {
    for (int mask : masks) {
      if (Masking.mayMask(values[mask], shape)) {
        return true;
      }
    }
    return false;
  }

  /** The shape of the product; null where operands do not fit or there is little to do. */
  private Shape shape(Value[] operands) {
    Attributes attributes = eager.operation.operation().attributes();
    Shape a = Shapes.of(operands[0]);
    Shape b = Shapes.of(operands[1]);
    Shape left = attributes.isSet("ta") ? a.transposed() : a;
    Shape right = attributes.isSet("tb") ? b.transposed() : b;
    Shape shape = new Shape(left.rows(), right.cols());
    boolean fits = left.cols() == right.rows();
    return fits && (double) shape.cells() * left.cols() >= LEAST_WORK ? shape : null;
  }

  @Override
  Value deferredValue(
      ControlContext context,
      Activation activation,
      Deferred deferred,
      Steps.Kernel reader,
      int operand) {
    return alone(context, activation, deferred, reader, operand);
  }
}
