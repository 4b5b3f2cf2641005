package dev.reprise.formats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.formats.FormatException;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class MetricFilesTest {
  /** Linux's device on which there is never any room. */
  private static final Path FULL = Path.of("/dev/full");

  @TempDir Path folder;

  private MetricFiles files() {
    return new MetricFiles(folder.resolve("m"), () -> Instant.ofEpochMilli(1_700_000_000_250L));
  }

  private List<Path> events() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("m"))) {
      return all.filter(file -> file.getFileName().toString().startsWith("events.out.tfevents"))
          .toList();
    }
  }

  /** The data of all records; both checksums of each are checked. */
  private static List<byte[]> records(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      assertThat(in.getInt()).isEqualTo(EventRecord.masked(length, 8));
      byte[] data =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      in.get(data);
      assertThat(in.getInt()).isEqualTo(EventRecord.masked(data, data.length));
      records.add(data);
    }
    return records;
  }

  @Test
  void checksumsAreMaskedAsTensorBoardMasksThem() {
    // RFC 3720 gives 8a9136aa for 32 zero bytes; rotated right by 15 and moved by a282ead8.
    assertThat(EventRecord.masked(new byte[32], 32))
        .isEqualTo(Integer.rotateRight(0x8a9136aa, 15) + 0xa282ead8);
  }

  @Test
  @EnabledIf("thereIsAFullDevice")
  void aFullDiskIsALackOfAResource() throws IOException {
    Files.createDirectories(folder.resolve("m"));
    Files.createSymbolicLink(folder.resolve("m/metrics.csv"), FULL);
    try (MetricFiles files = files()) {
      assertThatThrownBy(() -> files.add("loss", 0.1, 300))
          .isInstanceOf(ResourceException.class)
          .hasMessageContaining("cannot write metrics to ");
    }
  }

  @Test
  @EnabledIf("thereIsAFullDevice")
  void whenThereIsRoomAgainTheTableBeginsWithItsHeader() throws IOException {
    Files.createDirectories(folder.resolve("m"));
    Path table = Files.createSymbolicLink(folder.resolve("m/metrics.csv"), FULL);
    try (MetricFiles files = files()) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> files.add("loss", 0.1, 300)).isInstanceOf(ResourceException.class);
        assertThat(events()).as("no file of a failed try").isEmpty();
      }
      Files.delete(table);
      files.add("loss", 0.1, 300);
    }
    assertThat(Files.readAllLines(table))
        .containsExactly("wall_time,step,name,value", "1700000000.250,300,loss,0.1");
    assertThat(events()).hasSize(1);
    assertThat(records(Files.readAllBytes(events().getFirst()))).hasSize(2);
  }

  private static boolean thereIsAFullDevice() {
    return Files.exists(FULL);
  }

  @Test
  void aMetricIsALineAndAnEvent() throws IOException {
    try (MetricFiles files = files()) {
      files.add("loss", 0.1, 300);
      files.add("a,\"b\"", Double.NaN, 0);
    }
    assertThat(Files.readString(folder.resolve("m/metrics.csv")))
        .isEqualTo(
            """
            wall_time,step,name,value
            1700000000.250,300,loss,0.1
            1700000000.250,0,"a,""b\""",NaN
            """);
    List<byte[]> records = records(Files.readAllBytes(events().getFirst()));
    assertThat(records).hasSize(3);
    assertThat(new String(records.get(0), StandardCharsets.ISO_8859_1)).endsWith("brain.Event:2");
    // wall time, step 300, summary of 13 bytes: value of 11 bytes: tag "loss", number 0.1f
    assertThat(HexFormat.of().formatHex(records.get(1)))
        .isEqualTo(
            "09" + "00001040fc54d941" + "10ac02" + "2a0d0a0b" + "0a046c6f7373" + "15cdcccc3d");
  }

  @Test
  void laterRunsAppendToTheTableAndHaveEventFilesOfTheirOwn() throws IOException {
    for (int run = 0; run < 2; run++) {
      try (MetricFiles files = files()) {
        files.add("loss", run, run);
      }
    }
    assertThat(Files.readAllLines(folder.resolve("m/metrics.csv"))).hasSize(3);
    assertThat(events()).hasSize(2);
  }

  @Test
  void withoutMetricsThereIsNoFolder() {
    files().close();
    assertThat(Files.exists(folder.resolve("m"))).isFalse();
  }

  @Test
  void aFolderThatCannotBeMadeIsAnErrorThatSaysSo() throws IOException {
    Files.writeString(folder.resolve("m"), "a file");
    try (MetricFiles files = files()) {
      assertThatThrownBy(() -> files.add("loss", 1, 1))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("metrics need a folder (--metrics), but ")
          .hasMessageEndingWith(" is a file");
    }
  }

  @Test
  void whoGoesOnWritesNothingThatEarlierSessionsHaveWritten() throws IOException {
    try (MetricFiles files = files()) {
      files.add("loss", 0.5, 1);
      files.add("a \"b\"\nc", Double.NaN, 2);
      files.add("loss", 0.25, 2);
    }
    String before = Files.readString(folder.resolve("m/metrics.csv"));
    try (MetricFiles files = files()) {
      files.goOn();
      files.add("a \"b\"\nc", Double.NaN, 2);
      files.add("loss", 0.25, 2);
      files.add("loss", 0.25, 2);
      files.add("loss", 0.25, 3);
      files.add("loss", 0.25, 3);
    }
    assertThat(Files.readString(folder.resolve("m/metrics.csv")))
        .isEqualTo(
            before + "1700000000.250,2,loss,0.25\n" + "1700000000.250,3,loss,0.25\n".repeat(2));
  }

  /** Steps of all rows. */
  private List<String> steps() throws IOException {
    return Files.readAllLines(folder.resolve("m/metrics.csv")).stream()
        .skip(1)
        .map(line -> line.split(",")[1])
        .toList();
  }

  /** A run that tells a loss at each of some steps. */
  private void run(String script, boolean ends, int... steps) {
    run(version(script, ""), ends, steps);
  }

  private static ScriptVersion version(String script, String text) {
    return new ScriptVersion(script, "text" + text);
  }

  private void run(ScriptVersion script, boolean ends, int... steps) {
    try (MetricFiles files = files()) {
      files.begin(script);
      for (int step : steps) {
        files.add("loss", 0.5, step);
      }
      if (ends) {
        files.end(script);
      }
    }
  }

  @Test
  void aRunThatDidNotEndIsGoneOnWithFromWhereTheFirstOfThemBegan() throws IOException {
    run("p", true, 1, 2);
    run("p", false, 1, 2);
    run("q", true, 1);
    run("p", false, 1, 2, 3);
    run("p", true, 1, 2, 3, 4);
    assertThat(steps()).containsExactly("1", "2", "1", "2", "1", "3", "4");
    run("p", true, 1);
    assertThat(steps()).hasSize(8);
    assertThat(marks()).isEmpty();
  }

  /** Names of the files that stand for runs that have not come to their end. */
  private List<String> marks() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("m"))) {
      return all.map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(".unfinished"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aRunThatEndsRemovesWhatItsScriptLeftBeforeItWasChanged() throws IOException {
    run(version("p", "1"), false, 1);
    run(version("p", "2"), false, 1);
    run("q", true, 7);
    run(version("p", "2"), false, 1, 2);
    assertThat(steps()).containsExactly("1", "1", "7", "2");
    assertThat(marks()).containsExactly(".unfinished-p-text1", ".unfinished-p-text2");
    run(version("p", "3"), true, 1);
    assertThat(marks()).isEmpty();
    run(version("p", "2"), true, 1, 2);
    assertThat(steps()).containsExactly("1", "1", "7", "2", "1", "1", "2");
  }

  @Test
  void theMarkOfARunThatGoesOnStays() throws IOException {
    try (MetricFiles here = files()) {
      here.begin(version("p", "1"));
      here.add("loss", 0.5, 1);
      run(version("p", "2"), false, 2);
      Path there = folder.resolve("m/.unfinished-p-text2");
      try (MarkHolder holder = MarkHolder.start(there)) {
        assertThat(holder.hasIt()).isTrue();
        run(version("p", "3"), true, 3);
        assertThat(marks()).containsExactly(".unfinished-p-text1", ".unfinished-p-text2");
      }
      run(version("p", "3"), true, 4);
      assertThat(marks()).containsExactly(".unfinished-p-text1");
    }
    run(version("p", "3"), true, 5);
    assertThat(marks()).isEmpty();
  }

  /** A system forgets all of a process's locks on a file when the process closes it once. */
  @Test
  void noOtherProcessGetsTheMarkOfARunThatGoesOn() throws IOException {
    try (MetricFiles here = files()) {
      here.begin(version("p", "1"));
      here.add("loss", 0.5, 1);
      run(version("p", "1"), true, 2);
      run(version("p", "2"), true, 3);
      try (MarkHolder holder = MarkHolder.start(folder.resolve("m/.unfinished-p-text1"))) {
        assertThat(holder.hasIt()).isFalse();
      }
    }
  }

  /** As long as another process takes to remove it. */
  @Test
  void aMarkThatIsTakenForAMomentIsMadeWithTheNextMetric() throws IOException {
    run("other", true, 7);
    Path mark = Files.createFile(folder.resolve("m/.unfinished-p-text"));
    try (MetricFiles files = files()) {
      files.begin(version("p", ""));
      try (MarkHolder holder = MarkHolder.start(mark)) {
        assertThat(holder.hasIt()).isTrue();
        files.add("loss", 0.5, 1);
        Files.delete(mark);
      }
      files.add("loss", 0.5, 2);
      files.add("loss", 0.5, 2);
    }
    run("p", true, 1, 2, 2, 3);
    assertThat(steps()).containsExactly("7", "1", "2", "2", "3");
  }

  @Test
  void whoGetsAMarkLateTellsWhatItHasToldAgain() throws IOException {
    run("p", false, 1);
    try (MetricFiles files = files()) {
      files.begin(version("p", ""));
      try (MarkHolder holder = MarkHolder.start(folder.resolve("m/.unfinished-p-text"))) {
        assertThat(holder.hasIt()).isTrue();
        files.add("loss", 0.5, 1);
      }
      files.add("loss", 0.5, 1);
    }
    assertThat(steps()).containsExactly("1", "1", "1");
    run("p", true, 1, 1, 1, 1);
    assertThat(steps()).hasSize(4);
  }

  @Test
  void aMarkThatIsLockedInThisProcessIsSomebodys() throws IOException {
    run("other", true, 7);
    Path mark = folder.resolve("m/.unfinished-p-text");
    try (FileChannel channel =
            FileChannel.open(mark, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      run("p", true, 1);
    }
    assertThat(steps()).containsExactly("7", "1");
  }

  @Test
  void aFileThatIsAnotherOneAtEachLookIsNotLocked() throws IOException {
    Path file = Files.createFile(folder.resolve("mark"));
    List<Object> looks = new ArrayList<>();
    FileChannel channel =
        MarkFile.lockedChannel(
            file,
            Set.of(StandardOpenOption.WRITE),
            _ -> {
              looks.add(new Object());
              return looks.getLast();
            });
    assertThat(channel).isNull();
    assertThat(looks).hasSizeBetween(4, 100);
  }

  @Test
  void aTableThatIsBegunHasNothingOfRunsBefore() throws IOException {
    run("p", false, 1);
    run("q", false, 1);
    Files.delete(folder.resolve("m/metrics.csv"));
    run("r", true, 1, 2, 3);
    assertThat(marks()).isEmpty();
    run("p", true, 1, 2);
    assertThat(steps()).containsExactly("1", "2", "3", "1", "2");
  }

  @Test
  void aRunBesideAnotherOfTheSameProgramTellsAll() throws IOException {
    try (MetricFiles first = files()) {
      first.begin(version("p", ""));
      first.add("loss", 0.5, 1);
      run("p", true, 1);
      first.add("loss", 0.5, 2);
    }
    assertThat(steps()).containsExactly("1", "1", "2");
    run("p", true, 1, 2, 3);
    assertThat(steps()).containsExactly("1", "1", "2", "3");
  }

  @Test
  void aTableThatWasRemovedHasToldNothing() throws IOException {
    run("p", true, 1, 2);
    run("p", false, 3);
    Files.delete(folder.resolve("m/metrics.csv"));
    run("p", true, 3);
    assertThat(steps()).containsExactly("3");
  }

  @Test
  void whoResumesFindsWhatWasToldBeforeItsProgramBegan() throws IOException {
    run("p", false, 1, 2);
    run("changed", false, 3);
    try (MetricFiles files = files()) {
      files.begin(version("changed", ""));
      files.add("loss", 0.5, 3);
      files.goOn();
      files.add("loss", 0.5, 2);
      files.add("loss", 0.5, 3);
    }
    assertThat(steps()).containsExactly("1", "2", "3", "3");
  }
}
