package dev.reprise.lineage;

import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Scalar;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** Verifies for debugging that items with equal keys are equal: that no two keys collided. */
public final class StructureCheck {
  private final ArrayDeque<Pair> pending = new ArrayDeque<>();
  private final Set<Pair> seen = new HashSet<>();

  private StructureCheck() {}

  /** Two items, compared by identity, items of runs by their place. */
  private record Pair(LineageItem left, LineageItem right) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Pair that
          && RunItem.isSame(left, that.left)
          && RunItem.isSame(right, that.right);
    }

    @Override
    public int hashCode() {
      return 31 * RunItem.placeHash(left) + RunItem.placeHash(right);
    }
  }

  /**
   * Compares the structures behind two equal keys; does nothing when the keys differ. Visits each
   * pair of items once.
   *
   * @throws IllegalStateException when the structures differ
   */
  public static void verify(LineageItem left, LineageItem right) {
    if (left.sameAs(right)) {
      new StructureCheck().run(new Pair(left, right));
    }
  }

  private void run(Pair root) {
    add(root);
    while (!pending.isEmpty()) {
      compare(pending.pop());
    }
  }

  private void add(Pair pair) {
    if (!RunItem.isSame(pair.left, pair.right) && seen.add(pair)) {
      pending.push(pair);
    }
  }

  private void compare(Pair pair) {
    LineageItem left = pair.left;
    LineageItem right = pair.right;
    if (TraceCut.isCut(left) || TraceCut.isCut(right)) {
      return;
    }
    if (left.inputCount() != right.inputCount() || !isSameNode(left, right)) {
      throw new IllegalStateException(
          "two different items have the key " + left.key() + ": " + left + " and " + right);
    }
    for (int i = 0; i < left.inputCount(); i++) {
      add(new Pair(left.input(i), right.input(i)));
    }
  }

  /** Compares without inputs; notes do not count. */
  static boolean isSameNode(LineageItem left, LineageItem right) {
    if (left.isLiteral() || right.isLiteral()) {
      return left.isLiteral()
          && right.isLiteral()
          && isSameLiteral(left.literalOrNull(), right.literalOrNull());
    }
    return left.operation().equals(right.operation());
  }

  /** As the key sees it: all NaN are one, -0.0 and 0.0 are two. */
  private static boolean isSameLiteral(Scalar left, Scalar right) {
    if (left instanceof DoubleScalar a && right instanceof DoubleScalar b) {
      return Double.doubleToLongBits(a.value()) == Double.doubleToLongBits(b.value());
    }
    return left.equals(right);
  }
}
