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
    Files.createFile(folder.resolve("m"));
    String script =
        """
        R = matrix(0, 20, 1)
        parfor (i in 1:20, par=2) {
          metric("a", i, i)
          R[i, 1] = i
        }
        print(sum(R))
        """;
    for (int round = 0; round < 20; round++) {
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
}
