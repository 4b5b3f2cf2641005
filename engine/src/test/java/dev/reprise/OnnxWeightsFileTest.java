package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network whose weights lie in a second file is another value when only that file changes. */
class OnnxWeightsFileTest {
  private static final String SCRIPT =
      """
      source("nn/sequential.dml") as net
      X = matrix(seq(1, 40), 1, 40) / 40
      print(sum(net::forward(X, read("outside.onnx"))))
      """;

  @TempDir private Path folder;

  @BeforeEach
  void files() throws IOException {
    Files.createDirectory(folder.resolve("weights"));
    for (String name : new String[] {"outside.onnx", "weights/w.bin"}) {
      try (var in = OnnxWeightsFileTest.class.getResourceAsStream("/onnx/" + name)) {
        Files.copy(in, folder.resolve(name));
      }
    }
  }

  /** Another number as the first filter's first weight; size and model stay. */
  private void changeWeights() throws IOException {
    Path weights = folder.resolve("weights/w.bin");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[2] ^= 0x40;
    Files.write(weights, bytes);
  }

  private SessionConfig plain() {
    return Scripts.config().withWorkingDirectory(folder);
  }

  private SessionConfig stored() {
    return plain().withStore(Scripts.keepingAll(folder.resolve("store")));
  }

  /** What is printed without anything that an earlier run left. */
  private String fresh() {
    return Scripts.run(plain().withReuse(ReuseMode.NONE), SCRIPT).output();
  }

  @Test
  void withinASession() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (Session session = Reprise.session(plain().withOutput(out, out))) {
      session.compile(SCRIPT, CompileOptions.none()).run().close();
      String first = bytes.toString(StandardCharsets.UTF_8);
      assertThat(first).isEqualTo(fresh());
      bytes.reset();
      changeWeights();
      session.compile(SCRIPT, CompileOptions.none()).run().close();
      assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(fresh()).isNotEqualTo(first);
    }
  }

  @Test
  void withinARunThatWritesTheWeightsItself() {
    String script =
        """
        parts = function(Double first) return (Double out) {
          write(matrix(first, 20, 20), "weights/w.bin", format="binary")
          model = read("outside.onnx")
          layer = as.list(model[1])
          out = sum(as.matrix(layer["W"]))
        }
        print(parts(1.5) != parts(2.5))
        """;
    assertThat(Scripts.run(plain(), script).output()).isEqualTo("TRUE\n");
  }

  @Test
  void acrossRunsWithAStore() throws Exception {
    String first = Scripts.run(stored(), SCRIPT).output();
    assertThat(first).isEqualTo(fresh());
    changeWeights();
    String second = Scripts.run(stored(), SCRIPT).output();
    assertThat(second).isEqualTo(fresh()).isNotEqualTo(first);
    changeWeights();
    assertThat(Scripts.run(stored(), SCRIPT).output()).isEqualTo(first);
  }

  @Test
  void asAWholeRun() throws Exception {
    String first = executed();
    assertThat(first).isEqualTo(fresh());
    assertThat(recalled()).isEqualTo(first);
    changeWeights();
    assertThat(recalled()).isNull();
    String second = executed();
    assertThat(second).isEqualTo(fresh()).isNotEqualTo(first);
    assertThat(recalled()).isEqualTo(second);
    Files.delete(folder.resolve("weights/w.bin"));
    assertThat(recalled()).isNull();
  }

  private String executed() {
    Recalls.Ran ran = Recalls.run(stored(), SCRIPT);
    assertThat(ran.isRecalled()).isFalse();
    return ran.output();
  }

  /** What is printed by recall before there is a session; it must agree with that of a session. */
  private String recalled() {
    String printed = Recalls.beforeSession(stored(), SCRIPT);
    assertThat(Recalls.inSession(stored(), SCRIPT)).isEqualTo(printed);
    return printed;
  }
}
