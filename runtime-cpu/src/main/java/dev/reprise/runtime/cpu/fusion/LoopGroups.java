package dev.reprise.runtime.cpu.fusion;

import java.util.ArrayList;
import java.util.List;

/** Which nodes of an expression become one generated loop: connected nodes that are generated. */
final class LoopGroups {
  private final int[] rootOf;
  private final int[] sizes;

  private LoopGroups(int[] rootOf) {
    this.rootOf = rootOf;
    this.sizes = new int[rootOf.length];
    for (int root : rootOf) {
      sizes[root]++;
    }
  }

  /** Groups of the expression; each node by itself when nothing is generated. */
  static LoopGroups of(FusedExpression expression, boolean generate) {
    int[] rootOf = new int[expression.nodes()];
    rootOf[rootOf.length - 1] = rootOf.length - 1;
    // From the last node down: each node is assigned by the one that uses it.
    for (int node = rootOf.length - 1; node >= 0; node--) {
      boolean generated = generate && isGenerated(expression, node);
      for (int i = 0; i < expression.operation(node).arity(); i++) {
        int operand = expression.operand(node, i);
        if (operand < 0) {
          boolean joins = generated && isGenerated(expression, ~operand);
          rootOf[~operand] = joins ? rootOf[node] : ~operand;
        }
      }
    }
    return new LoopGroups(rootOf);
  }

  private static boolean isGenerated(FusedExpression expression, int node) {
    return CellCode.knows(expression.operation(node).opcode());
  }

  boolean isRoot(int node) {
    return rootOf[node] == node;
  }

  int size(int root) {
    return sizes[root];
  }

  /** The nodes of a group in the order in which they are computed; the root is the last. */
  List<Integer> members(int root) {
    List<Integer> members = new ArrayList<>();
    for (int node = 0; node <= root; node++) {
      if (rootOf[node] == root) {
        members.add(node);
      }
    }
    return members;
  }
}
