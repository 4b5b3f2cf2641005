package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Layers of neural networks that look at the rows of a matrix, each an example. */
final class LayerOperations {
  private LayerOperations() {}

  static List<Opcode> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    rows.add(row("softmax").in("scores").returns(Results.LIKE_FIRST).work(Work.FUNCTION));
    rows.add(
        row("softmax_backward")
            .in("dprobs", "probs")
            .returns(LayerResults.LIKE_BOTH)
            .work(Work.CELLS));
    rows.add(row("log_softmax").in("scores").returns(Results.LIKE_FIRST).work(Work.FUNCTION));
    rows.add(
        row("log_softmax_backward")
            .in("dlogprobs", "logprobs")
            .returns(LayerResults.LIKE_BOTH)
            .work(Work.FUNCTION));
    // The loss of softmax(scores) against y: probabilities, or a column of class numbers.
    rows.add(
        row("softmax_cross_entropy")
            .in("scores", "y")
            .returns(new Results.DoubleRule(LayerResults.CROSS_ENTROPY))
            .work(Work.FUNCTION));
    rows.add(
        row("softmax_cross_entropy_backward")
            .in("scores", "y")
            .returns(LayerResults.CROSS_ENTROPY)
            .work(Work.FUNCTION));
    return rows.stream().map(Opcode.Builder::build).toList();
  }
}
