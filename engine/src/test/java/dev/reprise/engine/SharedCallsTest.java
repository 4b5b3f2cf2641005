package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.CompileOptions;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.control.OwnedExecution;
import dev.reprise.language.CompileException;
import dev.reprise.lineage.Key;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two workers of a parfor call a function with inputs of equal contents and other histories: one
 * executes it, the other waits for what that leaves, unless somebody waits for himself. The first
 * worker is held in the middle of the call until the other has come to where the test wants it.
 */
@Timeout(600)
class SharedCallsTest {
  private static final String FUNCTION =
      """
      f = function(Double z, Matrix[Double] W) return (Double r) {
        r = sum((W * z + 1) %*% W)EXTRA
      }
      outer = function(Double z, Double y, Matrix[Double] W) return (Double r) {
        r = y + f(z, W)
      }
      W = rand(rows=150, cols=150, seed=1)
      V = matrix("2 2", 2, 1)
      R = matrix(0, 2, 1)
      """;

  private static final String BODY =
      """
      parfor (i in 1:2, par=2) { R[i, 1] = CALL }
      total = sum(R)
      print(as.scalar(R[1, 1]) + " " + as.scalar(R[2, 1]))
      """;

  private static final String SCRIPT = FUNCTION + BODY;

  private static final String PLAIN =
      SCRIPT.replace("EXTRA", "").replace("CALL", "f(as.scalar(V[i, 1]), W)");

  private static SessionConfig config(ByteArrayOutputStream out) {
    PrintStream text = new PrintStream(out, true, StandardCharsets.UTF_8);
    return SessionConfig.defaults().withThreads(2).withSeed(1).withOutput(text, text);
  }

  /** Holds the first worker that is about to compute the product until it is let go. */
  private static final class Hold implements CacheEvents {
    private final Set<Thread> workers = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isFirst = new AtomicBoolean(true);

    @Override
    public void claimed(Key key) {
      if (isWorker() && isInCall()) {
        workers.add(Thread.currentThread());
        if (isFirst.compareAndSet(true, false)) {
          awaitOther();
        }
      }
    }

    private static boolean isWorker() {
      return isOnStack(Thread.currentThread().getStackTrace(), "ParForRun");
    }

    private static boolean isInCall() {
      return isOnStack(Thread.currentThread().getStackTrace(), "call.Invocation");
    }

    /** Until another thread waits for an execution, or computes the product itself. */
    private void awaitOther() {
      while (workers.size() <= 1 && !somebodyWaits()) {
        Thread.onSpinWait();
      }
    }
  }

  private static boolean isOnStack(StackTraceElement[] stack, String name) {
    for (StackTraceElement frame : stack) {
      if (frame.getClassName().contains(name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean somebodyWaits() {
    return Thread.getAllStackTraces().values().stream()
        .anyMatch(stack -> isOnStack(stack, OwnedExecution.class.getName()));
  }

  private static RunStatistics run(CacheEvents events, SessionConfig config, String script) {
    SessionServices services = new SessionServices(config, events);
    RunStatistics statistics;
    try (services) {
      ScriptRunner.Outcome outcome =
          ScriptCompiler.compile(services, script, CompileOptions.none()).run(Map::of);
      statistics = outcome.statistics();
    } catch (CompileException e) {
      throw new AssertionError(e);
    }
    assertThat(services.liveBuffersAtClose()).isZero();
    return statistics;
  }

  private static String expected(String script) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    run(CacheEvents.NONE, config(out).withReuse(ReuseMode.NONE), script);
    return out.toString(StandardCharsets.UTF_8);
  }

  @RepeatedTest(3)
  void theSecondWorkerWaitsAndFindsWhatTheFirstLeaves() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RunStatistics statistics = run(new Hold(), config(out), PLAIN);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expected(PLAIN));
    assertThat(statistics.functions().misses()).isEqualTo(1);
    assertThat(statistics.functions().byContents()).isEqualTo(1);
    assertThat(statistics.of("matmul").executed()).isEqualTo(1);
  }

  @RepeatedTest(3)
  void afterAnEffectTheSecondComputesForItself() {
    String script =
        SCRIPT
            .replace("EXTRA", "\n  if (z == 2) print(\"two\")")
            .replace("CALL", "f(as.scalar(V[i, 1]), W)");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RunStatistics statistics = run(new Hold(), config(out), script);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expected(script));
    assertThat(statistics.functions().hits()).isZero();
    assertThat(statistics.of("matmul").executed()).isEqualTo(2);
  }

  /**
   * Holds the first worker until the other waits for its call, and then, when the call has had its
   * effect, until the other computes for itself.
   */
  private static final class HoldAfterEffect implements CacheEvents {
    /** So many values does the call compute before its effect, or fewer. */
    private static final int BEFORE = 8;

    private final AtomicReference<Thread> first = new AtomicReference<>();
    private volatile boolean otherComputes;
    private int claims;

    @Override
    public void claimed(Key key) {
      if (!Hold.isWorker() || !Hold.isInCall()) {
        return;
      }
      if (first.compareAndSet(null, Thread.currentThread())) {
        while (!somebodyWaits()) {
          Thread.onSpinWait();
        }
      }
      if (first.get() != Thread.currentThread()) {
        otherComputes = true;
      } else {
        claims++;
        while (claims > BEFORE && !otherComputes) {
          Thread.onSpinWait();
        }
      }
    }
  }

  @RepeatedTest(3)
  void whoWaitsGoesOnWhenThereIsAnEffect() {
    // With an effect of the call, of one inside of it, and of a worker of a parfor in it.
    String effect = "if (z == 2) print(\"two\")";
    for (String step :
        new String[] {
          effect, "w = says(z)", "parfor (j in 1:2, par=2) { T[j, 1] = says(z) }",
        }) {
      String script =
          """
          says = function(Double z) return (Double r) { r = z; %s }
          """
                  .formatted(effect)
              + SCRIPT
                  .replace(
                      "EXTRA",
                      """

                        T = matrix(0, 2, 1)
                        STEP
                        for (k in 1:9) { r = r + sum((W * (z + k)) %*% t(W)) }
                      """
                          .replace("STEP", step))
                  .replace("CALL", "f(as.scalar(V[i, 1]), W)");
      HoldAfterEffect hold = new HoldAfterEffect();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      RunStatistics statistics = run(hold, config(out), script);
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expected(script));
      assertThat(statistics.functions().byContents()).isZero();
      assertThat(hold.otherComputes).isTrue();
    }
  }

  @RepeatedTest(3)
  void whenTheFirstFailsTheSecondFailsByItself() {
    String script =
        SCRIPT
            .replace("EXTRA", "\n  if (r > 0) stop(\"no: \" + z)")
            .replace("CALL", "f(as.scalar(V[i, 1]), W)");
    assertThatThrownBy(() -> run(new Hold(), config(new ByteArrayOutputStream()), script))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("no: 2");
  }

  /** Runs a script that prints what it is to print after one execution of the body. */
  private static RunStatistics sharedByAll(String script) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RunStatistics statistics = run(new Hold(), config(out), script);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expected(script));
    assertThat(statistics.of("matmul").executed()).isEqualTo(1);
    return statistics;
  }

  @RepeatedTest(3)
  void whoIsPartOfAnotherCallWaitsToo() {
    // The calls around are different ones, and nobody waits for them.
    String script =
        SCRIPT.replace("EXTRA", "").replace("CALL", "outer(as.scalar(V[i, 1]), i / 3, W)");
    sharedByAll(script);
  }

  @RepeatedTest(3)
  void theSameCallAroundIsWaitedForAsAWhole() {
    String script =
        SCRIPT.replace("EXTRA", "").replace("CALL", "outer(as.scalar(V[i, 1]), 0.5, W)");
    RunStatistics statistics = sharedByAll(script);
    assertThat(statistics.functions().byContents()).isEqualTo(1);
  }

  @Test
  void endlessRecursionOfEqualCallsIsReported() {
    String script =
        """
        f = function(Double z, Matrix[Double] W) return (Double r) { r = sum(W %*% W) + g(z, W) }
        g = function(Double z, Matrix[Double] W) return (Double r) { r = sum(W %*% t(W)) + f(z, W) }
        W = rand(rows=150, cols=150, seed=1)
        V = matrix("2 2", 2, 1)
        R = matrix(0, 2, 1)
        parfor (i in 1:2, par=2) {
          if (i == 1) { R[i, 1] = f(as.scalar(V[i, 1]), W) }
          else { R[i, 1] = g(as.scalar(V[i, 1]), W) }
        }
        print(sum(R))
        """;
    assertThatThrownBy(() -> run(CacheEvents.NONE, config(new ByteArrayOutputStream()), script))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("calls are nested deeper");
  }
}
