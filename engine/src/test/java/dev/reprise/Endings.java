package dev.reprise;

import dev.reprise.language.CompileException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs that may end with an error of the script. */
final class Endings {
  /** What a run that fails has behind the text that it printed. */
  static final String MARK = "ends with ";

  private Endings() {}

  /** What a run printed, and how it ended where that was with an error. */
  static String of(SessionConfig config, String script) {
    return of(config, script, CompileOptions.none());
  }

  static String of(SessionConfig config, String script, CompileOptions options) {
    return all(config, script, List.of(options)).getFirst();
  }

  /**
   * The same for runs of one script in one session, one after the other.
   *
   * @param arguments of each run
   */
  static List<String> of(SessionConfig config, String script, List<Map<String, String>> arguments) {
    return all(
        config,
        script,
        arguments.stream().map(each -> CompileOptions.none().arguments(each)).toList());
  }

  private static List<String> all(SessionConfig config, String script, List<CompileOptions> runs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    List<String> endings = new ArrayList<>();
    Session session = Reprise.session(config.withOutput(out, out));
    try (session) {
      for (CompileOptions each : runs) {
        String end = end(session, script, each);
        endings.add(bytes.toString(StandardCharsets.UTF_8) + end);
        bytes.reset();
      }
    }
    if (session.liveBuffersAtClose() != 0) {
      throw new AssertionError(session.liveBuffersAtClose() + " buffers are left by\n" + script);
    }
    return endings;
  }

  /** As {@link #of}, recalled as a whole where an earlier run has left it in the store. */
  static String recalledOf(SessionConfig config, String script) {
    String found = Recalls.beforeSession(config, script);
    found = found != null ? found : Recalls.inSession(config, script);
    return found != null ? found : of(config, script);
  }

  /** How a run in a session ends: nothing to say when it does so well. */
  static String end(Session session, String script, CompileOptions options) {
    try {
      session.compile(script, options).run().close();
      return "";
    } catch (ScriptException e) {
      return MARK + e.getMessage();
    } catch (CompileException e) {
      throw new AssertionError(script + e.diagnostics(), e);
    }
  }
}
