package dev.reprise.engine.fusion;

import dev.reprise.engine.fusion.FusedCall.Member;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
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
 * What a {@link FusedCall} with a {@linkplain Masking mask} computes; a product in it is no
 * operation here but a leaf.
 *
 * @param attempts to be told whether it could be computed at the mask alone
 * @param leaves for each leaf of the expression the call's leaf; negative for the product
 * @param left the call's leaf that is the left operand of the product; negative without one
 * @param right the right one
 */
record MaskedCall(
    Attempts attempts, SampledExpression expression, int[] leaves, int left, int right) {
  private static final FusableOperation MULTIPLY = FusableOperation.of("*");
  private static final int PRODUCT = -1;

  /**
   * The one of a call.
   *
   * @param product the number of its product among the members; negative for none
   * @param anyOrder whether terms of the product may be added in another order than in the whole
   * @param mask the number of its mask among the leaves
   */
  static MaskedCall of(
      Attempts attempts,
      List<Member> members,
      List<Value> leaves,
      List<LeafKind> kinds,
      int product,
      boolean anyOrder,
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
    FusedExpression expression = builder.build(null);
    int[] ofCall = used.stream().mapToInt(Integer::intValue).toArray();
    if (product < 0) {
      SampledExpression sampled = SampledExpression.of(expression, used.indexOf(mask));
      return new MaskedCall(attempts, sampled, ofCall, -1, -1);
    }
    SampledExpression sampled =
        SampledExpression.ofProduct(
            expression,
            used.indexOf(mask),
            used.indexOf(PRODUCT),
            members.get(product).operation().operation(),
            anyOrder);
    int[] factors = members.get(product).operands();
    return new MaskedCall(attempts, sampled, ofCall, factors[0], factors[1]);
  }

  /** An operand of the product among those of the call; null where there is no product. */
  DenseMatrix factor(Operand[] operands, int leaf) {
    return leaf < 0 ? null : (DenseMatrix) operands[leaf];
  }

  /** The operands of the expression among those of the call; null for the product. */
  Operand[] ofExpression(Operand[] operands) {
    Operand[] picked = new Operand[leaves.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = leaves[i] < 0 ? null : operands[leaves[i]];
    }
    return picked;
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
