package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.testkit.PrintedText;
import dev.reprise.testkit.ScriptArguments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A script with what it must print beside it ({@code NAME.out}) and, where it must fail, parts of
 * the message ({@code NAME.err}, one a line).
 *
 * <p>Runs with the {@link ScriptArguments} and {@code $out}, an empty folder to write to.
 */
record RecordedScript(Path file) {
  private static final Pattern ONLY = Pattern.compile(System.getProperty("corpus.only", ""));

  /**
   * The scripts in a folder and the folders inside it; with {@code -Dcorpus.only=REGEX} only those
   * whose path has a match.
   */
  static List<RecordedScript> under(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> Files.exists(beside(file, ".out")) || Files.exists(beside(file, ".err")))
          .filter(file -> file.toString().endsWith(".dml") && ONLY.matcher(file.toString()).find())
          .sorted()
          .map(RecordedScript::new)
          .toList();
    }
  }

  /** Runs the script in a session of its own and compares; again in the same session if asked. */
  void check(SessionConfig config, int runs) {
    check(arguments -> ScriptOutput.runs(file, arguments, config, runs));
  }

  /** Runs the script in a session that others use as well, and compares. */
  ScriptOutput.Outcome check(ScriptOutput.Open session) {
    return check(arguments -> List.of(session.run(file, arguments))).getFirst();
  }

  private List<ScriptOutput.Outcome> check(
      Function<Map<String, String>, List<ScriptOutput.Outcome>> runs) {
    try {
      Path scratch = Files.createTempDirectory("reprise-script");
      try {
        List<ScriptOutput.Outcome> outcomes = runs.apply(arguments(scratch));
        check(outcomes);
        return outcomes;
      } finally {
        delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check(List<ScriptOutput.Outcome> outcomes) throws IOException {
    Path printed = beside(file, ".out");
    Path failure = beside(file, ".err");
    for (ScriptOutput.Outcome outcome : outcomes) {
      if (Files.exists(printed)) {
        assertThat(PrintedText.difference(Files.readString(printed), outcome.output()))
            .as("%s", outcome.failureText())
            .isEmpty();
      }
      if (Files.exists(failure)) {
        checkFailure(outcome, Files.readAllLines(failure));
      } else if (outcome.failure() != null) {
        throw new AssertionError(outcome.failureText(), outcome.failure());
      }
    }
  }

  private static void checkFailure(ScriptOutput.Outcome outcome, List<String> parts) {
    assertThat(outcome.failureText())
        .containsPattern("\\.dml:\\d+:\\d+: (error|stopped): ")
        .contains(parts);
    if (outcome.failure() instanceof ScriptException e) {
      assertThat(e.kind()).isIn(ScriptException.Kind.SCRIPT, ScriptException.Kind.STOP);
    }
  }

  private Map<String, String> arguments(Path scratch) throws IOException {
    Map<String, String> arguments = ScriptArguments.of(file);
    arguments.put("out", scratch.toString());
    return arguments;
  }

  private static Path beside(Path file, String extension) {
    return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.dml$", extension));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> inside = Files.walk(folder)) {
      for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
