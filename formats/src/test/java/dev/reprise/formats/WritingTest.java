package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritingTest {
  @TempDir Path folder;
  private FilesFixture files;
  private DenseMatrix matrix;

  @BeforeEach
  void open() {
    files = new FilesFixture(folder);
    matrix = files.matrixOf(new double[][] {{1, 0, -0.0}, {0.1, Double.NaN, 1e-300}}, 3);
  }

  @Test
  void numbersLookAsInSystemDs() {
    files.files.write(matrix, "m.csv", folder, WriteOptions.format("csv"));
    assertThat(files.text("m.csv")).isEqualTo("1.0,0,-0.0\n0.1,NaN,1.0E-300\n");
    files.files.write(matrix, "m.txt", folder, WriteOptions.none());
    assertThat(files.text("m.txt"))
        .isEqualTo("1 1 1.0\n1 3 -0.0\n2 1 0.1\n2 2 NaN\n2 3 1.0E-300\n");
  }

  @Test
  void wholeNumbersAreSpelledAsJavaSpellsThem() throws IOException {
    for (double value = 1; value < 1e20; value = value * 7 + 1) {
      for (double each : new double[] {value, -value, 1e7, 9999999, -9999999, -1e7}) {
        TextSink sink = new TextSink();
        sink.put(each);
        java.nio.ByteBuffer text = sink.content();
        assertThat(
                new String(
                    text.array(), 0, text.limit(), java.nio.charset.StandardCharsets.US_ASCII))
            .isEqualTo(Double.toString(each));
      }
    }
  }

  @Test
  void theSidecarStatesShapeAndFormat() {
    files.files.write(matrix, "m.csv", folder, WriteOptions.format("csv"));
    Sidecar sidecar = Sidecar.of(folder.resolve("m.csv"));
    assertThat(sidecar)
        .isEqualTo(new Sidecar("matrix", "double", null, 2, 3, 4, "csv", false, ",", null, -1, -1));
  }

  @Test
  void nothingButTheTwoFilesIsLeft() throws IOException {
    files.files.write(matrix, "m.csv", folder, WriteOptions.format("csv"));
    files.files.write(matrix, "m.csv", folder, WriteOptions.format("csv"));
    assertThat(names()).containsExactly("m.csv", "m.csv.mtd");
  }

  @Test
  void theRootIsAFolderThatNoWriteReplaces() {
    for (String root : List.of("/", "/..", "file:///")) {
      assertThatThrownBy(() -> files.files.write(matrix, root, folder, WriteOptions.format("csv")))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("this is a folder");
    }
  }

  @Test
  void aFailedWriteLeavesTheEarlierFileAndNoRest() throws IOException {
    files.put("m.csv", "precious\n");
    assertThatThrownBy(
            () -> {
              try (AtomicOutput output = new AtomicOutput()) {
                output.add(
                    folder.resolve("m.csv"),
                    channel -> {
                      new TextSink(channel).put("half").flush();
                      throw new IOException("No space left on device");
                    });
                output.publish();
              }
            })
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("disk is full")
        .hasMessageContaining("m.csv");
    assertThat(files.text("m.csv")).isEqualTo("precious\n");
    assertThat(names()).containsExactly("m.csv");
  }

  @Test
  void aFailingSidecarKeepsTheDataFileFromAppearing() throws IOException {
    assertThatThrownBy(
            () -> {
              try (AtomicOutput output = new AtomicOutput()) {
                output.add(folder.resolve("m.csv"), channel -> {});
                output.add(
                    folder.resolve("m.csv.mtd"),
                    channel -> {
                      throw new IOException("Input/output error");
                    });
                output.publish();
              }
            })
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("Input/output error");
    assertThat(names()).isEmpty();
  }

  @Test
  void aPlaceThatIsNoFolderIsAClearError() {
    files.put("file", "x");
    assertThatThrownBy(() -> files.files.write(matrix, "file/m.csv", folder, WriteOptions.none()))
        .isInstanceOfSatisfying(FormatException.class, e -> assertThat(e.isOfFileSystem()).isTrue())
        .hasMessageContaining("file/m.csv");
    assertThat(new FormatException("m.csv", "no numbers").isOfFileSystem()).isFalse();
  }

  @Test
  void whatTheFileSystemReportsIsTranslated() {
    Path file = folder.resolve("m.csv");
    Object[][] table = {
      {new java.nio.file.AccessDeniedException("x"), FormatException.class, "is not writable"},
      {
        new java.nio.file.FileSystemException("x", null, "Read-only file system"),
        FormatException.class,
        "is not writable"
      },
      {
        new java.nio.file.FileSystemException("x", null, "No space left on device"),
        ResourceException.class,
        "the disk is full"
      },
      {new IOException("Disk quota exceeded"), ResourceException.class, "the disk is full"},
      {new IOException("File too large"), ResourceException.class, "ulimit -f"},
      {
        new java.nio.file.FileAlreadyExistsException("/a/file"),
        FormatException.class,
        "a folder is needed where a file is: /a/file"
      },
      {new java.nio.file.NoSuchFileException("x"), FormatException.class, "take new files"},
      {new java.nio.file.NotDirectoryException("x"), FormatException.class, "NotDirectory"},
    };
    for (Object[] row : table) {
      assertThat(FileProblems.writing(file, (IOException) row[0]))
          .isInstanceOf((Class<?>) row[1])
          .hasMessageContaining((String) row[2])
          .hasMessageContaining("m.csv");
    }
  }

  /** The same for all who ask, such as stores; a path may well have such a word in it. */
  @Test
  void aLackOfRoomIsToldFromOtherTroubles() {
    for (String reason : List.of("No space left on device", "Quota exceeded", "File too large")) {
      assertThat(FileProblems.isLackOfRoom(new IOException(reason))).as(reason).isTrue();
    }
    for (String reason : List.of("Read-only file system", "/quota/store: not a folder", "")) {
      assertThat(FileProblems.isLackOfRoom(new IOException(reason))).as(reason).isFalse();
    }
  }

  @Test
  void aReasonIsNeverMissing() {
    assertThat(FileProblems.reason(new java.nio.file.AccessDeniedException("x")))
        .isEqualTo("permission denied");
    assertThat(FileProblems.reason(new java.nio.file.NoSuchFileException("x")))
        .isEqualTo("there is no such file or folder");
    assertThat(FileProblems.reason(new java.nio.file.NotLinkException("x"))).isEqualTo("NotLink");
    assertThat(FileProblems.reason(new IOException())).isEqualTo("IOException");
  }

  @Test
  void aFolderOfPartsIsReplacedAndAnyOtherFolderIsNot() throws IOException {
    files.put("out/part-00000", "1\n");
    files.put("out/_SUCCESS", "");
    files.files.write(matrix, "out", folder, WriteOptions.format("csv"));
    assertThat(folder.resolve("out")).isRegularFile();
    files.put("home/letter.odt", "dear");
    assertThatThrownBy(() -> files.files.write(matrix, "home", folder, WriteOptions.none()))
        .hasMessageContaining("holds more than part files");
    assertThat(folder.resolve("home/letter.odt")).exists();
    assertThat(names()).containsExactly("home", "out", "out.mtd");
  }

  @Test
  void unknownFormatsAndFramesInMatrixFormatsAreErrors() {
    assertThatThrownBy(() -> files.files.write(matrix, "m", folder, WriteOptions.format("xls")))
        .hasMessageContaining("\"xls\"")
        .hasMessageContaining("csv, text, mm, libsvm, jsonl, binary");
  }

  @Test
  void badSidecarsNameTheirPlace() {
    files.put("x.csv", "1,2\n");
    String[][] table = {
      {"{\n \"rows\": \"many\"}", "x.csv.mtd:2", "\"rows\" must be a whole number"},
      {"{\"header\": 3}", "x.csv.mtd:1", "true or false"},
      {"{\"rows\": 1", "x.csv.mtd:1", "not valid JSON"},
      {"[1]", "x.csv.mtd:1:1", "JSON object"},
      {"", "x.csv.mtd:1:1", "JSON object"},
      {"{\"format\": \"weird\"}", "x.csv.mtd", "\"weird\" is not supported"},
      {"{\"data_type\": \"cube\"}", "x.csv", "\"cube\" is not known"},
      {"{\"rows\": 5, \"cols\": 2}", "x.csv", "the sidecar says 5 rows and 2 columns"},
    };
    for (String[] row : table) {
      files.put("x.csv.mtd", row[0]);
      assertThatThrownBy(() -> files.matrix("x.csv"))
          .as(row[0])
          .isInstanceOf(FormatException.class)
          .hasMessageContaining(row[1])
          .hasMessageContaining(row[2])
          .hasMessageNotContaining("REDACTED");
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
