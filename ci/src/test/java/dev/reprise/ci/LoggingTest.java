package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What libraries log goes nowhere in commands of ours, and where a program of others says. */
class LoggingTest {
  private static final Path ROOT = Path.of("..");

  /** A provider of SLF4J, that is, a choice; the interface alone is none. */
  private static final Pattern PROVIDER =
      Pattern.compile(
          "<artifactId>(slf4j-(?!api)[^<]*|logback-classic|log4j-slf4j[^<]*)</artifactId>"
              + "(?!.*<scope>test</scope>)");

  @Test
  void onlyModulesThatAreCommandsChooseALogger() throws IOException {
    List<String> choosing = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.sorted().toList()) {
        Path pom = module.resolve("pom.xml");
        if (Files.exists(pom) && PROVIDER.matcher(Files.readString(pom)).find()) {
          choosing.add(module.getFileName().toString());
        }
      }
    }
    assertThat(choosing).containsExactly("bench", "cli");
  }

  @Test
  void theCommandHasOne() {
    assertThat(
            ClassLoader.getSystemResource("META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))
        .isNotNull();
  }
}
