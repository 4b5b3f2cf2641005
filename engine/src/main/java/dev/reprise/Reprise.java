package dev.reprise;

/**
 * The entry to the Java API.
 *
 * <pre>{@code
 * try (Session session = Reprise.session(SessionConfig.defaults())) {
 *   Script script = session.compile("B = solve(t(X) %*% X + diag(matrix(lambda, ncol(X), 1)), t(X) %*% y)",
 *       CompileOptions.inputs("X", "y", "lambda").outputs("B"));
 *   for (double lambda : new double[] {0.1, 1, 10}) {
 *     try (RunResult result = script.run(Inputs.of("X", cells).and("y", target).and("lambda", lambda))) {
 *       double[][] B = result.matrix("B");   // t(X) %*% X was computed once
 *     }
 *   }
 * }
 * }</pre>
 */
public final class Reprise {
  private Reprise() {}

  /** Opens a session; the caller closes it. Memory and threads belong to the session. */
  public static Session session(SessionConfig config) {
    return new Session(config);
  }
}
