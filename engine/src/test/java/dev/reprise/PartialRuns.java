package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.CompileException;
import dev.reprise.runtime.Precision;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;

/**
 * Runs scripts with and without partial reuse and compares the matrix {@code R}, cell by cell: no
 * cell may be off by more than 1e-12 of the largest.
 */
final class PartialRuns {
  /** Matrices for scripts; X is 2000 x 60. */
  static final String DATA =
      """
      X = rand(rows=2000, cols=60, min=-1, max=1, seed=1)
      Y = rand(rows=60, cols=40, min=-1, max=1, seed=2)
      D = rand(rows=2000, cols=3, min=-1, max=1, seed=3)
      N = rand(rows=90, cols=60, min=-1, max=1, seed=4)
      y = rand(rows=2000, cols=1, min=-1, max=1, seed=5)
      """;

  private static final double TOLERANCE = 1e-12;

  private PartialRuns() {}

  /** What a run left in R, and what it counted. */
  record Outcome(double[][] result, RunStatistics statistics) {}

  /** The rewrite fires and nothing else about the result changes. */
  static RunStatistics fires(String rewrite, String script) {
    RunStatistics statistics = same(script);
    assertThat(statistics.partialHits(rewrite))
        .describedAs("%s among %s", rewrite, statistics.partial())
        .isPositive();
    return statistics;
  }

  /** The rewrite does not fire. */
  static RunStatistics declines(String rewrite, String script) {
    RunStatistics statistics = same(script);
    assertThat(statistics.partialHits(rewrite))
        .describedAs("%s among %s", rewrite, statistics.partial())
        .isZero();
    return statistics;
  }

  /** Equal results off, cold, warm, starved, exact, and in fp32. */
  static RunStatistics same(String script) {
    SessionConfig config = Scripts.config();
    String whole = DATA + script;
    double[][] expected = run(config.withReuse(ReuseMode.NONE), whole, 1).result;
    Outcome cold = run(config.withReuse(ReuseMode.PARTIAL), whole, 1);
    assertSame(expected, cold.result);

    SessionConfig hybrid = config.withReuse(ReuseMode.HYBRID).withThreads(1);
    long notKept = run(hybrid, whole, 1).statistics.cache().rejected();
    Outcome warm = run(hybrid, whole, 2);
    assertSame(expected, warm.result);
    assertThat(warm.statistics.misses())
        .describedAs("misses when warm")
        .isLessThanOrEqualTo(notKept);
    assertSame(
        expected, run(config.withReuse(ReuseMode.PARTIAL).withHostBytes(6 << 20), whole, 1).result);

    for (ReuseMode off : new ReuseMode[] {ReuseMode.NONE, ReuseMode.TRACE, ReuseMode.FULL}) {
      assertThat(run(config.withReuse(off), whole, 1).statistics.partialHits()).isZero();
    }
    Outcome exact = run(config.withNumerics(Numerics.EXACT), whole, 1);
    assertThat(exact.statistics.partialHits()).isZero();
    assertSame(expected, exact.result);

    SessionConfig floats = config.withPrecision(Precision.FP32);
    Outcome narrow = run(floats.withReuse(ReuseMode.PARTIAL), whole, 1);
    assertThat(narrow.statistics.partialHits()).isZero();
    assertIdentical(run(floats.withReuse(ReuseMode.NONE), whole, 1).result, narrow.result);
    return cold.statistics;
  }

  /** Runs the script several times in one session and returns what the last run did. */
  static Outcome run(SessionConfig config, String script, int times) {
    PrintStream sink = new PrintStream(OutputStream.nullOutputStream());
    Session session = Reprise.session(config.withOutput(sink, sink));
    Outcome outcome = null;
    try (session) {
      Script compiled = session.compile(script, CompileOptions.none().outputs("R"));
      for (int i = 0; i < times; i++) {
        try (RunResult result = compiled.run()) {
          outcome = new Outcome(result.matrix("R"), result.statistics());
        }
      }
    } catch (CompileException e) {
      throw new AssertionError(String.valueOf(e.diagnostics()), e);
    }
    assertThat(session.liveBuffersAtClose()).describedAs("leaked buffers").isZero();
    return outcome;
  }

  private static void assertIdentical(double[][] expected, double[][] found) {
    assertThat(found.length).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Arrays.equals(found[i], expected[i])).describedAs("row %s", i).isTrue();
    }
  }

  static void assertSame(double[][] expected, double[][] found) {
    double norm = 0;
    for (double[] row : expected) {
      for (double cell : row) {
        norm = Double.isFinite(cell) ? Math.max(norm, Math.abs(cell)) : norm;
      }
    }
    assertThat(found.length).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i].length).isEqualTo(expected[i].length);
      for (int j = 0; j < expected[i].length; j++) {
        boolean equal =
            Double.isFinite(expected[i][j])
                ? Math.abs(found[i][j] - expected[i][j]) <= TOLERANCE * norm
                : Double.compare(found[i][j], expected[i][j]) == 0;
        assertThat(equal)
            .describedAs("[%s, %s]: %s, expected %s", i, j, found[i][j], expected[i][j])
            .isTrue();
      }
    }
  }
}
