package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in {@code hdf5} were written by h5py 3.7, {@code stack.h5} by 3.14. */
class Hdf5FilesTest {
  private static final double[][] A = {{1.5, -2, 3e300}, {0, Double.NaN, -0.0}};

  private final FilesFixture samples = new FilesFixture(Path.of("src/test/resources/hdf5"));

  private DenseMatrix dataset(String name) {
    return samples.matrix("h.h5", ReadOptions.none().withDataset(name));
  }

  @Test
  void datasetsAreReadByTheirPath() {
    assertThat(FilesFixture.cells(dataset("X"))).isEqualTo(A);
    assertThat(FilesFixture.cells(dataset("/deep/er/ints")))
        .isEqualTo(new double[][] {{1, 2}, {3, 4}});
    assertThat(FilesFixture.cells(dataset("vec")))
        .isEqualTo(new double[][] {{0}, {1}, {2}, {3}, {4}});
    assertThat(FilesFixture.cells(dataset("s"))).isEqualTo(new double[][] {{2.5}});
    assertThat(FilesFixture.cells(samples.matrix("one.h5"))).isEqualTo(A);
  }

  /** By any of its paths, and by no link to another file, of which the fingerprint says nothing. */
  @Test
  void datasetsOfGroupsWithinEachOtherAreRead() {
    for (String path : List.of("a/x", "/same/x", "a/up/a/self/x")) {
      assertThat(
              FilesFixture.cells(samples.matrix("links.h5", ReadOptions.none().withDataset(path))))
          .isEqualTo(new double[][] {{1, 2}});
    }
    for (String path : List.of("out", "soft", "a", "a/x/y", "", "a//x")) {
      assertThatThrownBy(() -> samples.matrix("links.h5", ReadOptions.none().withDataset(path)))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("no dataset \"" + path + "\"; there are /a/x, /z");
    }
  }

  @Test
  void twoDatasetsAreNotOneElement() {
    assertThatThrownBy(() ->
            samples.files.list(
                new ReadRequest(
                    "dots.h5",
                    Path.of("src/test/resources/hdf5"),
                    ReadOptions.none().withDataType("list"))))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("would both be element \"a.b\" of the list")
        .hasMessageContaining("with dataset=");
  }

  @Test
  void compressedChunksAreRead() {
    DenseMatrix matrix = dataset("chunked");
    assertThat(matrix.shape()).hasToString("2000x7");
    for (int r = 0; r < 2000; r += 17) {
      assertThat(matrix.get(r, r % 7)).isEqualTo(7 * r + r % 7);
    }
  }

  /** The first extent are the rows, all others together the columns. */
  @Test
  void moreThanTwoExtentsAreRowsAndColumns() {
    assertThat(dataset("cube").shape()).hasToString("2x4");
    DenseMatrix images = stacked("images");
    assertThat(images.shape()).hasToString("2500x24");
    for (long at = 0; at < images.cells(); at++) {
      assertThat(images.get(at / 24, at % 24)).isEqualTo(at % 251);
    }
    assertThat(stacked("none").shape()).hasToString("0x6");
    assertThat(FilesFixture.cells(stacked("unsigned"))).isEqualTo(new double[][] {{1, 0x1p63}});
  }

  @Test
  void compactDatasetsAreRead() {
    assertThat(FilesFixture.cells(stacked("compact")))
        .isEqualTo(new double[][] {{0, 1, 2}, {3, 4, 5}});
    assertThat(FilesFixture.cells(stacked("compacter")))
        .isEqualTo(new double[][] {{0, 1, 2, 3, 4, 5}, {6, 7, 8, 9, 10, 11}});
  }

  @Test
  void truthsOfNumpyAreZerosAndOnes() {
    DenseMatrix truths = stacked("truths");
    assertThat(truths.shape()).hasToString("2x24");
    for (long at = 0; at < truths.cells(); at++) {
      assertThat(truths.get(at / 24, at % 24)).isEqualTo((at + 1) % 2);
    }
  }

  private DenseMatrix stacked(String name) {
    return samples.matrix("stack.h5", ReadOptions.none().withDataset(name));
  }

  @Test
  void whatSystemDsWroteIsRead() {
    FilesFixture systemds = new FilesFixture(Path.of("src/test/resources/systemds"));
    assertThat(FilesFixture.cells(systemds.matrix("x.h5", ReadOptions.none().withDataset("d1"))))
        .isEqualTo(new double[][] {{1, 0, 2}, {0, 0, 0}, {3, 4.5, 0}, {1, 2, 0}});
  }

  @Test
  void whatIsNoMatrixIsRefusedByName() {
    assertThatThrownBy(() -> samples.matrix("h.h5"))
        .hasMessageContaining(
            "7 datasets; name one with dataset=, or read all with data_type=\"list\"")
        .hasMessageContaining("/deep/er/ints");
    assertThatThrownBy(() -> dataset("Y")).hasMessageContaining("no dataset \"Y\"");
    assertThatThrownBy(() -> dataset("words")).hasMessageContaining("not numbers");
    assertThat(samples.allocator.open).hasValue(0);
  }

  /** Wherever a byte is wrong, the file is refused or read, and no bug of ours. */
  @Test
  void damagedFilesAreRefused(@TempDir Path folder) throws IOException {
    FilesFixture files = new FilesFixture(folder);
    byte[] empty =
        Arrays.copyOf(new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'}, 108);
    Files.write(folder.resolve("empty.h5"), empty);
    assertThatThrownBy(() -> files.matrix("empty.h5"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("cannot be read as HDF5");
    byte[] whole = Files.readAllBytes(Path.of("src/test/resources/systemds/x.h5"));
    for (int at = 8; at < Math.min(whole.length, 3000); at += 7) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x55;
      Files.write(folder.resolve("d.h5"), damaged);
      try {
        files.matrix("d.h5", ReadOptions.none().withDataset("d1")).buffer().release();
      } catch (FormatException e) {
        assertThat(e).hasMessageContaining("d.h5");
      }
    }
    assertThat(files.allocator.open).hasValue(0);
  }
}
