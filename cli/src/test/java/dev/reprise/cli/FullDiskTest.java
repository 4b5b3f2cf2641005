package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.Inputs;
import dev.reprise.Reprise;
import dev.reprise.Script;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.StoreConfig;
import dev.reprise.testkit.CommandProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.util.OSInfo;

/**
 * What runs leave on a disk without room. That is a limit of the size of files, which takes part of
 * what does not fit, too.
 */
@Timeout(600)
class FullDiskTest {
  private static final CommandProcess COMMAND = new CommandProcess(System.getProperties());

  @TempDir Path folder;

  private record Ran(int code, String output) {}

  private Ran run(int kibibytes, String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("bash", "-c", "ulimit -f " + kibibytes + "; exec \"$@\"", "limited"));
    List<String> java = new ArrayList<>(COMMAND.words(Main.class));
    // Else a file of 32 KiB is made.
    java.add(1, "-XX:-UsePerfData");
    java.add(1, "-Dorg.sqlite.lib.path=" + folder);
    command.addAll(java);
    command.addAll(List.of(words));
    Path output = Files.createTempFile(folder, "output", null);
    Process process =
        CommandProcess.builder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("ended").isTrue();
    return new Ran(process.exitValue(), Files.readString(output));
  }

  /**
   * The second name takes twice its quotation marks in the table, so that the table is full first;
   * the first one's records are longer than its rows.
   */
  @ParameterizedTest
  @ValueSource(strings = {"loss", "\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\""})
  void metricsEndWithAWholeRowAndRecord(String name) throws Exception {
    String script = "for (i in 1:5000) { metric(\"" + name + "\", i / 3, i) }";
    Ran ran = run(64, "run", "--device", "cpu", "--metrics", "m", "-s", script);
    assertThat(ran.code()).as(ran.output()).isEqualTo(3);
    assertThat(ran.output()).contains("cannot write metrics to ").contains("File too large");
    String table = Files.readString(folder.resolve("m/metrics.csv"));
    Path events;
    try (Stream<Path> all = Files.list(folder.resolve("m"))) {
      events =
          all.filter(file -> file.getFileName().toString().startsWith("events."))
              .findFirst()
              .orElseThrow();
    }
    assertThat(Math.max(table.length(), Files.size(events))).isGreaterThan(65_400);
    assertThat(table).endsWith("\n");
    long rows = table.lines().count() - 1;
    // One that the table has no room for, and one that says the version of the file.
    assertThat(records(events)).isBetween(rows + 1, rows + 2);
    for (String line : table.lines().skip(1).toList()) {
      assertThat(line).matches("[0-9.]+,[0-9]+,[^,]+,[0-9.]+");
    }
  }

  /** How many whole records a file has; nothing may follow. */
  private static long records(Path events) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(events)).order(ByteOrder.LITTLE_ENDIAN);
    long records = 0;
    while (in.hasRemaining()) {
      long bytes = in.getLong();
      in.position(in.position() + 4 + (int) bytes + 4);
      records++;
    }
    return records;
  }

  /** SQLite's memory that processes share takes 32 KiB. */
  @Test
  void aRunGoesOnWithoutAStoreThatIsThereOrIsToBeMade() throws Exception {
    layDriver();
    ExperimentStore.open(StoreConfig.of(folder.resolve("old"))).close();
    for (String store : List.of("old", "new")) {
      Ran ran =
          run(
              16,
              "run",
              "--device",
              "cpu",
              "--store",
              store,
              "-s",
              "x = rand(rows=300, cols=300, seed=1); print(sum(x) > 0); print(sum(exp(x)) > 0)");
      assertThat(ran.code()).as(ran.output()).isZero();
      assertThat(ran.output())
          .contains("TRUE\nTRUE\n")
          .contains("note: the experiment store " + folder.toRealPath().resolve(store) + " cannot ")
          .hasLineCount(3);
    }
    assertThat(run(16, "run", "--device", "cpu", "--store", "old", "-s", "print(1)").output())
        .contains("the disk is full; this run finds and keeps nothing");
  }

  /** Which makes the room that there is not. */
  @Test
  void artifactsAreListedAndRemovedWhereThereIsNoRoomForSharedMemory() throws Exception {
    layDriver();
    Path store = folder.resolve("old");
    StoreConfig keepsAll = StoreConfig.of(store).withLeastCostNanos(TimeUnit.HOURS.toNanos(1));
    try (Session session = Reprise.session(SessionConfig.defaults().withStore(keepsAll))) {
      Script script =
          session.compile(
              "x = rand(rows=300, cols=300, seed=1); y = t(x) %*% x", CompileOptions.none());
      script.run(Inputs.none()).close();
    }
    assertThat(bytesOf(store)).isGreaterThan(100_000);
    assertThat(run(31, "run", "--device", "cpu", "--store", "old", "-s", "print(1)").output())
        .contains("the disk is full; this run finds and keeps nothing");
    Ran listed = run(31, "experiments", "--store", "old", "list");
    assertThat(listed.code()).as(listed.output()).isZero();
    assertThat(listed.output()).contains("1 runs; ").contains("finished  <script>");
    Ran exported = run(31, "experiments", "--store", "old", "export", "x.export");
    assertThat(exported.code()).as(exported.output()).isEqualTo(3);
    assertThat(exported.output()).contains("x.export was not written (an earlier file of that");
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all.filter(file -> file.toString().contains("x.export"))).isEmpty();
    }
    Ran collected = run(31, "experiments", "--store", "old", "gc", "--budget", "1k");
    assertThat(collected.code()).as(collected.output()).isZero();
    assertThat(collected.output()).contains(" artifacts removed, ").endsWith(" are left\n");
    assertThat(bytesOf(store)).isLessThanOrEqualTo(1024);
  }

  private static long bytesOf(Path store) {
    try (ExperimentStore open = ExperimentStore.open(StoreConfig.of(store))) {
      return open.artifactBytes();
    }
  }

  /** The driver's library, which it would lay into a folder for temporary files itself. */
  private void layDriver() throws IOException {
    String library = OSInfo.getNativeLibFolderPathForCurrentOS();
    String name = System.mapLibraryName("sqlitejdbc");
    try (InputStream in =
        ExperimentStore.class.getResourceAsStream("/org/sqlite/native/" + library + "/" + name)) {
      Files.copy(in, folder.resolve(name));
    }
  }
}
