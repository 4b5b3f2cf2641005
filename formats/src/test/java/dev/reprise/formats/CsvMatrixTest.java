package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class CsvMatrixTest {
  private static final String CUT_OFF = "the gzip file is truncated; copy or compress it again";

  @TempDir Path folder;
  private FilesFixture files;

  @BeforeEach
  void open() {
    files = new FilesFixture(folder);
  }

  private double[][] parsed(String text, ReadOptions options) {
    files.put("x.csv", text);
    return FilesFixture.cells(files.matrix("x.csv", options));
  }

  private double[][] parsed(String text) {
    return parsed(text, ReadOptions.none());
  }

  @Test
  void plainNumbersAreReadRowByRow() {
    assertThat(parsed("1,2.5,-3e2\n4,.5,6.\n")).isEqualTo(rows("1 2.5 -300", "4 0.5 6"));
  }

  @Test
  void theLastLineNeedsNoEnd() {
    assertThat(parsed("1,2\n3,4")).isEqualTo(rows("1 2", "3 4"));
  }

  @Test
  void windowsLineEndsAndBlankLinesDoNotCount() {
    assertThat(parsed("1,2\r\n\r\n3,4\r\n\r\n")).isEqualTo(rows("1 2", "3 4"));
  }

  @Test
  void whiteSpaceAndQuotesAroundNumbersAreAccepted() {
    assertThat(parsed(" 1 ,\"2\"\n\t3,\" 4 \"\n")).isEqualTo(rows("1 2", "3 4"));
  }

  @Test
  void namesOfSpecialValuesAreNumbers() {
    assertThat(parsed("NaN,Infinity,-Infinity\nnan,inf,-Inf\n"))
        .isEqualTo(rows("NaN Infinity -Infinity", "NaN Infinity -Infinity"));
  }

  @Test
  void anEmptyCellIsZeroUnlessADefaultSaysOtherwise() {
    assertThat(parsed("1,,3\n,5,\n")).isEqualTo(rows("1 0 3", "0 5 0"));
    assertThat(parsed("1,,3\n", ReadOptions.none().withFill(true, 7))).isEqualTo(rows("1 7 3"));
  }

  @Test
  void withoutFillAnEmptyCellIsAnErrorWithItsPlace() {
    files.put("x.csv", "1,2\n3,\n");
    assertThatThrownBy(() -> files.matrix("x.csv", ReadOptions.none().withFill(false, 0)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("x.csv:2:3")
        .hasMessageContaining("fill=TRUE");
    assertThat(files.allocator.open).hasValue(0);
  }

  @Test
  void naStringsBecomeNaNAlsoWhenTheyLookLikeNumbers() {
    ReadOptions options = ReadOptions.none().withNaStrings(List.of("NA", "-999"));
    assertThat(parsed("1,NA\n-999,2\n", options)).isEqualTo(rows("1 NaN", "NaN 2"));
  }

  @Test
  void separatorsMayHaveSeveralCharacters() {
    assertThat(parsed("1||2\n3||4\n", ReadOptions.none().withSeparator("||")))
        .isEqualTo(rows("1 2", "3 4"));
    assertThat(parsed("1\t2\n", ReadOptions.none().withSeparator("\t"))).isEqualTo(rows("1 2"));
  }

  @Test
  void theHeaderIsSkipped() {
    ReadOptions header = ReadOptions.none().withHeader(true);
    assertThat(parsed("a,b\n1,2\n", header)).isEqualTo(rows("1 2"));
    assertThat(parsed("\"a, x\",b\n1,2\n", header)).isEqualTo(rows("1 2"));
    files.put("x.csv", "a,b,c\n1,2\n");
    assertThatThrownBy(() -> files.matrix("x.csv", header)).hasMessageContaining("header has 3");
  }

  @Test
  void aByteOrderMarkIsSkipped() {
    assertThat(parsed("\uFEFF1,2\n")).isEqualTo(rows("1 2"));
  }

  @Test
  void inASingleColumnABlankLineIsAMissingCell() {
    assertThat(parsed("1\n\n3\n")).isEqualTo(rows("1", "0", "3"));
  }

  @Test
  void textWhereANumberIsDueNamesLineColumnAndCell() {
    files.put("x.csv", "1,2\n3,4\n5,six\n");
    assertThatThrownBy(() -> files.matrix("x.csv"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("x.csv:3:3")
        .hasMessageContaining("\"six\"")
        .hasMessageContaining("header=TRUE");
    assertThat(files.allocator.open).hasValue(0);
  }

  @Test
  void aRaggedRowNamesItsLineAndBothLengths() {
    files.put("x.csv", "1,2,3\n4,5\n");
    assertThatThrownBy(() -> files.matrix("x.csv"))
        .hasMessageContaining("x.csv:2:1")
        .hasMessageContaining("2 cells")
        .hasMessageContaining("have 3");
    files.put("x.csv", "1,2\n4,5,6\n");
    assertThatThrownBy(() -> files.matrix("x.csv")).hasMessageContaining("3 cells");
  }

  @Test
  void ofSeveralErrorsTheFirstInTheFileIsReportedWithAnyNumberOfThreads() {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 500; i++) {
      text.append(i % 7 == 0 ? "bad" : "1").append(",2\n");
    }
    files.put("x.csv", text.toString());
    for (int threads : new int[] {1, 2, 4}) {
      FilesFixture parallel = new FilesFixture(folder, threads, 32);
      for (int i = 0; i < 50; i++) {
        assertThatThrownBy(() -> parallel.matrix("x.csv")).hasMessageContaining("x.csv:7:1");
      }
    }
  }

  @Test
  void anEmptyFileIsAnErrorUnlessTheSidecarSaysSo() {
    files.put("x.csv", "");
    assertThatThrownBy(() -> files.matrix("x.csv")).hasMessageContaining("empty");
    files.put("x.csv.mtd", "{\"data_type\":\"matrix\",\"rows\":0,\"cols\":3,\"format\":\"csv\"}");
    DenseMatrix matrix = files.matrix("x.csv");
    assertThat(matrix.shape()).hasToString("0x3");
  }

  @Test
  void aShapeThatIsNotTheFilesIsAnError() {
    files.put("x.csv", "1,2\n3,4\n");
    for (int[] shape : new int[][] {{1, 2}, {2, 3}, {2, 1}, {3, 3}, {3, 1}}) {
      ReadOptions options = ReadOptions.none().withShape(shape[0], shape[1]);
      assertThatThrownBy(() -> files.matrix("x.csv", options))
          .hasMessageContaining(shape[0] + " rows and " + shape[1] + " columns")
          .hasMessageContaining("2 rows and 2 columns");
    }
    assertThatThrownBy(() -> files.matrix("x.csv", ReadOptions.none().withShape(3, -1)))
        .hasMessageContaining("3 rows")
        .hasMessageContaining("2 rows and 2 columns");
    files.put("x.csv.mtd", "{\"data_type\":\"matrix\",\"rows\":3,\"cols\":2,\"format\":\"csv\"}");
    assertThatThrownBy(() -> files.matrix("x.csv"))
        .hasMessageContaining("the sidecar says 3 rows")
        .hasMessageContaining("2 rows and 2 columns; correct that, or header= and sep=");
  }

  @Test
  void rowsThatTheStatementWantsAndTheFileLacksAreZeros() {
    for (int threads : new int[] {1, 4}) {
      FilesFixture parallel = new FilesFixture(folder, threads, 8);
      parallel.put("x.csv", "1,2\n3,4\n5,6\n");
      assertThat(FilesFixture.cells(parallel.matrix("x.csv", ReadOptions.none().withShape(5, 2))))
          .isEqualTo(rows("1 2", "3 4", "5 6", "0 0", "0 0"));
    }
  }

  @Test
  void aLinkThatLeadsNowhereIsNotItsOwnSuggestion() throws IOException {
    Files.createSymbolicLink(files.folder.resolve("x.csv"), Path.of("x.csv"));
    assertThatThrownBy(() -> files.matrix("x.csv"))
        .hasMessageContaining("the symbolic link leads nowhere");
  }

  @Test
  void controlCharactersInMessagesAreWrittenOut() {
    files.put("x.csv", "1,2\r3,4\r");
    assertThatThrownBy(() -> files.matrix("x.csv"))
        .hasMessageContaining("the text \"2\\r3\" where a number is due");
    files.put("x.csv", "1,\0332\t\0003\n");
    assertThatThrownBy(() -> files.matrix("x.csv"))
        .hasMessageContaining("the text \"\\u001b2\\t\\u00003\" where a number is due");
  }

  @Test
  void bytesOfADamagedFileAreNoWhiteSpace() {
    for (String text : new String[] {"1,\0002\n", "1,2\000\n", "\0001,2\n", "1, \033 2\n"}) {
      files.put("x.csv", text);
      assertThatThrownBy(() -> files.matrix("x.csv"))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("where a number is due");
    }
  }

  @Test
  void aSidecarThatIsNoTextSaysSo() throws IOException {
    files.put("x.csv", "1,2\n");
    Files.write(files.folder.resolve("x.csv.mtd"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> files.matrix("x.csv"))
        .isInstanceOf(FormatException.class)
        .hasMessageEndingWith("x.csv.mtd: the sidecar is no text in UTF-8; repair or remove it");
  }

  @Test
  void aMissingFileNamesTheFolderAndASimilarName() {
    files.put("train.csv", "1\n");
    assertThatThrownBy(() -> files.matrix("trian.csv"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("trian.csv")
        .hasMessageContaining("did you mean train.csv?");
  }

  @Test
  void whatLiesBesideASimilarNameIsNotNamed() {
    files.put("train.csv", "1\n");
    files.put("train.csv.mtd", "{}");
    files.put("train.csv.lineage", "");
    assertThatThrownBy(() -> files.matrix("train")).hasMessageContaining("did you mean train.csv?");
  }

  @Test
  @EnabledIf("hasNullDevice")
  void devicesAreNotRead() {
    assertThatThrownBy(() -> files.matrix("/dev/null", ReadOptions.none().withFormat("csv")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("device or pipe");
  }

  static boolean hasNullDevice() {
    return Files.exists(Path.of("/dev/null"));
  }

  @Test
  void blocksAndThreadsDoNotChangeTheResult() {
    Random random = new Random(5);
    for (int round = 0; round < 40; round++) {
      DenseMatrix matrix = files.random(random, 1 + random.nextInt(80), 1 + random.nextInt(6));
      files.files.write(matrix, "r.csv", folder, WriteOptions.format("csv"));
      for (int blockBytes : new int[] {1, 7, 100, 1 << 20}) {
        for (int threads : new int[] {1, 3}) {
          FilesFixture other = new FilesFixture(folder, threads, blockBytes);
          assertThat(FilesFixture.bits(other.matrix("r.csv")))
              .as("round %d, blocks of %d, %d threads", round, blockBytes, threads)
              .isEqualTo(FilesFixture.bits(matrix));
        }
      }
    }
  }

  @Test
  void gzipIsUnpackedOnTheWay() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      text.append(i).append(',').append(i * 0.5).append('\n');
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
    Files.write(folder.resolve("x.csv.gz"), packed.toByteArray());
    DenseMatrix matrix = files.matrix("x.csv.gz");
    assertThat(matrix.shape()).hasToString("1000x2");
    assertThat(matrix.get(999, 1)).isEqualTo(499.5);
  }

  @Test
  void aTruncatedGzipIsAnError() throws IOException {
    Files.write(folder.resolve("x.csv.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0});
    assertThatThrownBy(() -> files.matrix("x.csv.gz"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("x.csv.gz");
  }

  @Test
  void gzipThatIsCutOffOrDamagedIsAnErrorInWords() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write("1,2\n3,4\n".repeat(100).getBytes(StandardCharsets.US_ASCII));
    }
    byte[] packed = bytes.toByteArray();
    Files.write(folder.resolve("x.csv.gz"), Arrays.copyOf(packed, 5));
    assertThatThrownBy(() -> files.matrix("x.csv.gz")).hasMessageContaining(CUT_OFF);
    Files.write(folder.resolve("x.csv.gz"), Arrays.copyOf(packed, packed.length / 2));
    assertThatThrownBy(() -> files.matrix("x.csv.gz")).hasMessageContaining(CUT_OFF);
    packed[packed.length - 6] ^= 1; // in the checksum
    Files.write(folder.resolve("x.csv.gz"), packed);
    assertThatThrownBy(() -> files.matrix("x.csv.gz"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the gzip file is damaged")
        .hasMessageContaining("again");
  }

  @Test
  void aFolderOfPartsIsOneInput() {
    files.put("x.csv/part-00001", "h1,h2\n5,6\n");
    files.put("x.csv/part-00000", "h1,h2\n1,2\n3,4\n");
    files.put("x.csv/_SUCCESS", "");
    files.put("x.csv/.part-00000.crc", "rubbish");
    assertThat(FilesFixture.cells(files.matrix("x.csv", ReadOptions.none().withHeader(true))))
        .isEqualTo(rows("1 2", "3 4", "5 6"));
  }

  @Test
  void fileUrisAreRead() {
    files.put("a b.csv", "1,2\n");
    String uri = folder.resolve("a b.csv").toUri().toString();
    assertThat(FilesFixture.cells(files.matrix(uri))).isEqualTo(rows("1 2"));
    assertThat(FilesFixture.cells(files.matrix("file:" + folder + "/a b.csv")))
        .isEqualTo(rows("1 2"));
    assertThatThrownBy(() -> files.matrix("hdfs://host/x.csv")).hasMessageContaining("hdfs");
  }

  private static double[][] rows(String... lines) {
    double[][] rows = new double[lines.length][];
    for (int r = 0; r < rows.length; r++) {
      String[] words = lines[r].split(" ");
      rows[r] = new double[words.length];
      for (int c = 0; c < words.length; c++) {
        rows[r][c] = Double.parseDouble(words[c]);
      }
    }
    return rows;
  }
}
