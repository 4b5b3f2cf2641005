package dev.reprise.formats.hdf5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.tensors.TensorSource;
import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names of lists in HDF5; the matrices have no cells. That h5py finds all names, and none that is
 * not there, was seen by hand with trees of one to three levels (h5py 3.14).
 */
class Hdf5ArchiveTest {
  private static final Path SAMPLES = Path.of("src/test/resources/hdf5");

  @TempDir Path folder;

  /** Matrices of these names without cells. */
  private record Names(List<String> names) implements TensorSource {
    @Override
    public List<Head> heads() {
      return names.stream().map(name -> new Head(name, 0, 3, Precision.FP64)).toList();
    }

    @Override
    public void lend(int index, Use use) {
      // There are no cells.
    }
  }

  private Path written(List<String> names) throws IOException {
    Path file = folder.resolve("x.h5");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Hdf5Archive.write(new Names(names), channel, "x.h5");
    }
    return file;
  }

  /** One table of names, several, nodes of tables above them, and nodes of nodes. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 9, 256, 257, 8192, 8193})
  void allNamesOfAGroupAreFound(int count) throws IOException {
    List<String> names = IntStream.range(0, count).mapToObj(i -> "n" + i).toList();
    assertThat(Hdf5Files.names(written(names)))
        .isEqualTo(names.stream().map(name -> "/" + name).toList());
  }

  /** Each has room for its own names, not for those of the largest group. */
  @Test
  void manyGroupsOfOneNameAreSmall() throws IOException {
    List<String> names = IntStream.range(0, 5000).mapToObj(i -> "g" + i + ".x").toList();
    Path file = written(names);
    assertThat(Hdf5Files.names(file)).hasSize(5000).startsWith("/g0/x", "/g1/x");
    assertThat(Files.size(file)).isLessThan(6_000_000);
  }

  @Test
  void namesThatNeedTooMuchMemoryAreRefused() {
    String part = "x".repeat(14 << 20);
    List<String> names = IntStream.range(0, 5).mapToObj(i -> part + i).toList();
    assertThatThrownBy(() -> written(names))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the names of 5 matrices need 734")
        .hasMessageContaining("write several lists");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", ".a", "a..b", "a.", ".", "/"})
  void aNameThatWouldNotComeBackIsRefused(String name) {
    assertThatThrownBy(() -> written(List.of("W", name)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the element \"" + name + "\" of the list cannot be a dataset");
  }

  @ParameterizedTest
  @CsvSource({"a.b,a.b.c", "a.b.c,a.b"})
  void aNameIsAGroupOrAMatrix(String first, String second) {
    assertThatThrownBy(() -> written(List.of(first, second)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(
            "the list has a matrix \"a.b\" and, in a group of this name, \"a.b.c\"");
  }

  @Test
  void twoMatricesOfOneNameAreToldSo() {
    assertThatThrownBy(() -> written(List.of("a.b", "a.b")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("two matrices of the name \"a.b\"; rename one");
  }

  /** /same is /a, /a/up is the file and /a/self is itself; /soft and /out are links by name. */
  @Test
  void groupsWithinEachOtherAreGoneThroughOnce() {
    assertThat(Hdf5Files.names(SAMPLES.resolve("links.h5"))).containsExactly("/a/x", "/z");
  }

  @Test
  void whatIsDamagedIsNoBugOfOurs() throws IOException {
    byte[] whole = Files.readAllBytes(written(List.of("a.x", "b")));
    for (int at = 8; at < whole.length; at += 5) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x7f;
      Path file = Files.write(folder.resolve("d.h5"), damaged);
      try {
        Hdf5Files.names(file);
      } catch (FormatException e) {
        assertThat(e).hasMessageContaining("d.h5");
      }
    }
  }

  /** What followed the place was read again and again until it had come to 4 MB, or 2 GB. */
  @Test
  void whatAnnouncesMoreThanTheFileHasIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(written(List.of("a.x", "b")));
    int refused = 0;
    for (int at = 0; at + 3 < whole.length; at++) {
      // The size of an object's header: version 1, how many messages, references, bytes of these.
      if (whole[at] == 1 && whole[at + 1] == 0 && whole[at + 4] == 1 && at % 8 == 0) {
        byte[] damaged = whole.clone();
        damaged[at + 10] = 0x40;
        Path file = Files.write(folder.resolve("d.h5"), damaged);
        assertThatThrownBy(() -> Hdf5Files.names(file))
            .as("header at %d", at)
            .isInstanceOf(FormatException.class)
            .hasMessageContaining("d.h5");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(2);
  }

  /** Each name by the tree, whichever table and node it is in, and none that is not there. */
  @Test
  void namesAreFoundWithoutGoingThroughTheirGroup() throws IOException {
    List<String> names = IntStream.range(0, 600).mapToObj(i -> "g" + i % 2 + ".n" + i).toList();
    Path file = written(names);
    Set<Long> addresses = new HashSet<>();
    for (String name : names) {
      addresses.add(NameSearch.address(file, name.split("\\.")));
    }
    assertThat(addresses).hasSize(600).doesNotContain(NameSearch.NOT_FOUND);
    for (String path : List.of("g0/n1", "g0/n", "g0/zz", "g0/n10x", "g2/n2", "g0/n2/x", "")) {
      assertThat(NameSearch.address(file, path.split("/"))).isEqualTo(NameSearch.NOT_FOUND);
    }
    Path cut = folder.resolve("cut.h5");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(file), 700));
    assertThat(NameSearch.address(cut, new String[] {"g0", "n0"})).isEqualTo(NameSearch.NOT_FOUND);
    assertThat(NameSearch.address(SAMPLES.resolve("h.h5"), new String[] {"deep", "er", "ints"}))
        .as("of another program")
        .isNotEqualTo(NameSearch.NOT_FOUND);
  }
}
