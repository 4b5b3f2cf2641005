package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theFirstUnitDoesNotCountForTheRest() {
    ProgressLine line = new ProgressLine(err, false, () -> now);
    now = 60 * SECOND;
    line.progressed(1, 5, "loss 0.5");
    now = 62 * SECOND;
    line.progressed(2, 5, "loss 0.4");
    assertThat(text().lines())
        .containsExactly(
            "reprise: 1/5, loss 0.5, 1 min 0 s",
            "reprise: 2/5, loss 0.4, 1 min 2 s, about 6.0 s left");
  }

  @Test
  void whatAResumeBroughtIsNoWorkDone() {
    ProgressLine line = new ProgressLine(err, false, () -> now);
    line.progressed(51, 100, "");
    now = 10 * SECOND;
    line.progressed(52, 100, "");
    assertThat(text()).endsWith("reprise: 52/100, 10 s, about 8 min 0 s left" + nl());
  }

  @Test
  void elsewhereThereIsALineASecondAndTheFirstAndTheLast() {
    ProgressLine line = new ProgressLine(err, false, () -> now);
    for (int i = 1; i <= 100; i++) {
      now += SECOND / 20;
      line.progressed(i, 100, "");
    }
    assertThat(text().lines()).hasSize(6);
    assertThat(text().lines().toList().getLast()).isEqualTo("reprise: 100/100, 5.0 s");
  }

  @Test
  void withoutATotalThereIsNoRest() {
    ProgressLine line = new ProgressLine(err, false, () -> now);
    for (int i = 1; i <= 3; i++) {
      now += SECOND;
      line.progressed(i, 0, "loss 0." + i);
    }
    assertThat(text().lines())
        .containsExactly(
            "reprise: 1, loss 0.1, 1.0 s",
            "reprise: 2, loss 0.2, 2.0 s",
            "reprise: 3, loss 0.3, 3.0 s");
  }

  @Test
  void aSecondLoopStartsAnew() {
    ProgressLine line = new ProgressLine(err, false, () -> now);
    line.progressed(2, 2, "first");
    line.progressed(1, 2, "second");
    assertThat(text().lines()).hasSize(2);
    assertThat(text()).doesNotContain("left");
  }

  @Test
  void aFurtherRunOfASessionHasTimesOfItsOwn() {
    ProgressLine line = new ProgressLine(err, false, () -> now);
    line.progressed(1, 9, "");
    now = 100 * SECOND;
    line.begin();
    now = 101 * SECOND;
    line.progressed(5, 9, "");
    now = 103 * SECOND;
    line.progressed(6, 9, "");
    assertThat(text().lines())
        .containsExactly(
            "reprise: 1/9, 0.0 s", "reprise: 5/9, 1.0 s", "reprise: 6/9, 3.0 s, about 6.0 s left");
  }

  @Test
  void onATerminalTheLineGoesAwayBeforeOtherTextAndTheLastStays() {
    ProgressLine line = new ProgressLine(err, true, () -> now);
    PrintStream out = line.before(err);
    line.progressed(1, 2, "loss 1");
    out.println("epoch 1");
    now = SECOND;
    line.progressed(2, 2, "loss 0");
    line.clear();
    assertThat(text())
        .isEqualTo(
            "\r\u001b[K[############------------]  50 %  1/2  loss 1  0.0 s"
                + "\r\u001b[Kepoch 1"
                + nl()
                + "\r\u001b[K[########################] 100 %  2/2  loss 0  1.0 s"
                + nl());
  }

  @Test
  void textOfAScriptCannotMoveTheCursor() {
    new ProgressLine(err, true, () -> now).progressed(1, 2, "a\u001b[2Jb\nc");
    assertThat(text()).contains("  a [2Jb  ").doesNotContain("c  ");
  }

  @Test
  void timesReadAsPeopleSayThem() {
    assertThat(ProgressLine.time(1_250_000_000L)).isEqualTo("1.3 s");
    assertThat(ProgressLine.time(59_800_000_000L)).isEqualTo("1 min 0 s");
    assertThat(ProgressLine.time(7_260 * SECOND)).isEqualTo("2 h 1 min");
  }

  private static String nl() {
    return System.lineSeparator();
  }
}
