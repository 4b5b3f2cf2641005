package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in {@code parquet} were written by DuckDB, unsigned.parquet by pyarrow. */
class ParquetFilesTest {
  @TempDir Path folder;
  private final FilesFixture samples = new FilesFixture(Path.of("src/test/resources/parquet"));

  @Test
  void columnsOfEveryTypeAreRead() {
    Frame frame = samples.frame("duck.parquet", ReadOptions.none());
    assertThat(frame.names())
        .containsExactly("id", "d", "f", "name", "flag", "day", "price", "gap", "u");
    assertThat(frame.integers(0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(frame.doubles(1)[3]).isEqualTo(0.75);
    assertThat(frame.doubles(2)[1]).isEqualTo(0.125);
    assertThat(frame.strings(3)).startsWith(null, "n1", "n2", null);
    assertThat(frame.booleans(4)).startsWith(true, false);
    assertThat(frame.strings(5)).startsWith("2024-02-28", "2024-02-29", "2024-03-01");
    assertThat(frame.strings(6)).startsWith("0.00", "1.25", "2.50");
    assertThat(frame.doubles(7)[4]).isNaN();
    assertThat(frame.integers(8)[9]).isEqualTo(9);
  }

  @Test
  void numbersAreAMatrix() {
    DenseMatrix matrix = samples.matrix("zstd.parquet");
    assertThat(matrix.shape()).hasToString("3000x2");
    assertThat(matrix.get(2500, 0)).isEqualTo(2500);
    assertThat(matrix.get(2999, 1)).isEqualTo(2999.0 * 2999);
    assertThat(samples.matrix("gzip.parquet").get(0, 1)).isEqualTo(2);
    assertThat(samples.frame("lz4.parquet", ReadOptions.none()).strings(1)[0]).isEqualTo("x");
  }

  @Test
  void unsignedNumbersKeepTheirSign() {
    DenseMatrix matrix = samples.matrix("unsigned.parquet");
    assertThat(matrix.get(1, 0)).isEqualTo(0x1p63);
    assertThat(matrix.get(2, 0)).isEqualTo(0x1p64 - 2048);
    assertThat(matrix.get(2, 1)).isEqualTo(0x1p63 + 2048);
    assertThat(matrix.get(1, 3)).isEqualTo(0x1p32 - 1);
    Frame frame = samples.frame("unsigned.parquet", ReadOptions.none());
    assertThat(frame.schema())
        .containsExactly(
            ColumnType.DOUBLE, ColumnType.DOUBLE, ColumnType.INTEGER, ColumnType.INTEGER);
    assertThat(frame.doubles(0)).containsExactly(1, 0x1p63, 0x1p64 - 2048);
    assertThat(frame.doubles(1)).containsExactly(Double.NaN, 7, 0x1p63 + 2048);
    assertThat(frame.integers(2)).containsExactly(1, 2, 3);
  }

  @Test
  void whatHasNoColumnsIsRefused() {
    FilesFixture files = new FilesFixture(folder);
    DenseMatrix matrix = DenseMatrix.allocate(files.allocator, 5, 0);
    assertThatThrownBy(
            () -> files.files.write(matrix, "m.parquet", folder, WriteOptions.format("parquet")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("parquet holds columns, and there are none");
    assertThat(folder.resolve("m.parquet")).doesNotExist();
  }

  @Test
  void textAndNestingAreRefusedByName() {
    assertThatThrownBy(() -> samples.matrix("duck.parquet"))
        .hasMessageContaining("column name holds STRING")
        .hasMessageContaining("data_type=\"frame\"");
    assertThatThrownBy(() -> samples.frame("nested.parquet", ReadOptions.none()))
        .hasMessageContaining("nested or repeated");
    assertThat(samples.allocator.open).hasValue(0);
  }

  @Test
  void matricesComeBackWithTheSameBits() {
    FilesFixture files = new FilesFixture(folder);
    DenseMatrix matrix = files.random(new Random(4), 500, 4);
    files.files.write(matrix, "m.parquet", folder, WriteOptions.format("parquet"));
    assertThat(FilesFixture.bits(files.matrix("m.parquet"))).isEqualTo(FilesFixture.bits(matrix));
  }

  @Test
  void framesComeBackWithNamesTypesAndGaps() {
    FilesFixture files = new FilesFixture(folder);
    Frame frame =
        new Frame(
            3,
            List.of("t", "d", "i", "b"),
            List.of(ColumnType.STRING, ColumnType.DOUBLE, ColumnType.INTEGER, ColumnType.BOOLEAN),
            List.of(
                new String[] {"a,\n\"", null, "\u00fc"},
                new double[] {0.1, Double.NaN, -0.0},
                new long[] {Long.MIN_VALUE, 0, 7},
                new boolean[] {true, false, true}));
    files.files.write(frame, "f.parquet", folder, WriteOptions.format("parquet"));
    Frame back = files.frame("f.parquet", ReadOptions.none());
    assertThat(back.names()).isEqualTo(frame.names());
    assertThat(back.schema()).isEqualTo(frame.schema());
    for (int c = 0; c < 4; c++) {
      assertThat(back.column(c)).isEqualTo(frame.column(c));
    }
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    byte[] good = Files.readAllBytes(samples.folder.resolve("duck.parquet"));
    FilesFixture files = new FilesFixture(folder);
    for (int length = 0; length < good.length; length += 97) {
      Files.write(folder.resolve("t.parquet"), Arrays.copyOf(good, length));
      assertThatThrownBy(() -> files.frame("t.parquet", ReadOptions.none()))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("t.parquet");
    }
  }
}
