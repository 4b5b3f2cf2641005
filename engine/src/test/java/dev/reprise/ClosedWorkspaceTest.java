package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A workspace that one thread closes while another uses it. */
@Timeout(600)
class ClosedWorkspaceTest {
  private static final String ENDLESS =
      "X = rand(rows=60, cols=20, seed=1); progress(1, 2); while (TRUE) { X = X * 0.5 }";

  private final CountDownLatch begun = new CountDownLatch(1);
  private final AtomicReference<Runnable> whenBegun = new AtomicReference<>(() -> {});
  private final Session session =
      Reprise.session(
          Scripts.config()
              .withProgress((done, total, text) -> {
                begun.countDown();
                whenBegun.get().run();
              }));
  private final Workspace workspace = session.workspace();
  private final CompletableFuture<Throwable> end = new CompletableFuture<>();

  @AfterEach
  void nothingIsLeft() {
    session.close();
    assertThat(session.liveBuffersAtClose()).isZero();
  }

  /** Runs an input on a thread of its own, which tells how that ended. */
  private void start(String text) {
    new Thread(
            () -> {
              try {
                workspace.run("<input>", text);
                end.complete(null);
              } catch (Throwable failure) {
                end.complete(failure);
              }
            })
        .start();
  }

  private void assertIsClosed() {
    assertThat(workspace.variables()).isEmpty();
    assertThatThrownBy(() -> workspace.run("<later>", "x = 1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Workspace.run: the workspace is closed");
    assertThatThrownBy(() -> workspace.forget("x"))
        .hasMessage("Workspace.forget: the workspace is closed");
    workspace.close();
  }

  @Test
  void theInputThatRunsIsCancelled() throws Exception {
    workspace.run("<first>", "Y = rand(rows=50, cols=50, seed=2)");
    start(ENDLESS);
    begun.await();
    workspace.close();
    assertThat(end.get()).isInstanceOf(CancellationException.class);
    assertIsClosed();
  }

  @Test
  void soAreItsParallelIterations() throws Exception {
    start("progress(1, 2); parfor (i in 1:4, par=2) { while (TRUE) { x = i } }");
    begun.await();
    workspace.close();
    assertThat(end.get()).isInstanceOf(CancellationException.class);
    assertIsClosed();
  }

  @Test
  void whoClosesWaitsForIt() throws Exception {
    Semaphore goesOn = new Semaphore(0);
    whenBegun.set(goesOn::acquireUninterruptibly);
    start(ENDLESS);
    begun.await();
    Thread[] closing = {new Thread(workspace::close), new Thread(workspace::close)};
    for (Thread each : closing) {
      each.start();
      while (each.getState() != Thread.State.WAITING) {
        assertThat(each.isAlive()).as("waits for the input").isTrue();
        Thread.onSpinWait();
      }
    }
    assertThat(end).isNotDone();
    goesOn.release();
    for (Thread each : closing) {
      each.join();
    }
    assertThat(end.get()).isInstanceOf(CancellationException.class);
    assertIsClosed();
  }

  @Test
  void whoIsInterruptedMeanwhileIsStillInterruptedAfterwards() throws Exception {
    start(ENDLESS);
    begun.await();
    Thread.currentThread().interrupt();
    workspace.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(end.get()).isInstanceOf(CancellationException.class);
  }

  @Test
  void itsOwnInputCannotCloseItAndGoesOn() throws Exception {
    AtomicReference<Throwable> refused = new AtomicReference<>();
    whenBegun.set(() -> {
      try {
        workspace.close();
      } catch (IllegalStateException e) {
        refused.set(e);
      }
    });
    for (String input :
        new String[] {"progress(1, 2); x = 7", "parfor (i in 1:4, par=2) { y = i }; x = 7"}) {
      refused.set(null);
      workspace.run("<input>", input);
      assertThat(refused.get()).hasMessageContaining("which cannot close it itself");
      assertThat(workspace.variables()).containsEntry("x", "integer 7");
    }
    workspace.close();
  }

  /** At whatever moment it comes: before the input is compiled, meanwhile, when it ends. */
  @RepeatedTest(20)
  void anInputEndsOrDoesNotBegin() throws Exception {
    String text = "Z = rand(rows=40, cols=40, seed=3); s = sum(Z %*% Z)";
    CountDownLatch first = new CountDownLatch(1);
    Thread user =
        new Thread(() -> {
          try {
            while (true) {
              workspace.run("<input>", text);
              first.countDown();
            }
          } catch (Throwable e) {
            end.complete(e);
            first.countDown();
          }
        });
    user.start();
    first.await();
    workspace.close();
    assertThat(end.get())
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(CancellationException.class),
            e -> assertThat(e).hasMessage("Workspace.run: the workspace is closed"));
    assertIsClosed();
  }
}
