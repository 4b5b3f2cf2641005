package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script that starts the JVM says of the classes, and what it says itself. */
class LauncherTest {
  private static final Pattern METHOD = Pattern.compile("^ +'?([\\w.$]+)::(\\w+)'?( \\\\|;)");

  /** The JVM ignores options for methods that are not there, so that a new name would go unseen. */
  @Test
  void methodsThatStayCallsAreThere() throws Exception {
    List<MatchResult> named = methods();
    assertThat(named).hasSizeGreaterThan(10);
    for (MatchResult method : named) {
      Class<?> type = Class.forName(method.group(1), false, getClass().getClassLoader());
      assertThat(Stream.of(type.getDeclaredMethods()).map(found -> found.getName()))
          .as(type.getName())
          .contains(method.group(2));
    }
  }

  @Test
  void workingDirectoryThatIsGoneIsSaid(@TempDir Path folder) throws Exception {
    Process launcher =
        new ProcessBuilder(
                "bash",
                "-c",
                "mkdir \"$1/gone\" && cd \"$1/gone\" && rmdir \"$1/gone\" && exec \"$2\" version",
                "bash",
                folder.toString(),
                Path.of("..", "reprise").toRealPath().toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(launcher.waitFor()).isEqualTo(2);
    assertThat(said)
        .endsWith("reprise: the working directory is no longer there; cd to a folder that is\n")
        .doesNotContain("java");
  }

  private static List<MatchResult> methods() throws IOException {
    return Files.readAllLines(Path.of("..", "reprise")).stream()
        .flatMap(line -> METHOD.matcher(line).results())
        .toList();
  }
}
