package dev.reprise;

import dev.reprise.engine.ScriptRunner;
import dev.reprise.language.Diagnostic;
import java.util.List;
import java.util.Objects;

/** A compiled script; runs any number of times, also at once on several threads. */
public final class Script {
  private final ScriptRunner runner;
  private final Session session;

  Script(ScriptRunner runner, Session session) {
    this.runner = runner;
    this.session = session;
  }

  /**
   * Runs a script without inputs; see {@link #run(Inputs)}.
   *
   * @return the outputs, which the caller closes
   */
  public RunResult run() {
    return run(Inputs.none());
  }

  /**
   * Runs the script on the calling thread's behalf and waits for its end.
   *
   * @param inputs exactly those that the script was compiled with
   * @return the outputs, which the caller closes
   * @throws IllegalArgumentException when an input is missing or the script has none of that name
   * @throws IllegalStateException when the session is closed
   * @throws ScriptException when the script fails
   * @throws java.util.concurrent.CancellationException when the thread is interrupted, or the
   *     session closed meanwhile
   */
  public RunResult run(Inputs inputs) {
    Objects.requireNonNull(inputs, "inputs");
    runner.requireInputs(inputs.values().keySet());
    ScriptRunner.Outcome outcome = runner.run(() -> session.bind(inputs));
    return new RunResult(outcome.values(), outcome.items(), outcome.statistics(), session);
  }

  /** {@return blocks and instructions, as {@code reprise explain} prints them} */
  public String explain() {
    return runner.explain();
  }

  /**
   * {@return what the compiler rewrote, a line each, as {@code reprise explain --rewrites} prints
   * it}
   */
  public String explainRewrites() {
    return runner.explainRewrites();
  }

  /** {@return findings of the compiler that did not stop it} */
  public List<Diagnostic> warnings() {
    return runner.warnings();
  }
}
