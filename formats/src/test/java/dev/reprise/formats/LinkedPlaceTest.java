package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Symbolic links by which files are written stay, and lead to what was written. */
class LinkedPlaceTest {
  @TempDir Path folder;
  private FilesFixture files;
  private DenseMatrix two;
  private DenseMatrix three;

  @BeforeEach
  void open() throws IOException {
    folder = folder.toRealPath();
    files = new FilesFixture(folder);
    two = files.matrixOf(new double[][] {{1, 2}, {3, 4}}, 2);
    three = files.matrixOf(new double[][] {{5, 6, 7}}, 3);
    Files.createDirectories(folder.resolve("data/deep"));
    Files.createDirectory(folder.resolve("links"));
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(folder.resolve(name), Path.of(target));
  }

  private void assertIsLink(String name, String target) throws IOException {
    assertThat(Files.readSymbolicLink(folder.resolve(name))).isEqualTo(Path.of(target));
  }

  private void write(DenseMatrix matrix, String name) {
    files.files.write(matrix, name, folder, WriteOptions.format("csv"));
  }

  private List<String> names(String of) throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve(of))) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private long columns(String name) {
    ReadRequest request = new ReadRequest(name, folder, ReadOptions.none());
    MatrixOperand read = (MatrixOperand) files.files.read(request, files.allocator);
    read.buffer().release();
    return read.shape().cols();
  }

  /** From the same folder, another one, by several, and by a folder that is a link itself. */
  @ParameterizedTest
  @ValueSource(strings = {"data/l", "links/l", "links/second", "to-links/l", "data/deep/up"})
  void whatALinkLeadsToIsWrittenWithItsDescriptionAndTheLinkStays(String name) throws IOException {
    link("data/l", "m.csv");
    link("links/l", "../data/m.csv");
    link("links/second", "l");
    link("to-links", "links");
    link("to-deep", "data/deep");
    link("data/deep/up", "../m.csv");
    for (DenseMatrix each : List.of(two, three)) {
      Path target = Files.readSymbolicLink(folder.resolve(name));
      write(each, name);
      assertIsLink(name, target.toString());
      Path real = folder.resolve("data/m.csv");
      assertThat(Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)).isTrue();
      assertThat(Sidecar.of(real).cols()).isEqualTo(each.shape().cols());
      assertThat(names("data")).containsExactly("deep", "l", "m.csv", "m.csv.mtd");
      assertThat(names("links")).containsExactly("l", "second");
      for (String other : List.of("data/m.csv", "data/l", "links/second", "to-deep/up")) {
        assertThat(columns(other)).as(other).isEqualTo(each.shape().cols());
      }
    }
  }

  /** Else it would be taken for that of what is written by the other name. */
  @Test
  void whatIsReadByALinkIsDescribedByWhatLiesBesideItBeforeWhatLiesBesideTheFile()
      throws IOException {
    link("links/l", "../data/m.csv");
    write(two, "data/m.csv");
    files.put("links/l.mtd", "{\"format\": \"csv\", \"cols\": 3, \"rows\": 1}");
    ReadRequest request = new ReadRequest("links/l", folder, ReadOptions.none());
    assertThatThrownBy(() -> files.files.read(request, files.allocator))
        .isInstanceOf(FormatException.class);
    write(three, "links/l");
    assertThat(columns("links/l")).isEqualTo(3);
    assertThat(columns("data/m.csv")).isEqualTo(3);
    assertThat(Sidecar.of(folder.resolve("links/l")).nnz()).isEqualTo(3);
  }

  @Test
  void aDescriptionThatIsALinkStaysOne() throws IOException {
    link("links/l", "../data/m.csv");
    link("links/l.mtd", "../data/m.csv.mtd");
    write(two, "data/m.csv");
    write(three, "links/l");
    assertIsLink("links/l.mtd", "../data/m.csv.mtd");
    assertThat(columns("data/m.csv")).isEqualTo(3);
  }

  @Test
  void theFingerprintIsThatOfTheDescriptionThatIsRead() throws IOException {
    link("l", "data/m.csv");
    write(two, "data/m.csv");
    ReadRequest byLink = new ReadRequest("l", folder, ReadOptions.none());
    ReadRequest byName = new ReadRequest("data/m.csv", folder, ReadOptions.none());
    assertThat(files.files.fingerprint(byLink)).isEqualTo(files.files.fingerprint(byName));
    String before = files.files.fingerprint(byLink);
    files.put("data/m.csv.mtd", "{\"format\": \"csv\", \"header\": true}");
    assertThat(files.files.fingerprint(byLink)).isNotEqualTo(before);
    assertThat(files.files.fingerprint(byLink)).isEqualTo(files.files.fingerprint(byName));
  }

  @Test
  void aLinkThatLeadsNowhereGetsItsFileWhereThereIsAFolderForIt() throws IOException {
    link("l", "data/new.csv");
    write(two, "l");
    assertIsLink("l", "data/new.csv");
    assertThat(columns("data/new.csv")).isEqualTo(2);
    link("astray", "missing/new.csv");
    assertThatThrownBy(() -> write(two, "astray"))
        .isInstanceOfSatisfying(FormatException.class, e -> assertThat(e.isOfFileSystem()).isTrue())
        .hasMessageContaining(folder.resolve("astray") + ": it is a symbolic link to missing/new")
        .hasMessageContaining("whose folder is not there; write elsewhere");
    assertIsLink("astray", "missing/new.csv");
    assertThat(folder.resolve("missing")).doesNotExist();
  }

  @Test
  void linksInACircleAreAClearError() throws IOException {
    link("a", "b");
    link("b", "a");
    assertThatThrownBy(() -> write(two, "a"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a: its symbolic links lead in a circle");
    assertThatThrownBy(() -> checkpoint(1, "a"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("its symbolic links lead in a circle");
    assertThat(names("")).containsExactly("a", "b", "data", "links");
  }

  /** Not that of the link, which may well be. */
  @Test
  void theFolderThatIsNotWritableIsThatWhereTheLinkLeads() throws IOException {
    link("links/l", "../data/m.csv");
    String leads = "the folder " + folder.resolve("data") + ", where this symbolic link leads, ";
    Path name = folder.resolve("links/l");
    assertThat(FileProblems.writing(name, new AccessDeniedException("x")))
        .hasMessageStartingWith(name + ": " + leads + "is not writable");
    assertThat(FileProblems.writing(name, new NoSuchFileException("x")))
        .hasMessageStartingWith(name + ": " + leads + "does not take new files");
    assertThat(FileProblems.writing(folder.resolve("data/m.csv"), new AccessDeniedException("x")))
        .hasMessageContaining("the folder " + folder.resolve("data") + " is not writable");
  }

  @Test
  void aLinkThatNobodyMayFollowIsAClearError() throws IOException {
    link("l", "data/deep/sub/m.csv");
    Path sub = Files.createDirectory(folder.resolve("data/deep/sub"));
    Path deep = sub.getParent();
    Set<PosixFilePermission> before = Files.getPosixFilePermissions(deep);
    Files.setPosixFilePermissions(deep, Set.of());
    try {
      assumeFalse(Files.exists(sub), "this user may enter every folder");
      assertThatThrownBy(() -> write(two, "l"))
          .hasMessageContaining("l: it is a symbolic link, and there is no permission to enter ");
    } finally {
      Files.setPosixFilePermissions(deep, before);
    }
  }

  @Test
  void aFailedWriteLeavesLinkAndFileAndNoRest() throws IOException {
    link("links/l", "../data/m.csv");
    files.put("data/m.csv", "precious\n");
    assertThatThrownBy(
            () -> {
              try (AtomicOutput output = new AtomicOutput()) {
                output.add(
                    folder.resolve("links/l"),
                    channel -> {
                      new TextSink(channel).put("half").flush();
                      assertThat(names("data")).as("beside what is replaced").hasSize(3);
                      throw new IOException("No space left on device");
                    });
                output.publish();
              }
            })
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("links/l");
    assertThat(files.text("data/m.csv")).isEqualTo("precious\n");
    assertThat(names("data")).containsExactly("deep", "m.csv");
    assertThat(names("links")).containsExactly("l");
  }

  @Test
  void aLinkToAFolderLeadsToTheListThatIsWritten() throws IOException {
    link("links/l", "../data/list");
    for (int size = 1; size <= 2; size++) {
      list(size, "links/l");
      assertIsLink("links/l", "../data/list");
      assertThat(names("data")).containsExactly("deep", "list", "list.mtd");
      assertThat(names("links")).containsExactly("l");
      for (String name : List.of("links/l", "data/list")) {
        ReadRequest request = new ReadRequest(name, folder, ReadOptions.none());
        assertThat(files.files.list(request).orElseThrow()).as(name).hasSize(size);
      }
    }
    files.put("data/deep/own.txt", "precious");
    link("own", "data/deep");
    assertThatThrownBy(() -> list(1, "own"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("holds more than part files");
    assertIsLink("own", "data/deep");
  }

  private void list(int size, String name) {
    try (ListOutput output = files.files.writeList(name, folder, WriteOptions.format("csv"))) {
      for (int i = 0; i < size; i++) {
        output.add("e" + i, place -> write(two, place.toString()));
      }
      output.publish();
    }
  }

  @Test
  void aCheckpointIsWrittenWhereALinkLeads() throws IOException {
    link("links/l", "../data/c");
    for (long epoch = 1; epoch <= 2; epoch++) {
      checkpoint(epoch, "links/l");
      assertIsLink("links/l", "../data/c");
      for (String name : List.of("links/l", "data/c")) {
        ListValue read = Checkpoint.read(name, folder, files.allocator, _ -> null).value();
        assertThat(read.elements().getFirst()).as(name).isEqualTo(Scalar.of(epoch));
        read.release();
      }
    }
    assertThat(names("data")).containsExactly("c", "deep");
    assertThat(names("links")).containsExactly("l");
  }

  private void checkpoint(long epoch, String name) {
    ListValue value = new ListValue(List.of("epoch"), List.of(Scalar.of(epoch)));
    new Checkpoint(Map.of(), value).write(name, folder, _ -> null);
  }
}
