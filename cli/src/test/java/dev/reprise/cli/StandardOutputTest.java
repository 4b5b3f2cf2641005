package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

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
}
