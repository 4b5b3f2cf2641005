package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs over compressed and single-precision matrices, with all kinds of reuse. */
class MatrixFormsTest {
  private static final String SPARSE =
      """
      T = table(seq(1, 600), (seq(1, 600) * 7919) %% 300 + 1, 600, 300)
      w = matrix(seq(1, 300), rows=300, cols=1) / 7
      for (i in 1:3) {
        G = t(T) %*% (T %*% w)
        S = t(T) %*% T
        P = rbind(T[1:300, ] * i, S) + T
      }
      parfor (k in 1:8) { if (sum(T * k) != 600 * k) stop("wrong sum at " + k) }
      U = T
      U[2, 3:5] = matrix(9, 1, 3)
      U[7, 7] = 2
      print(sum(G) + " " + sum(S) + " " + sum(U) + " " + sum(T) + " " + sum(U[2, ]) + " " + max(colSums(T)))
      """;

  @Test
  void compressedMatricesGiveTheSameWithEveryReuseAndBudget() {
    String wanted = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), SPARSE).output();
    assertThat(wanted).endsWith("629.0 600.0 28.0 2.0\n");
    for (ReuseMode mode : ReuseMode.values()) {
      for (int threads : new int[] {1, 4}) {
        for (long bytes : new long[] {1L << 30, 24L << 20}) {
          Scripts.Outcome outcome =
              Scripts.run(
                  Scripts.config().withReuse(mode).withThreads(threads).withHostBytes(bytes),
                  SPARSE);
          assertThat(outcome.output()).as(mode + ", " + threads + " threads").isEqualTo(wanted);
          assertThat(outcome.liveBuffers()).isZero();
        }
      }
    }
  }

  /**
   * Bound matrices that are compressed as a whole and dense in parts, or the other way round; the
   * infinities of X meet nothing but zeros in most columns.
   */
  private static final String INFINITE =
      """
      X = matrix(seq(1, 20*300), rows=20, cols=300) %% 7
      X[3, 5] = 1/0
      X[7, 9] = 0/0
      D = matrix(seq(1, 300*4000), rows=300, cols=4000) %% 5 + 1
      W = cbind(D, D * (D > 99))
      Q = X %*% W
      R = X %*% W[, 4001:8000]
      print(sum(is.nan(Q)) + " " + sum(is.nan(R)))
      Y = (D > 4) * (D < 5)
      Y[5, 1:200] = matrix(3, 1, 200)
      Q = X %*% Y
      R = X %*% cbind(Y, D[, 1:200] * 0)
      print(sum(is.nan(Q)) + " " + sum(is.nan(R)))
      Y1 = D[, 1:3400] * (D[, 1:3400] > 5)
      Q = X %*% Y1
      R = X %*% cbind(Y1, Y1 + 0)
      print(sum(is.nan(Q)) + " " + sum(is.nan(R)))
      V = cbind(D, matrix(0, 300, 4000)) * 2
      Q = X %*% V
      R = X %*% (V[, 3000:7500])
      print(sum(is.nan(Q)) + " " + sum(is.nan(R)))
      Z = rbind(X, matrix(0, 4000, 300))
      Q = t(Z) %*% Z
      R = t(rbind(Z, X)) %*% rbind(Z, X)
      print(sum(is.nan(Q)) + " " + sum(is.nan(R)))
      w = matrix(1, 300, 1)
      Q = t(Z) %*% (Z %*% w)
      R = Z %*% cbind(w, w * 0)
      print(sum(is.nan(Q)) + " " + sum(is.nan(R)))
      """;

  @Test
  void infinitiesMeetTheZerosOfEveryFormWithEveryReuseAndBudget() {
    String wanted =
        """
        12000.0 8000.0
        7800.0 8200.0
        6800.0 13600.0
        12000.0 8001.0
        683.0 683.0
        300.0 3.0
        """;
    for (ReuseMode mode : ReuseMode.values()) {
      for (long bytes : new long[] {1L << 30, 96L << 20}) {
        Scripts.Outcome outcome =
            Scripts.run(Scripts.config().withReuse(mode).withHostBytes(bytes), INFINITE);
        assertThat(outcome.output()).as(mode + ", " + bytes + " bytes").isEqualTo(wanted);
        assertThat(outcome.liveBuffers()).isZero();
      }
    }
  }

  @Test
  void aSparseProductTakesRoomForItsNonZerosOnly() {
    // Dense, T alone would take 800 MB of the 64 MB that there are.
    Scripts.Outcome outcome =
        Scripts.run(
            Scripts.config().withHostBytes(64L << 20),
            """
            n = 10000
            T = table(seq(1, n), (seq(1, n) * 7919) %% 9973 + 1, n, n)
            D = diag(matrix(2, n, 1))
            y = (T %*% D) %*% matrix(1, n, 1)
            print(sum(y) + " " + sum(t(T) * 3) + " " + nrow(T[1:5000, ]))
            """);
    assertThat(outcome.output()).isEqualTo("20000.0 30000.0 5000\n");
    assertThat(outcome.liveBuffers()).isZero();
  }

  @Test
  void singlePrecisionIsAnotherKeyAndReplaysAsItWasMade(@TempDir Path folder) throws Exception {
    String script =
        """
        X = matrix(seq(1, 600), rows=30, cols=20) / 7
        R = matrix(0, 30, 20)
        for (i in 1:30) R[i, ] = X[i, ] * i
        write(R %*% t(X), "out.bin", format="binary")
        """;
    SessionConfig narrow =
        Scripts.config().withWorkingDirectory(folder).withPrecision(Precision.FP32);
    assertThat(Scripts.run(narrow, script).liveBuffers()).isZero();
    byte[] written = Files.readAllBytes(folder.resolve("out.bin"));
    String trace = Files.readString(folder.resolve("out.bin.lineage"));
    assertThat(trace).contains("precision=fp32");
    try (Session session = Reprise.session(Scripts.config().withWorkingDirectory(folder))) {
      session.replay(folder.resolve("out.bin.lineage"), folder.resolve("again.bin"), "binary");
    }
    assertThat(Files.readAllBytes(folder.resolve("again.bin"))).isEqualTo(written);
    Scripts.run(narrow.withPrecision(Precision.FP64), script);
    assertThat(Files.readAllBytes(folder.resolve("out.bin")).length).isGreaterThan(written.length);
    assertThat(Files.readString(folder.resolve("out.bin.lineage"))).doesNotContain("fp32");
  }

  @Test
  void appendedColumnsKeepTheSessionsPrecision() {
    String script = "X = matrix(seq(1, 6), 2, 3) / 7\nprint(lineage(append(X, X)))";
    assertThat(Scripts.run(Scripts.config().withPrecision(Precision.FP32), script).output())
        .contains("cbind{precision=fp32}");
    assertThat(Scripts.output(script)).contains("cbind ").doesNotContain("fp32");
  }

  @Test
  void singlePrecisionAgreesWithDoubleToSevenDigits() {
    String script =
        """
        X = matrix(seq(1, 2000), rows=100, cols=20) %% 17 / 16
        A = t(X) %*% X + diag(matrix(1, 20, 1))
        b = solve(A, t(X) %*% rowSums(X))
        s = sum(b * b) + sum(exp(-X)) + mean(scale(X))
        print(s)
        """;
    double exact = Double.parseDouble(Scripts.output(script).strip());
    double rounded =
        Double.parseDouble(
            Scripts.run(Scripts.config().withPrecision(Precision.FP32), script).output().strip());
    assertThat(rounded).isNotEqualTo(exact);
    assertThat(Math.abs(rounded - exact)).isLessThan(1e-5 * Math.abs(exact));
  }
}
