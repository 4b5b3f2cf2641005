package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in {@code numpy} were written by numpy 1.24, of four extents by 2.4. */
class NumpyFilesTest {
  private static final double[][] A = {{1.5, -2, 3e300}, {0, Double.NaN, -0.0}};

  @TempDir Path folder;
  private final FilesFixture samples = new FilesFixture(Path.of("src/test/resources/numpy"));

  private double[][] cells(String name) {
    return FilesFixture.cells(samples.matrix(name));
  }

  @Test
  void arraysOfEveryTypeAndOrderAreRead() {
    assertThat(cells("f8.npy")).isEqualTo(A);
    assertThat(cells("fortran.npy")).isEqualTo(A);
    assertThat(cells("f4.npy"))
        .isEqualTo(new double[][] {{1.5, -2, Double.POSITIVE_INFINITY}, {0, Double.NaN, -0.0}});
    assertThat(cells("i8.npy")).isEqualTo(new double[][] {{1, -2}, {1L << 40, 0}});
    assertThat(cells("u1.npy")).isEqualTo(new double[][] {{1}, {200}, {255}});
    assertThat(cells("u8.npy")).isEqualTo(new double[][] {{0x1p63 + 2048, 1}});
    assertThat(cells("b.npy")).isEqualTo(new double[][] {{1, 0}});
    assertThat(cells("f2.npy")).isEqualTo(new double[][] {{0.5}, {-1}});
    assertThat(cells("scalar.npy")).isEqualTo(new double[][] {{4.25}});
    assertThat(samples.matrix("empty.npy").shape()).hasToString("0x3");
  }

  /** As reshape(rows, -1) in numpy gives them, whatever the order in the file. */
  @Test
  void ofMoreThanTwoExtentsTheFirstAreTheRowsAndAllOthersTheColumns() {
    double[][] expected = new double[2][24];
    for (int i = 0; i < 48; i++) {
      expected[i / 24][i % 24] = i;
    }
    assertThat(cells("four.npy")).isEqualTo(expected);
    assertThat(cells("four_fortran.npy")).isEqualTo(expected);
    assertThat(cells("cube.npy")).isEqualTo(new double[2][4]);
    ReadOptions four = ReadOptions.none().withDataset("four");
    assertThat(FilesFixture.cells(samples.matrix("deep.npz", four))).isEqualTo(expected);
    assertThat(samples.matrix("deep.npz", ReadOptions.none().withDataset("cube")).shape())
        .hasToString("3x0");
    assertThat(FilesFixture.cells(samples.matrix("four.npy", ReadOptions.none().withShape(2, 24))))
        .isEqualTo(expected);
    assertThatThrownBy(() -> samples.matrix("four.npy", ReadOptions.none().withShape(6, 8)))
        .hasMessageContaining("the file has 2 rows and 24 columns");
  }

  /** A file of doubles with that shape in its header, and hardly any cells. */
  private static byte[] array(String shape) {
    String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + shape + "), }\n";
    return ("\u0093NUMPY\u0001\u0000" + (char) header.length() + "\u0000" + header + "12345678")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void extentsBeyondAnyFileAreRefused() throws IOException {
    FilesFixture files = new FilesFixture(folder);
    String huge = "4611686018427387904";
    Files.write(folder.resolve("p.npy"), array("2, " + huge + ", " + huge + ", 4"));
    assertThatThrownBy(() -> files.matrix("p.npy"))
        .hasMessageContaining("the npy header's shape is damaged: (2, " + huge);
    Files.write(folder.resolve("q.npy"), array("2, 4, 9"));
    assertThatThrownBy(() -> files.matrix("q.npy"))
        .hasMessageContaining("the file is truncated: 2x36 cells are announced");
    Files.write(folder.resolve("r.npy"), array(huge + ", 3, 5"));
    assertThatThrownBy(() -> files.matrix("r.npy")).hasMessageContaining("the file is truncated");
    assertThat(files.allocator.open).hasValue(0);
  }

  @Test
  void anArrayOfSeveralIsNamed() {
    assertThat(FilesFixture.cells(samples.matrix("two.npz", ReadOptions.none().withDataset("X"))))
        .isEqualTo(A);
    assertThat(
            FilesFixture.cells(samples.matrix("two.npz", ReadOptions.none().withDataset("y.npy"))))
        .isEqualTo(new double[][] {{0}, {1}, {2}});
    assertThat(cells("one.npz")).isEqualTo(new double[][] {{0, 1, 2}, {3, 4, 5}});
    assertThatThrownBy(() -> samples.matrix("two.npz"))
        .hasMessageContaining(
            "2 arrays; name one with dataset=, or read all with data_type=\"list\"; there are X, y");
    assertThatThrownBy(() -> samples.matrix("two.npz", ReadOptions.none().withDataset("z")))
        .hasMessageContaining("no array \"z\"");
  }

  @Test
  void whatIsNoMatrixIsRefusedByName() {
    assertThatThrownBy(() -> samples.matrix("text.npy")).hasMessageContaining("\"<U2\"");
    assertThatThrownBy(() -> samples.matrix("f8.npy", ReadOptions.none().withShape(2, 4)))
        .hasMessageContaining("the file has 2 rows and 3 columns");
    assertThatThrownBy(() -> samples.frame("f8.npy", ReadOptions.none()))
        .hasMessageContaining("does not hold a frame");
    assertThat(samples.allocator.open).hasValue(0);
  }

  @Test
  void whatIsWrongInAnArchiveSaysInWhichArray() throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("all.npz")))) {
      for (String name : new String[] {"f8", "text"}) {
        zip.putNextEntry(new ZipEntry(name + ".npy"));
        zip.write(Files.readAllBytes(samples.folder.resolve(name + ".npy")));
      }
    }
    FilesFixture files = new FilesFixture(folder);
    files.matrix("all.npz", ReadOptions.none().withDataset("f8")).buffer().release();
    assertThatThrownBy(() -> files.matrix("all.npz", ReadOptions.none().withDataset("text")))
        .hasMessageContaining("all.npz: array \"text\": cells of type \"<U2\"");
    assertThat(files.allocator.open).hasValue(0);
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    byte[] good = Files.readAllBytes(samples.folder.resolve("f8.npy"));
    FilesFixture files = new FilesFixture(folder);
    for (int length = 0; length < good.length; length += 7) {
      Files.write(folder.resolve("t.npy"), Arrays.copyOf(good, length));
      assertThatThrownBy(() -> files.matrix("t.npy")).isInstanceOf(FormatException.class);
    }
    assertThat(files.allocator.open).hasValue(0);
  }

  @Test
  void anArchiveWithADamagedCellIsRefused() throws IOException {
    byte[] array = Files.readAllBytes(samples.folder.resolve("f8.npy"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      // As it is, which is what numpy.savez does.
      zip.setLevel(Deflater.NO_COMPRESSION);
      zip.putNextEntry(new ZipEntry("X.npy"));
      zip.write(array);
    }
    byte[] bytes = out.toByteArray();
    int lastCell = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("PK\u0007\b") - 1;
    bytes[lastCell] ^= 0x40;
    Files.write(folder.resolve("d.npz"), bytes);
    FilesFixture files = new FilesFixture(folder);
    assertThatThrownBy(() -> files.matrix("d.npz"))
        .hasMessageContaining("the checksum of the array \"X\" does not match");
    assertThat(files.allocator.open).hasValue(0);
  }

  @Test
  void damagedHeadersSayWhatIsWrong() throws IOException {
    byte[] good = Files.readAllBytes(samples.folder.resolve("f8.npy"));
    FilesFixture files = new FilesFixture(folder);
    byte[] version = good.clone();
    version[6] = 9;
    Files.write(folder.resolve("v.npy"), version);
    assertThatThrownBy(() -> files.matrix("v.npy"))
        .hasMessageContaining("version 9 of npy is not known, only 1 to 3");
    byte[] length = good.clone();
    length[6] = 2;
    Arrays.fill(length, 8, 12, (byte) 0xff);
    Files.write(folder.resolve("l.npy"), length);
    assertThatThrownBy(() -> files.matrix("l.npy"))
        .hasMessageContaining("the npy header is damaged: it says that it has 4294967295 bytes");
    String negative =
        new String(good, StandardCharsets.ISO_8859_1).replace("'shape': (2, ", "'shape': (-2,");
    Files.write(folder.resolve("n.npy"), negative.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> files.matrix("n.npy"))
        .hasMessageContaining("the npy header's shape is damaged: (-2,3");
    Files.write(
        folder.resolve("e.npz"),
        new byte[] {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    assertThatThrownBy(() -> files.matrix("e.npz")).hasMessageContaining("holds no arrays");
  }

  @Test
  void bothFormatsGiveBackTheSameBits() {
    FilesFixture files = new FilesFixture(folder);
    Random random = new Random(4);
    for (int round = 0; round < 30; round++) {
      DenseMatrix matrix = files.random(random, random.nextInt(30), 1 + random.nextInt(5));
      for (String format : new String[] {"npy", "npz"}) {
        files.files.write(matrix, "m." + format, folder, WriteOptions.format(format));
        assertThat(FilesFixture.bits(files.matrix("m." + format)))
            .isEqualTo(FilesFixture.bits(matrix));
      }
    }
  }

  @Test
  void equalMatricesMakeEqualArchives() {
    FilesFixture files = new FilesFixture(folder);
    DenseMatrix matrix = files.random(new Random(4), 9, 2);
    files.files.write(matrix, "a.npz", folder, WriteOptions.format("npz"));
    files.files.write(matrix, "b.npz", folder, WriteOptions.format("npz"));
    assertThat(folder.resolve("a.npz")).hasSameBinaryContentAs(folder.resolve("b.npz"));
  }

  @Test
  void floatsAreWrittenAsFloats() throws IOException {
    FilesFixture files = new FilesFixture(folder);
    DenseMatrix matrix =
        files.matrixOf(new double[][] {{0.5, 0.1}}, 2).converted(Precision.FP32, files.allocator);
    files.files.write(matrix, "f.npy", folder, WriteOptions.format("npy"));
    assertThat(Files.readString(folder.resolve("f.npy"), StandardCharsets.ISO_8859_1))
        .contains("'<f4'");
    assertThat(files.matrix("f.npy").get(0, 1)).isEqualTo((double) 0.1f);
  }
}
