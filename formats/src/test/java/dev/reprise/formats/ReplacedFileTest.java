package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read a file may read what replaces it, and nobody else. */
class ReplacedFileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "rw-rw-r--", "r--r-----", "rwxrwxrwx"})
  void rightsStay(String rights) throws IOException {
    Path target = file("target", "old", rights);
    ReplacedFile.move(file("draft", "new", "rw-r--r--"), target);
    assertThat(target).hasContent("new");
    assertThat(rights(target)).isEqualTo(rights);
    assertThat(folder.resolve("draft")).doesNotExist();
  }

  @Test
  void aNewFileHasTheRightsOfItsDraft() throws IOException {
    Path target = folder.resolve("target");
    ReplacedFile.move(file("draft", "new", "rw-r-----"), target);
    assertThat(rights(target)).isEqualTo("rw-r-----");
  }

  @Test
  void valuesTheirDescriptionsAndCheckpointsKeepThemByALink() throws IOException {
    FilesFixture files = new FilesFixture(folder);
    DenseMatrix matrix = files.matrixOf(new double[][] {{1, 2}}, 2);
    Path data = file("m.csv", "1\n", "rw-------");
    Path description = file("m.csv.mtd", "{}", "rw-rw----");
    Path checkpoint = file("c", "", "rw-------");
    Files.createSymbolicLink(folder.resolve("l"), Path.of("m.csv"));
    files.files.write(matrix, "l", folder, WriteOptions.format("csv"));
    new Checkpoint(Map.of(), new ListValue(List.of("e"), List.of(Scalar.of(1L))))
        .write("c", folder, _ -> null);
    assertThat(data).hasContent("1.0,2.0");
    assertThat(List.of(rights(data), rights(description), rights(checkpoint)))
        .containsExactly("rw-------", "rw-rw----", "rw-------");
    assertThat(checkpoint).isNotEmptyFile();
  }

  private Path file(String name, String text, String rights) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
  }

  private static String rights(Path file) throws IOException {
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
    return PosixFilePermissions.toString(rights);
  }
}
