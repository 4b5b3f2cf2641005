package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Inspection;
import dev.reprise.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a session finds in an experiment store that an earlier one has filled. */
class StoredRunsTest {
  /** Work of some milliseconds each, so that every value is worth keeping on any machine. */
  private static final String PRODUCTS =
      """
      X = rand(rows=20000, cols=100, seed=1)
      y = rand(rows=20000, cols=1, seed=2)
      A = t(X) %*% X
      b = t(X) %*% y
      """;

  private static final String CALLS =
      """
      fit = function(Matrix[Double] X, Matrix[Double] y, Double reg)
        return (Matrix[Double] B, Double loss)
      {
        A = t(X) %*% X + diag(matrix(reg, ncol(X), 1))
        B = solve(A, t(X) %*% y)
        loss = sum((X %*% B - y)^2)
      }
      X = rand(rows=20000, cols=100, seed=1)
      y = rand(rows=20000, cols=1, seed=2)
      for (i in 1:3) {
        [B, loss] = fit(X, y, i / 10)
        print(i + " " + loss + " " + sum(B))
      }
      """;

  @TempDir private Path folder;

  private Path storeFolder() {
    return folder.resolve("store");
  }

  private SessionConfig stored() {
    return Scripts.config()
        .withWorkingDirectory(folder)
        .withStore(Scripts.keepingAll(storeFolder()));
  }

  private static Outcome run(SessionConfig config, String script) {
    Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  @Test
  void aSecondSessionLoadsInsteadOfComputing() {
    String script = PRODUCTS + "print(sum(A) + sum(b))";
    Outcome first = run(stored(), script);
    Outcome second = run(stored(), script);
    assertThat(second.output()).isEqualTo(first.output());
    assertThat(first.statistics().store().hits()).isZero();
    assertThat(first.statistics().of("tsmm").executed()).isEqualTo(1);
    assertThat(second.statistics().store().hits()).isPositive();
    assertThat(second.statistics().of("tsmm").executed()).isZero();
    assertThat(second.statistics().store().damaged()).isZero();
  }

  @Test
  void whatTakesLessThanLoadingIsKeptWhenItCountsAsMuch() {
    // Loading is estimated to take 8 ms, and transposing takes much less than twice that.
    String script = "X = rand(rows=1500, cols=1000, seed=1)\nY = t(X)\nprint(nrow(Y))\n";
    Outcome first = run(stored(), script);
    Outcome second = run(stored(), script + "print(sum(Y))");
    assertThat(second.output()).startsWith(first.output());
    assertThat(second.statistics().store().computed()).isZero();
    assertThat(second.statistics().of("t"))
        .satisfiesAnyOf(
            none -> assertThat(none).isNull(), never -> assertThat(never.executed()).isZero());
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"FULL", "PARTIAL", "MULTILEVEL", "HYBRID"})
  void everyModeGivesTheSameColdAndWarm(ReuseMode mode) {
    String expected = run(Scripts.config().withReuse(ReuseMode.NONE), CALLS).output();
    for (int round = 0; round < 3; round++) {
      assertThat(run(stored().withReuse(mode), CALLS).output()).isEqualTo(expected);
    }
  }

  @Test
  void wholeCallsAreFoundWithoutEnteringThem() {
    run(stored(), CALLS);
    Outcome second = run(stored(), CALLS);
    assertThat(second.statistics().store().regions()).isEqualTo(3);
    assertThat(second.statistics().of("solve"))
        .satisfiesAnyOf(
            none -> assertThat(none).isNull(), never -> assertThat(never.executed()).isZero());
  }

  @Test
  void aModifiedScriptPaysForWhatIsNew() {
    run(stored(), CALLS);
    Outcome wider = run(stored(), CALLS.replace("1:3", "1:5"));
    assertThat(wider.output())
        .isEqualTo(run(Scripts.config(), CALLS.replace("1:3", "1:5")).output());
    assertThat(wider.statistics().store().regions()).isEqualTo(3);
    assertThat(wider.statistics().of("solve").executed()).isEqualTo(2);
    // The product that all of them need was kept by itself.
    assertThat(wider.statistics().of("tsmm").executed()).isZero();
  }

  @Test
  void theLineageOfFoundCallsIsThatOfExecutedOnes() throws IOException {
    String script = CALLS + "write(B, 'B.csv', format='csv')";
    run(stored(), script);
    byte[] cells = Files.readAllBytes(folder.resolve("B.csv"));
    Path trace = folder.resolve("first.lineage");
    Files.move(folder.resolve("B.csv.lineage"), trace);
    assertThat(run(stored(), script).statistics().store().regions()).isEqualTo(3);
    assertThat(Files.readAllBytes(folder.resolve("B.csv"))).isEqualTo(cells);
    Path replayed = folder.resolve("again.csv");
    try (Session session = Reprise.session(Scripts.config())) {
      session.replay(folder.resolve("B.csv.lineage"), replayed, "csv");
    }
    assertThat(Files.readAllBytes(replayed)).isEqualTo(cells);
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      Experiments experiments = new Experiments(store);
      // Both runs have left the same key.
      assertThat(experiments.traces(1)).isEqualTo(experiments.traces(2)).hasSize(1);
    }
  }

  @Test
  void aFileIsReadFromTheStoreUntilItsContentChanges() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      rows.append(i % 7).append(',').append(i * 0.37).append(',').append(i % 11).append('\n');
    }
    Path data = Files.writeString(folder.resolve("d.csv"), rows);
    String script = "X = read('d.csv', format='csv')\nprint(sum(X))";
    Outcome first = run(stored(), script);
    Outcome second = run(stored(), script);
    assertThat(second.output()).isEqualTo(first.output());
    assertThat(second.statistics().of("read").executed()).isZero();
    Files.writeString(data, "1,2,3\n" + rows);
    Outcome changed = run(stored(), script);
    assertThat(changed.output())
        .isEqualTo(run(Scripts.config().withWorkingDirectory(folder), script).output());
    assertThat(changed.statistics().of("read").executed()).isEqualTo(1);
  }

  @Test
  void damagedArtifactsAreComputedAgainAndReplaced() throws IOException {
    String script = PRODUCTS + "print(sum(A) + sum(b))";
    String expected = run(stored(), script).output();
    damageAll();
    Outcome second = run(stored(), script);
    assertThat(second.output()).isEqualTo(expected);
    assertThat(second.statistics().store().damaged()).isPositive();
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      // What nothing needed is left for whoever looks through the store.
      new Inspection(store).run(true);
      assertThat(new Inspection(store).run(false).problems()).isEmpty();
    }
    Outcome third = run(stored(), script);
    assertThat(third.output()).isEqualTo(expected);
    assertThat(third.statistics().of("tsmm").executed()).isZero();
  }

  /** Flips a bit in every content that lies in a file, or in pieces. */
  private void damageAll() throws IOException {
    int damaged = 0;
    for (String contents : List.of("artifacts", "pieces")) {
      Path place = storeFolder().resolve(contents);
      // Made when the first content comes.
      try (Stream<Path> files = Files.exists(place) ? Files.walk(place) : Stream.empty()) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          byte[] bytes = Files.readAllBytes(file);
          bytes[bytes.length - 1] ^= 0x40;
          Files.write(file, bytes);
          damaged++;
        }
      }
    }
    assertThat(damaged).isPositive();
  }

  @Test
  void featureSetsShareTheColumnsThatTheyHaveInCommon() {
    String features =
        """
        widen = function(Matrix[Double] X, Double k) return (Matrix[Double] Y) {
          f = rowSums(exp(X %*% t(X[1:100, ]) * k))
          Y = cbind(X, f)
        }
        X = rand(rows=40000, cols=12, seed=1)
        """;
    String script = features + "for (k in 1:4) { Y = widen(X, k / 9); print(k + \" \" + sum(Y)) }";
    String more =
        features
            + "for (k in 1:4) { Y = widen(X, k / 9); print(k + \" \" + sum(Y %*% t(Y[1:3, ]))) }";
    String expected = Scripts.run(Scripts.config(), more).output();
    // The queue, an eighth of the budget, has room for all 270 MB, however slowly they are written.
    SessionConfig eager =
        stored().withHostBytes(4L << 30).withStore(Scripts.keepingAll(storeFolder()));
    run(eager, script);
    Outcome second = run(eager, more);
    assertThat(second.output()).isEqualTo(expected);
    assertThat(second.statistics().of("exp").executed()).isZero();
    assertThat(second.statistics().store().damaged()).isZero();
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      List<ArtifactEntry> all = new Experiments(store).artifacts(0, 1_000);
      assertThat(all).filteredOn(each -> each.bytes() == 33 + 40_000 * 13 * 8).hasSize(4);
      long bytes = all.stream().mapToLong(ArtifactEntry::bytes).sum();
      // Three of the four have twelve columns that the first one has.
      assertThat(bytes - store.artifactBytes()).isGreaterThanOrEqualTo(3 * 12 * 40_000 * 8);
    }
  }

  @Test
  void exactNumericsTakeNothingFromDefaultOnes() {
    String script = PRODUCTS + "print(sum(A) + sum(b))";
    run(stored(), script);
    Outcome exact = run(stored().withNumerics(Numerics.EXACT), script);
    assertThat(exact.statistics().of("tsmm").executed()).isEqualTo(1);
    Outcome again = run(stored().withNumerics(Numerics.EXACT), script);
    assertThat(again.statistics().of("tsmm").executed()).isZero();
    assertThat(again.output()).isEqualTo(exact.output());
  }

  @Test
  void withFp32NothingOfFp64IsFound() {
    String script = PRODUCTS + "print(sum(A) + sum(b))";
    run(stored(), script);
    Outcome single = run(stored().withPrecision(dev.reprise.runtime.Precision.FP32), script);
    assertThat(single.statistics().store().hits()).isZero();
  }

  @Test
  void loadedValuesAreComparedWithComputedOnesWhenAsked() {
    String script = PRODUCTS + "print(sum(A) + sum(b))";
    String expected = run(stored(), script).output();
    Outcome checked = run(stored().withVerifyReuse(1), script);
    assertThat(checked.output()).isEqualTo(expected);
    assertThat(checked.statistics().store().hits()).isPositive();
    assertThat(checked.statistics().verification().values())
        .isGreaterThanOrEqualTo(checked.statistics().store().hits());
  }

  @Test
  void withTrapsNothingIsLoadedThatNobodyWatched() {
    String script = "X = rand(rows=3000, cols=3000, seed=1)\nY = X %*% (X / 0)\nprint(sum(Y))";
    run(stored(), script);
    SessionConfig trapped = stored().withTraps(java.util.Set.of(Trap.INF));
    assertThat(Scripts.failure(trapped, script)).hasMessageContaining("infinity");
  }

  @Test
  void errorsAreNotKeptAndFailedRunsSaySo() {
    String script = PRODUCTS + "B = solve(A - A, b)\nprint(sum(B))";
    for (int round = 0; round < 2; round++) {
      assertThat(Scripts.failure(stored(), script)).hasMessageContaining("solve");
    }
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      assertThat(new Experiments(store).runs(9)).allMatch(run -> run.status().equals("failed"));
    }
  }

  @Test
  void severalWorkersAndATinyBudgetGiveTheSame() {
    String script =
        CALLS
                .replace("for (i in 1:3) {", "R = matrix(0, 6, 1)\nparfor (i in 1:6) {")
                .replace("print(i + \" \" + loss + \" \" + sum(B))", "R[i, 1] = loss + sum(B)")
            + "print(toString(R, decimal=12))";
    String expected = run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    assertThat(run(stored().withThreads(4), script).output()).isEqualTo(expected);
    assertThat(run(stored().withThreads(4), script).output()).isEqualTo(expected);
    SessionConfig tiny =
        Scripts.config()
            .withHostBytes(64L << 20)
            .withStore(StoreConfig.of(storeFolder()).withBudgetBytes(100_000));
    assertThat(run(tiny, script).output()).isEqualTo(expected);
    assertThat(run(tiny, script).output()).isEqualTo(expected);
  }
}
