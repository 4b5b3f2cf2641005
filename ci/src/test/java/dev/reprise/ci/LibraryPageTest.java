package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LibraryPageTest {

  /**
   * After a change of a header, run this test with {@code -Dreprise.record=true} to write the page.
   */
  @Test
  void thePageOfTheLibraryIsUpToDate() throws IOException {
    Path root = ScriptOutput.projectRoot();
    Path page = root.resolve("docs/library.md");
    Path library = root.resolve("library/src/main/resources/dev/reprise/library");
    String current = LibraryPage.of(LibraryGoldenTest.scripts(library));
    if (Boolean.getBoolean("reprise.record")) {
      Files.writeString(page, current);
    }
    assertThat(Files.readString(page)).isEqualTo(current);
  }
}
