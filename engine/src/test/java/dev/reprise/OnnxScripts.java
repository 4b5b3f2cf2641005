package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/**
 * Networks from ONNX files and to them, in a folder of the test's own. The files of the resources
 * were made by {@code make.py} and {@code torch_models.py} beside them with python's onnx and
 * PyTorch, and what they put out by onnxruntime and PyTorch.
 */
abstract class OnnxScripts {
  /** What scripts begin with. */
  static final String SOURCE = "source(\"nn/sequential.dml\") as net\n";

  /** Weights for models: multiples of 1/64, which floats hold exactly. */
  static final String WEIGHTS =
      """
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = round(rand(rows=rows, cols=cols, min=-1, max=1, seed=seed) * 64) / 64
      }
      """;

  @TempDir Path folder;

  /** Copies a file of the resources. */
  void copy(String name) throws IOException {
    try (var in = OnnxScripts.class.getResourceAsStream("/onnx/" + name)) {
      Files.copy(in, folder.resolve(name));
    }
  }

  SessionConfig config() {
    return Scripts.config().withWorkingDirectory(folder);
  }

  String printed(String script) {
    Scripts.Outcome outcome = Scripts.run(config(), SOURCE + script);
    assertThat(outcome.liveBuffers()).isZero();
    assertThatWhatIsWrittenIsInOrder();
    return outcome.output();
  }

  /** Asserts of each model that a script has written that other programs can read it. */
  private void assertThatWhatIsWrittenIsInOrder() {
    for (String name : List.of("own.onnx", "twice.onnx")) {
      try {
        Path file = folder.resolve(name);
        assertThat(Files.exists(file) ? OnnxStructure.problems(file) : List.of()).isEmpty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Asserts that a model, once written and read again, computes the same, and is written again as
   * the same file.
   *
   * @param model a script that assigns {@code model} and its input {@code X}
   */
  void assertThatWhatIsReadAgainComputesTheSame(String model) {
    String script =
        WEIGHTS
            + model
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
}
