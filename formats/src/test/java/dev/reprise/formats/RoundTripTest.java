package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTripTest {
  private static final String[] FORMATS = {"csv", "text", "mm", "binary"};

  @TempDir Path folder;
  private FilesFixture files;

  @BeforeEach
  void open() {
    files = new FilesFixture(folder);
  }

  @Test
  void everyFormatGivesBackTheSameBits() {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      DenseMatrix matrix = files.random(random, random.nextInt(20), random.nextInt(5));
      for (String format : FORMATS) {
        files.files.write(matrix, "m", folder, WriteOptions.format(format));
        DenseMatrix back = files.matrix("m");
        assertThat(back.shape()).as(format).isEqualTo(matrix.shape());
        assertThat(FilesFixture.bits(back)).as(format).isEqualTo(FilesFixture.bits(matrix));
      }
    }
  }

  @Test
  void largeCsvIsTheSameTextWithAnyNumberOfThreads() {
    DenseMatrix matrix = files.random(new Random(8), 40_000, 7);
    files.files.write(matrix, "one.csv", folder, WriteOptions.format("csv"));
    FilesFixture parallel = new FilesFixture(folder, 3, 1 << 16);
    parallel.files.write(matrix, "three.csv", folder, WriteOptions.format("csv"));
    assertThat(folder.resolve("one.csv")).hasSameBinaryContentAs(folder.resolve("three.csv"));
    assertThat(FilesFixture.bits(parallel.matrix("three.csv")))
        .isEqualTo(FilesFixture.bits(matrix));
  }

  @Test
  void csvOptionsAreRememberedInTheSidecar() {
    DenseMatrix matrix = files.random(new Random(3), 5, 3);
    WriteOptions options =
        WriteOptions.format("csv").withHeader(true).withSeparator(";;").withSparse(true);
    files.files.write(matrix, "deep/er/m", folder, options);
    assertThat(files.text("deep/er/m")).startsWith("C1;;C2;;C3\n");
    assertThat(FilesFixture.bits(files.matrix("deep/er/m"))).isEqualTo(FilesFixture.bits(matrix));
  }

  @Test
  void textNeedsAShapeFromSomewhere() {
    files.put("x.txt", "1 1 3\n3 4 -2.5\n2 2 7e0\n");
    assertThatThrownBy(() -> files.matrix("x.txt")).hasMessageContaining("rows= and cols=");
    DenseMatrix matrix = files.matrix("x.txt", ReadOptions.none().withShape(3, 4));
    assertThat(matrix.get(2, 3)).isEqualTo(-2.5);
    assertThat(matrix.get(0, 1)).isZero();
  }

  @Test
  void mistakesInTextNameTheirPlace() {
    ReadOptions shape = ReadOptions.none().withShape(3, 3);
    String[][] table = {
      {"1 1 3\n4 1 2\n", "x.txt:2:1", "1 to 3"},
      {"1 x 3\n", "x.txt:1:3", "column number"},
      {"1 1 abc\n", "x.txt:1:5", "a number is due"},
      {"1 1\n", "x.txt:1:4", "nothing"},
      {"1 1 2 3\n", "x.txt:1:7", "nothing more"},
    };
    for (String[] row : table) {
      files.put("x.txt", row[0]);
      assertThatThrownBy(() -> files.matrix("x.txt", shape))
          .hasMessageContaining(row[1])
          .hasMessageContaining(row[2]);
    }
    assertThat(files.allocator.open).hasValue(0);
  }

  @Test
  void matrixMarketKnowsSymmetryPatternsAndArrays() {
    files.put(
        "s.mtx", "%%MatrixMarket matrix coordinate real symmetric\n% note\n2 2 2\n1 1 5\n2 1 7\n");
    assertThat(FilesFixture.cells(files.matrix("s.mtx")))
        .isEqualTo(new double[][] {{5, 7}, {7, 0}});
    files.put("p.mtx", "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n2 1\n");
    assertThat(FilesFixture.cells(files.matrix("p.mtx")))
        .isEqualTo(new double[][] {{0, 0}, {1, 0}});
    files.put("a.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n");
    assertThat(FilesFixture.cells(files.matrix("a.mtx")))
        .isEqualTo(new double[][] {{1, 3}, {2, 4}});
    files.put("k.mtx", "%%MatrixMarket matrix array real skew-symmetric\n2 2\n9\n");
    assertThat(FilesFixture.cells(files.matrix("k.mtx")))
        .isEqualTo(new double[][] {{0, -9}, {9, 0}});
    files.put("e.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 3\n1 1 5\n");
    assertThatThrownBy(() -> files.matrix("e.mtx")).hasMessageContaining("3 were announced");
  }

  @Test
  void scalarsComeBackWithTheirType() {
    for (Scalar scalar :
        List.of(
            Scalar.of(0.1),
            Scalar.of(-0.0),
            Scalar.of(Double.NaN),
            Scalar.of(7L),
            Scalar.of(true),
            Scalar.of("two\nlines, \u00e4 and all\n"))) {
      files.files.write(scalar, "s", folder, WriteOptions.none());
      assertThat(files.read("s", ReadOptions.none())).isEqualTo(scalar);
    }
  }

  @Test
  void aWholeFileIsOneText() {
    files.put("spec.json", "{ids:true,\n recode:[1]}\n");
    ReadOptions options = ReadOptions.none().withDataType("scalar").withValueType("string");
    assertThat(files.read("spec.json", options)).isEqualTo(Scalar.of("{ids:true,\n recode:[1]}"));
  }

  @Test
  void aScalarOfTheWrongTypeIsAnError() {
    files.put("s.txt", "abc");
    assertThatThrownBy(() -> files.read("s.txt", ReadOptions.none().withDataType("scalar")))
        .hasMessageContaining("\"abc\"")
        .hasMessageContaining("double");
  }

  @Test
  void framesComeBackFromBinaryWithEveryText() {
    Frame frame = frame("plain", "with, comma", "\"quoted\"", "line\nend", null, "", " \u00fc ");
    files.files.write(frame, "f.bin", folder, WriteOptions.format("binary"));
    assertSame(files.frame("f.bin", ReadOptions.none()), frame);
  }

  @Test
  void framesOfEveryTypeWithMissingCellsComeBackFromBinary() {
    BitSet gap = new BitSet();
    gap.set(1);
    Frame frame =
        new Frame(
            3,
            List.of("f", "i", "u", "h", "c", "b"),
            List.of(
                ColumnType.FP32,
                ColumnType.INT32,
                ColumnType.UINT8,
                ColumnType.HASH64,
                ColumnType.CHARACTER,
                ColumnType.BOOLEAN),
            List.of(
                new double[] {0.5, 2, 3},
                new long[] {1, 0, -3},
                new long[] {1, 2, 255},
                new long[] {-1, 16, 17},
                new String[] {"a", null, "c"},
                new boolean[] {true, false, true}),
            new BitSet[] {null, gap, null, null, null, gap},
            new String[] {null, "7", null, null, null, null});
    files.files.write(frame, "f.bin", folder, WriteOptions.format("binary"));
    Frame back = files.frame("f.bin", ReadOptions.none());
    assertSame(back, frame);
    assertThat(back.missing(1)).isEqualTo(gap);
    assertThat(back.missing(0)).isNull();
    assertThat(back.isMissing(1, 5)).isTrue();
    assertThat(back.fill(1)).isEqualTo("7");
    assertThat(back.textAt(1, 3)).isEqualTo("10");
  }

  @Test
  void theMetaFrameOfATransformKeepsWhatFillsMissingCellsInCsv() {
    String[] cells = {"\"d,e\"\u00b71", "x\u00b72"};
    Frame meta =
        new Frame(
            2,
            List.of("C1", "C2"),
            List.of(ColumnType.STRING, ColumnType.STRING),
            List.of(cells, new String[2]),
            null,
            new String[] {null, "3.5"});
    files.files.write(meta, "m.csv", folder, WriteOptions.format("csv"));
    Frame back = files.frame("m.csv", ReadOptions.none());
    assertSame(back, meta);
    assertThat(back.fill(0)).isNull();
    assertThat(back.fill(1)).isEqualTo("3.5");
  }

  @Test
  void framesOfPlainTextComeBackFromCsv() {
    Frame frame = frame("plain", "x y", "\"quoted, kept\"", "NA", null, "0012", "\u00fc");
    files.files.write(frame, "f.csv", folder, WriteOptions.format("csv").withHeader(true));
    assertSame(files.frame("f.csv", ReadOptions.none()), frame);
  }

  @Test
  void aTextThatWouldBreakItsLineIsQuotedAndStaysOneField() {
    Frame frame =
        new Frame(
            1,
            List.of("a", "b"),
            List.of(ColumnType.STRING, ColumnType.STRING),
            List.of(new String[] {"x,y"}, new String[] {"p\nq"}));
    files.files.write(frame, "f.csv", folder, WriteOptions.format("csv"));
    Frame back = files.frame("f.csv", ReadOptions.none());
    assertThat(back.strings(0)).containsExactly("\"x,y\"");
    assertThat(back.strings(1)).containsExactly("\"p\nq\"");
  }

  @Test
  void damagedBinaryFilesAreRecognised() throws IOException {
    DenseMatrix matrix = files.random(new Random(3), 9, 7);
    files.files.write(matrix, "m.bin", folder, WriteOptions.format("binary"));
    byte[] good = Files.readAllBytes(folder.resolve("m.bin"));
    for (int at = 0; at < good.length; at += 13) {
      byte[] bad = good.clone();
      bad[at] ^= 0x10;
      Files.write(folder.resolve("m.bin"), bad);
      assertThatThrownBy(() -> files.matrix("m.bin"))
          .as("byte " + at)
          .isInstanceOf(FormatException.class);
    }
    Files.write(folder.resolve("m.bin"), java.util.Arrays.copyOf(good, 100));
    assertThatThrownBy(() -> files.matrix("m.bin")).hasMessageContaining("truncated: 100 of 568");
    Files.write(folder.resolve("m.bin"), java.util.Arrays.copyOf(good, 20));
    assertThatThrownBy(() -> files.matrix("m.bin")).hasMessageContaining("truncated");
    Files.write(folder.resolve("m.bin"), new byte[0]);
    assertThatThrownBy(() -> files.matrix("m.bin")).hasMessageContaining("empty");
  }

  private static Frame frame(String... texts) {
    int n = texts.length;
    double[] numbers = new double[n];
    long[] wholes = new long[n];
    boolean[] truths = new boolean[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = i == 2 ? Double.NaN : i / 3.0;
      wholes[i] = Long.MAX_VALUE - i;
      truths[i] = i % 2 == 0;
    }
    return new Frame(
        n,
        List.of("text", "number", "whole", "truth"),
        List.of(ColumnType.STRING, ColumnType.DOUBLE, ColumnType.INTEGER, ColumnType.BOOLEAN),
        List.of(texts, numbers, wholes, truths));
  }

  private static void assertSame(Frame actual, Frame expected) {
    assertThat(actual.names()).isEqualTo(expected.names());
    assertThat(actual.schema()).isEqualTo(expected.schema());
    for (int c = 0; c < expected.cols(); c++) {
      assertThat(actual.column(c)).as("column " + c).isEqualTo(expected.column(c));
    }
  }
}
