package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files of the user's cache folder that processes replace. */
class ReplacedTextTest {
  @TempDir private Path folder;

  @Test
  void theTextIsReplacedAndNothingIsLeft() throws IOException {
    Path file = folder.resolve("deep/name");
    ReplacedText.write(file, "draft", ".tmp", "one");
    ReplacedText.write(file, "draft", ".tmp", "two");
    assertThat(file).hasContent("two");
    assertThat(names(file.getParent())).containsExactly("name");
  }

  @Test
  void draftsOfKilledProcessesAreRemovedAndThoseUnderWayAreNot() throws IOException {
    long now = Files.getLastModifiedTime(Files.createFile(folder.resolve("draft1.tmp"))).toMillis();
    for (String name : List.of("draft2.tmp", "draft.txt", "other.tmp")) {
      Path left = Files.createFile(folder.resolve(name));
      Files.setLastModifiedTime(left, FileTime.fromMillis(now - 2 * 3_600_000));
    }
    ReplacedText.write(folder.resolve("name"), "draft", ".tmp", "text");
    assertThat(names(folder))
        .containsExactlyInAnyOrder("draft1.tmp", "draft.txt", "other.tmp", "name");
  }

  @Test
  void aFileThatCannotBeReplacedLeavesNoDraft() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Files.createFile(taken.resolve("inside"));
    assertThatThrownBy(() -> ReplacedText.write(taken, "draft", ".tmp", "text"))
        .isInstanceOf(IOException.class);
    assertThat(names(folder)).containsExactly("taken");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
