package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparseFilesTest {
  private static final String[] FORMATS = {
    "csv", "text", "mm", "libsvm", "binary", "npy", "npz", "parquet"
  };

  @TempDir Path folder;
  private FilesFixture files;

  @BeforeEach
  void open() {
    files = new FilesFixture(folder, 2, 256);
  }

  /** Some cells of a large matrix, in no order, some listed twice. */
  private static CellList cells(Random random, int rows, int cols, int count) {
    CellList cells = new CellList();
    for (int i = 0; i < count; i++) {
      cells.add(random.nextInt(rows), random.nextInt(cols), random.nextInt(9) - 4);
    }
    return cells;
  }

  private MatrixOperand matrix(CellList cells, int rows, int cols) {
    try (CellTarget target = new CellTarget(rows, cols, files.allocator)) {
      target.take(cells);
      return target.finish();
    }
  }

  @Test
  void theLastOfCellsListedTwiceCountsInBothForms() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      int count = random.nextInt(400);
      MatrixOperand matrix = matrix(cells(random, 100, 90, count), 100, 90);
      assertThat(matrix instanceof SparseMatrix)
          .isEqualTo(SparseMatrix.isWorthwhile(100, 90, count));
      double[][] expected = new double[100][90];
      random = new Random(seed);
      random.nextInt(400);
      CellList again = cells(random, 100, 90, count);
      for (int i = 0; i < again.size(); i++) {
        expected[(int) again.row(i)][again.col(i)] = again.value(i);
      }
      for (int r = 0; r < 100; r++) {
        for (int c = 0; c < 90; c++) {
          assertThat(matrix.get(r, c)).isEqualTo(expected[r][c]);
        }
      }
      matrix.buffer().release();
    }
    assertThat(files.allocator.open).hasValue(0);
  }

  @Test
  void compressedMatricesAreWrittenAndReadInEveryFormat() {
    SparseMatrix matrix = (SparseMatrix) matrix(cells(new Random(3), 120, 80, 90), 120, 80);
    for (String format : FORMATS) {
      files.files.write(matrix, "m." + format, folder, WriteOptions.format(format));
      MatrixOperand back = (MatrixOperand) files.read("m." + format, ReadOptions.none());
      assertThat(back.shape()).as(format).isEqualTo(matrix.shape());
      for (int r = 0; r < 120; r++) {
        for (int c = 0; c < 80; c++) {
          assertThat(back.get(r, c)).as(format).isEqualTo(matrix.get(r, c));
        }
      }
    }
  }

  @Test
  void listedCellsOfHugeMatricesNeedLittleMemory() {
    String shape = "{\"rows\": 2000000, \"cols\": 1000000, \"format\": \"%s\"}";
    files.put("x.txt", "2000000 1000000 3\n1 5 -1\n");
    files.put("x.txt.mtd", shape.formatted("text"));
    files.put("x.mtx", "%%MatrixMarket matrix coordinate real general\n2000000 1000000 1\n7 8 2\n");
    assertThat(((SparseMatrix) files.read("x.txt", ReadOptions.none())).nonZeros()).isEqualTo(2);
    assertThat(((SparseMatrix) files.read("x.mtx", ReadOptions.none())).get(6, 7)).isEqualTo(2);
    files.put("x.libsvm", "1 1000000:5\n".repeat(500));
    MatrixOperand rows = (MatrixOperand) files.read("x.libsvm", ReadOptions.none());
    assertThat(rows).isInstanceOf(SparseMatrix.class);
    assertThat(rows.get(499, 999_999)).isEqualTo(5);
    assertThat(rows.get(499, 1_000_000)).isEqualTo(1);
  }

  @Test
  void theBinaryFormKeepsWhatIsCompressedAndNoticesDamage() throws IOException {
    SparseMatrix matrix = (SparseMatrix) matrix(cells(new Random(3), 120, 80, 90), 120, 80);
    files.files.write(matrix, "m.bin", folder, WriteOptions.format("binary"));
    assertThat(files.read("m.bin", ReadOptions.none())).isInstanceOf(SparseMatrix.class);
    byte[] good = Files.readAllBytes(folder.resolve("m.bin"));
    assertThat(good.length).isLessThan(3000);
    for (int at = 0; at < good.length; at += 11) {
      byte[] bad = good.clone();
      bad[at] ^= 0x20;
      Files.write(folder.resolve("m.bin"), bad);
      assertThatThrownBy(() -> files.matrix("m.bin"))
          .as("byte " + at)
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void binaryPartsAreOneMatrix() {
    DenseMatrix top = files.random(new Random(1), 3, 2);
    DenseMatrix bottom = files.random(new Random(2), 4, 2);
    files.files.write(bottom, "all/part-1", folder, WriteOptions.format("binary"));
    files.files.write(top, "all/part-0", folder, WriteOptions.format("binary"));
    files.put("all/_SUCCESS", "");
    DenseMatrix both = files.matrix("all");
    assertThat(both.shape()).hasToString("7x2");
    assertThat(both.get(2, 1)).isEqualTo(top.get(2, 1));
    assertThat(both.get(3, 0)).isEqualTo(bottom.get(0, 0));
    files.files.write(
        files.random(new Random(2), 4, 3), "all/part-2", folder, WriteOptions.format("binary"));
    assertThatThrownBy(() -> files.matrix("all"))
        .hasMessageContaining("part-2")
        .hasMessageContaining("same number of columns");
  }
}
