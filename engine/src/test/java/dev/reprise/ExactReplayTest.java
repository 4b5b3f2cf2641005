package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a script wrote comes back from its trace: bit by bit under exact numerics whatever the
 * threads, the reuse and the budget, else within the tolerance of its operations.
 */
class ExactReplayTest {
  private static final String GRID =
      """
      X = rand(rows=3000, cols=31)
      y = X %*% matrix(1, 31, 1) + rand(rows=3000, cols=1, pdf="normal") * 0.1
      R = matrix(0, 31, 5)
      parfor (i in 1:5) {
        A = t(X) %*% X + diag(matrix(10 ^ -i, 31, 1))
        R[, i] = solve(A, t(X) %*% y)
      }
      write(R, "out", format="binary")
      """;
  private static final String APPENDS =
      """
      X = rand(rows=2000, cols=20)
      Z = X
      for (k in 1:4) {
        G = t(Z) %*% Z
        Z = cbind(Z, rand(rows=2000, cols=2) * sum(G))
      }
      B = rbind(Z, rand(rows=300, cols=28))
      write(cbind(t(B) %*% B, t(colSums(B))), "out", format="binary")
      """;
  private static final String NETWORK =
      """
      step = function(Matrix[Double] W, Matrix[Double] X, Double rate) return (Matrix[Double] N) {
        H = 1 / (1 + exp(-X %*% W))
        N = W - rate * (t(X) %*% (H - 0.5)) / nrow(X)
      }
      X = rand(rows=700, cols=12, sparsity=0.2)
      W = rand(rows=12, cols=3, pdf="normal")
      for (i in 1:20) {
        if (i %% 3 == 0) { W = step(W, X, 0.1 / i) } else { W = step(W, X, 0.5) }
        mask = rand(rows=12, cols=3) < 0.9
        W = W * mask
      }
      write(W, "out", format="binary")
      """;
  private static final String FUSABLE =
      """
      X = rand(rows=1500, cols=40)
      Y = rand(rows=1500, cols=40)
      s = rowSums((X - 0.5) * Y + exp(X / 3)) / 7
      c = colSums(X * Y * (Y - 0.25))
      write(cbind(t(c), t(X) %*% s), "out", format="binary")
      """;
  private static final String DECOMPOSED =
      """
      X = rand(rows=400, cols=15)
      [w, V] = eigen(t(X) %*% X)
      P = X %*% V[, 1:6]
      o = order(target=P, by=2)
      write(rbind(cumsum(o), colMeans(o), t(w[1:6,])), "out", format="binary")
      """;

  @TempDir Path folder;

  private SessionConfig config(Numerics numerics, int threads, long bytes) {
    PrintStream sink = new PrintStream(new ByteArrayOutputStream());
    return Scripts.config()
        .withWorkingDirectory(folder)
        .withNumerics(numerics)
        .withThreads(threads)
        .withHostBytes(bytes)
        .withOutput(sink, sink);
  }

  private void run(SessionConfig config, String script) throws Exception {
    try (Session session = Reprise.session(config)) {
      // Warm as well as cold: the second run finds what the first one left.
      for (int i = 0; i < 2; i++) {
        session.compile(script, CompileOptions.none()).run().close();
      }
    }
  }

  private ReplayResult.Comparison replay(SessionConfig config) throws Exception {
    try (Session session = Reprise.session(config)) {
      return session
          .replay(
              ReplayRequest.of(folder.resolve("out.lineage"))
                  .withOutput(folder.resolve("again"), "binary")
                  .withStored(folder.resolve("out")))
          .comparison();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {GRID, APPENDS, NETWORK, FUSABLE, DECOMPOSED})
  void exactRunsReplayBitByBit(String script) throws Exception {
    for (int threads : new int[] {1, 3}) {
      run(config(Numerics.EXACT, threads, threads == 1 ? 1L << 30 : 8L << 20), script);
      ReplayResult.Comparison comparison = replay(config(Numerics.EXACT, 2, 1L << 30));
      assertThat(comparison).isEqualTo(new ReplayResult.Comparison(true, 0, 0, null));
      assertThat(Files.readAllBytes(folder.resolve("again")))
          .isEqualTo(Files.readAllBytes(folder.resolve("out")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {GRID, APPENDS, NETWORK, FUSABLE, DECOMPOSED})
  void otherRunsReplayWithinTheTolerance(String script) throws Exception {
    run(config(Numerics.DEFAULT, 2, 1L << 30), script);
    ReplayResult.Comparison comparison = replay(config(Numerics.DEFAULT, 1, 1L << 30));
    assertThat(comparison.isEqual()).as(comparison.place()).isTrue();
    assertThat(comparison.allowed()).isPositive();
    assertThat(comparison.deviation()).isLessThanOrEqualTo(comparison.allowed());
  }
}
