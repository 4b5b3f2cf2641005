package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibsvmTest {
  @TempDir Path folder;
  private FilesFixture files;

  @BeforeEach
  void open() {
    files = new FilesFixture(folder);
  }

  @Test
  void theLabelIsTheLastColumn() {
    double[][] expected = {{2, 0, 4.5, 1}, {0, 7, 0, -1}};
    files.put("x.libsvm", "1 1:2 3:4.5\n-1 2:7\n");
    assertThat(FilesFixture.cells(files.matrix("x.libsvm"))).isEqualTo(expected);
    files.put("x.libsvm", "1,1:2,3:4.5\r\n-1,2:7\n\n");
    assertThat(FilesFixture.cells(files.matrix("x.libsvm"))).isEqualTo(expected);
  }

  @Test
  void colsCountsTheFeaturesAsInSystemDs() {
    files.put("x.libsvm", "1 1:2 3:4.5\n-1 2:7\n");
    assertThat(files.matrix("x.libsvm", ReadOptions.none().withShape(2, 5)).shape())
        .hasToString("2x6");
    FilesFixture systemds = new FilesFixture(Path.of("src/test/resources/systemds"));
    assertThat(FilesFixture.cells(systemds.matrix("x.libsvm")))
        .isEqualTo(new double[][] {{1, 0, 0, 2}, {0, 0, 0, 0}, {3, 4.5, 0, 0}, {1, 2, 0, 0}});
  }

  @Test
  void moreColumnsThanThereCanBeAreRefused() {
    files.put("x.libsvm", "1 1:2\n");
    assertThatThrownBy(
            () -> files.matrix("x.libsvm", ReadOptions.none().withShape(1, Long.MAX_VALUE)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("9223372036854775807 columns");
  }

  @Test
  void whatIsWrittenComesBack() {
    Random random = new Random(5);
    for (int round = 0; round < 40; round++) {
      DenseMatrix matrix = files.random(random, random.nextInt(20), 1 + random.nextInt(6));
      files.files.write(matrix, "m.libsvm", folder, WriteOptions.format("libsvm"));
      MatrixOperand back = (MatrixOperand) files.read("m.libsvm", ReadOptions.none());
      assertThat(back.shape()).isEqualTo(matrix.shape());
      for (int r = 0; r < matrix.rows(); r++) {
        for (int c = 0; c < matrix.cols(); c++) {
          assertThat(back.get(r, c)).isEqualTo(Double.valueOf(matrix.get(r, c)));
        }
      }
    }
  }

  @Test
  void otherSeparatorsAreOptions() {
    DenseMatrix matrix = files.matrixOf(new double[][] {{1, 0, 2}}, 3);
    WriteOptions options = new WriteOptions("libsvm", null, ";", null, null, "=", null);
    files.files.write(matrix, "m.libsvm", folder, options);
    assertThat(files.text("m.libsvm")).isEqualTo("2.0;1=1.0\n");
    ReadOptions read =
        new ReadOptions(null, null, null, null, -1, -1, -1, null, ";", null, null, null, null, "=");
    assertThat(FilesFixture.cells(files.matrix("m.libsvm", read)))
        .isEqualTo(new double[][] {{1, 0, 2}});
  }

  @Test
  void mistakesNameTheirPlace() {
    String[][] table = {
      {"1 1:2\n1 0:3\n", "x.libsvm:2:3", "a position in 1 to"},
      {"1 1:2\n1 x:3\n", "x.libsvm:2:3", "a position is due"},
      {"1 1:x\n", "x.libsvm:1:5", "a value is due, found \"x\""},
      {"a 1:2\n", "x.libsvm:1:1", "a label is due"},
      {"1 2\n", "x.libsvm:1:3", "\":\" and a value"},
    };
    for (String[] row : table) {
      files.put("x.libsvm", row[0]);
      assertThatThrownBy(() -> files.matrix("x.libsvm"))
          .hasMessageContaining(row[1])
          .hasMessageContaining(row[2]);
    }
    assertThat(files.allocator.open).hasValue(0);
  }
}
