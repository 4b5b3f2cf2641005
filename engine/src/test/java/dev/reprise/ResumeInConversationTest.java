package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint that one input of a conversation resumes, and the inputs after that one. */
class ResumeInConversationTest {
  private static final String LOOP =
      """
      for (e in %d:6) {
        for (b in 1:2) {
          W = W + rand(rows=5, cols=1) * sample(9, 1)
        }
        checkpoint(list(W=W, e=e), "state" + e)
      }
      """;
  private static final String RESUME = "s = resume(\"state2\"); W = as.matrix(s[\"W\"])";
  private static final String SHOW = "print(toString(t(W), decimal=17))";
  private static final String AFTER = "print(toString(rand(rows=1, cols=3), decimal=17))";

  @TempDir private Path folder;

  private static String loop(int from) {
    return LOOP.formatted(from);
  }

  /** What inputs print, one after the other; an input that fails prints nothing. */
  private String conversation(long seed, String... inputs) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    SessionConfig config =
        Scripts.config().withWorkingDirectory(folder).withSeed(seed).withOutput(out, out);
    try (Session session = Reprise.session(config);
        Workspace workspace = session.workspace()) {
      for (String input : inputs) {
        if (input.contains("stop")) {
          assertThatThrownBy(() -> workspace.run("input", input))
              .isInstanceOf(ScriptException.class);
        } else {
          workspace.run("input", input);
        }
      }
    }
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String whole() throws Exception {
    return conversation(1, "W = rand(rows=5, cols=1)", loop(1), SHOW, AFTER);
  }

  @Test
  void aLoopInTheNextInputDrawsWhatCameNext() throws Exception {
    String whole = whole();
    assertThat(conversation(4711, RESUME, loop(3), SHOW, AFTER)).isEqualTo(whole);
    assertThat(conversation(4711, RESUME + "\n" + loop(3), SHOW, AFTER)).isEqualTo(whole);
  }

  @Test
  void otherInputsMayLieBetween() throws Exception {
    String whole = whole();
    for (String between :
        List.of("t = 1", "R = rand(rows=2, cols=2)", "for (i in 1:2) R = rand(rows=2, cols=2)")) {
      assertThat(conversation(4711, RESUME, between, loop(3), SHOW, AFTER))
          .as(between)
          .isEqualTo(whole);
    }
  }

  @Test
  void anInputThatFailsBeforeTheLoopChangesNothing() throws Exception {
    String whole = whole();
    assertThat(conversation(4711, RESUME, "stop(\"no\")", loop(3), SHOW, AFTER)).isEqualTo(whole);
    assertThat(conversation(4711, RESUME + "\nstop(\"no\")", loop(3), SHOW, AFTER))
        .isEqualTo(whole);
  }

  @Test
  void aLoopThatBeginsBeforeTheCheckpointIsAnother() throws Exception {
    String whole = whole();
    String again = conversation(4711, RESUME, loop(1), SHOW);
    assertThat(whole).doesNotStartWith(again);
  }

  @Test
  void whatIsDrawnAfterTheLoopIsNotDrawnAgain() throws Exception {
    whole();
    String print = "print(toString(rand(rows=1, cols=2), decimal=17))";
    String fails = print + "\nstop(\"no\")";
    String printed = conversation(4711, RESUME, loop(3), fails, print, print);
    assertThat(printed.lines().filter(line -> !line.isBlank()).distinct()).hasSize(3);
  }

  @Test
  void withoutResumingInputsDrawAsBefore() throws Exception {
    String print = "print(toString(rand(rows=1, cols=2), decimal=17))";
    String printed = conversation(1, print, "checkpoint(list(a=1), \"c\")", print, print);
    assertThat(printed.lines().filter(line -> !line.isBlank()).distinct()).hasSize(3);
    String resumed = conversation(2, "l = resume(\"c\")", print, print);
    assertThat(printed).endsWith(resumed);
  }
}
