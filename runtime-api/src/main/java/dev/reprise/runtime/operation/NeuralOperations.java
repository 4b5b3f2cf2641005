package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Layers of neural networks; images lie in the rows of a matrix (see {@link WindowShape}). */
final class NeuralOperations {
  private static final String[] CONVOLUTION = {
    "input_shape1", "input_shape2", "input_shape3", "input_shape4",
    "filter_shape1", "filter_shape2", "filter_shape3", "filter_shape4",
    "stride1", "stride2", "padding1", "padding2"
  };
  private static final String[] POOLING = {
    "input_shape1",
    "input_shape2",
    "input_shape3",
    "input_shape4",
    "pool_size1",
    "pool_size2",
    "stride1",
    "stride2",
    "padding1",
    "padding2"
  };

  private NeuralOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    rows.add(convolution("conv2d", "input", "filter").returns(NeuralResults.output(2)));
    rows.add(convolution("conv2d_backward_filter", "input", "dout").returns(NeuralResults.FILTER));
    rows.add(convolution("conv2d_backward_data", "filter", "dout").returns(NeuralResults.input(2)));
    for (String kind : List.of("max_pool", "avg_pool")) {
      rows.add(
          row(kind)
              .in("input")
              .in(POOLING)
              .returns(NeuralResults.output(1))
              .work(NeuralResults.pooling(1)));
      rows.add(
          row(kind + "_backward")
              .in("input", "dout")
              .in(POOLING)
              .returns(NeuralResults.input(2))
              .work(NeuralResults.pooling(2)));
    }
    for (String kind : List.of("global_avg_pool", "global_max_pool")) {
      rows.add(row(kind).in("input", "channels").returns(PlaneResults.POOLED));
      rows.add(row(kind + "_backward").in("input", "dout").returns(PlaneResults.GRADIENT));
    }
    rows.add(row("bias_add").in("input", "bias").returns(NeuralResults.BIAS));
    rows.add(row("bias_multiply").in("input", "bias").returns(NeuralResults.BIAS));
    // [Y, ema_mean, ema_var, cache_mean, cache_inv_var]
    rows.add(
        row("batch_norm2d")
            .in("input", "gamma", "beta", "ema_mean", "ema_var", "mode", "epsilon", "mu")
            .outputs(5)
            .returns(Results.LIKE_FIRST)
            .alsoReturns(
                NeuralResults.column(3),
                NeuralResults.column(4),
                NeuralResults.column(1),
                NeuralResults.column(1)));
    // [dX, dgamma, dbeta]
    rows.add(
        row("batch_norm2d_backward")
            .in("input", "dout", "gamma", "epsilon", "cache_mean", "cache_inv_var")
            .outputs(3)
            .returns(Results.LIKE_FIRST)
            .alsoReturns(NeuralResults.column(2), NeuralResults.column(2)));
    // [out, c, cache_out, cache_c, cache_ifog]
    rows.add(
        row("lstm")
            .in("X", "W", "b", "out0", "c0", "return_sequences")
            .outputs(5)
            .returns(NeuralResults.LSTM_OUTPUT)
            .alsoReturns(
                Results.like(4),
                NeuralResults.ofSteps(1),
                NeuralResults.ofSteps(1),
                NeuralResults.ofSteps(4))
            .work(NeuralResults.LSTM));
    // [dX, dW, db, dout0, dc0]
    rows.add(
        row("lstm_backward")
            .in("X", "W", "b", "out0", "c0", "return_sequences")
            .in("dout", "dc", "cache_out", "cache_c", "cache_ifog")
            .outputs(5)
            .returns(Results.LIKE_FIRST)
            .alsoReturns(Results.like(1), Results.like(2), Results.like(3), Results.like(4))
            .work(NeuralResults.LSTM));
    return rows;
  }

  private static Opcode.Builder convolution(String name, String... matrices) {
    // Behind the sizes may come dilation1, dilation2 and groups, all of them or none.
    return row(name)
        .in(matrices)
        .in(CONVOLUTION)
        .variadic()
        .work(NeuralResults.CONVOLUTION)
        .roundsOperands();
  }
}
