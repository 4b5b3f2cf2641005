package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Networks from ONNX files and to them. The files of the resources were made by {@code make.py} and
 * {@code torch_models.py} beside them with python's onnx and PyTorch, and what they put out by
 * onnxruntime and PyTorch.
 */
class OnnxTest {
  private static final String SOURCE = "source(\"nn/sequential.dml\") as net\n";

  /** One layer of each kind that sees rows, and of each that sees images. */
  private static final String ROWS =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
      model = list(
        list(layer="affine", W=r(4, 6, 1), b=r(1, 6, 2)), list(layer="relu"),
        list(layer="batch_norm1d", gamma=r(1, 6, 3), beta=r(1, 6, 4), ema_mean=r(1, 6, 5), ema_var=abs(r(1, 6, 6)) + 0.5, epsilon=0.001),
        list(layer="leaky_relu", alpha=0.1), list(layer="elu", alpha=1), list(layer="gelu"), list(layer="silu"),
        list(layer="layer_norm", gamma=r(1, 6, 7), beta=r(1, 6, 8), epsilon=0.01), list(layer="dropout", p=0.75),
        list(layer="tanh"), list(layer="sigmoid"), list(layer="affine", W=r(6, 3, 9), b=r(1, 3, 10)), list(layer="log_softmax"))
      X = r(5, 4, 11)
      """;

  private static final String IMAGES =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
      model = list(
        list(layer="conv2d", W=r(3, 18, 1), b=r(3, 1, 2), C=2, Hin=6, Win=8, Hf=3, Wf=3, strideh=1, stridew=2, padh=1, padw=0),
        list(layer="batch_norm2d", gamma=r(3, 1, 3), beta=r(3, 1, 4), ema_mean=r(3, 1, 5), ema_var=abs(r(3, 1, 6)) + 0.5,
          C=3, Hin=6, Win=3, epsilon=0.001),
        list(layer="relu"),
        list(layer="max_pool2d", C=3, Hin=6, Win=3, Hf=2, Wf=2, strideh=2, stridew=1, padh=0, padw=0),
        list(layer="avg_pool2d", C=3, Hin=3, Win=2, Hf=2, Wf=2, strideh=1, stridew=1, padh=1, padw=0),
        list(layer="global_avg_pool2d", C=3, Hin=4, Win=1), list(layer="flatten"),
        list(layer="affine", W=r(3, 3, 7), b=r(1, 3, 8)), list(layer="softmax"))
      X = r(5, 96, 9)
      """;

  /** Activations that ROWS lacks, and layers within layers. */
  private static final String BRANCHES =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
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

  /**
   * Numbers of letters, each recurrent layer, and layers of each step; the number of steps is open.
   */
  private static final String SEQUENCES =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
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

  /** Borders, larger images, normalization of groups, scales, and products of images with gates. */
  private static final String PARTS =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
      model = list(
        list(layer="pad2d", C=2, Hin=3, Win=4, pad_top=1, pad_left=0, pad_bottom=2, pad_right=1, value=0.5),
        list(layer="conv2d_transpose", W=r(2, 36, 1), b=r(4, 1, 2), C=2, Hin=6, Win=5, Hf=3, Wf=3, strideh=2, stridew=1, padh=1, padw=0, out_padh=1, out_padw=0),
        list(layer="group_norm", gamma=r(4, 1, 3), beta=r(4, 1, 4), C=4, Hin=12, Win=7, groups=2, epsilon=0.01),
        list(layer="avg_pool2d_inside", C=4, Hin=12, Win=7, Hf=3, Wf=3, strideh=2, stridew=2, padh=1, padw=1),
        list(layer="group_norm", gamma=r(4, 1, 5), beta=r(4, 1, 6), C=4, Hin=6, Win=4, groups=4, epsilon=0.01),
        list(layer="conv2d_transpose_depthwise", W=r(2, 8, 7), b=r(2, 1, 8), C=4, Hin=6, Win=4, M=2, Hf=2, Wf=2, strideh=2, stridew=2, padh=0, padw=0, out_padh=0, out_padw=0),
        list(layer="upsample2d", C=2, Hin=12, Win=8, size_h=1, size_w=2), list(layer="scale_shift2d", gamma=r(2, 1, 9), beta=r(2, 1, 10), C=2, Hin=12, Win=16),
        list(layer="product", main=list(list(layer="global_avg_pool2d", C=2, Hin=12, Win=16), list(layer="sigmoid")), shortcut=list()),
        list(layer="product", main=list(list(layer="tanh"), list(layer="relu")), shortcut=list(list(layer="sigmoid"))),
        list(layer="flatten"), list(layer="affine", W=r(384, 3, 11), b=r(1, 3, 12)), list(layer="tanh"), list(layer="scale_shift1d", gamma=r(1, 3, 13), beta=r(1, 3, 14)))
      X = r(5, 24, 15)
      """;

  /** Values side by side and columns; recurrent layers of both directions; the newest norm. */
  private static final String JOINS =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
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

  /** Layers without weights that change sizes, numbers and the order of them. */
  private static final String ORDERS =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
      model = list(
        list(layer="transpose", rows=20, cols=6, D=1, T=1), list(layer="flatten"), list(layer="scale_shift", factor=0.5, shift=0), list(layer="tanh"), list(layer="scale_shift", factor=1, shift=-0.25), list(layer="sigmoid"),
        list(layer="conv2d", W=r(4, 24, 1), b=r(4, 1, 2), C=6, Hin=4, Win=5, Hf=2, Wf=2, strideh=1, stridew=1, padh=1, padw=0), list(layer="transpose", rows=2, cols=2, D=20),
        list(layer="avg_pool2d_uneven", C=4, Hin=5, Win=4, Hf=3, Wf=2, strideh=2, stridew=1, pad_top=0, pad_left=1, pad_bottom=2, pad_right=0),
        list(layer="resize2d", C=4, Hin=3, Win=4, Hout=5, Wout=7, scale_h=1.75, scale_w=1.75, method="linear", places="half_pixel"), list(layer="scale_shift", factor=-2, shift=0.5),
        list(layer="resize2d", C=4, Hin=5, Win=7, Hout=3, Wout=2, scale_h=0.6, scale_w=0.29, method="cubic", places="align_corners"),
        list(layer="resize2d", C=4, Hin=3, Win=2, Hout=4, Wout=1, scale_h=1.5, scale_w=0.5, method="round_up", places="half_pixel"),
        list(layer="resize2d", C=4, Hin=4, Win=1, Hout=6, Wout=2, scale_h=1.5, scale_w=2, method="round", places="asymmetric"),
        list(layer="resize2d", C=4, Hin=6, Win=2, Hout=3, Wout=1, scale_h=0.5, scale_w=0.5, method="floor", places="pytorch_half_pixel"),
        list(layer="flatten"), list(layer="transpose", rows=3, cols=2, D=2), list(layer="flatten"), list(layer="each_step", D=4, main=list(list(layer="affine", W=r(4, 3, 3), b=r(1, 3, 4)), list(layer="tanh"), list(layer="scale_shift", factor=3, shift=1))))
      X = r(5, 120, 5)
      """;

  /** Attention with and without a mask, what reduces and repeats, constants and selections. */
  private static final String ATTENTION =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
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
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
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
        list(layer="each_step", D=3, main=list(list(layer="top_k", k=2, method="smallest", gives="values"))))
      X = r(5, 18, 15)
      """;

  private static final String STEPS =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
      model = list(list(layer="gru", W=r(7, 12, 1), b=r(1, 16, 2), return_sequences=TRUE, T=6),
        list(layer="lstm", W=r(9, 20, 3), b=r(1, 20, 4), return_sequences=FALSE), list(layer="affine", W=r(5, 8, 5), b=r(1, 8, 6)),
        list(layer="rnn", W=r(6, 4, 7), b=r(1, 4, 8), return_sequences=FALSE))
      X = r(5, 18, 9)
      """;

  @TempDir Path folder;

  private static final List<String> MODELS =
      List.of(
          "mlp",
          "cnn",
          "pooled",
          "mean",
          "shaped",
          "outside",
          "cells",
          "groups",
          "residual",
          "erf",
          "sides",
          "text",
          "steps",
          "gated",
          "pads",
          "larger",
          "bordered",
          "spelled",
          "regrouped",
          "joined",
          "both",
          "slopes",
          "curves",
          "roots",
          "root",
          "parted",
          "types",
          "colours",
          "shuffled",
          "numbers",
          "rests",
          "resized",
          "squares",
          "unrolled",
          "unrolled2",
          "products",
          "masks",
          "shared",
          "equations",
          "choices",
          "torch-adaptive",
          "torch-adaptive-up",
          "torch-attention",
          "torch-borders",
          "torch-both",
          "torch-encoder",
          "torch-encoder-old",
          "torch-gpt",
          "torch-gpt-new",
          "torch-masked",
          "torch-parts",
          "torch-patches",
          "torch-projected",
          "torch-texts",
          "torch-whole");

  private static List<String> models() {
    return MODELS;
  }

  @BeforeEach
  void copyModels() throws IOException {
    for (String name : MODELS) {
      for (String part : List.of(".onnx", "-x.csv", "-y.csv")) {
        copy(name + part);
      }
    }
    Files.createDirectory(folder.resolve("weights"));
    copy("weights/w.bin");
  }

  private void copy(String name) throws IOException {
    try (var in = OnnxTest.class.getResourceAsStream("/onnx/" + name)) {
      Files.copy(in, folder.resolve(name));
    }
  }

  private SessionConfig config() {
    return Scripts.config().withWorkingDirectory(folder);
  }

  private String printed(String script) {
    Scripts.Outcome outcome = Scripts.run(config(), SOURCE + script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome.output();
  }

  @ParameterizedTest
  @MethodSource("models")
  void aModelOfPythonComputesWhatOnnxruntimeComputes(String name) {
    String script =
        """
        X = read("NAME-x.csv", header=FALSE)
        model = read("NAME.onnx")
        out = net::forward(X, model)
        print(max(abs(out - read("NAME-y.csv", header=FALSE))) < 1e-5)
        print(max(abs(net::forward(X[1, ], model) - out[1, ])) < 1e-12)
        """;
    assertThat(printed(script.replace("NAME", name))).isEqualTo("TRUE\nTRUE\n");
  }

  private static List<String> writtenModels() {
    // What begins with values side by side does not say how wide they are.
    return MODELS.stream().filter(name -> !name.equals("joined")).toList();
  }

  /** Whatever the model, what is written of it is read as what computes the same. */
  @ParameterizedTest
  @MethodSource("writtenModels")
  void aModelThatWasReadIsWrittenAgain(String name) {
    String script =
        """
        X = read("NAME-x.csv", header=FALSE)
        model = read("NAME.onnx")
        write(model, "own.onnx", format="onnx")
        out = net::forward(X, model)
        print(max(abs(net::forward(X, read("own.onnx")) - out)) < 1e-5 * max(1, max(abs(out))))
        """;
    assertThat(printed(script.replace("NAME", name))).isEqualTo("TRUE\n");
  }

  /** The second time nothing of the network is computed, since its layers are traced. */
  @Test
  void whatAttentionMadeIsFoundAgain() {
    Scripts.Outcome outcome =
        Scripts.run(
            config(),
            SOURCE
                + """
                X = round(rand(rows=300, cols=6, min=0.51, max=20.49, seed=1))
                a = net::forward(X, read("torch-encoder.onnx"))
                b = net::forward(X, read("torch-encoder.onnx"))
                print(sum(a - b))
                """);
    assertThat(outcome.output()).isEqualTo("0.0\n");
    assertThat(outcome.statistics().of("attention").executed()).isEqualTo(2);
  }

  @Test
  void theLayersOfAModelHaveTheNamesOfTheLibrary() {
    String script =
        """
        model = read("FILE")
        for (i in 1:length(model)) {
          layer = as.list(model[i])
          print(as.scalar(layer["layer"]))
        }
        """;
    assertThat(printed(script.replace("FILE", "mlp.onnx")).lines())
        .containsExactly(
            "affine",
            "leaky_relu",
            "affine",
            "gelu",
            "layer_norm",
            "dropout",
            "silu",
            "elu",
            "affine",
            "log_softmax");
    assertThat(printed(script.replace("FILE", "cnn.onnx")).lines())
        .containsExactly(
            "conv2d",
            "batch_norm2d",
            "relu",
            "max_pool2d",
            "conv2d",
            "tanh",
            "avg_pool2d",
            "flatten",
            "affine",
            "softmax");
    assertThat(
            printed(
                """
                model = read("cnn.onnx")
                first = as.list(model[1])
                print(as.scalar(first["Hin"]) + " x " + as.scalar(first["Win"]) + ", pad " + as.scalar(first["padh"]))
                model = read("mlp.onnx")
                second = as.list(model[2])
                print(as.scalar(second["alpha"]))
                """))
        .isEqualTo("6 x 8, pad 1\n0.2\n");
  }

  /** The weights are multiples of 1/64, which floats hold exactly. */
  @ParameterizedTest
  @ValueSource(strings = {ROWS, IMAGES, BRANCHES, SEQUENCES, STEPS, PARTS, JOINS, ORDERS})
  void whatIsWrittenAndReadAgainComputesTheSame(String model) {
    String script =
        model
            + """
            write(model, "own.onnx", format="onnx")
            again = read("own.onnx")
            print(sum(net::forward(X, model)) != 0)
            print(max(abs(net::forward(X, again) - net::forward(X, model))) < 1e-12)
            write(again, "twice.onnx", format="onnx")
            """;
    assertThat(printed(script)).isEqualTo("TRUE\nTRUE\n");
    assertThat(folder.resolve("own.onnx")).hasSameBinaryContentAs(folder.resolve("twice.onnx"));
  }

  /** Scales go from keys to queries, so that not the same file comes out. */
  @ParameterizedTest
  @ValueSource(strings = {ATTENTION, CHOICES})
  void attentionAndItsKinAreWrittenAndReadAgain(String model) {
    String script =
        model
            + """
            write(model, "own.onnx", format="onnx")
            print(sum(net::forward(X, model)) != 0)
            print(max(abs(net::forward(X, read("own.onnx")) - net::forward(X, model))) < 1e-6)
            """;
    assertThat(printed(script)).isEqualTo("TRUE\nTRUE\n");
  }

  @Test
  void imagesAreFlattenedForAffineLayersAndRowsMadeImages() {
    String script =
        """
        model = list(list(layer="affine", W=matrix(seq(1, 64), 4, 16) / 64, b=matrix(0, 1, 16)),
          list(layer="conv2d", W=matrix(seq(1, 8), 2, 4) / 8, b=matrix(1, 2, 1), C=1, Hin=4, Win=4, Hf=2, Wf=2, strideh=2, stridew=2, padh=0, padw=0),
          list(layer="affine", W=matrix(seq(1, 16), 8, 2) / 16, b=matrix(0, 1, 2)))
        write(model, "mixed.onnx", format="onnx")
        again = read("mixed.onnx")
        X = matrix(seq(1, 8), 2, 4) / 8
        print(max(abs(net::forward(X, again) - net::forward(X, model))) + " " + length(again))
        """;
    assertThat(printed(script)).isEqualTo("0.0 4\n");
  }

  /** Of one width and of two, and with a number of steps that is stated or not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"3 | T=3,", "3 | ''", "2 | T=3,", "2 | ''"})
  void numbersLieSideBySideWithinEachStep(int width, String steps) {
    String script =
        """
        r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
          M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
        }
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
    assertThat(printed(script.formatted(width, steps))).isEqualTo("6\nTRUE\n");
    assertThat(folder.resolve("twice.onnx")).exists();
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

  @Test
  void aModelIsKnownByItsContentAndReadOnce() {
    Scripts.Outcome outcome =
        Scripts.run(
            config(),
            SOURCE
                + """
                X = rand(rows=2000, cols=96, seed=1)
                a = net::forward(X, read("cnn.onnx"))
                b = net::forward(X, read("cnn.onnx"))
                print(sum(a - b))
                """);
    assertThat(outcome.output()).isEqualTo("0.0\n");
    assertThat(outcome.statistics().of("conv2d").executed()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "broadcast | node \"y\" (Add) adds values of different sizes, [32] and [2, 4, 4]",
        "sums | (Add) adds values that are made of each other too often to be lists of layers",
        "linear | node \"y\" (Resize) takes pixels (linear, tf_crop_and_resize,",
        "rounded | node \"y\" (AveragePool) has padding that is not smaller than its window",
        "transposed | the output \"y\" does not begin with the number of examples; transpose it",
        "unknown | node \"y\" (Det) cannot be read; there are Abs, Add, And, ArgMax,",
        "resets | node \"y\" (GRU) resets outputs before they are multiplied with weights",
        "turned | node \"y\" (MatMul) multiplies from the wrong side",
        "lopsided | node \"y\" (Conv) has far more padding on one side",
        "misfit | node \"y\" (Conv) has filters of 1 channels in 3 groups, but gets images of 2"
      })
  void whatTheLayersCannotDoIsRefused(String name, String message) throws IOException {
    copy(name + ".onnx");
    assertThat(Scripts.failure(config(), "m = read(\"" + name + ".onnx\")\nprint(length(m))"))
        .hasMessageContaining(message);
  }

  @Test
  void aDamagedFileIsAnErrorWhereverItIs() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve("cnn.onnx"));
    for (int length = 1; length < whole.length; length += 97) {
      Files.write(folder.resolve("cut.onnx"), java.util.Arrays.copyOf(whole, length));
      assertThat(Scripts.failure(config(), "m = read(\"cut.onnx\")\nprint(length(m))"))
          .hasMessageContaining("cut.onnx");
    }
    Random random = new Random(3);
    for (String name : 
        List.of(
            "torch-gpt",
            "torch-masked",
            "torch-adaptive-up",
            "torch-borders",
            "products",
            "masks",
            "equations",
            "choices")) {
      byte[] model = Files.readAllBytes(folder.resolve(name + ".onnx"));
      for (int i = 0; i < 150; i++) {
        byte[] damaged = model.clone();
        damaged[random.nextInt(model.length)] = (byte) (i % 3 == 0 ? 0xFF : random.nextInt(256));
        Files.write(folder.resolve("cut.onnx"), damaged);
        try {
          OnnxFiles.read(folder.resolve("cut.onnx"));
        } catch (FormatException e) {
          assertThat(e).hasMessageContaining("cut.onnx");
        }
      }
    }
    Files.writeString(folder.resolve("text.onnx"), "no model");
    assertThat(Scripts.failure(config(), "m = read(\"text.onnx\")\nprint(length(m))"))
        .hasMessageContaining("this is no ONNX model");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list(seq(1, 3)) | a network is a list of layers, but element 1 is a matrix",
        "list(list(layer=\"relu\")) | no layer tells how wide the input is",
        "list(list(layer=\"maxout\")) | layer 1 (maxout) cannot be written; there are abs, affine,",
        "list(list(layer=\"lstm\", W=matrix(1, 3, 7), b=matrix(1, 1, 7))) | layer 1 (lstm) needs a W of D+M x 4*M, but has 3 x 7",
        "list(list(layer=\"lstm\", W=matrix(1, 3, 4), b=matrix(1, 1, 4))) | layer 1 (lstm) lacks return_sequences, TRUE or FALSE",
        "list(list(layer=\"affine\", W=matrix(1, 2, 3), b=matrix(1, 1, 3)), list(layer=\"embedding\", embedding_dict=matrix(1, 4, 2))) | layer 2 (embedding) must be the first layer",
        "list(list(layer=\"each_step\", D=2, main=list(list(layer=\"last_step\", D=1)))) | layer 2 (last_step) cannot be written within each_step",
        "list(list(layer=\"affine\", W=matrix(1, 2, 3))) | layer 1 (affine) lacks the matrix b",
        "list(list(layer=\"affine\", W=matrix(1, 2, 3), b=matrix(1, 3, 1))) | needs a b of 1 x 3,"
            + " but has 3 x 1",
        "list(list(layer=\"affine\", W=matrix(1, 2, 3), b=matrix(1, 1, 3)), list(layer=\"affine\","
            + " W=matrix(1, 4, 1), b=matrix(1, 1, 1))) | layer 2 (affine) takes 4 numbers, but gets"
            + " 3",
        "list(list(layer=\"residual\", main=list(list(layer=\"relu\")))) | layer 1 (residual) lacks the"
            + " list of layers shortcut",
        "list(list(layer=\"residual\", main=list(list(layer=\"affine\", W=matrix(1, 2, 3),"
            + " b=matrix(1, 1, 3))), shortcut=list())) | has branches that make 3 and 2",
        "list(list(layer=\"conv2d_grouped\", W=matrix(1, 2, 4), b=matrix(1, 2, 1), C=2, Hin=4, Win=4,"
            + " Hf=2, Wf=2, strideh=1, stridew=1, padh=0, padw=0, groups=3, dilationh=1, dilationw=1))"
            + " | has 3 groups, which do not divide C",
        "list(list(layer=\"affine\", W=matrix(\"1 -1e39\", 1, 2), b=matrix(0, 1, 2))) | layer 1 has"
            + " -1.0E39 in W, which is beyond floats of 4 bytes",
        "list(list(layer=\"transpose\", rows=2, cols=3, D=1)) | takes rows whose width no layer tells",
        "list(list(layer=\"transpose\", rows=2, cols=3, D=1, T=2), list(layer=\"transpose\", rows=5,"
            + " cols=2, D=1)) | takes matrices of 5 x 2 x 1 numbers, but gets 12",
        "list(list(layer=\"resize2d\", C=1, Hin=4, Win=4, Hout=9, Wout=8, scale_h=2, scale_w=2,"
            + " method=\"linear\", places=\"half_pixel\")) | has factors of 2.0 and 2.0, which do not make Hout x Wout",
        "list(list(layer=\"resize2d\", C=1, Hin=4, Win=4, Hout=8, Wout=8, scale_h=2, scale_w=2,"
            + " method=\"bilinear\", places=\"half_pixel\")) | layer 1 (resize2d) has the method"
            + " \"bilinear\", but there are [linear, cubic, floor, round, round_up]",
        "list(list(layer=\"resize2d\", C=1, Hin=4, Win=4, Hout=8, Wout=8, scale_h=2, scale_w=2,"
            + " method=\"linear\", places=\"halfpixel\")) | layer 1 (resize2d) has the places"
            + " \"halfpixel\", but there are [half_pixel, pytorch_half_pixel, align_corners,",
        "list(list(layer=\"avg_pool2d_uneven\", C=1, Hin=4, Win=4, Hf=2, Wf=2, strideh=2, stridew=2,"
            + " pad_top=0, pad_left=0, pad_bottom=2, pad_right=0)) | has padding that is not smaller",
        "list(list(layer=\"reduce\", method=\"median\", groups=1, D=1, T=3)) | layer 1 (reduce) has the"
            + " method \"median\", but there are mean, sum, max, min, norm, index_max and index_min",
        "list(list(layer=\"reduce\", method=\"mean\", groups=1, D=1)) | takes rows whose width no layer tells",
        "list(list(layer=\"select\", index=matrix(4, 1, 1), D=3)) | layer 1 (select) takes column 4.0 of 3",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)), list(layer=\"constant\","
            + " value=matrix(1, 1, 2)), list(layer=\"relu\")) | layer 2 (constant) can be written as"
            + " the last layer of a branch alone",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)), list(layer=\"concat\","
            + " branch1=list(), branch2=list(list(layer=\"constant\", value=matrix(1, 1, 2)),"
            + " list(layer=\"relu\")))) | layer 3 (constant) can be written as the last layer of a",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)), list(layer=\"constant\","
            + " value=matrix(1, 1, 2))) | layer 2 (constant) can be written as the last layer of a",
        "list(list(layer=\"attention\", query=list(), key=list(), value=list(), heads=3, D=4, causal=TRUE))"
            + " | layer 1 (attention) has steps of 4 numbers, which are not those of 3 heads",
        "list(list(layer=\"attention\", query=list(), key=list(), value=list(), heads=2, D=4, causal=TRUE))"
            + " | layer 1 (attention) has branches of a size that no layer tells",
        "list(list(layer=\"lstm\", W=matrix(1, 6, 16), b=matrix(1, 1, 16), return_sequences=TRUE),"
            + " list(layer=\"attention\", query=list(), key=list(), value=list(), heads=2, D=4,"
            + " causal=TRUE)) | layer 2 (attention) is causal over steps whose number no layer tells",
        "list(list(layer=\"fill\", number=1)) | layer 1 (fill) can be written as all of main or other",
        "list(list(layer=\"top_k\", k=1, method=\"largest\", gives=\"values\")) | layer 1 (top_k) takes"
            + " 1 of rows whose width no layer tells",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)), list(layer=\"top_k\", k=1,"
            + " method=\"most\", gives=\"values\")) | layer 2 (top_k) has the method \"most\", but there",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)), list(layer=\"compare\","
            + " operator=\"~\", number=0)) | layer 2 (compare) has the operator \"~\", but there are >",
        "list(list(layer=\"matmul\", left=list(), right=list(), groups=1, rows=2, inner=3, cols=4)) |"
            + " layer 1 (matmul) takes 1 x 3 x 4 numbers from right, but gets 6",
        "list(list(layer=\"affine\", W=matrix(1, 4, 4), b=matrix(0, 1, 4)), list(layer=\"attention\","
            + " query=list(), key=list(), value=list(), heads=1, D=2, causal=FALSE, mask=matrix(0, 3, 2)))"
            + " | layer 2 (attention) has a mask of 3 x 2 for 2 x 2 steps",
        "list(list(layer=\"max_pool2d\", C=1)) | layer 1 (max_pool2d) lacks the number Hin"
      })
  void aListThatIsNoNetworkIsRefusedAndNothingWritten(String list, String message) {
    assertThat(Scripts.failure(config(), "write(" + list + ", \"m.onnx\", format=\"onnx\")"))
        .hasMessageContaining(message);
    assertThat(folder.resolve("m.onnx")).doesNotExist();
  }
}
