package dev.reprise.engine.fusion;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.step.Steps;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;

/**
 * A product of which only the cells may be needed where a compressed matrix has non-zeros ({@link
 * Masking}). It is deferred where a value that may mask it is compressed, which is known when
 * the product is reached, and computed by itself as ever elsewhere.
 */
public final class ProductStep extends DeferrableStep {
  /** Multiplications below which little is saved: some 20 microseconds. */
  private static final double LEAST_WORK = 1 << 19;

  /** Slots of values that mask the product if they are compressed and of its shape. */
  private final int[] masks;

  /** Refused when the whole product had to be computed, since cells beside the mask might matter. */
  final Attempts attempts = new Attempts();

  /**
   * Makes the step.
   *
   * @param masks slots that are not written until the product is read
   */
  public ProductStep(
      Pipeline pipeline, Fusion fusion, Steps.Kernel eager, int[] releases, int[] masks) {
    super(pipeline, fusion, eager, releases);
    this.masks = masks.clone();
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value[] operands = maskedOperands(activation);
    if (operands == null) {
      eager.run(context, activation);
    } else {
      defer(activation, operands, shape(operands));
    }
  }

  /** The operands when the product may be masked; else null. */
  private Value[] maskedOperands(Activation activation) {
    if (fusion.chains().isActive() || precision() != Precision.FP64) {
      return null;
    }
    Value[] operands = new Value[eager.inputs.length];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = Masking.finished(activation.values[eager.inputs[i]]);
      boolean isCompressed = operands[i] instanceof ManagedMatrix matrix && matrix.isCompressed();
      if (isCompressed || operands[i] == null || !Masking.isThere(operands[i])) {
        return null;
      }
    }
    Shape shape = shape(operands);
    return shape != null && isMasked(activation.values, shape) && attempts.isWorthwhile() ? operands : null;
  }

  private boolean isMasked(Value[] values, Shape shape) {
    for (int mask : masks) {
      if (Masking.isMask(values[mask], shape)) {
        return true;
      }
    }
    return false;
  }

  /** The shape of the product; null where operands do not fit or there is little to do. */
  private Shape shape(Value[] operands) {
    Attributes attributes = eager.operation.operation().attributes();
    Shape a = ((MatrixValue) operands[0]).shape();
    Shape b = ((MatrixValue) operands[1]).shape();
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
