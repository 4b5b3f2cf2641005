package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Scores of -Inf, as masks write them: a probability of 0 that nobody wants is no loss and has no
 * gradient. Of few and of many classes, since these are computed in different ways.
 */
class InfiniteScoresTest {
  /**
   * The scores have 1/4 and 3/4 as shares, then all of it, then 1/2 twice; the others are masked.
   */
  private static final String SCRIPT =
      """
      source("nn/layers/softmax_cross_entropy_loss.dml") as loss
      K = $K
      X = matrix(-Inf, 3, K)
      X[1, 1] = 0
      X[1, K] = log(3)
      X[2, 2] = 700
      X[3, 1:2] = matrix(-5, 1, 2)
      c = matrix("1 2 2", 3, 1)
      Y = outer(c, t(seq(1, K)), "==")
      P = matrix(0, 3, K)
      P[1, 1] = 0.25
      P[1, K] = 0.75
      P[2, 2] = 1
      P[3, 1:2] = matrix(0.5, 1, 2)
      G = (P - Y) / 3
      right = (log(4) + log(2)) / 3
      near = function(double a, double b) return (boolean is) { is = abs(a - b) < 1e-6 }
      print(near(softmax_cross_entropy(X, c), right) & near(softmax_cross_entropy(X, Y), right))
      print(near(loss::forward(X, c), right) & near(loss::forward(X, Y), right))
      w = matrix(seq(1, K), 1, K)
      print(near(loss::forward(X, c, 0.0, w), (log(4) + 2 * log(2)) / 5))
      print(max(abs(softmax_cross_entropy_backward(X, c) - G)) < 1e-6)
      print(max(abs(softmax_cross_entropy_backward(X, Y) - G)) < 1e-6)
      print(max(abs(loss::backward(X, c) - G)) < 1e-6 & max(abs(loss::backward(X, Y) - G)) < 1e-6)
      print(max(abs(softmax(X) - P)) < 1e-6 & max(abs(exp(log_softmax(X)) - P)) < 1e-6)
      print(sum(log_softmax(X) == -Inf) == 3 * K - 5)
      print(near(loss::forward(X, P), (log(4) - 0.75 * log(3) + log(2)) / 3) & near(softmax_cross_entropy(X, P), (log(4) - 0.75 * log(3) + log(2)) / 3))
      # What is wanted and masked is an infinite loss, with a finite gradient.
      c[1, 1] = 2
      Y[1, ] = Y[2, ]
      print(softmax_cross_entropy(X, c) + softmax_cross_entropy(X, Y) + loss::forward(X, c))
      print(sum(abs(softmax_cross_entropy_backward(X, c) - (P - Y) / 3)) < 1e-5)
      # Every class is wanted a little.
      print(loss::forward(X, Y, 0.1))
      # Where all are masked there are no shares.
      X[2, ] = matrix(-Inf, 1, K)
      print(is.nan(softmax_cross_entropy(X, c)) & is.nan(loss::forward(X, Y)))
      """;

  private static final String EXPECTED = "TRUE\n".repeat(9) + "Infinity\nTRUE\nInfinity\n1.0\n";

  @TempDir private Path folder;

  private String output(SessionConfig config, int classes) throws IOException {
    Path script = Files.writeString(folder.resolve("scores.dml"), SCRIPT);
    try {
      ScriptOutput.Outcome outcome =
          ScriptOutput.runs(script, Map.of("K", String.valueOf(classes)), config, 1).getFirst();
      return outcome.output() + outcome.failureText();
    } catch (ResourceException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  @ParameterizedTest
  @CsvSource({"3, FP64", "3, FP32", "11, FP64", "11, FP32", "70, FP64", "70, FP32"})
  void areProbabilitiesOfZeroOnAllDevices(int classes, Precision precision) throws IOException {
    SessionConfig config = ScriptOutput.config().withPrecision(precision);
    assertThat(output(config, classes)).isEqualTo(EXPECTED);
    assertThat(output(config.withFusion(false).withReuse(ReuseMode.NONE), classes))
        .isEqualTo(EXPECTED);
    assertThat(output(config.withDevices(DeviceConfig.of("opencl:0")), classes))
        .isEqualTo(EXPECTED);
  }
}
