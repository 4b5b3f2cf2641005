package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.CompileOptions;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.cache.Claim;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.LineageBudget;
import dev.reprise.engine.control.Run;
import dev.reprise.engine.pipeline.PendingTask;
import dev.reprise.engine.recall.RunJournal;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.seed.ThreadSeeds;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Whatever happens to who owes a value, the claim ends and nobody waits for ever. */
class ClaimsEndTest {
  /**
   * Ends what hangs. A recursion takes ten seconds of processor time until it has no stack and has
   * left it again, which is more than a minute on a busy machine.
   */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final LineageItem ITEM = LineageItem.literal(Scalar.of(17));
  private static final PrintStream SINK = new PrintStream(OutputStream.nullOutputStream());

  private static final SessionConfig CONFIG =
      SessionConfig.defaults().withThreads(2).withSeed(1).withOutput(SINK, SINK);

  private final OpenClaims claims = new OpenClaims();
  private final Resources resources = new Resources(CONFIG, claims, List::of, null);
  private final OpenRuns.Entry open = resources.runs().begin("Script.run");
  private final ControlContext context =
      new Run(
              resources,
              new LineageBudget(1 << 20, 1, SINK),
              open,
              _ -> null,
              new RunJournal(false, false))
          .mainContext(ThreadSeeds.of(1), new StringBuilder());

  @AfterEach
  void close() {
    open.close();
    resources.close();
  }

  private PendingTask task(PendingTask.Recipe recipe) {
    return new PendingTask(
        context,
        new Value[0],
        null,
        null,
        recipe,
        (claim, value, nanos) -> claim.complete(value, nanos, 1, true));
  }

  private Claim claim() {
    return (Claim) resources.cache().probe(ITEM.key(), () -> null);
  }

  private Handle subscribed() {
    PendingTask second = task((inputs, kernel, tally, later) -> Scalar.of(2));
    resources.cache().probe(ITEM.key(), () -> second);
    return second.handle();
  }

  private static Value awaited(Handle handle) {
    return Assertions.assertTimeoutPreemptively(LIMIT, () -> handle.await());
  }

  /** Events follow what they tell of, so they are complete when all tasks have ended. */
  private void assertNoClaimIsOpen() {
    assertNoClaimIsOpen(resources);
  }

  private void assertNoClaimIsOpen(Resources resources) {
    resources.scheduler().close();
    assertThat(claims.now()).isEmpty();
  }

  @Test
  void theClaimEndsAlthoughWhoWaitsForTheHandleThrows() {
    PendingTask task = task((inputs, kernel, tally, later) -> Scalar.of(1));
    task.handle()
        .whenDone(() -> {
          throw new IllegalStateException("a careless callback");
        });
    Claim claim = claim();
    Handle other = subscribed();
    task.takeOver(claim);
    assertThat(awaited(other)).isEqualTo(Scalar.of(1));
    assertNoClaimIsOpen();
  }

  @Test
  void theErrorReachesOthersAlthoughWhoWaitsForTheHandleThrows() {
    PendingTask task =
        task((inputs, kernel, tally, later) -> {
          throw new OperandException("singular");
        });
    task.handle()
        .whenDone(() -> {
          throw new IllegalStateException("a careless callback");
        });
    Claim claim = claim();
    Handle other = subscribed();
    task.takeOver(claim);
    assertThatThrownBy(() -> awaited(other)).hasStackTraceContaining("singular");
    assertNoClaimIsOpen();
  }

  @Test
  void theCacheHasTheValueBeforeTheHandleWakesAnybody() {
    PendingTask task = task((inputs, kernel, tally, later) -> Scalar.of(1));
    CompletableFuture<Value> found = new CompletableFuture<>();
    task.handle().whenDone(() -> found.complete(resources.cache().take(ITEM.key())));
    task.takeOver(claim());
    assertThat(Assertions.assertTimeoutPreemptively(LIMIT, found::join)).isEqualTo(Scalar.of(1));
  }

  /** More nested loops and branches than the stack of a worker has room for. */
  @Test
  void aRecursionThatDoesNotEndLeavesNoClaim() throws Exception {
    String deep = "if (i > 0) { for (k in 1:1) { if (i > -2) { while (s == 0) { ".repeat(6);
    String script =
        "f = function(Matrix[Double] A, Double i) return (Double s) {\n s = 0\n"
            + deep
            + "B = A %*% t(A) + i\n s = sum(B) + eval(\"f\", A, i + 1)\n"
            + "}".repeat(24)
            + "}\nA = matrix(1, 30, 30)\nR = matrix(0, 2, 1)\n"
            + "parfor (i in 1:2, par=2) { R[i, 1] = f(A, i) }\nprint(sum(R))";
    try (SessionServices services = new SessionServices(CONFIG, claims)) {
      ScriptRunner runner = ScriptCompiler.compile(services, script, CompileOptions.none());
      for (int run = 0; run < 3; run++) {
        assertThatThrownBy(
                () -> Assertions.assertTimeoutPreemptively(LIMIT, () -> runner.run(Map::of)))
            .isInstanceOf(ScriptException.class)
            .hasMessageContaining("does the recursion end?");
      }
      assertNoClaimIsOpen(services.resources());
    }
  }
}
