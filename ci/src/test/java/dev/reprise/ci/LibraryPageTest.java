package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LibraryPageTest {
  private static final Path LIBRARY =
      ScriptOutput.projectRoot().resolve("library/src/main/resources/dev/reprise/library");

  /**
   * After a change of a header, run these tests with {@code -Dreprise.record=true} to write the
   * pages.
   */
  @Test
  void thePageOfTheLibraryIsUpToDate() throws IOException {
    check("docs/library.md", LibraryPage.ofFunctions(LibraryGoldenTest.scripts(LIBRARY)));
  }

  @Test
  void thePageOfTheLayersIsUpToDate() throws IOException {
    List<Path> scripts = new ArrayList<>();
    for (String folder : List.of("nn/layers", "nn/optim", "nn/networks", "nn")) {
      scripts.addAll(LibraryGoldenTest.scripts(LIBRARY.resolve(folder)));
    }
    check("docs/nn-library.md", LibraryPage.ofLayers(scripts));
  }

  private static void check(String name, String current) throws IOException {
    Path page = ScriptOutput.projectRoot().resolve(name);
    if (Boolean.getBoolean("reprise.record")) {
      Files.writeString(page, current);
    }
    assertThat(Files.readString(page)).isEqualTo(current);
  }
}
