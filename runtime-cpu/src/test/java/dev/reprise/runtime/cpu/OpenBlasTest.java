package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import dev.reprise.runtime.cpu.blas.OpenBlas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the native libraries get onto the disk and into the process. */
class OpenBlasTest {
  @TempDir private Path folder;

  private NativeLocation natives() {
    return new NativeLocation(folder.resolve("cache"), TestDevices.natives().platform());
  }

  private List<Path> unpacked() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void theLibraryLoadsAndNamesItsKernels() {
    assertThat(new LazyBlas(natives()).get())
        .isInstanceOfSatisfying(OpenBlas.class, blas -> assertThat(blas.coreName()).isNotBlank());
  }

  @Test
  void theLibraryUsesOneThreadPerCall() {
    assertThat(new LazyBlas(natives()).get())
        .isInstanceOfSatisfying(OpenBlas.class, blas -> assertThat(blas.threads()).isEqualTo(1));
  }

  @Test
  void aProductMayComeWhileTheLibraryLoadsInTheBackground() {
    for (int round = 0; round < 20; round++) {
      LazyBlas blas = new LazyBlas(natives());
      blas.loadInBackground();
      assertThat(blas.get()).isInstanceOf(OpenBlas.class).isSameAs(blas.get());
    }
  }

  @Test
  void theSecondStartDoesNotUnpackAgain() throws IOException {
    new LazyBlas(natives()).get();
    FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    List<Path> files = unpacked();
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      Files.setLastModifiedTime(file, longAgo);
    }
    new LazyBlas(natives()).get();
    assertThat(unpacked())
        .isEqualTo(files)
        .allSatisfy(file -> assertThat(Files.getLastModifiedTime(file)).isEqualTo(longAgo));
  }

  @Test
  void aFileOfTheWrongSizeIsUnpackedAgain() throws IOException {
    new LazyBlas(natives()).get();
    Path library = unpacked().getFirst();
    long size = Files.size(library);
    // Replaced, not cut short: the process has the old file mapped.
    Files.delete(library);
    Files.writeString(library, "half");
    LazyBlas again = new LazyBlas(natives());
    assertThat(again.get()).isInstanceOf(OpenBlas.class);
    assertThat(Files.size(library)).isEqualTo(size);
  }

  @Test
  void manyThatUnpackAtOnceAllSucceedAndLeaveNoPartsBehind() throws Exception {
    int starters = 6;
    CyclicBarrier together = new CyclicBarrier(starters);
    List<Future<Boolean>> loaded = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(starters)) {
      for (int i = 0; i < starters; i++) {
        loaded.add(
            threads.submit(() -> {
              together.await();
              return new LazyBlas(natives()).get() instanceof OpenBlas;
            }));
      }
    }
    for (Future<Boolean> each : loaded) {
      assertThat(each.get()).isTrue();
    }
    assertThat(unpacked()).noneMatch(file -> file.toString().endsWith(".part"));
  }

  @Test
  void theFolderIsForItsOwnerAloneAndOneOpenToOthersIsRefused() throws IOException {
    Assumptions.assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    new LazyBlas(natives()).get();
    Path unpackedTo = unpacked().getFirst().getParent();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(unpackedTo)))
        .isEqualTo("rwx------");
    Files.setPosixFilePermissions(unpackedTo, PosixFilePermissions.fromString("rwxrwxrwx"));
    LazyBlas refused = new LazyBlas(natives());
    assertThat(refused.get()).isNotInstanceOf(OpenBlas.class);
    assertThat(refused.notes()).singleElement().asString().contains("may be written by others");
  }

  @Test
  void aFolderThatCannotBeMadeLeavesPlainJavaAndANote() throws IOException {
    Files.writeString(folder.resolve("cache"), "a file where the folder should be");
    LazyBlas blas = new LazyBlas(natives());
    assertThat(blas.get()).isNotInstanceOf(OpenBlas.class);
    assertThat(blas.notes()).singleElement().asString().contains("plain Java");
  }
}
