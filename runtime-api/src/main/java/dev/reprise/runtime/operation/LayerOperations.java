package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Layers of neural networks that look at the rows of a matrix, each an example. */
final class LayerOperations {
  private LayerOperations() {}

  static List<Opcode.Builder> rows() {
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
    // [out, cache_norm, cache_inv_var]
    rows.add(
        row("layer_norm")
            .in("X", "gamma", "beta")
            .in("epsilon", 1e-5)
            .outputs(3)
            .returns(Results.LIKE_FIRST)
            .alsoReturns(Results.LIKE_FIRST, Results.COLUMN));
    // [dX, dgamma, dbeta]
    rows.add(
        row("layer_norm_backward")
            .in("dout", "cache_norm", "cache_inv_var", "gamma")
            .outputs(3)
            .returns(LayerResults.LIKE_BOTH)
            .alsoReturns(Results.like(3), Results.like(3)));
    rows.add(row("embedding").in("indices", "embedding_dict").returns(LayerResults.LOOKUP));
    rows.add(
        row("embedding_backward")
            .in("dout", "indices", "v")
            .in("padding_idx", 0L)
            .returns(LayerResults.LOOKUP_GRADIENT));
    // [out, seed]: p is the share of cells that are kept.
    rows.add(row("dropout").in("X", "p").in("seed", -1L).outputs(2).returns(Results.LIKE_FIRST));
    // The seed that dropout drew or was given; never drawn here, hence not called seed.
    rows.add(row("dropout_backward").in("dout", "p", "drawn").returns(Results.LIKE_FIRST));
    // [out, logsum]: width is that of a position of the queries, those of all heads.
    rows.add(
        row("attention")
            .in("Q", "K", "V", "width")
            .in("heads", 1L)
            .in("causal", false)
            .outputs(2)
            .returns(AttentionResults.OUTPUT)
            .alsoReturns(AttentionResults.LOGARITHMS)
            .work(AttentionResults.work(0, 3, 1)));
    // [dQ, dK, dV]
    rows.add(
        row("attention_backward")
            .in("dout", "Q", "K", "V", "out", "logsum", "width")
            .in("heads", 1L)
            .in("causal", false)
            .outputs(3)
            .returns(AttentionResults.GRADIENT)
            .alsoReturns(Results.like(2), Results.like(3))
            .work(AttentionResults.work(1, 6, 3)));
    return rows;
  }
}
