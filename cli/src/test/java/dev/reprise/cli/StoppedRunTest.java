package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to end (SIGTERM) while a script runs. */
@Timeout(600)
class StoppedRunTest {
  private static final String SCRIPT =
      """
      Y = matrix(1, 20, 20)
      for (i in 1:30000) { Y = Y * 0.5 }
      print("begun")
      while (TRUE) { Y = Y * 0.5 }
      """;

  @TempDir Path folder;

  private Process start() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classPath(), Main.class.getName(), "run", "--device", "cpu"));
    command.addAll(List.of("--reuse", "none", "--trace-file", "t.json"));
    command.addAll(List.of("-s", SCRIPT));
    return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
  }

  private static String classPath() {
    if (StoppedRunTest.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs())
          .map(URL::getPath)
          .collect(Collectors.joining(File.pathSeparator));
    }
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
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
