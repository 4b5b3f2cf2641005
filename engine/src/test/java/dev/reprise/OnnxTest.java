package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks from ONNX files of others compute what these compute. */
class OnnxTest extends OnnxScripts {
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
          "places",
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

  private void copyModel(String name) throws IOException {
    for (String part : List.of(".onnx", "-x.csv", "-y.csv")) {
      copy(name + part);
    }
    Files.createDirectory(folder.resolve("weights"));
    copy("weights/w.bin");
  }

  @ParameterizedTest
  @MethodSource("models")
  void aModelOfPythonComputesWhatOnnxruntimeComputes(String name) throws IOException {
    copyModel(name);
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
  void aModelThatWasReadIsWrittenAgain(String name) throws IOException {
    copyModel(name);
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
  void whatAttentionMadeIsFoundAgain() throws IOException {
    copy("torch-encoder.onnx");
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
  void theLayersOfAModelHaveTheNamesOfTheLibrary() throws IOException {
    copy("mlp.onnx");
    copy("cnn.onnx");
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

  @Test
  void aModelIsKnownByItsContentAndReadOnce() throws IOException {
    copy("cnn.onnx");
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

  @Test
  void aDamagedFileIsAnErrorWhereverItIs() throws IOException {
    copy("cnn.onnx");
    byte[] whole = Files.readAllBytes(folder.resolve("cnn.onnx"));
    for (int length = 1; length < whole.length; length += 97) {
      Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, length));
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
      copy(name + ".onnx");
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
}
