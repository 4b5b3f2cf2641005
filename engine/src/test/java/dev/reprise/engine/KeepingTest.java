package dev.reprise.engine;

import static dev.reprise.engine.NumberRun.config;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.lineage.Key;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the cache keeps of what programs compute, seen by the events of the cache. */
class KeepingTest {

  /** Counts admissions and refusals of values of at least 1,000 bytes, and hits. */
  private static final class Log implements CacheEvents {
    final AtomicLong kept = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong hits = new AtomicLong();
    final Map<Key, AtomicLong> claims = new ConcurrentHashMap<>();

    @Override
    public void admitted(Key key, long bytes, long costNanos, long height) {
      kept.addAndGet(bytes >= 1000 ? 1 : 0);
    }

    @Override
    public void rejected(Key key, long bytes, Rejection reason) {
      assertThat(reason).isEqualTo(Rejection.NOT_WANTED);
      refused.addAndGet(bytes >= 1000 ? 1 : 0);
    }

    @Override
    public void hit(Key key, long costNanos) {
      hits.incrementAndGet();
    }

    @Override
    public void claimed(Key key) {
      claims.computeIfAbsent(key, k -> new AtomicLong()).incrementAndGet();
    }
  }

  private record Run(double result, Log log, RunStatistics statistics) {}

  private static Run run(SessionConfig config, String script) throws Exception {
    Log log = new Log();
    try (SessionServices services = new SessionServices(config, log)) {
      return run(services, log, script);
    }
  }

  private static Run run(SessionServices services, Log log, String script) {
    NumberRun run = NumberRun.of(services, script);
    return new Run(run.result(), log, run.statistics());
  }

  private static Run reusing(String script) throws Exception {
    Run reusing = run(config(ReuseMode.FULL, 1), script);
    assertThat(reusing.result).isEqualTo(NumberRun.inAllWays(script));
    return reusing;
  }

  /** 200 sums of different matrices of 96 kB. */
  private static final String FRESH =
      """
      X = matrix(seq(1, 12000), 120, 100)
      r = 0
      for (i in 1:200) {
        A = X + i
        r = r + sum(A) + as.scalar(A[1, 1])
      }
      """;

  @Test
  void aLoopThatNeverMeetsItsValuesAgainStopsKeepingThem() throws Exception {
    Run run = reusing(FRESH);
    assertThat(run.log.kept.get()).isBetween(2L, 20L);
    assertThat(run.log.refused.get()).isGreaterThan(175);
    assertThat(run.statistics.cache().rejected()).isGreaterThan(175);
  }

  @Test
  void twoRunsKeepTheSameValues() throws Exception {
    Run first = run(config(ReuseMode.FULL, 1), FRESH);
    Run second = run(config(ReuseMode.FULL, 1), FRESH);
    assertThat(second.log.kept.get()).isEqualTo(first.log.kept.get());
    assertThat(second.log.claims.keySet()).isEqualTo(first.log.claims.keySet());
  }

  @Test
  void whenEverythingIsKeptNothingIsRefused() throws Exception {
    Log log = new Log();
    try (SessionServices services =
        SessionServices.keepingEverything(config(ReuseMode.FULL, 1), log)) {
      Run run = run(services, log, FRESH);
      assertThat(run.log.refused.get()).isZero();
      assertThat(run.log.kept.get()).isGreaterThanOrEqualTo(200);
    }
  }

  @Test
  void valuesThatComeAgainAndAgainAreKeptAfterAll() throws Exception {
    Run run =
        reusing(
            """
            X = matrix(seq(1, 12000), 120, 100)
            r = 0
            for (k in 1:12) {
              for (i in 1:40) {
                A = X + i
                r = r + k * as.scalar(A[1, 1])
              }
            }
            """);
    // The more of the 480 have been missed that came again, the more are kept.
    assertThat(run.log.refused.get()).isPositive();
    assertThat(run.log.hits.get()).isGreaterThan(160);
  }

  @Test
  void expensiveValuesAreKeptHoweverManyThereAre() throws Exception {
    Run run =
        reusing(
            """
            X = matrix(seq(1, 60000), 3000, 20) %% 101
            r = 0
            for (k in 1:2) {
              for (i in 1:300) {
                A = t(X) %*% (X * i)
                r = r + as.scalar(A[1, 1])
              }
            }
            """);
    assertThat(run.statistics.of("matmul").executed()).isEqualTo(300);
    assertThat(run.statistics.of("matmul").hits()).isEqualTo(300);
  }

  @Test
  void workersThatNeedOneValueComputeItOnce() throws Exception {
    String script =
        """
        X = matrix(seq(1, 12000), 120, 100)
        R = matrix(0, 64, 1)
        parfor (i in 1:64, par=4, check=0) {
          A = X * 3 + 1
          R[i, 1] = i * as.scalar(A[2, 2])
        }
        r = sum(R)
        """;
    double expected = run(config(ReuseMode.NONE, 1), script).result;
    for (int round = 0; round < 20; round++) {
      Run run = run(config(ReuseMode.FULL, 4), script);
      assertThat(run.result).isEqualTo(expected);
      assertThat(run.log.claims.values()).allSatisfy(n -> assertThat(n.get()).isEqualTo(1));
    }
  }

  @Test
  void aRefusedValueStillGoesToEveryoneWhoWaitsForIt() throws Exception {
    // Far too large for what it costs: refused at once, and needed by four workers.
    String script =
        """
        X = matrix(seq(1, 400000), 400, 1000)
        R = matrix(0, 16, 1)
        parfor (i in 1:16, par=4, check=0) {
          A = X + 1
          R[i, 1] = i * as.scalar(A[2, 2])
        }
        r = sum(R)
        """;
    double expected = run(config(ReuseMode.NONE, 1), script).result;
    for (int round = 0; round < 10; round++) {
      Run run = run(config(ReuseMode.FULL, 4), script);
      assertThat(run.result).isEqualTo(expected);
      assertThat(run.log.refused.get()).isPositive();
    }
  }

  @Test
  void aCallThatIsNeverRepeatedStopsLeavingItsValues() throws Exception {
    String script =
        """
        f = function(matrix[double] X, double a) return (matrix[double] Y) {
          Y = (X + a) * 2
          Y = Y - X
        }
        X = matrix(seq(1, 12000), 120, 100)
        r = 0
        for (i in 1:200) {
          A = f(X, i)
          r = r + as.scalar(A[1, 1])
        }
        """;
    double expected = run(config(ReuseMode.NONE, 1), script).result;
    Run run = run(config(ReuseMode.HYBRID, 1), script);
    assertThat(run.result).isEqualTo(expected);
    assertThat(run.log.kept.get()).isLessThan(40);
  }
}
