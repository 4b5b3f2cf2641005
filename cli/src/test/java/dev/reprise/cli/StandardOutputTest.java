package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.testkit.CommandProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardOutputTest {

  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(reason);
      }
    };
  }

  @Test
  void textArrivesAsUtf8() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StandardOutput.printStream(bytes).println("λ = 1");
    assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("λ = 1");
  }

  @Test
  void aReaderThatLeftEndsTheProgramQuietly() {
    PrintStream out = StandardOutput.printStream(failing("Broken pipe"));
    assertThatThrownBy(() -> out.println("x"))
        .isInstanceOfSatisfying(
            StandardOutput.Lost.class, lost -> assertThat(lost.readerLeft()).isTrue());
  }

  @Test
  void aFullDiskBehindTheOutputIsTold() {
    PrintStream out = StandardOutput.printStream(failing("No space left on device"));
    assertThatThrownBy(() -> out.println("x"))
        .hasMessage("cannot write to standard output: No space left on device")
        .isInstanceOfSatisfying(
            StandardOutput.Lost.class, lost -> assertThat(lost.readerLeft()).isFalse());
  }

  @Test
  void whatIsLostIsToldOnce() {
    PrintStream out = StandardOutput.printStream(failing("Broken pipe"));
    assertThatThrownBy(() -> out.println("x")).isInstanceOf(StandardOutput.Lost.class);
    out.println("y");
    out.flush();
  }

  /** A process whose standard output and error are new files, each open at a place of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"/dev/stdout", "/proc/self/fd/1", "/dev/stderr"})
  void whatAScriptWritesThereStandsBetweenWhatItPrints(String name, @TempDir Path folder)
      throws Exception {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    String script =
        """
        print("one")
        write(matrix("1 2", 1, 2), "%1$s", format="csv")
        print("two")
        write(matrix("3 4", 1, 2), "%1$s", format="csv")
        print("three")
        stop("four")
        """;
    List<String> command =
        new ArrayList<>(new CommandProcess(System.getProperties()).words(Main.class));
    command.addAll(List.of("run", "--device", "cpu", "-s", script.formatted(name)));
    Process process =
        CommandProcess.builder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor()).isEqualTo(ExitCode.SCRIPT.number());
    } finally {
      process.destroyForcibly();
    }
    if (name.equals("/dev/stderr")) {
      assertThat(Files.readString(out)).isEqualTo("one\ntwo\nthree\n");
      assertThat(Files.readString(err)).startsWith("1.0,2.0\n3.0,4.0\n").contains("four");
    } else {
      assertThat(Files.readString(out)).isEqualTo("one\n1.0,2.0\ntwo\n3.0,4.0\nthree\n");
      assertThat(Files.readString(err)).startsWith("<script>:6").contains("four");
    }
  }
}
