package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.StoreConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops of the main program that an earlier run, of another script perhaps, has executed. */
class StoredLoopsTest {
  /** Operations too small to be asked for one by one, and too many to be written one by one. */
  private static final String TRAINING =
      """
      X = matrix(seq(1, 600), 100, 6) %% 7 / 3
      y = X %*% matrix("1 -2 0.5 2 1 -1", 6, 1)
      W = matrix(0, 6, 1)
      rate = 0.05
      for (e in 1:EPOCHS) {
        p = X %*% W
        if (e %% 10 == 0) { rate = rate * 0.99 }
        W = W - rate * (t(X) %*% (p - y)) / nrow(X)
      }
      """;

  private static final String SHOW = "print(toString(W, decimal=17) + rate + ' ' + e)\n";

  @TempDir private Path folder;

  private SessionConfig plain() {
    return Scripts.config().withWorkingDirectory(folder);
  }

  private StoreConfig store() {
    return Scripts.keepingAll(folder.resolve("store"));
  }

  private SessionConfig stored() {
    return plain().withStore(store());
  }

  private static Outcome run(SessionConfig config, String script) {
    Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  private static String training(int epochs) {
    return TRAINING.replace("EPOCHS", "" + epochs);
  }

  private static long executed(Outcome outcome, String operation) {
    return outcome.statistics().of(operation) == null
        ? 0
        : outcome.statistics().of(operation).executed();
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 2_000})
  void aScriptThatGoesOnElsewhereFindsTheWholeLoop(int epochs) {
    String further = training(epochs) + SHOW + "print(sum(W^2))\nprint(lineage(W))\n";
    Outcome alone = run(plain(), further);
    Outcome first = run(stored(), training(epochs) + SHOW);
    assertThat(alone.output()).startsWith(first.output());
    assertThat(executed(first, "matmul")).isGreaterThan(epochs);
    Outcome second = run(stored(), further);
    assertThat(second.output()).isEqualTo(alone.output());
    assertThat(second.statistics().store().regions()).isEqualTo(1);
    assertThat(executed(second, "matmul")).isEqualTo(1);
    // A renamed variable and another line before make no difference.
    Outcome renamed = run(stored(), "z = 3\nprint(z)\n" + further.replace("p ", "predicted "));
    assertThat(renamed.output()).isEqualTo("3\n" + alone.output());
    assertThat(renamed.statistics().store().regions()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"FULL", "PARTIAL", "MULTILEVEL", "HYBRID"})
  void everyModeGivesTheSameColdAndWarm(ReuseMode mode) {
    String expected = run(plain().withReuse(ReuseMode.NONE), training(1_000) + SHOW).output();
    for (int round = 0; round < 3; round++) {
      SessionConfig config = stored().withReuse(mode).withThreads(1 + round);
      assertThat(run(config, training(1_000) + SHOW + "# " + round).output()).isEqualTo(expected);
    }
    assertThat(run(stored().withDedup(false), training(1_000) + SHOW).output()).isEqualTo(expected);
    assertThat(run(stored().withHostBytes(1 << 20), training(1_000) + SHOW).output())
        .isEqualTo(expected);
    assertThat(run(stored().withNumerics(Numerics.EXACT), training(1_000) + SHOW).output())
        .isEqualTo(expected);
  }

  /** The loop that was kept left it without a value, and would have cleared the reader's. */
  @Test
  void aVariableThatOnlyTheReaderHasBeforeTheLoopKeepsItsValue() {
    String loop =
        """
        X = matrix(seq(1, 40000), 200, 200) / 40000
        for (i in 1:40) {
          S = X %*% t(X) + i
          s = sum(S)
          if (s < 0) { bad = S }
        }
        """;
    run(stored(), loop + "if (s < 0) { print(sum(bad)) }\nprint(s)\n");
    String other = "bad = matrix(3, 1, 1)\n" + loop + "print(s)\nprint(sum(bad))\n";
    Outcome found = run(stored(), other);
    assertThat(found.output()).isEqualTo(run(plain(), other).output()).endsWith("3.0\n");
    Outcome again = run(stored(), other + "print(s + 1)\n");
    assertThat(again.output()).startsWith(found.output());
    assertThat(again.statistics().store().regions()).isEqualTo(1);
  }

  @Test
  void whatDiffersInDataOrOptionsIsExecuted() {
    run(stored(), training(1_000) + SHOW);
    for (String other :
        new String[] {
          training(1_001),
          training(1_000).replace("%% 7", "%% 5"),
          training(1_000).replace("0.99", "0.98"),
          training(1_000).replace("0.05", "0.06")
        }) {
      Outcome outcome = run(stored(), other + SHOW);
      assertThat(outcome.statistics().store().regions()).isZero();
      assertThat(outcome.output()).isEqualTo(run(plain(), other + SHOW).output());
    }
  }

  @Test
  void aFoundLoopIsComparedWithAnExecutedOneWhenAsked() {
    String expected = run(stored(), training(2_000) + SHOW).output();
    Outcome checked = run(stored().withVerifyReuse(1), training(2_000) + SHOW + "# again");
    assertThat(checked.output()).isEqualTo(expected);
    assertThat(checked.statistics().verification().values()).isPositive();
  }

  @Test
  void aLoopBehindALoopIsFoundByWhatTheFirstOneLeft() throws IOException {
    String both =
        training(1_000)
            + """
            k = 0
            while (k < 1200) {
              k = k + 1
              W = W * 1.0001 + 0.00001 * sum(X)
              V = t(X) %*% (X %*% W)
            }
            write(W, "W.csv", format="csv")
            write(V, "V.csv", format="csv")
            """;
    run(stored(), both);
    byte[] weights = Files.readAllBytes(folder.resolve("W.csv"));
    byte[] products = Files.readAllBytes(folder.resolve("V.csv"));
    Path trace = folder.resolve("V.csv.lineage");
    Key key = key(trace);
    long size = Files.size(trace);
    Outcome second = run(stored(), both + "print(1)");
    assertThat(second.statistics().store().regions()).isEqualTo(2);
    assertThat(Files.readAllBytes(folder.resolve("W.csv"))).isEqualTo(weights);
    assertThat(Files.readAllBytes(folder.resolve("V.csv"))).isEqualTo(products);
    assertThat(key(trace)).isEqualTo(key);
    assertThat(Files.size(trace)).isBetween(size - 100, size + 100);
    try (Session session = Reprise.session(plain())) {
      session.replay(folder.resolve("V.csv.lineage"), folder.resolve("again.csv"), "csv");
    }
    assertThat(Files.readAllBytes(folder.resolve("again.csv"))).isEqualTo(products);
    // Another first loop: what the second one works on is another value.
    Outcome other = run(stored(), both.replace("0.99", "0.9"));
    assertThat(other.statistics().store().regions()).isZero();
  }

  private static Key key(Path trace) {
    try (Reader text = Files.newBufferedReader(trace)) {
      return TraceReader.read(text, OperationTable.standard()).output().key();
    } catch (IOException | TraceFormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFileThatHasMovedIsNamedAsTheReaderKnowsIt() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "1,2\n3,4\n5,7\n");
    String script =
        """
        X = read("FILE", format="csv")
        W = matrix(0, 2, 1)
        for (e in 1:3000) { W = W - 0.001 * (t(X) %*% (X %*% W - 1)) }
        write(W, "W.csv", format="csv")
        """;
    run(stored(), script.replace("FILE", "a.csv"));
    byte[] first = Files.readAllBytes(folder.resolve("W.csv"));
    Files.move(folder.resolve("a.csv"), folder.resolve("b.csv"));
    Outcome second = run(stored(), script.replace("FILE", "b.csv"));
    assertThat(second.statistics().store().regions()).isEqualTo(1);
    assertThat(Files.readAllBytes(folder.resolve("W.csv"))).isEqualTo(first);
    assertThat(Files.readString(folder.resolve("W.csv.lineage")))
        .contains("b.csv")
        .doesNotContain("a.csv");
  }

  @Test
  void aFileInAListThatHasMovedIsNamedAsTheReaderKnowsIt() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "1,2\n3,4\n5,7\n");
    String script =
        """
        L = list(read("FILE", format="csv"), matrix(1, 3, 1))
        W = matrix(0, 2, 1)
        for (e in 1:3000) {
          X = as.matrix(L[1])
          W = W - 0.001 * (t(X) %*% (X %*% W - as.matrix(L[2])))
        }
        write(W, "W.csv", format="csv")
        """;
    run(stored(), script.replace("FILE", "a.csv"));
    byte[] first = Files.readAllBytes(folder.resolve("W.csv"));
    Key key = key(folder.resolve("W.csv.lineage"));
    Files.move(folder.resolve("a.csv"), folder.resolve("b.csv"));
    Outcome second = run(stored(), script.replace("FILE", "b.csv"));
    assertThat(second.statistics().store().regions()).isEqualTo(1);
    assertThat(Files.readAllBytes(folder.resolve("W.csv"))).isEqualTo(first);
    assertThat(key(folder.resolve("W.csv.lineage"))).isEqualTo(key);
    assertThat(Files.readString(folder.resolve("W.csv.lineage")))
        .contains("b.csv")
        .doesNotContain("a.csv");
    try (Session session = Reprise.session(plain())) {
      session.replay(folder.resolve("W.csv.lineage"), folder.resolve("again.csv"), "csv");
    }
    assertThat(Files.readAllBytes(folder.resolve("again.csv"))).isEqualTo(first);
  }

  @Test
  void aLoopWhoseValuesAreGoneIsExecuted() {
    String expected = run(stored(), training(2_000) + SHOW).output();
    try (ExperimentStore opened = ExperimentStore.open(store())) {
      assertThat(opened.evictDownTo(0)).isPositive();
    }
    Outcome second = run(stored(), training(2_000) + SHOW + "# again");
    assertThat(second.output()).isEqualTo(expected);
    assertThat(second.statistics().store().regions()).isZero();
    Outcome third = run(stored(), training(2_000) + SHOW + "# and again");
    assertThat(third.output()).isEqualTo(expected);
    assertThat(third.statistics().store().regions()).isEqualTo(1);
  }

  @Test
  void loopsWithEffectsSeedsOrPartsOfVariablesAreExecutedEachTime() {
    String script =
        """
        X = matrix(seq(1, 20000), 100, 200)
        R = matrix(0, 3, 1)
        for (i in 1:3) { print(sum(X %*% t(X) + i)) }
        for (i in 1:3) { R[i, 1] = sum(X %*% t(X) - i) }
        for (i in 1:3) { S = rand(rows=100, cols=100); s = sum(X %*% t(X) %*% S) }
        print(sum(R))
        """;
    String expected = run(stored(), script).output();
    Outcome second = run(stored(), script + "# again");
    assertThat(second.output()).isEqualTo(expected);
    assertThat(executed(second, "print")).isEqualTo(4);
    assertThat(executed(second, "leftIndex")).isEqualTo(3);
    assertThat(executed(second, "rand")).isEqualTo(3);
  }

  @Test
  void parforLoopsAreFoundToo() {
    String script =
        """
        X = matrix(seq(1, 20000), 100, 200) %% 13
        total = 0
        parfor (i in 1:6) { total += sum(X %*% (t(X) + i)) }
        print(total)
        """;
    String expected = run(stored(), script).output();
    Outcome second = run(stored(), script + "print(2)");
    assertThat(second.output()).isEqualTo(expected + "2\n");
    assertThat(second.statistics().store().regions()).isEqualTo(1);
    assertThat(executed(second, "matmul")).isZero();
  }
}
