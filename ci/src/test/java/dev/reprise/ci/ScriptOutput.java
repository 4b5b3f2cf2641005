package dev.reprise.ci;

import dev.reprise.CompileOptions;
import dev.reprise.Reprise;
import dev.reprise.RunResult;
import dev.reprise.RunStatistics;
import dev.reprise.ScriptException;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.language.CompileException;
import dev.reprise.language.DiagnosticPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs script files through the Java API for tests and returns what they print. */
final class ScriptOutput {
  private ScriptOutput() {}

  static Path projectRoot() {
    Path folder = Path.of("").toAbsolutePath();
    return folder.endsWith("ci") ? folder.getParent() : folder;
  }

  /** Two threads, a fixed seed and 1 GiB, relative paths from the project's root. */
  static SessionConfig config() {
    return SessionConfig.defaults()
        .withThreads(2)
        .withSeed(42)
        .withHostBytes(1L << 30)
        .withWorkingDirectory(projectRoot());
  }

  /**
   * What one run printed.
   *
   * @param failure how it failed if it did: a ScriptException or CompileException
   * @param statistics null after a failure
   */
  record Outcome(String output, Exception failure, RunStatistics statistics) {

    /** The failure as the command shows it, empty if there was none. */
    String failureText() {
      return switch (failure) {
        case null -> "";
        case CompileException e ->
            e.diagnostics().stream()
                .map(d -> DiagnosticPrinter.print(d))
                .collect(Collectors.joining("\n"));
        default -> failure.getMessage();
      };
    }
  }

  /** What the script prints; it must not fail. */
  static String of(Path script, Map<String, String> arguments, SessionConfig config) {
    Outcome outcome = run(script, arguments, config);
    if (outcome.failure() != null) {
      throw new AssertionError(outcome.failureText(), outcome.failure());
    }
    return outcome.output();
  }

  static Outcome run(Path script, Map<String, String> arguments, SessionConfig config) {
    return runs(script, arguments, config, 1).getFirst();
  }

  /** Runs the script several times in one session: after the first time with a warm cache. */
  static List<Outcome> runs(
      Path script, Map<String, String> arguments, SessionConfig config, int times) {
    List<Outcome> outcomes = new ArrayList<>();
    try (Open session = new Open(config)) {
      for (int i = 0; i < times; i++) {
        outcomes.add(session.run(script, arguments));
      }
    }
    return outcomes;
  }

  /** A session whose scripts' lines are kept. */
  static final class Open implements AutoCloseable {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    private final Session session;

    Open(SessionConfig config) {
      session = Reprise.session(config.withOutput(out, out));
    }

    Outcome run(Path script, Map<String, String> arguments) {
      bytes.reset();
      CompileOptions options = CompileOptions.none().arguments(arguments);
      try (RunResult result = session.compile(script, options).run()) {
        return outcome(null, result.statistics());
      } catch (CompileException | ScriptException e) {
        return outcome(e, null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Outcome outcome(Exception failure, RunStatistics statistics) {
      out.flush();
      return new Outcome(bytes.toString(StandardCharsets.UTF_8), failure, statistics);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
