package dev.reprise.engine.node;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;

/** {@code if (predicate) then else otherwise}. */
public record BranchNode(LinkedCode predicate, Node[] then, Node[] otherwise) implements Node {
  public static final String WHAT = "the condition of 'if'";

  @Override
  public void run(ControlContext context, Activation activation) {
    boolean taken = predicate.condition(WHAT, context, activation);
    Node.runAll(taken ? then : otherwise, context, activation);
  }
}
