package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.operation.Attributes;

/** A plan about a product of two matrices, each of which it may read as its transpose. */
abstract class FactorsStep extends PlanStep {
  final boolean transposedLeft;
  final boolean transposedRight;

  /**
   * @param product the attributes of the product
   */
  FactorsStep(
      Pipeline pipeline, Instruction.Compute plan, int[] inputs, Step[] plain, Attributes product) {
    super(pipeline, plan, inputs, plain);
    this.transposedLeft = product.isSet("ta");
    this.transposedRight = product.isSet("tb");
  }

  /**
   * Whether the better form applies to factors that fit each other.
   *
   * @param left the shape of the left factor as the product reads it
   * @param right that of the right one, of as many rows as the left one has columns
   */
  boolean isBetter(Shape left, Shape right) {
    return true;
  }

  /** Runs the better form. */
  abstract void runBetter(ControlContext context, Activation activation);

  @Override
  final boolean runPlanned(ControlContext context, Activation activation) {
    Shape left = matrixShape(context, activation, inputs[0]);
    Shape right = matrixShape(context, activation, inputs[1]);
    if (left == null || right == null) {
      return false;
    }
    left = transposedLeft ? left.transposed() : left;
    right = transposedRight ? right.transposed() : right;
    if (left.cols() != right.rows() || !isBetter(left, right)) {
      return false;
    }
    runBetter(context, activation);
    return true;
  }
}
