package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/**
 * Activations of neural networks and their gradients, cell by cell. A gradient takes that of the
 * activation's result, and what the activation took.
 */
final class ActivationOperations {
  private ActivationOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    rows.add(row("relu").in("x").returns(Results.LIKE_FIRST));
    rows.add(row("relu_backward").in("dout", "x").returns(Results.CELLWISE));
    for (String name : List.of("gelu", "silu", "selu")) {
      rows.add(row(name).in("x").returns(Results.LIKE_FIRST).work(Work.FUNCTION));
      rows.add(
          row(name + "_backward").in("dout", "x").returns(Results.CELLWISE).work(Work.FUNCTION));
    }
    rows.add(row("leaky_relu").in("x").in("alpha", 0.01).returns(Results.CELLWISE));
    rows.add(
        row("leaky_relu_backward")
            .in("dout", "x")
            .in("alpha", 0.01)
            .returns(LayerResults.LIKE_BOTH));
    rows.add(row("elu").in("x").in("alpha", 1.0).returns(Results.CELLWISE).work(Work.FUNCTION));
    rows.add(
        row("elu_backward")
            .in("dout", "x")
            .in("alpha", 1.0)
            .returns(LayerResults.LIKE_BOTH)
            .work(Work.FUNCTION));
    return rows;
  }
}
