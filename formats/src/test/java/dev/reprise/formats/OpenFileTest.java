package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of descriptors 1 and 2 a test of the command tells, in a process of its own. */
class OpenFileTest {
  private static final String CSV = "1.0,2.0\n";

  @TempDir Path folder;
  private FilesFixture files;
  private DenseMatrix matrix;
  private Path redirected;

  @BeforeEach
  void open() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "the system names no open files");
    files = new FilesFixture(folder);
    matrix = files.matrixOf(new double[][] {{1, 2}}, 2);
    redirected = folder.resolve("redirected.txt");
  }

  private FileChannel opened(OpenOption more) throws IOException {
    return FileChannel.open(redirected, StandardOpenOption.CREATE, StandardOpenOption.WRITE, more);
  }

  private static void put(FileChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private void write(String name) {
    files.files.write(matrix, name, folder, WriteOptions.format("csv"));
  }

  /** As many as the system follows, which then opens the file and knows the name. */
  @Test
  void aNameIsFoundBehindManyLinks() throws IOException {
    try (FileChannel open = opened(StandardOpenOption.APPEND)) {
      put(open, "earlier\n");
      Path next = nameOf(redirected);
      for (int i = 0; i < 20; i++) {
        next = Files.createSymbolicLink(folder.resolve("l" + i), next);
      }
      write("l19");
    }
    assertThat(redirected).hasContent("earlier\n1.0,2.0\n");
  }

  /** The name that the system gives an open file of this process. */
  private static Path nameOf(Path file) throws IOException {
    try (Stream<Path> names = Files.list(Path.of("/proc/self/fd"))) {
      return names.filter(each -> leadsTo(each, file)).findFirst().orElseThrow();
    }
  }

  private static boolean leadsTo(Path name, Path file) {
    try {
      return Files.readSymbolicLink(name).equals(file.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private void assertNames(Path place, String... expected) throws IOException {
    try (Stream<Path> all = Files.list(place)) {
      assertThat(all.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder(expected);
    }
  }

  @Test
  void whatIsOpenForAppendingIsWrittenThroughAndItsNameStaysALink() throws IOException {
    Path link = folder.resolve("out");
    try (FileChannel open = opened(StandardOpenOption.APPEND)) {
      put(open, "before\n");
      Files.createSymbolicLink(link, nameOf(redirected));
      write("out");
      put(open, "after\n");
      assertThat(Files.isSymbolicLink(link)).isTrue();
    }
    assertThat(redirected).hasContent("before\n" + CSV + "after\n");
    Files.delete(link);
    assertNames(folder, "redirected.txt");
  }

  @Test
  void whereLaterOutputWouldOverwriteTheDataTheyAreRefused() throws IOException {
    try (FileChannel open = opened(StandardOpenOption.TRUNCATE_EXISTING)) {
      put(open, "before\n");
      String name = nameOf(redirected).toString();
      assertThatThrownBy(() -> write(name))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining(name)
          .hasMessageContaining("3>>FILE");
      put(open, "after\n");
    }
    assertThat(redirected).hasContent("before\nafter\n");
    assertNames(folder, "redirected.txt");
  }

  @Test
  void theOutputOfAnotherProcessIsNotOurs() throws Exception {
    Process other =
        new ProcessBuilder("cat")
            .redirectOutput(ProcessBuilder.Redirect.appendTo(redirected.toFile()))
            .start();
    try {
      write("/proc/" + other.pid() + "/fd/1");
      write("/proc/" + other.pid() + "/task/" + other.pid() + "/fd/1");
      other.getOutputStream().write("after\n".getBytes(StandardCharsets.US_ASCII));
      other.getOutputStream().close();
      assertThat(other.waitFor()).isZero();
    } finally {
      other.destroyForcibly();
    }
    assertThat(redirected).hasContent(CSV + CSV + "after\n");
    assertNames(folder, "redirected.txt");
  }

  @Test
  void aFolderWithTheNameOfTheSystemsHoldsFiles() throws IOException {
    Path shared = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(shared), "there is no folder for files below /dev");
    Path parent = Files.createTempDirectory(shared, "reprise-test");
    Path named = Files.createDirectory(parent.resolve("fd"));
    try {
      Files.writeString(named.resolve("1"), "old\n");
      write(named.resolve("1").toString());
      assertThat(named.resolve("1")).hasContent(CSV);
      assertNames(named, "1", "1.mtd");
    } finally {
      AtomicOutput.remove(parent);
    }
  }
}
