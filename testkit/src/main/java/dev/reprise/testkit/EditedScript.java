package dev.reprise.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * A script that somebody works on: some statements of it are changed, left out or put in from one
 * version to the next. A seed gives one history. Versions are correct whatever was changed: all
 * variables have values of their shapes from the beginning. They read {@code data.csv}, 2,000 rows
 * of 20 numbers, and may draw seeds; all that they compute is printed to the last digit.
 */
public final class EditedScript extends RandomStatements {
  /** The file that versions read, and its extents. */
  public static final String DATA = "data.csv";

  public static final int ROWS = 2000;
  public static final int COLUMNS = 20;

  private static final int STATEMENTS = 9;

  private static final String FUNCTIONS =
      """
      fit = function(Matrix[Double] X, Matrix[Double] y, Double reg)
        return (Matrix[Double] B, Double loss)
      {
        B = solve(t(X) %%*%% X + diag(matrix(reg + %s, ncol(X), 1)), t(X) %%*%% y)
        loss = sum((y - X %%*%% B)^2) / nrow(X)
      }
      steps = function(Matrix[Double] X, Matrix[Double] y, Integer n, Double rate)
        return (Matrix[Double] W)
      {
        W = matrix(0, ncol(X), 1)
        for (i in 1:n) {
          W = W - rate / nrow(X) * (t(X) %%*%% (X %%*%% W - y)) - %s * W
        }
      }
      noisy = function(Matrix[Double] X, Double scale) return (Matrix[Double] Z) {
        Z = X + scale * rand(rows=nrow(X), cols=ncol(X), min=-1)
        Z = Z / (1 + sqrt(colSums(Z^2)))
      }
      """;

  private static final String BEGIN =
      """
      D = read("data.csv", format="csv")
      X = D / 3
      y = rowSums(X) + 0.1 * X[, 1]
      A = t(X) %*% X
      B = matrix(0.1, 20, 1)
      W = B
      R = matrix(0, 4, 2)
      loss = 0.5
      s = 0.25
      """;

  private static final String END =
      """
      print(sum(X) + " " + sum(y) + " " + sum(A) + " " + sum(A[1, ]))
      print(sum(B) + " " + sum(W) + " " + as.scalar(W[3, 1]) + " " + loss + " " + s)
      print(sum(R[, 1]) + " " + sum(R[, 2]) + " " + sum(R^2))
      """;

  private final List<String> statements = new ArrayList<>();
  private String functions;

  public EditedScript(long seed) {
    super(seed);
    this.functions = functions();
    for (int i = 0; i < STATEMENTS; i++) {
      statements.add(statement(0));
    }
  }

  /** The version that there is now. */
  public String text() {
    return functions + BEGIN + String.join("", statements) + END;
  }

  /** Makes the next version, which may be equal to this one. */
  public void edit() {
    int at = below(statements.size());
    switch (below(8)) {
      case 0, 1, 2 -> statements.set(at, statement(0));
      case 3 -> statements.add(at, statement(0));
      case 4 -> statements.add(statements.remove(at));
      case 5 -> functions = functions();
      case 6 -> {
        if (statements.size() > 1) {
          statements.remove(at);
        }
      }
      default -> {}
    }
  }

  private String functions() {
    return FUNCTIONS.formatted(pick("0.0", "0.1", "1e-3"), pick("0.0", "0.01"));
  }

  private String rate() {
    return pick("0.1", "0.2", "1 / 3", "s / 10", "0.1");
  }

  private String count() {
    return pick("3", "5", "40", "5");
  }

  @Override
  protected String statement(int depth) {
    return switch (below(depth > 0 ? 12 : 19)) {
      case 0 -> "A = t(X) %%*%% (X * %s)\n".formatted(rate());
      case 1 -> "[B, loss] = fit(X, y, %s)\n".formatted(rate());
      case 2 -> "[B, loss] = fit(X, y + %s, 0.5)\n".formatted(rate());
      case 3 -> "W = steps(X, y, %s, %s)\n".formatted(count(), rate());
      case 4 -> "X = X / (1 + sqrt(colSums(X^2)))\n";
      case 5 -> "X = D / %s\n".formatted(pick("3", "7", "3.0"));
      case 6 -> "X = noisy(X, %s)\n".formatted(rate());
      case 7 -> "y = X %*% W + 0.01 * sum(B)\n";
      case 8 -> "s = 1 / (1 + abs(sum(A)) / 1e4)\n";
      case 9 -> "[V, U] = eigen(t(X) %*% X)\ns = s / 2 + as.scalar(V[20, 1]) / 1e3\n";
      case 10 ->
          "X = X + %s * rand(rows=2000, cols=20, seed=%s)\n".formatted(rate(), pick("1", "2"));
      case 11 ->
          "S = rand(rows=2000, cols=20, sparsity=0.05, seed=%s)\nA = t(S) %%*%% (S + X)\n"
              .formatted(pick("3", "4"));
      case 12, 13 ->
          """
          parfor (%1$s in 1:4) {
            [b, l] = fit(X[, 1:(16 + %1$s)], y, %1$s * %2$s)
            R[%1$s, 1] = l
            R[%1$s, 2] = sum(b)
          }
          """
              .formatted(fresh("i"), rate());
      case 14, 15 -> "for (%s in 1:%s) {\n%s}\n".formatted(fresh("j"), count(), statements(1));
      case 16 ->
          "if (%s) {\n%s} else {\n%s}\n"
              .formatted(pick("loss > 0.1", "s < 0.3", "sum(A) > 0"), statements(1), statements(1));
      case 17 -> "write(cbind(B, W), \"%s\", format=\"csv\")\n".formatted(pick("b.csv", "c.csv"));
      default ->
          "write(y, \"y.csv\", format=\"csv\")\ny = read(\"y.csv\", format=\"csv\") * %s\n"
              .formatted(rate());
    };
  }
}
