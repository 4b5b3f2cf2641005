package dev.reprise.formats;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HDF5 files that are written: cells one after the other, or compressed chunks ({@code sparse}).
 * That h5py reads them the same was seen by hand (h5py 3.14 and 3.16).
 */
class Hdf5OutputTest {
  @TempDir Path folder;
  private FilesFixture files;

  @BeforeEach
  void makeFiles() {
    files = new FilesFixture(folder);
  }

  private static WriteOptions options(String dataset, boolean isCompressed) {
    return new WriteOptions("hdf5", null, null, isCompressed, null, null, dataset);
  }

  private DenseMatrix random(long rows, long cols) {
    DenseMatrix matrix = DenseMatrix.allocate(files.allocator, rows, cols);
    Random random = new Random(rows + cols);
    for (long r = 0; r < rows; r++) {
      for (long c = 0; c < cols; c++) {
        matrix.set(r, c, random.nextInt(3) == 0 ? random.nextGaussian() : 0);
      }
    }
    return matrix;
  }

  private void write(DenseMatrix matrix, String name, WriteOptions options) {
    files.files.write(matrix, name, folder, options);
  }

  /** One chunk, and several below each other and side by side. */
  @ParameterizedTest
  @CsvSource({"1,1", "3,2", "1000,37", "40000,9", "2,140000", "1,70000", "70000,1"})
  void whatIsWrittenIsReadBitByBit(long rows, long cols) {
    DenseMatrix matrix = random(rows, cols);
    for (boolean isCompressed : new boolean[] {false, true}) {
      write(matrix, "x.h5", options("a/deep/path", isCompressed));
      DenseMatrix again = files.matrix("x.h5", ReadOptions.none().withDataset("a/deep/path"));
      assertThat(again.segment().mismatch(matrix.segment())).isEqualTo(-1);
      again.buffer().release();
    }
    matrix.buffer().release();
    assertThat(files.allocator.open).hasValue(0);
  }

  /** 69 chunks: a node has up to 64. */
  @Test
  void aTreeOfChunksHasSeveralLevels() throws IOException {
    DenseMatrix matrix = DenseMatrix.allocate(files.allocator, 9000, 1000);
    matrix.segment().fill((byte) 0);
    for (long r = 0; r < 9000; r += 50) {
      matrix.set(r, r % 1000, r + 0.5);
    }
    write(matrix, "x.h5", options(null, true));
    DenseMatrix again = files.matrix("x.h5");
    assertThat(again.segment().mismatch(matrix.segment())).isEqualTo(-1);
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("x.h5"))).order(LITTLE_ENDIAN);
    int root = indexOf(file.array(), new byte[] {'T', 'R', 'E', 'E', 1, 1, 2, 0});
    byte[] address = ByteBuffer.allocate(8).order(LITTLE_ENDIAN).putLong(root).array();
    assertThat(indexOf(file.array(), address)).as("of the dataset").isLessThan(root);
    List<Long> leaves = rowsOfKeys(file, root);
    assertThat(leaves).containsExactly(0L, 64 * 131L, 69 * 131L);
    List<Long> rows = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int leaf = (int) file.getLong(root + 24 + i * 40 + 32);
      assertThat(file.getInt(leaf)).isEqualTo(file.getInt(root));
      assertThat(file.get(leaf + 5)).as("height").isZero();
      List<Long> keys = rowsOfKeys(file, leaf);
      assertThat(keys.getFirst()).isEqualTo(leaves.get(i));
      assertThat(keys.getLast()).isEqualTo(leaves.get(i + 1));
      rows.addAll(keys.subList(0, keys.size() - 1));
    }
    assertThat(rows).hasSize(69).isSorted().doesNotHaveDuplicates();
  }

  /** The rows of a node's keys, one more than it has children: each is between two of these. */
  private static List<Long> rowsOfKeys(ByteBuffer file, int node) {
    List<Long> rows = new ArrayList<>();
    for (int i = 0; i <= file.getShort(node + 6); i++) {
      rows.add(file.getLong(node + 24 + i * 40 + 8));
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyNumberComesBackAsTheSameBits(boolean isCompressed) {
    double[] cells = {-0.0, Double.MIN_VALUE, 1 / 0.0, -1 / 0.0, Double.NaN, Double.MAX_VALUE};
    DenseMatrix matrix = DenseMatrix.allocate(files.allocator, 1, cells.length);
    for (int c = 0; c < cells.length; c++) {
      matrix.set(0, c, cells[c]);
    }
    write(matrix, "x.h5", options(null, isCompressed));
    DenseMatrix again = files.matrix("x.h5");
    for (int c = 0; c < cells.length; c++) {
      assertThat(Double.doubleToRawLongBits(again.get(0, c)))
          .isEqualTo(Double.doubleToRawLongBits(cells[c]));
    }
  }

  @Test
  void floatsAreWrittenAsFloats() throws IOException {
    DenseMatrix matrix = DenseMatrix.allocate(files.allocator, 100, 10, Precision.FP32);
    matrix.set(3, 4, 0.1f);
    write(matrix, "x.h5", options(null, false));
    DenseMatrix again = files.matrix("x.h5");
    assertThat(again.get(3, 4)).isEqualTo(0.1f);
    assertThat(Files.size(folder.resolve("x.h5"))).isBetween(4000L, 6000L);
  }

  /** Chunks that are shuffled by bytes of 4. */
  @ParameterizedTest
  @CsvSource({"3,2", "40000,9", "2,140000", "300001,1"})
  void compressedFloatsAreReadBitByBit(long rows, long cols) {
    DenseMatrix matrix = DenseMatrix.allocate(files.allocator, rows, cols, Precision.FP32);
    Random random = new Random(rows);
    for (long r = 0; r < rows; r++) {
      for (long c = 0; c < cols; c++) {
        matrix.set(r, c, random.nextInt(3) == 0 ? (float) random.nextGaussian() : 0);
      }
    }
    write(matrix, "x.h5", options(null, true));
    DenseMatrix again = files.matrix("x.h5");
    int differing = 0;
    for (long r = 0; r < rows; r++) {
      for (long c = 0; c < cols; c++) {
        boolean isSame =
            Double.doubleToRawLongBits(again.get(r, c))
                == Double.doubleToRawLongBits(matrix.get(r, c));
        differing += isSame ? 0 : 1;
      }
    }
    assertThat(differing).isZero();
  }

  @Test
  void matricesWithoutCellsKeepTheirExtents() {
    for (boolean isCompressed : new boolean[] {false, true}) {
      write(DenseMatrix.allocate(files.allocator, 0, 3), "x.h5", options(null, isCompressed));
      assertThat(files.matrix("x.h5").shape()).hasToString("0x3");
    }
  }

  @Test
  void equalMatricesMakeEqualFilesAndManyZerosSmallOnes() throws IOException {
    DenseMatrix matrix = random(5000, 40);
    for (String name : new String[] {"a.h5", "b.h5"}) {
      write(matrix, name, options("X", true));
    }
    write(matrix, "c.h5", options("X", false));
    assertThat(folder.resolve("a.h5")).hasSameBinaryContentAs(folder.resolve("b.h5"));
    assertThat(Files.size(folder.resolve("a.h5"))).isLessThan(5000 * 40 * 5);
    assertThat(Files.size(folder.resolve("c.h5"))).isGreaterThan(5000 * 40 * 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a//b", "a/./b", "a/"})
  void aNameThatIsNoPathIsRefused(String name) {
    DenseMatrix matrix = random(2, 2);
    assertThatThrownBy(() -> write(matrix, "x.h5", options(name, false)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("is no path within a file, such as X or models/X");
    assertThat(folder.resolve("x.h5")).doesNotExist();
  }

  /** Cut anywhere, or with any byte another one, a file is refused or read, and nothing else. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void damagedFilesAreRefused(boolean isCompressed) throws IOException {
    write(random(60, 7), "whole.h5", options("a/X", isCompressed));
    byte[] whole = Files.readAllBytes(folder.resolve("whole.h5"));
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = whole.clone();
      if (i % 4 == 0) {
        damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
      } else {
        damaged[random.nextInt(whole.length)] = (byte) (i % 2 == 0 ? 0xFF : random.nextInt(256));
      }
      Files.write(folder.resolve("d.h5"), damaged);
      try {
        files.matrix("d.h5", ReadOptions.none().withDataset("a/X")).buffer().release();
      } catch (FormatException e) {
        assertThat(e).hasMessageContaining("d.h5");
      }
    }
  }

  @Test
  void cellsThatTheFileCannotHoldAreNotAskedFor() throws IOException {
    write(random(60, 7), "x.h5", options(null, false));
    byte[] whole = Files.readAllBytes(folder.resolve("x.h5"));
    int rows = indexOf(whole, new byte[] {60, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0});
    whole[rows + 3] = 0x70;
    Files.write(folder.resolve("d.h5"), whole);
    assertThatThrownBy(() -> files.matrix("d.h5"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the dataset /X announces [1879048252, 7] cells, but the file has");
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int at = 0; at + wanted.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    throw new AssertionError("not found");
  }
}
