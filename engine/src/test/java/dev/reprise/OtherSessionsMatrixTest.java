package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.CompileException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A matrix of one session that is bound in another goes by its content there. */
class OtherSessionsMatrixTest {
  private static final int ROWS = 600;
  private static final int COLS = 120;
  private static final String BOUND_PRODUCT =
      """
      Z = cbind(X, matrix(1, nrow(X), 1))
      A = t(Z) %*% Z
      """;
  private static final String NEXT_PRODUCT =
      """
      while (FALSE) {}
      Y = A %*% A
      """;

  @Test
  void aMatrixOfASessionThatDoesNotTraceIsTraced() throws CompileException {
    try (Session untraced = Reprise.session(Scripts.config().withReuse(ReuseMode.NONE));
        Session session = Reprise.session(Scripts.config());
        Matrix X = untraced.matrix(new double[][] {{1, 2}});
        Matrix other = untraced.matrix(new double[][] {{1, 3}})) {
      Script script =
          session.compile(
              "A = matrix(sum(X), 100, 100); s = sum(A %*% A)",
              CompileOptions.inputs("X").outputs("s"));
      for (Matrix bound : new Matrix[] {X, other, X}) {
        try (RunResult result = script.run(Inputs.of("X", bound))) {
          double sum = bound == X ? 3 : 4;
          assertThat(result.scalar("s").asDouble()).isEqualTo(1e6 * sum * sum);
          assertThat(result.lineage("s")).contains("bound{fingerprint=");
        }
      }
    }
  }

  @Test
  void anExactSessionFindsNothingThatCameOfAnotherSessionsBits() throws CompileException {
    SessionConfig exact = Scripts.config().withNumerics(Numerics.EXACT);
    CompileOptions whole = CompileOptions.inputs("X").outputs("Y");
    double[][] expected;
    try (Session alone = Reprise.session(exact);
        RunResult result = alone.compile(BOUND_PRODUCT + NEXT_PRODUCT, whole).run(input())) {
      expected = result.matrix("Y");
    }
    try (Session rewriting = Reprise.session(Scripts.config());
        Session session = Reprise.session(exact);
        Matrix A = blocks(rewriting)) {
      Script next = session.compile(NEXT_PRODUCT, CompileOptions.inputs("A").outputs("Y"));
      try (RunResult result = next.run(Inputs.of("A", A))) {
        assertThat(Arrays.deepEquals(result.matrix("Y"), expected)).as("same bits").isFalse();
      }
      try (RunResult result = session.compile(BOUND_PRODUCT + NEXT_PRODUCT, whole).run(input())) {
        assertThat(result.matrix("Y")).isDeepEqualTo(expected);
      }
    }
  }

  @Test
  void columnsWithoutRowsAreKept() throws CompileException {
    try (Session one = Reprise.session(Scripts.config());
        Session other = Reprise.session(Scripts.config());
        RunResult empty =
            one.compile("E = matrix(0, rows=0, cols=5)", CompileOptions.none().outputs("E")).run();
        Matrix E = empty.handle("E");
        RunResult result =
            other
                .compile("n = ncol(E)", CompileOptions.inputs("E").outputs("n"))
                .run(Inputs.of("E", E))) {
      assertThat(result.scalar("n").asDouble()).isEqualTo(5);
    }
  }

  /** The product, put together from blocks. */
  private static Matrix blocks(Session session) throws CompileException {
    String parts = "S = t(X) %*% X; s = sum(S)";
    try (RunResult first =
            session.compile(parts, CompileOptions.inputs("X").outputs("s")).run(input());
        RunResult second =
            session.compile(BOUND_PRODUCT, CompileOptions.inputs("X").outputs("A")).run(input())) {
      assertThat(first.scalar("s").asDouble()).isPositive();
      assertThat(second.statistics().partial()).isNotEmpty();
      return second.handle("A");
    }
  }

  private static Inputs input() {
    double[][] X = new double[ROWS][COLS];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLS; j++) {
        X[i][j] = 1.0 / (1 + (i * 31 + j * 17) % 97);
      }
    }
    return Inputs.of("X", X);
  }
}
