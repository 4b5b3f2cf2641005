package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.testkit.CommandProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptSourceTest {
  private static final byte[] NO_TEXT = {'p', 'r', 'i', 'n', 't', '(', '"', (byte) 0xff, '"', ')'};

  @Test
  void aStreamIsReadAsUtf8() throws IOException {
    byte[] bytes = "print(\"λ\")".getBytes(StandardCharsets.UTF_8);
    assertThat(ScriptSource.text("x", new ByteArrayInputStream(bytes))).isEqualTo("print(\"λ\")");
  }

  @Test
  void standardInputThatIsNoTextIsTheScriptsMistake() throws Exception {
    List<String> command =
        new ArrayList<>(new CommandProcess(System.getProperties()).words(Main.class));
    command.addAll(List.of("run", "-"));
    Process process = CommandProcess.builder(command).redirectErrorStream(true).start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(NO_TEXT);
      }
      assertThat(process.inputReader(StandardCharsets.UTF_8).readAllAsString())
          .isEqualToIgnoringNewLines("reprise: standard input is not a text in UTF-8");
      assertThat(process.waitFor()).isEqualTo(ExitCode.SCRIPT.number());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aStreamThatBreaksIsNamed() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Input/output error");
          }
        };
    assertThatThrownBy(() -> ScriptSource.text("/dev/fd/63", broken))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot read the script from /dev/fd/63: Input/output error");
  }
}
