package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import org.junit.jupiter.api.Test;

/** Slices of whole rows, which read the rows where they lie. */
class BatchViewsTest {
  /** 40 batches of 32 rows, 1 MiB in all. */
  private static final String DATA =
      """
      X = ((seq(1, 1280) %*% t(seq(1, 100))) %% 97) - 48
      W = ((matrix(seq(1, 2500), 100, 25) * 13) %% 11) - 5
      """;

  private static final String TRAINING =
      DATA
          + """
          s = 0
          for (e in 1:2) {
            for (i in 1:40) {
              A = X[((i - 1) * 32 + 1):(i * 32), ]
              P = A %*% W
              G = t(A) %*% P
              W = (W + (G %% 7)) %% 16
              s = s + sum(P) + sum(A[9:16, ]) + sum(abs(A) * 2 - A)
            }
          }
          print("s " + s + " W " + sum(W))
          """;

  private static final String LIVES =
      DATA
          + """
          half = function(Matrix[Double] D, Integer k) return (Matrix[Double] H, Matrix[Double] R) {
            E = D * 1
            for (j in 1:20) { E = (E * 3 + k) %% 101 }
            H = E[1:640, ]
            R = E[641:672, ]
          }
          L = list()
          for (i in 1:40) { L = append(L, X[((i - 1) * 32 + 1):(i * 32), ]) }
          b = X[65:96, ]
          X[65, 1] = 1000
          c = X[65:96, ]
          c[1, 2] = 2000
          X = X * 2
          t = 0
          for (i in 1:40) { t = t + i * sum(as.matrix(L[i])) }
          for (r in 1:3) {
            [H, R] = half(X, 5)
            B = rbind(H, R, b)
            C = cbind(b, c, R)
            t = t + sum(t(B) %*% B) + sum(C %*% t(C)) + r
          }
          print("t " + t + " b " + sum(b) + " c " + sum(c) + " X " + sum(X[65:65, 1]) + " " + sum(X[33:96, ]))
          """;

  private static final String PARFOR =
      DATA
          + """
          R = matrix(0, 40, 1)
          V = X[1:640, ]
          parfor (i in 1:40) {
            A = X[((i - 1) * 32 + 1):(i * 32), ]
            Z = V[(i * 8 + 1):(i * 8 + 8), ]
            R[i, 1] = sum((A %*% W) %% 5) + sum(Z %*% W)
          }
          print("R " + sum(R * seq(1, 40)))
          """;

  private static final SessionConfig CONFIG = Scripts.config();

  @Test
  void batchesOfATrainingLoopAreViews() {
    for (ReuseMode mode : ReuseMode.values()) {
      Outcome outcome = Scripts.run(CONFIG.withReuse(mode), TRAINING);
      // A[9:16, ] is a view of 6,400 bytes in a batch of 25,600.
      assertThat(outcome.statistics().views().count()).as(mode.toString()).isEqualTo(2 * 40 * 2);
      assertThat(outcome.statistics().views().bytes()).isEqualTo(2L * 40 * (25_600 + 6_400));
      assertThat(outcome.statistics().of("rightIndex").executed()).isEqualTo(160);
      // Nobody asks for what costs less than the question.
      assertThat(outcome.statistics().of("rightIndex").misses()).isZero();
    }
  }

  @Test
  void resultsAreTheSameWithEveryReuseBudgetAndNumberOfThreads() {
    for (String script : new String[] {TRAINING, LIVES, PARFOR}) {
      String wanted = Scripts.run(CONFIG.withReuse(ReuseMode.NONE), script).output();
      for (ReuseMode mode : ReuseMode.values()) {
        for (int threads : new int[] {1, 4}) {
          for (long bytes : new long[] {1L << 30, 5L << 20}) {
            Outcome outcome =
                Scripts.run(
                    CONFIG.withReuse(mode).withThreads(threads).withHostBytes(bytes), script);
            String what = mode + ", " + threads + " threads, " + bytes + " bytes: " + script;
            assertThat(outcome.output()).as(what).isEqualTo(wanted);
            assertThat(outcome.liveBuffers()).as(what).isZero();
            assertThat(outcome.statistics().views().count()).as(what).isPositive();
          }
        }
      }
    }
  }

  @Test
  void whatIsComputedOfABatchIsFoundInTheNextEpoch() {
    String script =
        DATA
            + """
            s = 0
            for (e in 1:3) {
              for (i in 1:4) {
                A = X[((i - 1) * 320 + 1):(i * 320), ]
                s = s + e * sum(t(A) %*% A)
              }
            }
            print(s)
            """;
    Outcome outcome = Scripts.run(CONFIG.withReuse(ReuseMode.FULL), script);
    assertThat(outcome.statistics().views().count()).isEqualTo(12);
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(4);
    assertThat(outcome.statistics().of("tsmm").hits()).isEqualTo(8);
  }

  @Test
  void aFunctionThatReturnsRowsIsFoundAndKeepsItsRowsAlone() {
    String script =
        """
        rows = function(Integer k) return (Matrix[Double] A) {
          X = ((seq(1, 4000) %*% t(seq(1, 100))) %% (90 + k)) - 48
          for (j in 1:3) { X = (X * 3 + j) %% 101 }
          A = X[33:64, ]
        }
        s = 0
        for (r in 1:3) { s = s + r * sum(rows(3)) }
        print(s)
        """;
    String wanted = Scripts.run(CONFIG.withReuse(ReuseMode.NONE), script).output();
    Outcome outcome = Scripts.run(CONFIG.withReuse(ReuseMode.HYBRID), script);
    assertThat(outcome.output()).isEqualTo(wanted);
    assertThat(outcome.statistics().functions().hits()).isEqualTo(2);
    assertThat(outcome.statistics().views().separated()).isPositive();
  }

  @Test
  void aFewRowsAreAllThatIsLeftOfALargeMatrix() {
    String script =
        """
        X = matrix(3, 20000, 100)
        b = X[1:32, ]
        X = 0
        Y = matrix(4, 20000, 100)
        print(sum(b) + sum(Y))
        """;
    // X and Y do not fit together, and nothing may go to disk.
    Outcome outcome =
        Scripts.run(
            CONFIG.withReuse(ReuseMode.NONE).withHostBytes(20L << 20).withDiskBytes(0), script);
    assertThat(outcome.output()).isEqualTo("8009600.0\n");
    assertThat(outcome.statistics().views().count()).isOne();
    assertThat(outcome.statistics().views().separated()).isOne();
  }

  @Test
  void aBatchIsComputedWithWhereItsMatrixHasToLeaveMemory() {
    String script =
        """
        X = matrix(3, 12000, 100)
        b = X[1:6400, ]
        P = b * 2
        Q = cbind(P, P)
        print(sum(Q) + sum(X))
        """;
    // 9.6 MB for X, 5.1 for b, 5.1 for P, 10.2 for Q: whoever makes Q must not need X.
    String wanted = Scripts.run(CONFIG.withReuse(ReuseMode.NONE), script).output();
    Outcome outcome =
        Scripts.run(CONFIG.withReuse(ReuseMode.NONE).withHostBytes(17L << 20), script);
    assertThat(outcome.output()).isEqualTo(wanted);
    assertThat(outcome.statistics().views().count()).isOne();
    assertThat(outcome.statistics().disk().liveSpills()).isPositive();
  }

  @Test
  void anElementThatIsWrittenIntoTheMatrixIsNotSeenInTheBatch() {
    String loop =
        """
        X = matrix(1, 1000, 100)
        s = 0
        for (i in 1:50) {
          b = X[((i - 1) * 16 + 1):(i * 16), ]
          X[(i - 1) * 16 + 1, 1] = 5
          s = s + sum(b)
        }
        print(s + " " + sum(X))
        """;
    for (ReuseMode mode : ReuseMode.values()) {
      Outcome outcome = Scripts.run(CONFIG.withReuse(mode), loop);
      assertThat(outcome.output()).as(mode.toString()).isEqualTo("80000.0 100200.0\n");
      assertThat(outcome.statistics().views().count()).isEqualTo(50);
    }
    // The few rows are copied, not the matrix.
    assertThat(Scripts.run(CONFIG.withReuse(ReuseMode.NONE), loop).statistics().views().separated())
        .isEqualTo(50);
  }

  @Test
  void aLargeSliceThatMayBeWorthCompressingHasTheFormOfACopy() {
    String script =
        """
        X = rbind(matrix(0, 20000, 80), matrix(3, 20000, 80))
        X[1, 1] = 7
        S = X[1:19200, ]
        D = X[20001:39200, ]
        print(sum(t(S) %*% S) + " " + sum(D) + " " + sum(S))
        """;
    Outcome outcome = Scripts.run(CONFIG.withReuse(ReuseMode.NONE), script);
    assertThat(outcome.output()).isEqualTo("49.0 4608000.0 7.0\n");
    // The zeros become a compressed matrix, as ever; the others stay where they are.
    assertThat(outcome.statistics().views().count()).isOne();
  }

  @Test
  void everySliceGoesThroughAKernelWhenResultsAreLookedAt() {
    Outcome outcome = Scripts.run(CONFIG.withTraps(java.util.Set.of(Trap.NAN)), TRAINING);
    assertThat(outcome.statistics().views().count()).isZero();
  }

  @Test
  void wrongBoundsAreReportedAsEver() {
    assertThat(Scripts.failure(CONFIG, DATA + "A = X[1270:1300, ]\nprint(sum(A))").getMessage())
        .contains("row index 1270:1300 is out of range for a value of shape 1280x100");
  }
}
