package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListFolderTest {
  @TempDir Path folder;
  private FilesFixture files;

  @BeforeEach
  void open() {
    files = new FilesFixture(folder);
  }

  private void write(String path, String... names) {
    try (ListOutput output = files.files.writeList(path, folder, WriteOptions.none())) {
      for (int i = 0; i < names.length; i++) {
        Scalar value = Scalar.of((long) i);
        output.add(
            names[i],
            place -> files.files.write(value, place.toString(), folder, WriteOptions.none()));
      }
      output.publish();
    }
  }

  private List<ListEntry> list(String path) {
    return files.files.list(new ReadRequest(path, folder, ReadOptions.none())).orElseThrow();
  }

  private String fingerprint(String path) {
    return files.files.fingerprint(new ReadRequest(path, folder, ReadOptions.none()));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Whose description lies beside what it leads to. */
  @Test
  void anElementMayBeALink() throws IOException {
    write("l", "x", "y");
    Path element = folder.resolve("l/1_y");
    Files.move(element, folder.resolve("moved"));
    Files.move(folder.resolve("l/1_y.mtd"), folder.resolve("moved.mtd"));
    Files.createSymbolicLink(element, Path.of("../moved"));
    assertThat(list("l").stream().map(ListEntry::name)).containsExactly("x", "y");
    assertThat(files.read(element.toString(), ReadOptions.none())).isEqualTo(Scalar.of(1L));
  }

  @Test
  void elementsComeBackInOrderWithTheirNames() throws IOException {
    write("l", "x", null, "", "y", null, null, null, null, null, null, "k");
    assertThat(list("l").stream().map(ListEntry::name))
        .containsExactly("x", null, null, "y", null, null, null, null, null, null, "k");
    Path last = list("l").getLast().path();
    assertThat(files.read(last.toString(), ReadOptions.none())).isEqualTo(Scalar.of(10L));
    assertThat(names()).containsExactly("l", "l.mtd");
  }

  @Test
  void whatSystemDsWroteIsAList() {
    FilesFixture systemds = new FilesFixture(Path.of("src/test/resources/systemds"));
    ReadRequest request = new ReadRequest("l", systemds.folder, ReadOptions.none());
    assertThat(systemds.files.list(request).orElseThrow().stream().map(ListEntry::name))
        .containsExactly("a", "b", "c", "d");
    request = new ReadRequest("l2", systemds.folder, ReadOptions.none());
    assertThat(systemds.files.list(request).orElseThrow().stream().map(ListEntry::name))
        .containsExactly(null, null, null);
  }

  @Test
  void aListReplacesAnEarlierListAndNoOtherFolder() throws IOException {
    write("l", "a", "b", "c");
    write("l", "z");
    assertThat(list("l")).hasSize(1);
    files.files.write(Scalar.of(1L), "l", folder, WriteOptions.none());
    assertThat(folder.resolve("l")).isRegularFile();
    write("l", "z");
    assertThat(names()).containsExactly("l", "l.mtd");
    files.put("home/letter.odt", "dear");
    assertThatThrownBy(() -> write("home", "a")).hasMessageContaining("holds more than");
    assertThat(names()).containsExactly("home", "l", "l.mtd");
  }

  @Test
  void anUnfinishedListLeavesNothing() throws IOException {
    try (ListOutput output = files.files.writeList("l", folder, WriteOptions.none())) {
      output.add(
          "a",
          place -> files.files.write(Scalar.of(1L), place.toString(), folder, WriteOptions.none()));
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void aFailureNamesThePlaceThatTheElementWasToGet() throws IOException {
    WriteOptions libsvm = WriteOptions.format("libsvm");
    Frame frame =
        new Frame(
            1, List.of("C1"), List.of(ColumnType.STRING), List.of((Object) new String[] {"a"}));
    assertThatThrownBy(
            () -> {
              try (ListOutput outer = files.files.writeList("l", folder, libsvm)) {
                outer.add(
                    "inside",
                    place -> {
                      try (ListOutput inner =
                          files.files.writeList(place.toString(), folder, libsvm)) {
                        inner.add(
                            "x", at -> files.files.write(frame, at.toString(), folder, libsvm));
                      }
                    });
              }
            })
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(folder.resolve("l/0_inside/0_x") + ": a frame cannot");
    assertThat(names()).isEmpty();
  }

  @Test
  void aFullDiskIsSaidOfThePlaceToo() {
    try (ListOutput output = files.files.writeList("l", folder, WriteOptions.none())) {
      assertThatThrownBy(() ->
              output.add(
                  "a",
                  place -> {
                    throw FileProblems.writing(place, new IOException("No space left on device"));
                  }))
          .isInstanceOf(ResourceException.class)
          .hasMessageContaining("the disk is full: " + folder.resolve("l/0_a") + " was not");
    }
  }

  @Test
  void everyElementAndNameBelongsToTheFingerprint() {
    write("l", "a", "b");
    String before = fingerprint("l");
    write("l", "a", "b");
    assertThat(fingerprint("l")).isEqualTo(before);
    write("l", "a", "c");
    assertThat(fingerprint("l")).isNotEqualTo(before);
    write("l", "a", "b");
    files.put("l/1_b", "77");
    assertThat(fingerprint("l")).isNotEqualTo(before);
  }

  @Test
  void aMissingElementIsNoticed() throws IOException {
    write("l", "a", "b", "c");
    Files.delete(folder.resolve("l/1_b.mtd"));
    assertThatThrownBy(() -> list("l")).hasMessageContaining("element 2 of the list (1_...)");
    write("l", "a", "b", "c");
    Files.delete(folder.resolve("l/2_c.mtd"));
    assertThatThrownBy(() -> list("l")).hasMessageContaining("says 3 elements, the folder has 2");
    assertThatThrownBy(() -> write("m", "a/b")).hasMessageContaining("part of a file name");
  }
}
