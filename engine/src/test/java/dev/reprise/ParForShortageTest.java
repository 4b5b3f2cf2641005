package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers of a parfor that hold what the others lack, and no disk to take it. */
class ParForShortageTest {
  private static final int ITERATIONS = 8;

  /** Four of these and a little fit; an iteration alone needs no more, two need more. */
  private static final long MATRIX_BYTES = 256 * 1024 * 8;

  /** Each attempt begins with one {@code cumprod}, which always fits. */
  private static String loop(int workers, String begin) {
    return """
    R = matrix(0, %d, 1);
    parfor (i in 1:%d, par=%d) {
      q = sum(cumprod(matrix(i, 2, 2)));
      print("iteration " + i + " " + q);
      %s
      A = rand(rows=256, cols=1024);
      B = cumsum(A + i);
      R[i, 1] = sum(B) + sum(A) + q;
    }
    print(toString(R, decimal=17));
    """
        .formatted(ITERATIONS, ITERATIONS, workers, begin);
  }

  /** Two workers in the middle of a parfor within the iteration of another. */
  private static String nested(int workers) {
    return """
    work = function(int i, int j) return (double s) {
      A = rand(rows=256, cols=1024);
      B = cumsum(A + i * j);
      s = sum(B) + sum(A);
    }
    R = matrix(0, 3, 3);
    parfor (i in 1:3, par=%d) {
      q = sum(cumprod(matrix(i, 2, 2)));
      parfor (j in 1:3, par=%d) { R[i, j] = work(i, j) + q; }
    }
    print(toString(R, decimal=17));
    """
        .formatted(workers, workers);
  }

  @TempDir private Path folder;

  private SessionConfig config(ReuseMode reuse) {
    return Scripts.config()
        .withThreads(4)
        .withReuse(reuse)
        .withHostBytes(4 * MATRIX_BYTES + (1 << 18))
        .withDiskBytes(0)
        .withWorkingDirectory(folder);
  }

  private static long attempts(RunStatistics run) {
    return run.operations().stream()
        .filter(one -> one.opcode().equals("cumprod"))
        .mapToLong(RunStatistics.OpcodeStatistics::executed)
        .sum();
  }

  @Test
  void whatFitsOneAfterTheOtherFinishesWithAnyNumberOfWorkers() {
    String expected = Scripts.output(loop(1, ""));
    for (int workers : List.of(2, 4)) {
      long givenUp = 0;
      // Workers that happen to take turns give nothing up; that they always do is out of question.
      for (int round = 0; round < 100 && givenUp == 0; round++) {
        Outcome outcome = Scripts.run(config(ReuseMode.NONE), loop(workers, ""));
        assertThat(outcome.output()).isEqualTo(expected);
        givenUp = outcome.statistics().loops().givenUp();
        assertThat(attempts(outcome.statistics())).isEqualTo(ITERATIONS + givenUp);
        assertThat(outcome.liveBuffers()).isZero();
      }
      assertThat(givenUp).isPositive();
    }
  }

  @Test
  void valuesAndLineageAreThoseOfTheSequentialLoopUnderEveryReuse() {
    String lineage = "print(lineage(R));";
    for (ReuseMode reuse : ReuseMode.values()) {
      String end = reuse == ReuseMode.NONE ? "" : lineage;
      String expected = Scripts.run(config(reuse), loop(1, "") + end).output();
      Outcome outcome = Scripts.run(config(reuse), loop(4, "") + end);
      assertThat(outcome.output()).isEqualTo(expected);
      assertThat(outcome.liveBuffers()).isZero();
    }
  }

  /** A few iterations that do not fit side by side, then many that do. */
  private static String becomingSmall(int workers) {
    return """
    R = matrix(0, 400, 1);
    parfor (i in 1:400, par=%d) {
      n = 1;
      if (i <= 8) { n = 256; }
      A = rand(rows=n, cols=1024);
      B = cumsum(A + i);
      R[i, 1] = sum(B) + sum(A);
    }
    print(toString(R, decimal=17));
    """
        .formatted(workers);
  }

  @Test
  void workersComeBackWhenMemorySuffices() {
    String expected = Scripts.output(becomingSmall(1));
    for (int workers : List.of(2, 4)) {
      long resumed = 0;
      // Nobody comes back to a loop in which nothing was given up, or only just before its end.
      for (int round = 0; round < 100 && resumed == 0; round++) {
        Outcome outcome = Scripts.run(config(ReuseMode.NONE), becomingSmall(workers));
        assertThat(outcome.output()).isEqualTo(expected);
        assertThat(outcome.liveBuffers()).isZero();
        RunStatistics.LoopStatistics loops = outcome.statistics().loops();
        resumed = loops.resumed();
        assertThat(loops.givenUp() > 0 || resumed == 0).isTrue();
      }
      assertThat(resumed).isPositive();
    }
  }

  @Test
  void loopsWithinLoopsGiveUpWithThem() {
    String expected = Scripts.output(nested(1));
    for (int workers : List.of(2, 3)) {
      Outcome outcome = Scripts.run(config(ReuseMode.HYBRID), nested(workers));
      assertThat(outcome.output()).isEqualTo(expected);
      assertThat(outcome.liveBuffers()).isZero();
    }
  }

  @Test
  void whatDoesNotFitAloneFailsAsInTheSequentialLoop() {
    String tooMuch =
        "C = rand(rows=256, cols=1024, seed=7); D = rand(rows=256, cols=1024, seed=8);";
    String end = "print(sum(C) + sum(D));";
    ScriptException expected = Scripts.failure(config(ReuseMode.NONE), tooMuch + loop(1, "") + end);
    ScriptException failure = Scripts.failure(config(ReuseMode.NONE), tooMuch + loop(4, "") + end);
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(failure.position()).isEqualTo(expected.position());
  }

  /** A second execution would find what the first has left. */
  @Test
  void anIterationThatHasWrittenAFileIsNotRepeated() throws IOException {
    String count =
        """
        f = "count" + i;
        n = 0;
        if (file.exists(f)) { n = as.scalar(read(f, data_type="matrix", format="csv")); }
        write(as.matrix(n + 1), f, format="csv");
        """;
    try {
      Outcome outcome = Scripts.run(config(ReuseMode.NONE), loop(4, count));
      assertThat(outcome.statistics().loops().givenUp()).isZero();
    } catch (ScriptException e) {
      assertThat(e.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().matches(".*count[0-9]")).toList()) {
        assertThat(Files.readString(file).strip()).isEqualTo("1.0");
      }
    }
  }
}
