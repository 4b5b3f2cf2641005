package dev.reprise.engine.fusion;

import dev.reprise.engine.fusion.FusedCall.Member;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.fusion.FusableOperation;
import dev.reprise.runtime.cpu.fusion.FusedExpression;
import dev.reprise.runtime.cpu.fusion.LeafKind;
import dev.reprise.runtime.cpu.fusion.SampledExpression;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link FusedCall} with a {@linkplain MaskedProduct masked product} computes, where its
 * product is no operation but a leaf.
 *
 * @param step of the product
 * @param leaves for each leaf of the expression the call's leaf; negative for the product
 * @param left the call's leaf that is the left operand of the product
 * @param right the right one
 */
record SampledCall(
    ProductStep step, SampledExpression expression, int[] leaves, int left, int right) {
  private static final FusableOperation MULTIPLY = FusableOperation.of("*");
  private static final int PRODUCT = -1;

  /**
   * The one of a call.
   *
   * @param product the number of its product among the members
   * @param mask the number of its mask among the leaves
   */
  static SampledCall of(
      ProductStep step,
      List<Member> members,
      List<Value> leaves,
      List<LeafKind> kinds,
      int product,
      int mask) {
    FusedExpression.Builder builder =
        new FusedExpression.Builder(Precision.FP64, leaves.size() + 1, members.size());
    List<Integer> used = new ArrayList<>();
    int[] places = new int[members.size()];
    for (int at = 0; at < places.length; at++) {
      if (at == product) {
        places[at] = builder.leaf(LeafKind.FULL);
        used.add(PRODUCT);
        continue;
      }
      int[] operands = new int[3];
      for (int i = 0; i < members.get(at).operands().length; i++) {
        int operand = members.get(at).operands()[i];
        operands[i] = operand < 0 ? places[~operand] : leaf(operand, kinds, used, builder);
      }
      places[at] = node(members.get(at), leaves, operands, builder);
    }
    int[] factors = members.get(product).operands();
    SampledExpression expression =
        new SampledExpression(
            builder.build(null),
            used.indexOf(mask),
            used.indexOf(PRODUCT),
            step.operation().operation());
    int[] ofCall = used.stream().mapToInt(Integer::intValue).toArray();
    return new SampledCall(step, expression, ofCall, factors[0], factors[1]);
  }

  private static int leaf(
      int leaf, List<LeafKind> kinds, List<Integer> used, FusedExpression.Builder builder) {
    int known = used.indexOf(leaf);
    if (known >= 0) {
      return known;
    }
    used.add(leaf);
    return builder.leaf(kinds.get(leaf));
  }

  private static int node(
      Member member, List<Value> leaves, int[] operands, FusedExpression.Builder builder) {
    FusableOperation operation = FusableOperation.of(member.operation().name());
    // As unfused, squares are products.
    boolean isSquare =
        operation.opcode().equals("^")
            && member.operands()[1] >= 0
            && leaves.get(member.operands()[1]) instanceof Scalar exponent
            && exponent.asDouble() == 2;
    return isSquare
        ? builder.node(MULTIPLY, operands[0], operands[0], 0)
        : builder.node(operation, operands[0], operands[1], operands[2]);
  }
}
