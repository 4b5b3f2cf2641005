package dev.reprise;

import dev.reprise.language.CompileException;
import dev.reprise.store.StoreConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs scripts for tests: one place that touches the API. */
final class Scripts {
  private Scripts() {}

  /** What a run printed, counted and left behind. */
  record Outcome(String output, RunStatistics statistics, long liveBuffers) {}

  static SessionConfig config() {
    return SessionConfig.defaults()
        .withThreads(2)
        .withSeed(42)
        .withHostBytes(1L << 30)
        .withWorkingDirectory(Path.of("").toAbsolutePath());
  }

  /**
   * A store that keeps and loads whatever it is asked for: not by how long that took, which depends
   * on the machine, on what else it does, and on how much of the code is compiled by then.
   */
  static StoreConfig keepingAll(Path folder) {
    return StoreConfig.of(folder).withLeastCostNanos(TimeUnit.HOURS.toNanos(1));
  }

  static Outcome run(SessionConfig config, String script) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    RunStatistics statistics;
    Session session = Reprise.session(config.withOutput(out, out));
    try (session) {
      try (RunResult result = session.compile(script, CompileOptions.none()).run()) {
        statistics = result.statistics();
      }
    } catch (CompileException e) {
      throw new AssertionError(String.valueOf(e.diagnostics()), e);
    }
    out.flush();
    return new Outcome(
        bytes.toString(StandardCharsets.UTF_8), statistics, session.liveBuffersAtClose());
  }

  static Outcome run(String script) {
    return run(config(), script);
  }

  static String output(String script) {
    return run(script).output();
  }

  /** The error that a script ends with. */
  static ScriptException failure(SessionConfig config, String script) {
    try {
      Outcome outcome = run(config, script);
      throw new AssertionError("the script did not fail; it printed: " + outcome.output());
    } catch (ScriptException e) {
      return e;
    }
  }
}
