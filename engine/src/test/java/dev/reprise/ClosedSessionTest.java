package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.language.CompileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session that is closed cancels its runs, waits for them, and says afterwards what it is. */
@Timeout(600)
class ClosedSessionTest {
  private static final String CLOSED = "the session is closed";

  @TempDir private Path folder;

  private SessionConfig config() {
    return Scripts.config().withWorkingDirectory(folder);
  }

  /** How a run ends in whose midst the session is closed. */
  private Throwable closedInTheMidst(String loop) throws Exception {
    Session session = Reprise.session(config());
    Script script = session.compile("write(1, \"started\"); " + loop, CompileOptions.none());
    BackgroundRun run = BackgroundRun.start(script);
    run.await(() -> Files.exists(folder.resolve("started")));
    session.close();
    assertThat(session.liveBuffersAtClose()).isZero();
    return run.end();
  }

  @Test
  void aRunIsCancelledBeforeItsMemoryGoes() throws Exception {
    assertThat(
            closedInTheMidst(
                "X = rand(rows=300, cols=20, seed=1); i = 0; while (TRUE) { i = i + 1; s = sum((X * i)"
                    + " %*% t(X)) }"))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void soAreParallelIterations() throws Exception {
    assertThat(
            closedInTheMidst(
                "X = rand(rows=300, cols=20, seed=1); R = matrix(0, 4, 1); i = 0; while (TRUE) { i = i +"
                    + " 1; parfor (j in 1:4) { R[j, 1] = sum((X * i * j) %*% t(X)) } }"))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void nothingBeginsAfterwards() throws CompileException {
    Session session = Reprise.session(config());
    Script plain = session.compile("x = sum(matrix(1, 3, 3))", CompileOptions.none());
    Script bound = session.compile("x = sum(X)", CompileOptions.inputs("X"));
    session.close();
    session.close();
    assertThatThrownBy(plain::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(CLOSED);
    assertThatThrownBy(() -> bound.run(Inputs.of("X", new double[][] {{1}})))
        .hasMessageContaining(CLOSED);
    assertThatThrownBy(() -> session.matrix(new double[][] {{1}})).hasMessageContaining(CLOSED);
    assertThatThrownBy(() -> session.compile("x = 1", CompileOptions.none()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(CLOSED);
    assertThatThrownBy(session::workspace).hasMessageContaining(CLOSED);
  }

  @Test
  void everyCallSaysWhichItIsAndThatTheSessionIsClosed() throws Exception {
    Session session = Reprise.session(config());
    Script script = session.compile("x = 1", CompileOptions.none());
    Workspace workspace = session.workspace();
    workspace.run("1", "a = matrix(1, 2, 2)");
    session.close();
    CompileOptions none = CompileOptions.none();
    Path file = Files.writeString(folder.resolve("s.dml"), "x = 1");
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("Session.compile", () -> session.compile(file, none));
    calls.put("Session.recall", () -> session.recall(file, none));
    calls.put("Session.replay", () -> session.replay(ReplayRequest.of(file)));
    calls.put("Session.matrix", () -> session.matrix(new double[][] {{1}}, "v"));
    calls.put("Session.workspace", session::workspace);
    calls.put("Session.accelerators", session::accelerators);
    calls.put("Session.calibrated", session::calibrated);
    calls.put("Session.deviceNotes", session::deviceNotes);
    calls.put("Session.closeAtLeisure", session::closeAtLeisure);
    calls.put("Script.run", script::run);
    calls.put("Workspace.run", () -> workspace.run("2", "b = a + 1"));
    calls.put("Workspace.explain", () -> workspace.explain("2", "a + 1"));
    calls.put("Workspace.forget", () -> workspace.forget("a"));
    calls.put("Workspace.forgetAll", workspace::forgetAll);
    calls.forEach((name, call) ->
        assertThatThrownBy(call)
            .isInstanceOf(IllegalStateException.class)
            .hasMessage(name + ": " + CLOSED));
    assertThatThrownBy(() -> session.recall("x = 1", none)).hasMessageContaining(CLOSED);
    assertThat(workspace.variables()).containsEntry("a", "matrix 2x2");
    workspace.close();
    workspace.close();
    assertThatThrownBy(() -> workspace.run("2", "1"))
        .hasMessage("Workspace.run: the workspace is closed");
  }

  @Test
  void valuesThatOutliveTheSessionSayThatItIsClosed() throws CompileException {
    Session session = Reprise.session(config());
    Matrix bound = session.matrix(new double[][] {{1, 2}});
    CompileOptions options = CompileOptions.inputs("X").outputs("Y", "s", "L", "F");
    RunResult result =
        session
            .compile("Y = X + 1; s = sum(Y); L = list(a=Y); F = as.frame(Y)", options)
            .run(Inputs.of("X", bound));
    Matrix handle = result.handle("Y");
    session.close();
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("RunResult.matrix", () -> result.matrix("Y"));
    calls.put("RunResult.handle", () -> result.handle("Y"));
    calls.put("RunResult.list", () -> result.list("L"));
    calls.put("RunResult.map", () -> result.map("L"));
    calls.put("RunResult.frame", () -> result.frame("F"));
    calls.put("Matrix.toArray", bound::toArray);
    calls.put("Matrix.get", () -> handle.get(0, 0));
    calls.forEach((name, call) ->
        assertThatThrownBy(call)
            .isInstanceOf(IllegalStateException.class)
            .hasMessage(name + ": " + CLOSED));
    try (Session other = Reprise.session(config())) {
      Script sum = other.compile("s = sum(X)", CompileOptions.inputs("X").outputs("s"));
      assertThatThrownBy(() -> sum.run(Inputs.of("X", List.of(bound))))
          .hasMessageContaining(CLOSED);
    }
    assertThat(result.scalar("s").asDouble()).isEqualTo(5);
    assertThat(result.lineage("s")).contains("bound");
    assertThat(result.statistics().executed()).isPositive();
    assertThat(handle.cols()).isEqualTo(2);
    handle.close();
    bound.close();
    result.close();
    result.close();
  }

  /** A number that does something while it is being bound. */
  private static final class Reading extends Number {
    private final transient Runnable act;

    Reading(Runnable act) {
      this.act = act;
    }

    @Override
    public double doubleValue() {
      act.run();
      return 1;
    }

    @Override
    public float floatValue() {
      return 1;
    }

    @Override
    public long longValue() {
      return 1;
    }

    @Override
    public int intValue() {
      return 1;
    }
  }

  /** Begins to close the session, and returns when nothing begins in it any more. */
  private static Thread closing(Session session) {
    Thread closing = new Thread(session::close);
    closing.start();
    while (isOpen(session)) {
      Thread.onSpinWait();
    }
    return closing;
  }

  private static boolean isOpen(Session session) {
    try (Matrix _ = session.matrix(new double[][] {{1}})) {
      return true;
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining(CLOSED);
      return false;
    }
  }

  @Test
  void aRunWhoseInputsAreBeingBoundDoesNotBegin() throws Exception {
    Session session = Reprise.session(config());
    Script script = session.compile("x = sum(X) + y", CompileOptions.inputs("X", "y"));
    AtomicReference<Thread> closing = new AtomicReference<>();
    Inputs inputs =
        Inputs.of("X", new double[][] {{1, 2}})
            .and("y", new Reading(() -> closing.set(closing(session))));
    assertThatThrownBy(() -> script.run(inputs))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(CLOSED);
    closing.get().join();
    assertThat(session.liveBuffersAtClose()).isZero();
  }

  @Test
  void nothingIsLeftOfInputsThatCannotAllBeBound() throws Exception {
    Session session = Reprise.session(config());
    Script script = session.compile("x = sum(X) + sum(Y)", CompileOptions.inputs("X", "Y"));
    Inputs inputs = Inputs.of("X", new double[][] {{1}}).and("Y", new double[][] {{1}, {2, 3}});
    assertThatThrownBy(() -> script.run(inputs)).isInstanceOf(IllegalArgumentException.class);
    session.close();
    assertThat(session.liveBuffersAtClose()).isZero();
  }

  @Test
  void aRunCannotCloseItsOwnSession() throws CompileException {
    assertCannotClose("progress(1, 2)");
  }

  @Test
  void norCanItsWorkers() throws CompileException {
    assertCannotClose("parfor (i in 1:4, par=2) { parfor (j in 1:2) { x = i + j } }");
    assertCannotClose("for (i in 1:1) { parfor (j in 1:1) { x = i + j } }");
  }

  /** A listener that closes the session of what it hears is refused, and the run goes on. */
  private void assertCannotClose(String script) throws CompileException {
    AtomicReference<Session> own = new AtomicReference<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    ProgressListener listener =
        (done, total, text) -> {
          try {
            own.get().close();
          } catch (IllegalStateException e) {
            failure.set(e);
          }
        };
    try (Session session = Reprise.session(config().withProgress(listener))) {
      own.set(session);
      session.compile(script, CompileOptions.none()).run().close();
      assertThat(isOpen(session)).isTrue();
    }
    assertThat(failure.get()).hasMessageContaining("cannot close its own session");
  }
}
