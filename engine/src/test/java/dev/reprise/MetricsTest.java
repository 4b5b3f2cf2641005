package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics are effects: each time, in the order of the program, whatever is reused. */
class MetricsTest {
  private static final String TRAIN =
      """
      train = function(Matrix[Double] X, Double lr) return (Double loss) {
        loss = sum(t(X) %*% X) * lr
        metric("loss " + lr, loss, 1)
      }
      X = matrix(1, 100, 100)
      """;

  @TempDir Path folder;

  private SessionConfig config() {
    return Scripts.config().withWorkingDirectory(folder).withMetrics(Path.of("m"));
  }

  /** Step, name and value of each line. */
  private List<String> table() throws IOException {
    return Files.readAllLines(folder.resolve("m/metrics.csv")).stream()
        .skip(1)
        .map(line -> line.substring(line.indexOf(',') + 1))
        .toList();
  }

  @Test
  void aFolderThatCannotBeMadeEndsAParforWithOneError() throws IOException {
    // Not there when the session opens, which would refuse it.
    String script =
        """
        write(1, "m")
        R = matrix(0, 20, 1)
        parfor (i in 1:20, par=2) {
          metric("a", i, i)
          R[i, 1] = i
        }
        print(sum(R))
        """;
    for (int round = 0; round < 20; round++) {
      Files.deleteIfExists(folder.resolve("m"));
      assertThat(Scripts.failure(config(), script)).hasMessageContaining("m");
    }
  }

  @Test
  void metricsOfAParforComeInTheOrderOfItsIterations() throws IOException {
    String script =
        """
        R = matrix(0, 8, 1)
        parfor (i in 1:8, par=4) {
          x = sum(matrix(i, 300 * (9 - i), 100))
          metric("a", i, i)
          parfor (j in 1:2, par=2) { metric("b", j, i) }
          metric("c", x * 0, i)
          R[i, 1] = x
        }
        print(sum(R) > 0)
        """;
    Scripts.run(config(), script);
    List<String> parallel = table();
    Files.delete(folder.resolve("m/metrics.csv"));
    Scripts.run(
        config().withReuse(ReuseMode.NONE), script.replaceAll("parfor (.*), par=.\\)", "for $1)"));
    assertThat(parallel).isEqualTo(table()).hasSize(32);
    assertThat(parallel.subList(0, 4)).containsExactly("1,a,1.0", "1,b,1.0", "1,b,2.0", "1,c,0.0");
  }

  /** Trainings in parfor; the third one ends early, as all do when the process is killed. */
  private static final String SEARCH =
      """
      R = matrix(0, 3, 1)
      parfor (i in 1:3, par=WORKERS) {
        loss = 1 / i; start = 1
        if (file.exists("c" + i)) {
          s = resume("c" + i)
          loss = as.scalar(s["loss"]); start = as.scalar(s["e"]) + 1
        }
        metric("begins", i, 0)
        for (e in seq(start, 4, 1)) {
          loss = loss / 2
          metric('loss, "' + i + '"\\n', loss, e)
          checkpoint(list(loss=loss, e=e), "c" + i)
          if (e == STOP & i < 3) stop("killed")
        }
        R[i, 1] = loss
      }
      """;

  private String search(int workers, int stop) {
    return SEARCH
        .replace("WORKERS", Integer.toString(workers))
        .replace("STOP", Integer.toString(stop));
  }

  @Test
  void aSearchThatIsGoneOnWithHasEachMetricOnce() throws IOException {
    for (int workers = 1; workers <= 3; workers++) {
      Scripts.run(config(), search(workers, 0));
      List<String> whole = table();
      for (int i = 1; i <= 3; i++) {
        Files.delete(folder.resolve("c" + i));
      }
      Files.delete(folder.resolve("m/metrics.csv"));
      Scripts.failure(config(), search(workers, 1));
      Scripts.failure(config(), search(workers, 3));
      Scripts.run(config(), search(workers, 0));
      Scripts.run(config(), search(workers, 0));
      assertThat(table()).containsExactlyInAnyOrderElementsOf(whole);
      for (int i = 1; i <= 3; i++) {
        Files.delete(folder.resolve("c" + i));
      }
      Files.delete(folder.resolve("m/metrics.csv"));
    }
  }

  @Test
  void aCheckpointOfAnotherIterationBringsNoMetrics() throws IOException {
    String script =
        """
        R = matrix(0, 2, 1)
        parfor (i in 1:2) {
          metric("loss", i, i)
          if (i == 2) {
            checkpoint(list(i), "c")
            s = resume("c")
          }
          R[i, 1] = i
        }
        """;
    Scripts.run(config(), script);
    assertThat(table()).containsExactly("1,loss,1.0", "2,loss,2.0");
    Files.delete(folder.resolve("m/metrics.csv"));
    Scripts.run(
        config(), "R = matrix(0, 1, 1)\nparfor (j in 1:1) { s = resume(\"c\"); R[j, 1] = j }");
    assertThat(Files.exists(folder.resolve("m/metrics.csv"))).isFalse();
  }

  @Test
  void whatALoopTellsAgainAfterItsCheckpointStandsOnce() throws IOException {
    String script =
        """
        start = 1
        if (file.exists("c")) {
          s = resume("c")
          start = as.scalar(s["e"]) + 1
        }
        for (e in start:3) {
          metric("loss", 1 / e, e)
          if (e == STOP) stop("killed")
          checkpoint(list(e=e), "c")
        }
        """;
    Scripts.failure(config(), script.replace("STOP", "2"));
    Scripts.run(config(), script.replace("STOP", "9"));
    assertThat(table()).hasSize(3).doesNotHaveDuplicates();
  }

  /** Fails once, when there is no file to say that it did, after some metrics. */
  private static final String FAILS_ONCE =
      """
      for (e in 1:3) {
        metric("loss", 1 / e, e)
        metric("begins", 1, 0)
        if (e == 2 & !file.exists("failed")) {
          write(matrix(1, 1, 1), "failed", format="csv")
          stop("killed")
        }
      }
      """;

  @Test
  void aRunThatFailedBeforeItsFirstCheckpointIsGoneOnWithByTheNext() throws IOException {
    Scripts.failure(config(), FAILS_ONCE);
    assertThat(table()).hasSize(4);
    Scripts.run(config(), FAILS_ONCE);
    assertThat(table())
        .containsExactly(
            "1,loss,1.0",
            "0,begins,1.0",
            "2,loss,0.5",
            "0,begins,1.0",
            "3,loss,0.3333333333333333",
            "0,begins,1.0");
  }

  @Test
  void aRunAfterOneThatCameToItsEndTellsAllAgain() throws IOException {
    Scripts.failure(config(), FAILS_ONCE);
    Scripts.run(config(), FAILS_ONCE);
    Scripts.run(config(), FAILS_ONCE);
    assertThat(table()).hasSize(12);
  }

  @Test
  void anotherProgramTellsWhatAnUnfinishedOneHasTold() throws IOException {
    Scripts.failure(config(), FAILS_ONCE);
    Scripts.run(config(), "metric(\"loss\", 1, 1)");
    assertThat(table()).hasSize(5);
  }

  @Test
  void aCallWithAMetricIsExecutedEachTime() throws IOException {
    Scripts.run(config(), TRAIN + "print(train(X, 0.1) + train(X, 0.1))");
    assertThat(table()).hasSize(2).allMatch(line -> line.startsWith("1,loss 0.1,"));
  }

  @Test
  void nothingIsWrittenWithoutAFolder() {
    Scripts.run(config().withMetrics(null), TRAIN + "print(train(X, 0.1))");
    assertThat(Files.exists(folder.resolve("m"))).isFalse();
  }

  @Test
  void anEarlierFailureIsReportedBeforeAMetricIsSeen() throws IOException {
    assertThat(
            Scripts.failure(
                config(),
                "A = solve(matrix(0, 300, 300), matrix(1, 300, 1))\n"
                    + "metric(\"a\", 1, 1)\n"
                    + "print(sum(A))"))
        .hasMessageContaining(":1:");
    assertThat(Files.exists(folder.resolve("m"))).isFalse();
  }

  @Test
  void aMatrixOfOneCellIsANumber() throws IOException {
    String script =
        """
        R = matrix(0, 3, 1)
        parfor (i in 1:3) { R[i, 1] = i / 4 }
        for (i in 1:3) {
          metric("a", R[i, 1], as.matrix(i))
          progress(as.matrix(i), 3)
        }
        """;
    Scripts.run(config(), script);
    assertThat(table()).containsExactly("1,a,0.25", "2,a,0.5", "3,a,0.75");
  }

  @Test
  void mistakesSayWhatIsMeant() {
    assertThat(Scripts.failure(config(), "metric(\"a\", \"b\", 1)"))
        .hasMessageContaining("'metric' needs a number and a step");
    assertThat(Scripts.failure(config(), "progress(seq(1, 2), 3)"))
        .hasMessageContaining("got a matrix 2x1 and an integer 3");
    assertThat(Scripts.failure(config(), "metric(\"a\", seq(1, 3), 1)"))
        .hasMessageContaining("write metric(\"loss\", loss, step)");
  }

  /** Two numbers within an epoch would otherwise be told for the same step. */
  @Test
  void aStepBetweenWholeNumbersIsRefused() throws IOException {
    assertThat(Scripts.failure(config(), "metric(\"a\", 1, 1.5)"))
        .hasMessageContaining("the step of 'metric' must be a whole number, but is 1.5");
    Scripts.run(config(), "metric(\"a\", 1, 6 / 2)");
    assertThat(table()).containsExactly("3,a,1.0");
  }

  @Test
  void aMetricWithoutANameIsRefused() {
    assertThat(Scripts.failure(config(), "metric(\" \", 1, 1)"))
        .hasMessageContaining("the name of a metric must not be empty");
  }
}
