package dev.reprise.examples;

import dev.reprise.CompileOptions;
import dev.reprise.Inputs;
import dev.reprise.Matrix;
import dev.reprise.Reprise;
import dev.reprise.RunResult;
import dev.reprise.Script;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import java.util.Random;

/**
 * Compiles a script once, binds matrices and a scalar, runs it for several values and reads the
 * results. All runs share one lineage cache: the two products are computed in the first run only.
 */
public final class RidgeRegression {
  private static final int ROWS = 5_000;
  private static final int COLUMNS = 20;

  private static final String SCRIPT =
      """
      A = t(X) %*% X
      b = t(X) %*% y
      B = solve(A + diag(matrix(lambda, ncol(X), 1)), b)
      loss = sum((y - X %*% B)^2) / nrow(X)
      """;

  private RidgeRegression() {}

  public static void main(String[] args) throws Exception {
    double[][] features = features(new Random(7));
    double[][] target = target(features);
    try (Session session = Reprise.session(SessionConfig.defaults());
        Matrix X = session.matrix(features);
        Matrix y = session.matrix(target)) {
      Script script =
          session.compile(SCRIPT, CompileOptions.inputs("X", "y", "lambda").outputs("B", "loss"));
      for (double lambda : new double[] {0.01, 1, 100}) {
        Inputs inputs = Inputs.of("X", X).and("y", y).and("lambda", lambda);
        try (RunResult result = script.run(inputs)) {
          System.out.printf(
              "lambda %6.2f: loss %.6f, first coefficient %.4f, %d operations reused%n",
              lambda,
              result.scalar("loss").asDouble(),
              result.matrix("B")[0][0],
              result.statistics().hits());
        }
      }
    }
  }

  private static double[][] features(Random random) {
    double[][] rows = new double[ROWS][COLUMNS];
    for (double[] row : rows) {
      for (int j = 0; j < COLUMNS; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return rows;
  }

  /** The sum of the features, weighted by their number. */
  private static double[][] target(double[][] features) {
    double[][] target = new double[features.length][1];
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        target[i][0] += (j + 1) * features[i][j];
      }
    }
    return target;
  }
}
