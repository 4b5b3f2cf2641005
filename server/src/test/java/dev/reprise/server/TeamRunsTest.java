package dev.reprise.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.Reprise;
import dev.reprise.ReuseMode;
import dev.reprise.RunResult;
import dev.reprise.RunStatistics;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.store.StoreConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scripts that share a server's store. */
@ExtendWith(Postgres.class)
class TeamRunsTest {
  private static final String SCRIPT =
      """
      fit = function(matrix[double] X, matrix[double] y, double reg)
          return (matrix[double] B, double loss) {
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
  private TestServer server;
  private StoreConfig store;

  private record Outcome(String output, String notes, RunStatistics statistics) {}

  @BeforeEach
  void start(Postgres.Databases databases) throws Exception {
    server = new TestServer(databases, folder);
    // What is kept is not to depend on how long it took here.
    store =
        StoreConfig.of(server.address(server.token("ada")))
            .withLeastCostNanos(TimeUnit.HOURS.toNanos(1));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static SessionConfig plain() {
    return SessionConfig.defaults().withHostBytes(512L << 20).withThreads(2);
  }

  private static Outcome run(SessionConfig config, String script) throws Exception {
    return run(config, script, () -> {});
  }

  /**
   * @param between happens after the session has opened its store
   */
  private static Outcome run(SessionConfig config, String script, Runnable between)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    RunStatistics statistics;
    try (PrintStream output = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream notes = new PrintStream(err, true, StandardCharsets.UTF_8);
        Session session = Reprise.session(config.withOutput(output, notes))) {
      between.run();
      try (RunResult result = session.compile(script, CompileOptions.none()).run()) {
        statistics = result.statistics();
      }
    }
    return new Outcome(
        out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8), statistics);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"FULL", "HYBRID"})
  void whatOneComputesTheNextOneLoadsWithTheSameResult(ReuseMode mode) throws Exception {
    String expected = run(plain().withReuse(ReuseMode.NONE), SCRIPT).output();
    SessionConfig shared = plain().withReuse(mode).withStore(store);
    Outcome cold = run(shared, SCRIPT);
    Outcome warm = run(shared, SCRIPT);
    // First of all, since it says why whatever else is wrong.
    assertThat(cold.notes() + warm.notes()).isEmpty();
    assertThat(server.log()).isEmpty();
    assertThat(cold.output()).isEqualTo(expected);
    assertThat(warm.output()).isEqualTo(expected);
    assertThat(cold.statistics().store().hits()).isZero();
    assertThat(warm.statistics().store().hits())
        .as("%s after %s", warm.statistics().store(), cold.statistics().store())
        .isPositive();
    assertThat(warm.statistics().store().damaged()).isZero();
    assertThat(warm.statistics().store().problem()).isNull();
    // Another tenant finds nothing of it.
    StoreConfig other = StoreConfig.of(server.address(server.token("bob")));
    Outcome stranger = run(plain().withReuse(mode).withStore(other), SCRIPT);
    assertThat(stranger.output()).isEqualTo(expected);
    assertThat(stranger.statistics().store().hits()).isZero();
  }

  @Test
  void aTrainingBeginsFromTheBestModelOfItsOwnTeam() throws Exception {
    String training =
        """
        X = matrix(seq(1, 120), 40, 3) %% 7 / 3
        y = X %*% matrix("1 -2 0.5", 3, 1)
        W = warmstart(matrix(0, 3, 1), X, "squared error")
        for (e in 1:20) { W = W - 0.1 * (t(X) %*% (X %*% W - y)) / 40 }
        score(W, sum((X %*% W - y)^2), "squared error", smaller=TRUE)
        print(toString(W, decimal=17))
        """;
    String twice = run(plain(), training.replace("1:20", "1:40")).output();
    SessionConfig warm = plain().withStore(store.withWarmStart());
    Outcome first = run(warm, training);
    assertThat(first.statistics().store().coldStarts()).isEqualTo(1);
    Outcome second = run(warm, training);
    assertThat(second.statistics().store().warmStarts()).isEqualTo(1);
    assertThat(second.output()).isEqualTo(twice).isNotEqualTo(first.output());
    assertThat(first.notes() + second.notes()).isEmpty();
    assertThat(server.log()).isEmpty();
    StoreConfig other = StoreConfig.of(server.address(server.token("bob")));
    Outcome stranger = run(plain().withStore(other.withWarmStart()), training);
    assertThat(stranger.output()).isEqualTo(first.output());
  }

  @Test
  void aServerThatIsNotThereOrGoesAwayBreaksNoRun() throws Exception {
    String expected = run(plain(), SCRIPT).output();
    SessionConfig shared = plain().withStore(store);
    Outcome abandoned = run(shared, SCRIPT, server::close);
    Outcome alone = run(shared, SCRIPT);
    for (Outcome each : new Outcome[] {abandoned, alone}) {
      assertThat(each.output()).isEqualTo(expected);
      assertThat(each.notes().lines()).hasSize(1);
      assertThat(each.notes()).contains("does not answer", "the run goes on without it");
      assertThat(each.statistics().store().hits()).isZero();
      assertThat(each.statistics().store().problem()).contains("does not answer");
    }
  }
}
