package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.CommandProcess;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to end (SIGTERM) while a script runs. */
@Timeout(600)
class StoppedRunTest {
  private static final CommandProcess COMMAND = new CommandProcess(System.getProperties());

  private static final String SCRIPT =
      """
      Y = matrix(1, 20, 20)
      for (i in 1:30000) { Y = Y * 0.5 }
      print("begun")
      while (TRUE) { Y = Y * 0.5 }
      """;

  @TempDir Path folder;

  private Process start() throws Exception {
    List<String> command = COMMAND.words(UnhurriedCommand.class);
    command.addAll(List.of("run", "--device", "cpu"));
    command.addAll(List.of("--reuse", "none", "--trace-file", "t.json"));
    command.addAll(List.of("-s", SCRIPT));
    return CommandProcess.builder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void itsTimeLineIsWholeAndNothingIsBesideIt() throws Exception {
    Process process = start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("begun");
      // Not the process itself, which would close its streams, too.
      process.toHandle().destroy();
      assertThat(out.lines()).containsExactly("reprise: interrupted");
      process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("t.json"));
    }
    assertThat(Files.readString(folder.resolve("t.json"))).contains("\"script\"").endsWith("]}\n");
  }
}
