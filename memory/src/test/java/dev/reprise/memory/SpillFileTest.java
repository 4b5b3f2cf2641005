package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillFileTest {
  @TempDir private Path folder;

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void bytesComeBackAndNothingStays() throws Exception {
    try (Arena arena = Arena.ofConfined();
        SpillStore file = SpillFile.create(folder.resolve("made/here"))) {
      MemorySegment bytes = arena.allocate(3 << 20).fill((byte) 7);
      file.write(8192, bytes);
      MemorySegment back = arena.allocate(3 << 20);
      file.read(8192, back);
      assertThat(back.mismatch(bytes)).isEqualTo(-1);
      assertThat(file.usableBytes()).isPositive();
    }
    assertThat(folder.resolve("made/here")).isEmptyDirectory();
  }

  @Test
  void whatIsMemoryIsAFileOfItsOwnThatNobodySees() throws Exception {
    try (Arena arena = Arena.ofConfined();
        SpillFile file = SpillFile.create(folder)) {
      MemorySegment bytes = arena.allocate(5000).fill((byte) 7);
      file.write(0, bytes);
      MemorySegment first = file.map((2 << 20) + 4096, arena);
      MemorySegment second = file.map(8192, arena);
      assertThat(first.byteSize()).isEqualTo((2 << 20) + 4096);
      assertThat(first.address() % 64).isZero();
      first.fill((byte) 1);
      second.fill((byte) 2);
      assertThat(first.get(ValueLayout.JAVA_BYTE, first.byteSize() - 1)).isEqualTo((byte) 1);
      MemorySegment back = arena.allocate(5000);
      file.read(0, back);
      assertThat(back.mismatch(bytes)).isEqualTo(-1);
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void filesOfDeadProcessesAreRemovedAndOthersStay() throws Exception {
    Files.writeString(folder.resolve("reprise-999999999-1-0.spill"), "dead");
    // The number lives, but belongs to a process that began at another time.
    long self = ProcessHandle.current().pid();
    Files.writeString(folder.resolve("reprise-" + self + "-1-0.spill"), "dead");
    long start = ProcessHandle.current().info().startInstant().orElseThrow().getEpochSecond();
    String alive = "reprise-" + self + "-" + start + "-7.spill";
    Files.writeString(folder.resolve(alive), "alive");
    Files.writeString(folder.resolve("notes.txt"), "of somebody");
    SpillFile.create(folder).close();
    assertThat(files()).containsExactly("notes.txt", alive);
  }

  @Test
  void aKilledProcessLeavesNothingForTheNextOne() throws Exception {
    Process child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                classPath(),
                Victim.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("spilled");
    } finally {
      child.destroyForcibly().waitFor();
    }
    SpillFile.create(folder).close();
    assertThat(files()).isEmpty();
  }

  private static String classPath() throws Exception {
    return Path.of(Victim.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        + java.io.File.pathSeparator
        + Path.of(SpillFile.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** A process that has spilled and waits to be killed. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws Exception {
      try (Arena arena = Arena.ofConfined();
          SpillStore file = SpillFile.create(Path.of(args[0]))) {
        file.write(0, arena.allocate(1 << 20));
        System.out.println("spilled");
        Thread.currentThread().join();
      }
    }
  }
}
