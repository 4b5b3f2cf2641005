package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers within layers and values side by side, written to ONNX files and read again. */
class OnnxBranchLayersTest extends OnnxScripts {
  /** Sums of branches, within each other, and the activations that are newest. */
  private static final String BRANCHES =
      """
      model = list(
        list(layer="residual", main=list(
            list(layer="conv2d_grouped", W=r(4, 18, 1), b=r(4, 1, 2), C=4, Hin=6, Win=5, Hf=3, Wf=3, strideh=1, stridew=1, padh=2, padw=2,
              groups=2, dilationh=2, dilationw=2),
            list(layer="residual", main=list(list(layer="softplus")), shortcut=list(list(layer="hard_swish")))),
          shortcut=list()),
        list(layer="celu", alpha=0.5), list(layer="clip", min=-1/0, max=2.5), list(layer="hard_sigmoid", alpha=0.25, beta=0.5),
        list(layer="residual", main=list(list(layer="flatten"), list(layer="affine", W=r(120, 3, 3), b=r(1, 3, 4)), list(layer="selu")),
          shortcut=list(list(layer="flatten"), list(layer="affine", W=r(120, 3, 5), b=r(1, 3, 6)))),
        list(layer="gelu_erf"))
      X = r(5, 120, 9)
      """;

  /** Values side by side and columns; recurrent layers of both directions; the newest norm. */
  private static final String JOINS =
      """
      model = list(
        list(layer="concat", branch1=list(), branch2=list(list(layer="conv2d", W=r(3, 8, 1), b=r(3, 1, 2), C=2, Hin=4, Win=6, Hf=2, Wf=2, strideh=1, stridew=1, padh=0, padw=0),
          list(layer="pad2d", C=3, Hin=3, Win=5, pad_top=0, pad_left=1, pad_bottom=1, pad_right=0, value=0.25)), branch3=list(list(layer="tanh"))),
        list(layer="prelu2d", alpha=r(7, 1, 3), C=7, Hin=4, Win=6), list(layer="columns", from=25, to=120),
        list(layer="concat_steps", D=24, branch1=list(), branch2=list(list(layer="flatten"), list(layer="each_step", D=24, main=list(list(layer="affine", W=r(24, 3, 4), b=r(1, 3, 5)))))),
        list(layer="bilstm", W=r(29, 8, 6), b=r(1, 8, 7), W_reverse=r(29, 8, 8), b_reverse=r(1, 8, 9), return_sequences=TRUE),
        list(layer="each_step", D=4, main=list(list(layer="rms_norm", gamma=r(1, 4, 10), epsilon=0.01))),
        list(layer="each_step", D=4, main=list(list(layer="prelu1d", alpha=r(1, 4, 11)))), list(layer="each_step", D=4, main=list(list(layer="columns", from=2, to=4))),
        list(layer="bigru", W=r(5, 6, 12), b=r(1, 8, 13), W_reverse=r(5, 6, 14), b_reverse=r(1, 8, 15), return_sequences=TRUE),
        list(layer="concat", branch1=list(list(layer="relu")), branch2=list(list(layer="sigmoid"))),
        list(layer="birnn", W=r(6, 2, 16), b=r(1, 2, 17), W_reverse=r(6, 2, 18), b_reverse=r(1, 2, 19), return_sequences=FALSE),
        list(layer="flatten"), list(layer="columns", from=2, to=3), list(layer="gelu"))
      X = r(5, 48, 20)
      """;

  @Test
  void branchesThatAreAddedComputeTheSame() {
    assertThatWhatIsReadAgainComputesTheSame(BRANCHES);
  }

  @Test
  void branchesSideBySideComputeTheSame() {
    assertThatWhatIsReadAgainComputesTheSame(JOINS);
  }

  /** Of one width and of two, and with a number of steps that is stated or not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"3 | T=3,", "3 | ''", "2 | T=3,", "2 | ''"})
  void numbersLieSideBySideWithinEachStep(int width, String steps) {
    String script =
        """
        w = %d
        model = list(list(layer="each_step", D=4, %s main=list(list(layer="concat",
            branch1=list(list(layer="affine", W=r(4, 3, 1), b=r(1, 3, 2))),
            branch2=list(list(layer="affine", W=r(4, w, 3), b=r(1, w, 4)), list(layer="tanh"))),
          list(layer="columns", from=2, to=2 + w))),
          list(layer="each_step", D=1 + w, main=list(list(layer="affine", W=r(1 + w, 2, 5), b=r(1, 2, 6)))))
        X = r(5, 12, 7)
        write(model, "own.onnx", format="onnx")
        again = read("own.onnx")
        print(ncol(net::forward(X, again)))
        print(max(abs(net::forward(X, again) - net::forward(X, model))) < 1e-12)
        write(again, "twice.onnx", format="onnx")
        """;
    assertThat(printed(WEIGHTS + script.formatted(width, steps))).isEqualTo("6\nTRUE\n");
    assertThat(folder.resolve("twice.onnx")).exists();
  }
}
