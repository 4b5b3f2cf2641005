package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.StoreConfig;
import dev.reprise.testkit.CommandProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that go on when their command has ended; a shell stands for the launcher. */
@Timeout(600)
class DepartureTest {
  private static final CommandProcess COMMAND = new CommandProcess(System.getProperties());

  /** Leaves its products and what they are of: more than is written by whom somebody waits for. */
  private static final String SCRIPT =
      """
      X = rand(rows=300, cols=300, seed=1)
      for (i in 1:20) { print(sum(t(X) %*% (X * i)) > 0) }
      """;

  private static final int PRODUCTS = 20;
  private static final String PRINTED = "TRUE\n".repeat(PRODUCTS);

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  /** What a test that failed has left: a process may stand still, or wait for an hour. */
  @AfterEach
  void endAll() {
    for (Process launcher : started) {
      launcher.descendants().forEach(ProcessHandle::destroyForcibly);
      launcher.destroyForcibly();
    }
  }

  /** Prints the code on which the process left, and then that it has ended. */
  private Process start(String launcher, String script) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", "-c", launcher, "launcher"));
    command.addAll(COMMAND.words(UnhurriedCommand.class));
    command.addAll(List.of("run", "--device", "cpu", "--store", store().toString(), "-s", script));
    Process process =
        CommandProcess.builder(command)
            .directory(folder.toFile())
            .redirectError(folder.resolve("err.txt").toFile())
            .start();
    started.add(process);
    return process;
  }

  private static final String WAITING =
      """
      exec 8>&1 1>out.txt
      REPRISE_LEAVING="$$ 8" "$@"
      echo "ended $?" >&8
      """;

  private Path store() {
    return folder.resolve("store");
  }

  private static BufferedReader lines(Process process) {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("out.txt"));
  }

  private List<Experiments.ArtifactEntry> artifacts() {
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(store()))) {
      return new Experiments(store).artifacts(0, 1_000);
    }
  }

  /** Lets a process that has left stand still, so that it does not give up, or go on. */
  private static void signal(String name, Process launcher) throws Exception {
    ProcessHandle java = launcher.children().findFirst().orElseThrow();
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(java.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void theCommandEndsBeforeTheStoreIsWrittenAndAllIsWrittenAfterwards() throws Exception {
    ExperimentStore.open(StoreConfig.of(store())).close();
    Process process;
    try (Connection other =
        DriverManager.getConnection("jdbc:sqlite:" + store().resolve("graph.db"))) {
      // Nobody can write to the store meanwhile.
      other.createStatement().execute("BEGIN IMMEDIATE");
      process = start(WAITING, SCRIPT);
      assertThat(lines(process).readLine()).isEqualTo("0");
      signal("STOP", process);
      assertThat(output()).isEqualTo(PRINTED);
      assertThat(ExperimentStore.awaitWriters(store(), 0)).as("nobody writes").isFalse();
      other.createStatement().execute("ROLLBACK");
      signal("CONT", process);
    }
    assertThat(lines(process).readLine()).isEqualTo("ended 0");
    assertThat(Files.readString(folder.resolve("err.txt"))).isEmpty();
    assertThat(artifacts()).hasSize(PRODUCTS + 1);
    assertThat(ExperimentStore.awaitWriters(store(), 0)).isTrue();
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(store()))) {
      assertThat(new Experiments(store).runs(9))
          .singleElement()
          .satisfies(run -> assertThat(run.status()).isEqualTo("finished"));
    }
  }

  @Test
  void theNextRunOfTheSameScriptNeedNotWaitForTheGraph() throws Exception {
    ExperimentStore.open(StoreConfig.of(store())).close();
    try (Connection other =
        DriverManager.getConnection("jdbc:sqlite:" + store().resolve("graph.db"))) {
      other.createStatement().execute("BEGIN IMMEDIATE");
      Process first = start(WAITING, SCRIPT);
      assertThat(lines(first).readLine()).isEqualTo("0");
      signal("STOP", first);
      Process second = start(WAITING, SCRIPT);
      assertThat(lines(second).readLine()).isEqualTo("ended 0");
      assertThat(output()).isEqualTo(PRINTED);
      other.createStatement().execute("ROLLBACK");
      signal("CONT", first);
      assertThat(lines(first).readLine()).isEqualTo("ended 0");
    }
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(store()))) {
      assertThat(new Experiments(store).runs(9))
          .extracting(run -> run.status())
          .containsExactlyInAnyOrder("finished", "recalled");
    }
  }

  @Test
  void aScriptThatFailsIsWaitedFor() throws Exception {
    Process process = start(WAITING, "x = sum(rand(rows=9, cols=9, seed=1)); stop(\"enough\")");
    assertThat(lines(process).readLine()).isEqualTo("ended 1");
    assertThat(Files.readString(folder.resolve("err.txt"))).contains("enough");
  }

  @Test
  void aProcessWhoseLauncherIsKilledEndsWithIt() throws Exception {
    String endless = "print(\"begun\"); i = 0; while (i >= 0) { i = (i + 1) %% 7 }";
    Process process = start("REPRISE_LEAVING=\"$$ 8\" \"$@\" 8>told.txt; exit 7", endless);
    assertThat(lines(process).readLine()).isEqualTo("begun");
    ProcessHandle java = process.children().findFirst().orElseThrow();
    process.destroyForcibly();
    java.onExit().get(10, TimeUnit.MINUTES);
    assertThat(Files.readString(folder.resolve("told.txt"))).isEmpty();
  }

  @Test
  void aProcessWhoseLauncherWasKilledBeforeItBeganDoesNothing() throws Exception {
    Process gone = CommandProcess.builder(List.of("true")).start();
    assertThat(gone.waitFor()).isZero();
    assertNothingIsDoneFor(gone.pid());
  }

  /** As in a container whose first process takes no exit codes of others. */
  @Test
  void aProcessWhoseLauncherWasKilledAndNotWaitedForDoesNothing() throws Exception {
    // The last command, which has begun when it prints, knows of no children.
    String parent = "sleep 3600 > sleep.txt & echo $! > pid.txt; exec cat pid.txt -";
    Process forgetful =
        CommandProcess.builder(List.of("bash", "-c", parent)).directory(folder.toFile()).start();
    started.add(forgetful);
    long pid = Long.parseLong(lines(forgetful).readLine());
    Path state = Path.of("/proc", Long.toString(pid), "stat");
    assumeTrue(Files.exists(state), "the system does not tell the state of processes");
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    while (!Files.readString(state).contains(") Z ")) {
      Thread.onSpinWait();
    }
    assertNothingIsDoneFor(pid);
    assertThat(Files.readString(state)).contains(") Z ");
  }

  /** Starts a command with the offer of a launcher that is not its parent. */
  private void assertNothingIsDoneFor(long launcher) throws Exception {
    String late =
        """
        exec 8>&1 1>out.txt
        REPRISE_LEAVING="%d 8" "$@"
        echo "ended $?" >&8
        """;
    Process process = start(late.formatted(launcher), SCRIPT);
    assertThat(lines(process).readLine()).isEqualTo("ended 137");
    assertThat(output()).isEmpty();
  }

  @Test
  void aProcessThatIsKilledBeforeItsCommandEndsLeavesNoDatabaseAndTheNextOneMakesIt()
      throws Exception {
    Process killed =
        start(
            "REPRISE_LEAVING=\"$$ 8\" \"$@\" 8>told.txt; exit 7",
            SCRIPT + "print(\"begun\"); i = 0; while (i >= 0) { i = (i + 1) %% 7 }");
    for (String line = ""; !line.equals("begun"); ) {
      line = lines(killed).readLine();
    }
    assertThat(store().resolve("graph.db")).doesNotExist();
    ProcessHandle java = killed.children().findFirst().orElseThrow();
    java.destroyForcibly();
    java.onExit().get(10, TimeUnit.MINUTES);
    Process next = start(WAITING, SCRIPT);
    assertThat(lines(next).readLine()).isEqualTo("0");
    assertThat(lines(next).readLine()).isEqualTo("ended 0");
    assertThat(artifacts()).isNotEmpty();
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(store()))) {
      assertThat(new Experiments(store).runs(9))
          .singleElement()
          .satisfies(run -> assertThat(run.status()).isEqualTo("finished"));
    }
  }

  @Test
  void whatIsNoOfferOfTheParentIsNone() {
    assertThat(Departure.of(null).isPossible()).isFalse();
    assertThat(Departure.of("8").isPossible()).isFalse();
    assertThat(Departure.of("-1 8").isPossible()).isFalse();
    assertThat(Departure.of(ProcessHandle.current().pid() + " 8").isPossible()).isFalse();
  }
}
