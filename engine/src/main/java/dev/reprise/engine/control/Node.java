package dev.reprise.engine.control;

/** A linked block. Stateless: everything that changes is in the context and the activation. */
public interface Node {
  void run(ControlContext context, Activation activation);

  static void runAll(Node[] nodes, ControlContext context, Activation activation) {
    for (Node node : nodes) {
      node.run(context, activation);
    }
  }
}
