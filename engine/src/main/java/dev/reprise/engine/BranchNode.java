package dev.reprise.engine;

/** {@code if (predicate) then else otherwise}. */
record BranchNode(LinkedCode predicate, Node[] then, Node[] otherwise) implements Node {
  static final String WHAT = "the condition of 'if'";

  @Override
  public void run(ControlContext context, Activation activation) {
    boolean taken = predicate.condition(WHAT, context, activation);
    Node.runAll(taken ? then : otherwise, context, activation);
  }
}
