package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.CompileOptions;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.Claim;
import dev.reprise.language.CompileException;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

  private static final SessionConfig CONFIG =
      SessionConfig.defaults()
          .withThreads(2)
          .withSeed(1)
          .withReuse(ReuseMode.FULL)
          .withOutput(SINK, SINK);

  /** Says when somebody waits for a value. */
  private static final class Waiting implements CacheEvents {
    private final CompletableFuture<Void> one = new CompletableFuture<>();

    @Override
    public void waiting(Key key) {
      one.complete(null);
    }

    /** Returns when somebody waits; fails if the run ends before that. */
    void awaitUnlessEnded(CompletableFuture<?> run) {
      CompletableFuture<?> end = run.handle((_, _) -> null);
      CompletableFuture.anyOf(one, end).orTimeout(10, TimeUnit.MINUTES).join();
      assertThat(one).isDone();
    }
  }

  private static ScriptRunner.Outcome run(SessionServices services, String script) {
    try {
      return ScriptCompiler.compile(services, script, CompileOptions.none().outputs("G"))
          .run(Map::of);
    } catch (CompileException e) {
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
    SessionServices services = new SessionServices(CONFIG, waiting);
    try (services) {
      ScriptRunner.Outcome first = run(services, SCRIPT);
      LineageItem item = first.items().get("G");
      double[] expected = result(first);
      services.cache().clear();
      Claim claim = (Claim) services.cache().probe(item.key(), () -> null);
      CompletableFuture<ScriptRunner.Outcome> second =
          CompletableFuture.supplyAsync(() -> run(services, SCRIPT));
      waiting.awaitUnlessEnded(second);
      claim.abandon();
      ScriptRunner.Outcome takenOver = second.get(10, TimeUnit.MINUTES);
      assertThat(result(takenOver)).isEqualTo(expected);
      // As instructions of their own the operands would have been looked up, and be one loop each.
      for (String opcode : new String[] {"sqrt", "exp"}) {
        OpcodeStatistics counts = takenOver.statistics().of(opcode);
        assertThat(counts.executed()).isEqualTo(1);
        assertThat(counts.hits() + counts.misses() + counts.waits()).isZero();
      }
      assertThat(takenOver.statistics().of("fused").executed()).isZero();
      // Who took it over has kept it.
      Value kept = services.cache().lookup(item.key());
      assertThat(cells(kept)).isEqualTo(expected);
      kept.release();
    }
    assertThat(services.liveBuffersAtClose()).isZero();
  }

  /** Whose operand is too large for the memory, in a line of its own. */
  private static final String LARGE =
      """
      X = matrix(7, 1000, 1000)
      v = matrix(1, 1000, 1)
      A = sqrt(X)
      G = A %*% v
      """;

  private static final long LARGE_BYTES = 8_000_000;

  private static Key keyOfLarge() {
    try (SessionServices services = new SessionServices(CONFIG, CacheEvents.NONE)) {
      ScriptRunner.Outcome outcome = run(services, LARGE);
      outcome.values().values().forEach(Value::release);
      return outcome.items().get("G").key();
    }
  }

  private static SessionServices withoutRoom(CacheEvents events) {
    return new SessionServices(CONFIG.withHostBytes(LARGE_BYTES * 3 / 2).withDiskBytes(0), events);
  }

  @Test
  void anOperandThatFailsGivesTheClaimOfItsProductUp() {
    Key key = keyOfLarge();
    try (SessionServices services = withoutRoom(CacheEvents.NONE)) {
      assertThatThrownBy(() -> run(services, LARGE))
          .isInstanceOfSatisfying(
              ScriptException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
                assertThat(e.position().line()).isEqualTo(3);
              });
      assertThat(services.cache().probe(key, () -> null))
          .isInstanceOfSatisfying(Claim.class, Claim::abandon);
    }
  }

  @Test
  void whoTakesAProductOverReportsItsOperandWhereThatStands() throws Exception {
    Key key = keyOfLarge();
    Waiting waiting = new Waiting();
    try (SessionServices services = withoutRoom(waiting)) {
      Claim claim = (Claim) services.cache().probe(key, () -> null);
      CompletableFuture<ScriptRunner.Outcome> second =
          CompletableFuture.supplyAsync(() -> run(services, LARGE));
      waiting.awaitUnlessEnded(second);
      claim.abandon();
      assertThatThrownBy(() -> second.get(10, TimeUnit.MINUTES))
          .cause()
          .isInstanceOfSatisfying(
              ScriptException.class, e -> assertThat(e.position().line()).isEqualTo(3));
    }
  }
}
