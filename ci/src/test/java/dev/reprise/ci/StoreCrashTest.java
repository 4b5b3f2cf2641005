package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.Main;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Inspection;
import dev.reprise.store.StoreConfig;
import dev.reprise.testkit.CommandProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that share an experiment store and are killed at any moment. {@code -Dstore.kills=500
 * -Dstore.processes=8} kills more of them, and of more at once, than a build has time for.
 */
class StoreCrashTest {
  private static final CommandProcess COMMAND = new CommandProcess(System.getProperties());

  private static final int KILLS = Integer.getInteger("store.kills", 8);
  private static final int AT_ONCE = Integer.getInteger("store.processes", 4);
  private static final long LONGEST_LIFE_MILLIS = 2_500;

  private static final String SCRIPT =
      """
      fit = function(Matrix[Double] X, Matrix[Double] y, Double reg)
        return (Matrix[Double] B, Double loss)
      {
        A = t(X) %*% X + diag(matrix(reg, ncol(X), 1))
        B = solve(A, t(X) %*% y)
        loss = sum((X %*% B - y)^2)
      }
      X = rand(rows=30000, cols=120, seed=1)
      y = rand(rows=30000, cols=1, seed=2)
      R = matrix(0, 12, 2)
      parfor (i in 1:12) {
        [B, loss] = fit(X[1:(20000 + 100 * i), ], y[1:(20000 + 100 * i), ], i / 10)
        R[i, 1] = loss
        R[i, 2] = sum(B)
      }
      print(toString(R, decimal=9))
      """;

  /** Makes a matrix whose columns are too short for files of their own. */
  private static final String WIDE =
      """
      W = rand(rows=1500, cols=1500, seed=3)
      print(sum(W %*% W))
      """;

  /** With a header; it does not fit into 4 MiB. */
  private static final long WIDE_BYTES = 1500 * 1500 * 8 + 33;

  /** Lets all that is worth it be written, whatever time it takes. */
  private static final Map<String, String> EAGER =
      Map.of("REPRISE_STORE_WRITING_PERCENT", "100000");

  @TempDir private Path folder;

  private String script = SCRIPT;
  private int started;

  private Process start(Path output) throws IOException {
    return start(output, List.of(), EAGER);
  }

  /**
   * @param before words that lead the command
   */
  private Process start(Path output, List<String> before, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(COMMAND.words(Main.class));
    command.addAll(
        List.of("run", "--device", "cpu", "--store", folder.resolve("store").toString()));
    // Another text each time: else the whole run would be found once one has ended.
    command.addAll(List.of("-s", script + "# process " + started++ + "\n"));
    ProcessBuilder process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    process.environment().putAll(environment);
    return process.start();
  }

  private StoreConfig config() {
    return StoreConfig.of(folder.resolve("store"));
  }

  /** Runs to the end; what it printed. */
  private String whole() throws IOException, InterruptedException {
    Path output = folder.resolve("whole.txt");
    Process process = start(output);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("ended").isTrue();
    assertThat(process.exitValue()).as(() -> read(output)).isZero();
    return read(output);
  }

  private static String read(Path output) {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void killedProcessesLoseNothingThatWasCommittedAndHoldNobodyUp() throws Exception {
    Random random = new Random(11);
    Set<String> committed = new HashSet<>();
    List<Process> running = new ArrayList<>();
    List<Long> lives = new ArrayList<>();
    for (int killed = 0; killed < KILLS; killed++) {
      while (running.size() < AT_ONCE) {
        running.add(start(folder.resolve("out-" + killed + "-" + running.size())));
        lives.add(1 + (long) (random.nextDouble() * LONGEST_LIFE_MILLIS));
      }
      Process victim = running.removeFirst();
      boolean ended = victim.waitFor(lives.removeFirst(), TimeUnit.MILLISECONDS);
      victim.destroyForcibly().waitFor();
      assertThat(ended && victim.exitValue() != 0).as("failed by itself").isFalse();
      committed.addAll(artifacts());
    }
    for (Process left : running) {
      left.destroyForcibly().waitFor();
    }
    assertThat(artifacts()).containsAll(committed);
    try (ExperimentStore store = ExperimentStore.open(config())) {
      assertThat(new Inspection(store).run(true).problems()).isEmpty();
      Inspection.Report clean = new Inspection(store).run(false);
      assertThat(clean.orphans()).isZero();
    }
    String first = whole();
    // What was cut into pieces is among it.
    assertThat(folder.resolve("store/pieces")).isNotEmptyDirectory();
    String second = whole();
    assertThat(second).isEqualTo(first);
    // What a store that nobody was killed with gives.
    folder = Files.createDirectory(folder.resolve("fresh"));
    assertThat(whole()).isEqualTo(first);
  }

  /** The system refuses to let a file of the process grow beyond 4 MiB, as a full disk does. */
  @Test
  void aDiskThatTakesNoMoreMakesNoDifference() throws Exception {
    script = SCRIPT + WIDE;
    String expected = whole();
    Path roomy = folder;
    folder = Files.createDirectory(folder.resolve("full"));
    Path output = folder.resolve("out.txt");
    List<String> limited = List.of("bash", "-c", "ulimit -f 4096; exec \"$@\"", "limited");
    Process process = start(output, limited, EAGER);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("ended").isTrue();
    assertThat(process.exitValue()).as(() -> read(output)).isZero();
    assertThat(read(output))
        .startsWith(expected)
        .contains("cannot be written", "nothing more was kept")
        .hasLineCount((int) expected.lines().count() + 1);
    try (ExperimentStore store = ExperimentStore.open(config())) {
      // A draft that was not finished is gone, or goes now.
      new Inspection(store).run(true);
      assertThat(new Inspection(store).run(false).isClean()).isTrue();
      assertThat(new Experiments(store).artifacts(0, 1_000))
          .noneMatch(each -> each.bytes() == WIDE_BYTES);
    }
    assertThat(whole()).isEqualTo(expected);
    folder = roomy;
  }

  private Set<String> artifacts() {
    Path graph = folder.resolve("store/graph.db");
    if (!Files.exists(graph)) {
      return Set.of();
    }
    try (ExperimentStore store = ExperimentStore.open(config())) {
      return new Experiments(store)
          .artifacts(0, Integer.MAX_VALUE).stream()
              .map(ArtifactEntry::key)
              .map(Object::toString)
              .collect(Collectors.toSet());
    }
  }
}
