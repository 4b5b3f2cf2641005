package dev.reprise;

import dev.reprise.language.CompileException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs that may be found in a store as wholes instead of being executed. */
final class Recalls {
  private Recalls() {}

  /**
   * What a run printed.
   *
   * @param statistics of what was recalled; null when it was executed
   */
  record Ran(String output, RunStatistics statistics) {
    boolean isRecalled() {
      return statistics != null;
    }
  }

  /** Recalls a run in a session, or executes it there. */
  static Ran run(SessionConfig config, String script) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    RunStatistics statistics;
    try (Session session = Reprise.session(config.withOutput(out, out))) {
      statistics = session.recall(script, CompileOptions.none());
      if (statistics == null) {
        session.compile(script, CompileOptions.none()).run().close();
      }
    } catch (CompileException e) {
      throw new AssertionError(String.valueOf(e.diagnostics()), e);
    }
    return new Ran(bytes.toString(StandardCharsets.UTF_8), statistics);
  }

  /** What a session prints that recalls a run; null when it would have to execute it. */
  static String inSession(SessionConfig config, String script) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    boolean isFound;
    try (Session session = Reprise.session(config.withOutput(out, out))) {
      isFound = session.recall(script, CompileOptions.none()) != null;
    }
    return textOrNull(bytes, isFound);
  }

  /** What is printed before there is a session; null when one is needed, and nothing is printed. */
  static String beforeSession(SessionConfig config, String script) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    boolean isFound = Reprise.recall(config.withOutput(out, out), script, CompileOptions.none());
    return textOrNull(bytes, isFound);
  }

  private static String textOrNull(ByteArrayOutputStream bytes, boolean isFound) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    if (!isFound && !text.isEmpty()) {
      throw new AssertionError("nothing was recalled, but this was printed: " + text);
    }
    return isFound ? text : null;
  }
}
