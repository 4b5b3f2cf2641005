package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Layers that see rows, written to ONNX files and read again. */
class OnnxRowLayersTest extends OnnxScripts {
  /** One layer of each kind that sees rows. */
  private static final String ROWS =
      """
      model = list(
        list(layer="affine", W=r(4, 6, 1), b=r(1, 6, 2)), list(layer="relu"),
        list(layer="batch_norm1d", gamma=r(1, 6, 3), beta=r(1, 6, 4), ema_mean=r(1, 6, 5), ema_var=abs(r(1, 6, 6)) + 0.5, epsilon=0.001),
        list(layer="leaky_relu", alpha=0.1), list(layer="elu", alpha=1), list(layer="gelu"), list(layer="silu"),
        list(layer="layer_norm", gamma=r(1, 6, 7), beta=r(1, 6, 8), epsilon=0.01), list(layer="dropout", p=0.75),
        list(layer="tanh"), list(layer="sigmoid"), list(layer="affine", W=r(6, 3, 9), b=r(1, 3, 10)), list(layer="log_softmax"))
      X = r(5, 4, 11)
      """;

  @Test
  void layersOfRowsComputeTheSame() {
    assertThatWhatIsReadAgainComputesTheSame(ROWS);
  }

  @Test
  void aLayerOfLowRankIsReadAsTwoProducts() {
    String script =
        """
        model = list(list(layer="low_rank_affine", U=matrix(seq(1, 8), 4, 2) / 8, V=matrix(seq(1, 6), 2, 3) / 4, b=matrix("1 2 3", 1, 3)))
        write(model, "low.onnx", format="onnx")
        again = read("low.onnx")
        X = matrix(seq(1, 8), 2, 4) / 8
        print(max(abs(net::forward(X, again) - net::forward(X, model))) + " " + length(again))
        """;
    assertThat(printed(script)).isEqualTo("0.0 2\n");
  }
}
