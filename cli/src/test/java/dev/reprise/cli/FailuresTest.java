package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ScriptException;
import dev.reprise.language.CompileException;
import dev.reprise.language.Diagnostic;
import dev.reprise.language.Position;
import dev.reprise.runtime.ResourceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final Interruption interruption = new Interruption(err);

  private ExitCode report(Throwable failure) {
    return new Failures(new Console(err, err, interruption), List.of("run", "a.dml"))
        .report(failure);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static ScriptException script(ScriptException.Kind kind, Throwable cause) {
    return new ScriptException(kind, "it broke", new Position("a.dml", 5, 1), List.of(), cause);
  }

  @Test
  void exitCodesFollowTheKindOfFailure() {
    assertThat(report(new UsageException("u"))).isEqualTo(ExitCode.USAGE);
    assertThat(report(script(ScriptException.Kind.SCRIPT, null))).isEqualTo(ExitCode.SCRIPT);
    assertThat(report(script(ScriptException.Kind.STOP, null))).isEqualTo(ExitCode.SCRIPT);
    assertThat(report(script(ScriptException.Kind.RESOURCE, null))).isEqualTo(ExitCode.RESOURCE);
    assertThat(report(new ResourceException("r"))).isEqualTo(ExitCode.RESOURCE);
    assertThat(report(new OutOfMemoryError())).isEqualTo(ExitCode.RESOURCE);
    assertThat(report(new NoSuchFileException("f"))).isEqualTo(ExitCode.RESOURCE);
    assertThat(text()).contains("a.dml:5:1").contains("no such file or folder: f");
  }

  @Test
  void mistakesOfAScriptShowLineAndCaret() {
    Diagnostic diagnostic =
        new Diagnostic(
            Diagnostic.Severity.ERROR, new Position("a.dml", 1, 5), 1, "found ;", null, "x = ;");
    assertThat(report(new CompileException(List.of(diagnostic)))).isEqualTo(ExitCode.SCRIPT);
    assertThat(text()).contains("a.dml:1:5: error: found ;").contains("x = ;").contains("^");
  }

  @Test
  void aBugIsOneLineThatNamesItsReport() throws IOException {
    assertThat(report(new IllegalStateException("odd\nsecond line"))).isEqualTo(ExitCode.BUG);
    assertThat(text().lines())
        .singleElement()
        .asString()
        .contains("IllegalStateException: odd")
        .doesNotContain("second line");
    Path report = Path.of(text().strip().replaceAll(".*: ", ""));
    assertThat(report)
        .content()
        .contains("[run, a.dml]", "second line", "at dev.reprise.cli.FailuresTest");
    Files.delete(report);
  }

  @Test
  void aBugBehindAScriptErrorNamesThePositionToo() throws IOException {
    Throwable bug = script(ScriptException.Kind.INTERNAL, new NullPointerException("nil"));
    assertThat(report(bug)).isEqualTo(ExitCode.BUG);
    assertThat(text()).contains("a.dml:5:1").contains("NullPointerException: nil");
    Files.delete(Path.of(text().strip().replaceAll("(?s).*: ", "")));
  }

  @Test
  void aReaderThatLeftIsNoComplaintHoweverDeepItIsWrapped() {
    Throwable lost = new StandardOutput.Lost(new IOException("Broken pipe"));
    assertThat(report(script(ScriptException.Kind.INTERNAL, new RuntimeException(lost))))
        .isEqualTo(ExitCode.BROKEN_PIPE);
    assertThat(text()).isEmpty();
  }

  @Test
  void aFullDiskBehindStandardOutputIsTold() {
    assertThat(report(new StandardOutput.Lost(new IOException("No space left on device"))))
        .isEqualTo(ExitCode.RESOURCE);
    assertThat(text()).contains("No space left on device");
  }

  @Test
  void whatFailsBecauseOfAnInterruptionIsNotReportedAgain() {
    interruption.onInterrupt(interruption::finished);
    interruption.interrupt();
    assertThat(report(new IllegalStateException("cancelled"))).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(text().strip()).isEqualTo("reprise: interrupted");
  }

  @Test
  void workThatBeginsAfterAnInterruptionIsCancelledAtOnce() {
    Interruption early = new Interruption(err, Duration.ZERO);
    early.interrupt();
    AtomicInteger cancelled = new AtomicInteger();
    early.onInterrupt(cancelled::incrementAndGet);
    assertThat(cancelled).hasValue(1);
  }

  @Test
  void anEndAfterTheWorkIsDoneIsNoInterruption() {
    interruption.finished();
    interruption.interrupt();
    assertThat(interruption.isInterrupted()).isFalse();
    assertThat(text()).isEmpty();
  }
}
