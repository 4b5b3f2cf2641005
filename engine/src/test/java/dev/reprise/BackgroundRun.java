package dev.reprise;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/** A run on a thread of its own, for tests that do something to it in its midst. */
final class BackgroundRun {
  private final CompletableFuture<Throwable> end = new CompletableFuture<>();
  private final Thread caller;

  private BackgroundRun(Script script) {
    caller =
        new Thread(() -> {
          try {
            script.run().close();
            end.complete(null);
          } catch (Throwable failure) {
            end.complete(failure);
          }
        });
  }

  static BackgroundRun start(Script script) {
    BackgroundRun run = new BackgroundRun(script);
    run.caller.start();
    return run;
  }

  /** Returns when the run has come so far, or has ended. */
  void await(BooleanSupplier isSoFar) {
    while (!isSoFar.getAsBoolean() && !end.isDone()) {
      Thread.onSpinWait();
    }
  }

  /** Interrupts the thread that called the run, and waits for that to end. */
  void interrupt() throws InterruptedException {
    caller.interrupt();
    caller.join();
  }

  /** How the run ended: null when it did so well. */
  Throwable end() throws InterruptedException, ExecutionException {
    return end.get();
  }
}
