package dev.reprise.ci;

import dev.reprise.CompileOptions;
import dev.reprise.Reprise;
import dev.reprise.RunResult;
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

  static String of(Path script, Map<String, String> arguments, SessionConfig config) {
    StringBuilder output = new StringBuilder();
    run(script, arguments, config, output);
    return output.toString();
  }

  /** Appends what the script prints, also when it ends with an error. */
  static void run(
      Path script, Map<String, String> arguments, SessionConfig config, StringBuilder output) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    try (Session session = Reprise.session(config.withOutput(out, out));
        RunResult _ = session.compile(script, CompileOptions.none().arguments(arguments)).run()) {
      // Only what it prints is asked for.
    } catch (CompileException e) {
      throw new AssertionError(
          e.diagnostics().stream()
              .map(d -> DiagnosticPrinter.plain().print(d))
              .collect(Collectors.joining("\n")),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      out.flush();
      output.append(bytes.toString(StandardCharsets.UTF_8));
    }
  }
}
