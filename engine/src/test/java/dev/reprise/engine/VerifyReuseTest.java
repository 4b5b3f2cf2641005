package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.CompileOptions;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.Claim;
import dev.reprise.engine.check.ValueComparison;
import dev.reprise.language.CompileException;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Found values are computed again, and a wrong one is an error that says everything. */
class VerifyReuseTest {
  private static final String SCRIPT =
      """
      X = rand(rows=500, cols=30, seed=1)
      for (i in 1:4) {
        G = t(X) %*% X
        [w, V] = eigen(G)
        s = sum(X)
      }
      """;

  @TempDir Path folder;

  private SessionServices services(int oneOf) {
    return services(oneOf, ReuseMode.FULL);
  }

  private SessionServices services(int oneOf, ReuseMode mode) {
    PrintStream sink = new PrintStream(new ByteArrayOutputStream());
    return new SessionServices(
        SessionConfig.defaults()
            .withThreads(2)
            .withHostBytes(1L << 30)
            .withReuse(mode)
            .withVerifyReuse(oneOf)
            .withWorkingDirectory(folder)
            .withOutput(sink, sink),
        CacheEvents.NONE);
  }

  private static ScriptRunner.Outcome run(SessionServices services, String script) {
    try {
      CompileOptions options = new CompileOptions(Map.of(), Set.of(), Set.of("G"));
      return ScriptCompiler.compile(services, script, options).run(Map::of);
    } catch (CompileException e) {
      throw new AssertionError(e.diagnostics().toString(), e);
    }
  }

  @Test
  void allHitsAreComputedAgainAndEqual() {
    try (SessionServices services = services(1)) {
      ScriptRunner.Outcome outcome = run(services, SCRIPT);
      RunStatistics.Verification checked = outcome.statistics().verification();
      assertThat(outcome.statistics().hits()).isEqualTo(9);
      assertThat(checked).isEqualTo(new RunStatistics.Verification(9, 0, 0.0));
      outcome.values().values().forEach(Value::release);
    }
  }

  @Test
  void aSampleIsTheSameInEveryRun() {
    long first = verified(2);
    assertThat(verified(2)).isEqualTo(first);
    assertThat(verified(1)).isGreaterThanOrEqualTo(first);
    assertThat(verified(Integer.MAX_VALUE)).isZero();
  }

  private long verified(int oneOf) {
    try (SessionServices services = services(oneOf)) {
      ScriptRunner.Outcome outcome = run(services, SCRIPT);
      outcome.values().values().forEach(Value::release);
      return outcome.statistics().verification().values();
    }
  }

  @Test
  void aWrongValueIsAnInternalErrorWithValuesKeyPositionAndTrace() {
    try (SessionServices services = services(1)) {
      LineageItem product = poison(services, 1e-9);
      assertThatThrownBy(() -> run(services, SCRIPT))
          .isInstanceOfSatisfying(
              ScriptException.class,
              error -> {
                assertThat(error.kind()).isEqualTo(ScriptException.Kind.INTERNAL);
                assertThat(error.position().line()).isEqualTo(3);
                assertThat(error.getMessage())
                    .contains("reuse of '%*%' gave another value than computing it: cell [1,1] is ")
                    .contains("found matrix 30x30, computed matrix 30x30")
                    .contains("allowed 0.0; key " + product.key())
                    .contains("= tsmm %")
                    .contains("reprise lineage mismatch.lineage");
              });
      assertThat(folder.resolve("mismatch.lineage")).exists();
    }
  }

  @Test
  void aRewrittenValueMayDeviateALittleAndNoMore() {
    try (SessionServices services = services(1)) {
      services.checks().verifier().rewrote(poison(services, 1e-14));
      ScriptRunner.Outcome outcome = run(services, SCRIPT);
      RunStatistics.Verification checked = outcome.statistics().verification();
      // All four products, and the decomposition that depends on them.
      assertThat(checked.approximate()).isEqualTo(7);
      assertThat(checked.worstDeviation()).isBetween(1e-16, 1e-12);
      outcome.values().values().forEach(Value::release);
    }
    try (SessionServices services = services(1)) {
      services.checks().verifier().rewrote(poison(services, 1e-9));
      assertThatThrownBy(() -> run(services, SCRIPT))
          .hasMessageContaining("gave another value")
          .hasMessageContaining("allowed 1.0E-12");
    }
  }

  @Test
  void sumsOfWhichLittleIsLeftMayDeviateByWhatTheirTermsDo() {
    try (SessionServices services = services(1, ReuseMode.PARTIAL)) {
      ScriptRunner.Outcome outcome =
          run(
              services,
              """
              X = rand(rows=12000, cols=30, min=-1, max=1, seed=1)
              Z = (X - colMeans(X)) / (sqrt(colVars(X)) + 0.01)
              A = Z[1:6000,]; B = Z[6001:12000,]
              a = colSums(A); b = colSums(B); print(sum(a) + sum(b))
              G = colSums(rbind(B, A))
              """);
      RunStatistics.Verification checked = outcome.statistics().verification();
      assertThat(checked.approximate()).isEqualTo(1);
      assertThat(checked.worstDeviation()).isBetween(1e-18, 1e-14);
      outcome.values().values().forEach(Value::release);
    }
  }

  private static final String CALLS =
      """
      f = function(Matrix[Double] A, Double reg) return (Matrix[Double] R, Double s) {
        P = t(A) %*% A
        R = solve(P + diag(matrix(reg, ncol(A), 1)), t(colSums(A)))
        s = sum(R)
      }
      X = rand(rows=3000, cols=40, seed=1)
      for (i in 1:4) { [G, s] = f(X, i %% 2 + 1) }
      """;

  @Test
  void wholeCallsAreExecutedAgainWithAllTheirOutputs() {
    try (SessionServices services = services(1, ReuseMode.MULTILEVEL)) {
      ScriptRunner.Outcome outcome = run(services, CALLS);
      outcome.values().values().forEach(Value::release);
      assertThat(outcome.statistics().functions().hits()).isEqualTo(2);
      // Two calls with two outputs each, and the hits of their bodies.
      assertThat(outcome.statistics().verification().values())
          .isEqualTo(outcome.statistics().hits() + 4);
      assertThat(outcome.statistics().verification().worstDeviation()).isZero();
    }
  }

  @Test
  void aWholeCallWithAWrongOutputIsAnError() {
    try (SessionServices services = services(1, ReuseMode.MULTILEVEL)) {
      poison(services, CALLS, 1e-3);
      assertThatThrownBy(() -> run(services, CALLS))
          .isInstanceOfSatisfying(
              ScriptException.class,
              error -> {
                assertThat(error.kind()).isEqualTo(ScriptException.Kind.INTERNAL);
                assertThat(error.getMessage())
                    .contains("gave another value than computing it: cell [1,1] is ");
              });
    }
  }

  /** Puts a product that is off in one cell into the cache; returns its item. */
  private static LineageItem poison(SessionServices services, double relative) {
    return poison(services, SCRIPT, relative);
  }

  private static LineageItem poison(SessionServices services, String script, double relative) {
    ScriptRunner.Outcome outcome = run(services, script);
    LineageItem item = outcome.items().get("G");
    MatrixValue right = (MatrixValue) outcome.values().get("G");
    DenseMatrix wrong = right.pinHost().copyDense(services.memory());
    wrong.set(0, 0, wrong.get(0, 0) * (1 + relative));
    right.unpin();
    outcome.values().values().forEach(Value::release);
    services.cache().clear();
    Value poisoned = ManagedMatrix.adopt(wrong);
    Claim claim = (Claim) services.cache().probe(item.key(), () -> null);
    claim.complete(poisoned, 1_000_000, true);
    poisoned.release();
    return item;
  }

  @Test
  void deviationsAreRelativeToTheLargestCellAndNaNEqualsNaN() {
    Value a = matrix(1e6, 1, Double.NaN, -0.0);
    assertThat(ValueComparison.between(a, matrix(1e6, 1, Double.NaN, 0.0)).deviation()).isZero();
    ValueComparison.Deviation off = ValueComparison.between(a, matrix(1e6, 1.001, Double.NaN, 0.0));
    assertThat(off.deviation()).isBetween(0.9e-9, 1.1e-9);
    assertThat(off.place()).isEqualTo("cell [1,2] is 1.0 and 1.001");
    assertThat(ValueComparison.between(a, matrix(1e6, 1, 0, 0)).deviation()).isInfinite();
    assertThat(ValueComparison.between(a, matrix(1, 2)).place())
        .isEqualTo("matrix 1x4 against matrix 1x2");
  }

  private static Value matrix(double... cells) {
    DenseMatrix matrix =
        DenseMatrix.allocate(new dev.reprise.memory.HostMemory(1 << 20), 1, cells.length);
    for (int i = 0; i < cells.length; i++) {
      matrix.set(0, i, cells[i]);
    }
    return ManagedMatrix.adopt(matrix);
  }
}
