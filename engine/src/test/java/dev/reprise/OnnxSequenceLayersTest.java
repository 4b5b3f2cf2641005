package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers that see sequences, written to ONNX files and read again. */
class OnnxSequenceLayersTest extends OnnxScripts {
  /**
   * Numbers of letters, each recurrent layer, and layers of each step; the number of steps is open.
   */
  private static final String SEQUENCES =
      """
      model = list(list(layer="embedding", embedding_dict=r(9, 5, 1)),
        list(layer="lstm", W=r(11, 24, 2), b=r(1, 24, 3), return_sequences=TRUE),
        list(layer="each_step", D=6, main=list(list(layer="layer_norm", gamma=r(1, 6, 4), beta=r(1, 6, 5), epsilon=0.01))),
        list(layer="gru", W=r(10, 12, 6), b=r(1, 16, 7), return_sequences=TRUE), list(layer="tanh"),
        list(layer="residual", main=list(list(layer="each_step", D=4, main=list(list(layer="affine", W=r(4, 4, 8), b=r(1, 4, 9))))), shortcut=list()),
        list(layer="rnn", W=r(9, 5, 10), b=r(1, 5, 11), return_sequences=TRUE),
        list(layer="each_step", D=5, main=list(list(layer="softmax"))), list(layer="last_step", D=5),
        list(layer="affine", W=r(5, 3, 12), b=r(1, 3, 13)), list(layer="log_softmax"))
      X = round(rand(rows=4, cols=7, min=0.51, max=9.49, seed=14))
      """;

  /** Recurrent layers whose number of steps is stated. */
  private static final String STEPS =
      """
      model = list(list(layer="gru", W=r(7, 12, 1), b=r(1, 16, 2), return_sequences=TRUE, T=6),
        list(layer="lstm", W=r(9, 20, 3), b=r(1, 20, 4), return_sequences=FALSE), list(layer="affine", W=r(5, 8, 5), b=r(1, 8, 6)),
        list(layer="rnn", W=r(6, 4, 7), b=r(1, 4, 8), return_sequences=FALSE))
      X = r(5, 18, 9)
      """;

  /** Attention with and without a mask, what reduces and repeats, constants and selections. */
  private static final String ATTENTION =
      """
      e = function(Integer cols, Integer seed) return (List[Unknown] layers) {
        layers = list(list(layer="each_step", D=6, main=list(list(layer="affine", W=r(6, cols, seed), b=r(1, cols, seed + 1)))))
      }
      model = list(list(layer="select", index=matrix("30 29 28 27 26 25 1 2 3 4 5 6 7 8 9 10 11 12", 1, 18), D=30), list(layer="tanh"),
        list(layer="attention", query=e(4, 1), key=e(4, 3), value=e(8, 5), heads=2, D=4, causal=TRUE), list(layer="tanh"),
        list(layer="concat", branch1=list(list(layer="constant", value=r(1, 8, 7))), branch2=list()),
        list(layer="residual", main=list(list(layer="attention", query=list(), key=list(list(layer="scale_shift", factor=0.5, shift=0)), value=list(list(layer="tanh")), heads=4, D=8, causal=FALSE)), shortcut=list()),
        list(layer="product", main=list(list(layer="reduce", method="mean", groups=1, D=8, T=4), list(layer="repeat", times=4, D=8)), shortcut=list()),
        list(layer="each_step", D=8, main=list(list(layer="reduce", method="max", groups=2, D=2), list(layer="repeat", times=2, D=1), list(layer="select", index=matrix("8 1 1 2", 1, 4)))),
        list(layer="reduce", method="sum", groups=4, D=2), list(layer="abs"), list(layer="scale_shift", factor=1, shift=0.5), list(layer="sqrt"), list(layer="log"), list(layer="exp"), list(layer="reciprocal"), list(layer="repeat", times=2, D=2), list(layer="reduce", method="norm", groups=4, D=2),
        list(layer="reduce", method="min", groups=4, D=1), list(layer="affine", W=r(4, 3, 8), b=r(1, 3, 9)))
      X = r(5, 30, 10)
      """;

  /** Products of matrices, masks, choices and the largest numbers. */
  private static final String CHOICES =
      """
      e = function(Integer cols, Integer seed) return (List[Unknown] layers) {
        layers = list(list(layer="each_step", D=6, main=list(list(layer="affine", W=r(6, cols, seed), b=r(1, cols, seed + 1)))))
      }
      m = matrix("0 -1 -Inf 0.5 0 2 -Inf -Inf 0", 3, 3)
      model = list(list(layer="columns", from=1, to=18, D=18), list(layer="attention", query=e(4, 1), key=e(4, 3), value=e(6, 5), heads=2, D=4, causal=FALSE, mask=m),
        list(layer="attention", query=e(4, 1), key=e(4, 3), value=e(8, 5), heads=2, D=4, causal=FALSE, mask=rbind(t(m), matrix(0, 3, 3))),
        list(layer="matmul", left=list(), right=list(list(layer="transpose", rows=3, cols=4, D=2)), groups=2, rows=3, inner=4, cols=3),
        list(layer="where", condition=list(list(layer="affine", W=r(18, 6, 7), b=r(1, 6, 8)), list(layer="compare", operator=">=", number=0.125)), main=list(list(layer="fill", number=0.5)), other=list(list(layer="affine", W=r(18, 6, 9), b=r(1, 6, 10)))),
        list(layer="concat", branch1=list(list(layer="top_k", k=3, method="largest", gives="values")), branch2=list(list(layer="top_k", k=2, method="smallest", gives="numbers")),
          branch3=list(list(layer="reduce", method="index_max", groups=2, D=1)), branch4=list(list(layer="reduce", method="index_min", groups=1, D=2)), branch5=list(list(layer="compare", operator="!=", number=0.5))),
        list(layer="matmul", left=list(list(layer="affine", W=r(15, 4, 11), b=r(1, 4, 12))), right=list(list(layer="constant", value=r(1, 6, 13))), groups=1, rows=2, inner=2, cols=3),
        list(layer="where", condition=list(list(layer="compare", operator="<", number=0)), main=list(list(layer="constant", value=r(1, 6, 14))), other=list()),
        list(layer="each_step", D=3, main=list(list(layer="top_k", k=2, method="smallest", gives="values"))),
        list(layer="concat", branch1=list(list(layer="compare_values", operator="!=", left=list(), right=list(list(layer="abs")))),
          branch2=list(list(layer="compare_values", operator="<", left=list(list(layer="constant", value=r(1, 4, 16))), right=list()))))
      X = r(5, 18, 15)
      """;

  @Test
  void sequencesOfAnyLengthComputeTheSame() {
    assertThatWhatIsReadAgainComputesTheSame(SEQUENCES);
  }

  @Test
  void sequencesOfOneLengthComputeTheSame() {
    assertThatWhatIsReadAgainComputesTheSame(STEPS);
  }

  /** Scales go from keys to queries, so that not the same file comes out. */
  @ParameterizedTest
  @ValueSource(strings = {ATTENTION, CHOICES})
  void attentionAndItsKinAreWrittenAndReadAgain(String model) {
    String script =
        WEIGHTS
            + model
            + """
            write(model, "own.onnx", format="onnx")
            print(sum(net::forward(X, model)) != 0)
            print(max(abs(net::forward(X, read("own.onnx")) - net::forward(X, model))) < 1e-6)
            """;
    assertThat(printed(script)).isEqualTo("TRUE\nTRUE\n");
  }
}
