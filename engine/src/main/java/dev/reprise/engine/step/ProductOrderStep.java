package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * {@code A %*% B %*% C ...} in the order of least work. The order is found when the step is reached
 * with matrices of known shapes, and kept for the next time with the same shapes and densities.
 * What is traced are the products that are executed.
 */
final class ProductOrderStep extends PlanStep {
  /** Products by the two attributes: neither, left, right, both operands transposed. */
  private final LinkedOperation[] products = new LinkedOperation[4];

  private final boolean[] transposed;

  /**
   * For each range of leaves, coded as first * leaves + last, where it is cut as written; or -1.
   */
  private final int[] written;

  // Written by any thread with what follows from its shapes; immutable, so a racy read is complete.
  private Known known;

  /** An order and what it was found for. */
  private record Known(double[] facts, int[] cuts, boolean asWritten) {}

  ProductOrderStep(
      Pipeline pipeline,
      Instruction.Compute plan,
      int[] inputs,
      Step[] plain,
      Function<Operation, LinkedOperation> linker) {
    super(pipeline, plan, inputs, plain);
    this.transposed = new boolean[inputs.length];
    this.written = new int[inputs.length * inputs.length];
    Arrays.fill(written, -1);
    // The last writes a variable, which may be a leaf as well; the others write intermediates.
    int last = plan.plain().size() - 1;
    read(plan.plain().subList(0, last), plan.plain().get(last), 0);
    for (int i = 0; i < products.length; i++) {
      Attributes attributes = Attributes.none();
      attributes = (i & 1) == 0 ? attributes : attributes.with("ta", "true");
      attributes = (i & 2) == 0 ? attributes : attributes.with("tb", "true");
      products[i] =
          linker.apply(new Operation(OperationTable.standard().get("matmul"), attributes));
    }
  }

  /** Notes the cuts of the written order; returns the number of leaves below the product. */
  private int read(List<Instruction.Compute> members, Instruction.Compute product, int first) {
    Attributes attributes = product.operation().attributes();
    int left = side(members, product.inputs()[0], attributes.isSet("ta"), first);
    int right = side(members, product.inputs()[1], attributes.isSet("tb"), first + left);
    written[first * inputs.length + first + left + right - 1] = first + left - 1;
    return left + right;
  }

  private int side(List<Instruction.Compute> members, int operand, boolean isTransposed, int at) {
    for (Instruction.Compute member : members) {
      if (member.outputs()[0] == operand && !isTransposed) {
        return read(members, member, at);
      }
    }
    transposed[at] = isTransposed;
    return 1;
  }

  @Override
  boolean runPlanned(ControlContext context, Activation activation) {
    double[] facts = facts(context, activation);
    if (facts == null) {
      return false;
    }
    Known order = known;
    if (order == null || !Arrays.equals(order.facts, facts)) {
      int[] cuts = ProductOrder.leastWork(facts, inputs.length);
      order = new Known(facts, cuts, isAsWritten(cuts, 0, inputs.length - 1));
      known = order;
    }
    if (order.asWritten) {
      return false;
    }
    bind(activation, product(context, activation, order.cuts, 0, inputs.length - 1));
    return true;
  }

  /**
   * Rows, columns and density of every leaf, which only a finished value tells; null when one is no
   * matrix or they do not fit.
   */
  private double[] facts(ControlContext context, Activation activation) {
    double[] facts = new double[3 * inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      Shape shape = matrixShape(context, activation, inputs[i]);
      if (shape == null) {
        return null;
      }
      facts[3 * i] = transposed[i] ? shape.cols() : shape.rows();
      facts[3 * i + 1] = transposed[i] ? shape.rows() : shape.cols();
      facts[3 * i + 2] = ProductOrder.density(context.completed(activation, inputs[i]), shape);
      if (i > 0 && facts[3 * i] != facts[3 * i - 2]) {
        return null;
      }
    }
    return facts;
  }

  private boolean isAsWritten(int[] cuts, int first, int last) {
    if (first == last) {
      return true;
    }
    int at = first * inputs.length + last;
    return cuts[at] == written[at]
        && isAsWritten(cuts, first, cuts[at])
        && isAsWritten(cuts, cuts[at] + 1, last);
  }

  private Traced product(
      ControlContext context, Activation activation, int[] cuts, int first, int last) {
    if (first == last) {
      return operand(activation, first);
    }
    int cut = cuts[first * inputs.length + last];
    try (Traced left = product(context, activation, cuts, first, cut);
        Traced right = product(context, activation, cuts, cut + 1, last)) {
      boolean ta = first == cut && transposed[first];
      boolean tb = cut + 1 == last && transposed[last];
      return made(context, activation, products[(ta ? 1 : 0) + (tb ? 2 : 0)], left, right);
    }
  }
}
