package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RunStatistics.LineageUse;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.TraceReader;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.operation.OperationTable;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Traces that take more than their budget are cut; keys, hits and results stay the same. */
class LineageBudgetTest {
  private static final String DATA =
      "X = matrix(seq(1, 100), 10, 10)\ns = sum(X) * 1.0\nS = X\nT = s\n";

  @TempDir Path folder;

  /** What a run printed, said, counted, and the keys of its variables. */
  private record Ran(String out, String err, RunStatistics statistics, List<Key> keys) {}

  private Ran run(SessionConfig config, String script) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    SessionConfig told =
        config
            .withOutput(new PrintStream(out, true), new PrintStream(err, true))
            .withWorkingDirectory(folder);
    String writing =
        "\nwrite(matrix(s, 1, 1), \"s\")\nwrite(S, \"S\")\nwrite(matrix(T, 1, 1), \"T\")\n";
    RunStatistics statistics;
    try (Session session = Reprise.session(told);
        RunResult result = session.compile(script + writing, CompileOptions.none()).run()) {
      statistics = result.statistics();
    }
    List<Key> keys = new ArrayList<>();
    for (String name : List.of("s", "S", "T")) {
      keys.add(key(folder.resolve(name + ".lineage")));
    }
    return new Ran(
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8),
        statistics,
        keys);
  }

  private static SessionConfig tiny(boolean dedup) {
    return Scripts.config().withDedup(dedup).withLineageBytes(100_000);
  }

  static Stream<String> scripts() {
    return Stream.of(
        "for (i in 1:9000) { s = s * 0.5 + i; if (i %% 7 == 3) { T = T + s * 0.25 } }",
        "i = 0\nwhile (i < 9000) { if (i %% 3 < 1) { s = s - i * s } else { T = s * 2 + T }\n"
            + "i = i + 1 }",
        // Random numbers after a cut are those that they would have been.
        "for (i in 1:3000) { r = as.scalar(rand(rows=1, cols=1)); s = s * 0.5 + r; T = T + s }",
        "for (k in 1:30) { for (j in 1:(100 + k)) { s = s * 0.5 + j * k; T = T + s }\nS = S + s }",
        "L = list(S, s)\nfor (i in 1:6000) { b = as.scalar(L[2]); L = list(S, b * 0.5 + i) }\n"
            + "s = as.scalar(L[2])",
        "f = function(double s, int n) return (double s) {\n"
            + "for (j in 1:n) { s = s * 0.5 + j } }\n"
            + "for (i in 1:100) { s = f(s, 90); T = T + s }\nT = T + f(s, 5000)",
        "R = matrix(0, 8, 1)\nparfor (i in 1:8) { t = s\n"
            + "for (j in 1:3000) { t = t * 0.5 + i * j }\nR[i, 1] = t }\nS = S + sum(R)");
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void keysHitsAndOutputAreThoseOfTheWholeTrace(String script) throws Exception {
    String text = DATA + script + "\nA = S %*% S + s\nB = S %*% S + s\nprint(sum(A) + sum(B) + T)";
    Ran whole = run(Scripts.config(), text);
    assertThat(whole.statistics().lineage().cuts()).isZero();
    for (boolean dedup : new boolean[] {true, false}) {
      Ran cut = run(tiny(dedup), text);
      assertThat(cut.keys()).as("dedup %s", dedup).isEqualTo(whole.keys());
      assertThat(cut.out()).isEqualTo(whole.out());
      assertThat(cut.statistics().hits()).isEqualTo(whole.statistics().hits());
      if (!dedup) {
        assertThat(cut.statistics().lineage().cuts()).isPositive();
        assertThat(cut.err()).containsOnlyOnce("takes more than 97.7 KiB of heap; traces are cut");
      }
    }
    assertThat(run(tiny(false).withVerifyReuse(1), text).out()).isEqualTo(whole.out());
  }

  @Test
  void whatTracesTakeStaysNearTheBudget() throws Exception {
    String script = DATA + "for (i in 1:100000) { s = s * 0.5 + i; T = T + s }";
    LineageUse whole = run(Scripts.config().withDedup(false), script).statistics().lineage();
    LineageUse cut =
        run(Scripts.config().withDedup(false).withLineageBytes(2 << 20), script)
            .statistics()
            .lineage();
    // Two operations with literals each: 48 bytes each an iteration, and a number.
    assertThat(whole.peakBytes()).isBetween(12_000_000L, 40_000_000L);
    assertThat(whole.bytes()).isLessThanOrEqualTo(whole.peakBytes());
    assertThat(cut.peakBytes()).isBetween(1L << 20, 5L << 19);
    assertThat(cut.bytes()).isLessThanOrEqualTo(cut.peakBytes());
    assertThat(cut.budgetBytes()).isEqualTo(2 << 20);
    // A loop that repeats itself is stored in next to nothing.
    assertThat(run(Scripts.config(), script).statistics().lineage().peakBytes()).isLessThan(10_000);
  }

  @Test
  void theBudgetIsAtMostHalfOfTheHeap() throws Exception {
    long heap = Runtime.getRuntime().maxMemory();
    SessionConfig greedy = Scripts.config().withLineageBytes(Long.MAX_VALUE);
    assertThat(run(greedy, DATA).statistics().lineage().budgetBytes()).isEqualTo(heap / 2);
  }

  @Test
  void aReplayOfACutTraceSaysThatItIsCut() throws Exception {
    SessionConfig config = tiny(false).withWorkingDirectory(folder);
    run(config, DATA + "for (i in 1:20000) { s = s * 0.5 + i }\nS = S + s");
    String trace = Files.readString(folder.resolve("S.lineage"));
    assertThat(trace).contains("= cut{height=");
    try (Session session = Reprise.session(config)) {
      assertThatThrownBy(
              () -> session.replay(folder.resolve("S.lineage"), folder.resolve("R"), null))
          .isInstanceOf(OperandException.class)
          .hasMessageContaining("the trace is cut here")
          .hasMessageContaining("--memory lineage=");
    }
  }

  private static Key key(Path file) throws Exception {
    return TraceReader.read(new StringReader(Files.readString(file)), OperationTable.standard())
        .output()
        .key();
  }

  @Test
  void theHistoryOfCallsThatAreFoundByTheirContentsCounts() throws Exception {
    // Each call makes 200 items, and few variables are bound.
    String script =
        """
        f = function(Double z, Matrix[Double] W) return (Double r) {
          r = sum(W %%*%% W) * 0 + z
          %s
        }
        W = rand(rows=60, cols=60, seed=1)
        V = matrix(3, 300, 1)
        for (i in 1:300) { s = s + f(as.scalar(V[i, 1]), W) }
        """
            .formatted("r = r * 0.5 + 1\n".repeat(100));
    Ran ran = run(tiny(false), DATA + script);
    assertThat(ran.statistics().functions().byContents()).isEqualTo(299);
    assertThat(ran.statistics().lineage().cuts()).isPositive();
  }
}
