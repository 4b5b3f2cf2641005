package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.Claim;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A product whose operand was left uncomputed, since somebody else was computing the product, is
 * computed after all when that one gives up.
 */
class TakenOverProductTest {
  private static final PrintStream SINK = new PrintStream(OutputStream.nullOutputStream());

  private static final String SCRIPT =
      """
      X = matrix(seq(1, 20000), 200, 100) %% 17 + 1
      Y = matrix(seq(1, 20000), 200, 100) %% 13
      G = t(sqrt(X * 2 + Y)) %*% exp(X * 0.01)
      """;

  /** Says when somebody waits for a value. */
  private static final class Waiting implements CacheEvents {
    private final CountDownLatch one = new CountDownLatch(1);

    @Override
    public void waiting(Key key) {
      one.countDown();
    }
  }

  private static ScriptRunner.Outcome run(SessionServices services) {
    try {
      return ScriptCompiler.compile(services, SCRIPT, CompileOptions.none().outputs("G"))
          .run(Map::of);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static double[] cells(Value value) {
    MatrixValue matrix = (MatrixValue) value;
    DenseMatrix dense = (DenseMatrix) matrix.pinHost();
    try {
      double[] cells = new double[(int) matrix.shape().cells()];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = dense.get(i / dense.cols(), i % dense.cols());
      }
      return cells;
    } finally {
      matrix.unpin();
    }
  }

  private static double[] result(ScriptRunner.Outcome outcome) {
    double[] cells = cells(outcome.values().get("G"));
    outcome.values().values().forEach(Value::release);
    return cells;
  }

  @Test
  void theOperandIsComputedByWhoTakesTheProductOver() throws Exception {
    Waiting waiting = new Waiting();
    SessionServices services =
        new SessionServices(
            SessionConfig.defaults()
                .withThreads(2)
                .withSeed(1)
                .withReuse(ReuseMode.FULL)
                .withOutput(SINK, SINK),
            waiting);
    try (services) {
      ScriptRunner.Outcome first = run(services);
      LineageItem item = first.items().get("G");
      double[] expected = result(first);
      services.cache().clear();
      Claim claim = (Claim) services.cache().probe(item.key(), () -> null);
      CompletableFuture<double[]> second =
          CompletableFuture.supplyAsync(() -> result(run(services)));
      assertThat(waiting.one.await(10, TimeUnit.MINUTES)).isTrue();
      claim.abandon();
      assertThat(second.get(10, TimeUnit.MINUTES)).isEqualTo(expected);
      // Who took it over has kept it.
      Value kept = services.cache().lookup(item.key());
      assertThat(cells(kept)).isEqualTo(expected);
      kept.release();
    }
    assertThat(services.liveBuffersAtClose()).isZero();
  }
}
