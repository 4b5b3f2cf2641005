package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the script that starts the JVM says of the classes. */
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

  private static List<MatchResult> methods() throws IOException {
    return Files.readAllLines(Path.of("..", "reprise")).stream()
        .flatMap(line -> METHOD.matcher(line).results())
        .toList();
  }
}
