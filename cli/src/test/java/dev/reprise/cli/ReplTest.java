package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Reprise;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.Workspace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversation as a person or a file has it. */
class ReplTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
  private final PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);

  private ExitCode talk(boolean stopAtFailure, String... lines) throws Exception {
    return talk(null, stopAtFailure, lines);
  }

  private ExitCode talk(ProgressLine progress, boolean stopAtFailure, String... lines)
      throws Exception {
    Console console = new Console(outStream, errStream, new Interruption(errStream));
    SessionConfig config =
        SessionConfig.defaults()
            .withOutput(outStream, errStream)
            .withWorkingDirectory(folder)
            .withProgress(progress);
    EngineOptions options = new EngineOptions(config, List.of(), progress);
    try (Session session = Reprise.session(config);
        Workspace workspace = session.workspace();
        ReplInput input = new PlainInput(stream(String.join("\n", lines)))) {
      return new Repl(workspace, options, console).run(input, stopAtFailure);
    }
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theConversationOfThePageIsAnsweredAsItSays() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "repl.md"));
    int begin = page.indexOf("reprise> ");
    List<String> said = new ArrayList<>();
    List<String> answered = new ArrayList<>();
    for (String line : page.substring(begin, page.indexOf("```", begin)).split("\n")) {
      if (line.startsWith("reprise> ") || line.startsWith("...")) {
        said.add(line.substring("reprise> ".length()));
      } else {
        answered.add(line);
      }
    }
    assertThat(said.removeLast()).isEqualTo(":stats");
    assertThat(talk(true, said.toArray(String[]::new))).isEqualTo(ExitCode.FINE);
    assertThat(out.toString(StandardCharsets.UTF_8).split("\\R"))
        .containsExactlyElementsOf(answered)
        .hasSizeGreaterThan(3);
  }

  @Test
  void valuesOfExpressionsAreShown() throws Exception {
    assertThat(
            talk(
                true,
                "x = 3",
                "x * 2",
                "matrix(1, 1, 2) * ans",
                "f = function(double a)",
                "  return (double b) {",
                "b = a + 1 }",
                "f(x)"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("6\nmatrix 1x2\n6.000 6.000\n\n4.0\n");
  }

  @Test
  void progressIsOfOneInputAndGoesAwayBeforeAnswersAndErrors() throws Exception {
    AtomicLong now = new AtomicLong();
    ProgressLine line =
        new ProgressLine(errStream, true, () -> now.addAndGet(Duration.ofSeconds(7).toNanos()));
    talk(line, false, "progress(1, 3, 'a')", "progress(1, 3, 'b'); stop('enough')");
    String erase = "\r\u001b[K";
    String bar = erase + "[########----------------]  33 %  1/3  ";
    assertThat(err())
        .startsWith(bar + "a  7.0 s" + erase + bar + "b  7.0 s" + erase + "<input 2>:1:22");
  }

  @Test
  void aFileOfInputsEndsAtItsFirstMistake() throws Exception {
    assertThat(talk(true, "x = 1", "y = lamda", "print('never')")).isEqualTo(ExitCode.SCRIPT);
    assertThat(out()).isEmpty();
    assertThat(err()).contains("<input 2>:1:5", "lamda");
  }

  @Test
  void aPersonGoesOnAfterAMistake() throws Exception {
    assertThat(talk(false, "x = 1", "stop('enough')", ":nonsense", "x + 1"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("2\n");
    assertThat(err()).contains("enough", "unknown command ':nonsense'");
  }

  @Test
  void commandsShowVariablesLineageStatisticsAndProgram() throws Exception {
    Files.writeString(folder.resolve("more.dml"), "z = sum(X) + 1\nprint(z)\n");
    assertThat(
            talk(
                true,
                "X = rand(rows=300, cols=30, seed=1)",
                "S = t(X) %*% X",
                "S = t(X) %*% X",
                ":stats",
                ":vars",
                ":lineage S",
                ":explain y = X + 1",
                ":explain X / 2",
                ":forget S",
                ":load " + folder.resolve("more.dml"),
                "z > 0",
                ":quit",
                "print('never')"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out())
        .contains("1 hits", "matrix 300x30", "tsmm", "ans = /(X, 2)", "\nTRUE\n")
        .doesNotContain("never");
    assertThat(err()).isEmpty();
  }

  @Test
  void aTerminalAsksForFurtherLinesAndKeepsAHistory() throws Exception {
    Path history = folder.resolve("history");
    try (Terminal terminal = dumb("x = f(1,\r2)\r:quit\r");
        TerminalInput input = new TerminalInput(terminal, history, () -> List.of("xylophone"))) {
      assertThat(input.next("> ")).isEqualTo("x = f(1,\n2)");
      assertThat(input.next("> ")).isEqualTo(":quit");
      assertThat(input.next("> ")).isNull();
    }
    assertThat(Files.readString(history)).contains(":quit");
  }

  @Test
  void aTerminalThatSaysThatItHasNoSizeShowsEachPromptOnce() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    try (Terminal terminal = new DumbTerminal(stream("x = 1\r:quit\r"), shown)) {
      terminal.setSize(Size.of(0, 0));
      try (TerminalInput input = new TerminalInput(terminal, folder.resolve("history"), List::of)) {
        assertThat(terminal.getSize().getColumns()).isEqualTo(80);
        assertThat(input.next("first> ")).isEqualTo("x = 1");
        assertThat(input.next("second> ")).isEqualTo(":quit");
        assertThat(input.next("third> ")).isNull();
      }
    }
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce("first> ")
        .containsOnlyOnce("second> ");
  }

  @Test
  void aTerminalThatCanDoNothingShowsWhatIsTypedItself() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    try (Terminal terminal = new DumbTerminal(stream("x = f(1,\n2)\n:quit\n"), shown);
        DumbInput input = new DumbInput(terminal)) {
      assertThat(input.next("> ")).isEqualTo("x = f(1,\n2)");
      assertThat(input.next("> ")).isEqualTo(":quit");
      assertThat(input.next("> ")).isNull();
    }
    assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo("> ... > > ");
  }

  @Test
  void onSuchATerminalCtrlCGivesUpTheLineOrEndsWhatRuns() throws Exception {
    PipedOutputStream typed = new PipedOutputStream();
    try (Terminal terminal =
            new DumbTerminal(new PipedInputStream(typed), new ByteArrayOutputStream());
        DumbInput input = new DumbInput(terminal)) {
      typed.write("half a ".getBytes(StandardCharsets.UTF_8));
      typed.flush();
      FutureTask<Boolean> givenUp =
          new FutureTask<>(() -> {
            assertThatThrownBy(() -> input.next("> ")).isInstanceOf(ReplInput.GivenUp.class);
            return true;
          });
      Thread person = Thread.ofPlatform().start(givenUp);
      while (!givenUp.isDone()) {
        // Until it waits for the rest of the line, which nobody can see from here.
        input.interrupt();
        Thread.onSpinWait();
      }
      person.join();
      assertThat(givenUp.get()).isTrue();
      AtomicInteger ended = new AtomicInteger();
      input.onInterrupt(ended::incrementAndGet);
      input.interrupt();
      assertThat(ended).hasValue(1);
      typed.write("line\n".getBytes(StandardCharsets.UTF_8));
      typed.close();
      assertThat(input.next("> ")).endsWith("line");
    }
  }

  private Terminal dumb(String typed) throws Exception {
    return new DumbTerminal(stream(typed), new ByteArrayOutputStream());
  }
}
