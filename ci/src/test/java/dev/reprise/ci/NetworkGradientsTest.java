package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ReuseMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The gradients that {@code nn/sequential_train} gives for networks of each kind of layers are
 * those of finite differences, of every weight and of every input.
 */
class NetworkGradientsTest {
  private static final Path NETWORKS =
      ScriptOutput.projectRoot().resolve("ci/src/test/resources/gradients/networks/kinds.dml");
  private static final Path KINDS =
      ScriptOutput.projectRoot()
          .resolve("library/src/main/resources/dev/reprise/library/nn/sequential.dml");
  private static final Pattern KIND = Pattern.compile("kind == \"(\\w+)\"");

  /**
   * Central differences with steps of 1e-5 are about 1e-10 off; a wrong term is off by far more.
   */
  private static final double BOUND = 1e-7;

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    List<String> lines =
        ScriptOutput.of(NETWORKS, Map.of(), ScriptOutput.config().withReuse(ReuseMode.NONE))
            .lines()
            .toList();
    assertThat(lines).hasSizeGreaterThan(30);
    for (String line : lines) {
      String[] words = line.split(" ");
      assertThat(Double.parseDouble(words[1])).as(words[0] + ", inputs").isLessThan(BOUND);
      assertThat(Double.parseDouble(words[2])).as(words[0] + ", weights").isLessThan(BOUND);
    }
  }

  @Test
  void networksOfEachKindAreChecked() throws IOException {
    String networks = Files.readString(NETWORKS);
    TreeSet<String> unchecked = new TreeSet<>();
    TreeSet<String> found = new TreeSet<>();
    Matcher kinds = KIND.matcher(Files.readString(KINDS));
    while (kinds.find()) {
      found.add(kinds.group(1));
      if (!networks.contains("layer=\"" + kinds.group(1) + "\"")) {
        unchecked.add(kinds.group(1));
      }
    }
    assertThat(found).hasSizeGreaterThan(40);
    assertThat(unchecked).isEmpty();
  }
}
