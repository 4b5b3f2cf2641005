package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.OpcodeStatistics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What training loops have in common is computed once: batches that are prepared again in each
 * epoch, frozen layers, scoring, the beginnings of trainings. By what was executed, and with equal
 * results without reuse, cold, warm, in little memory and with any number of workers.
 */
class TrainingReuseTest {
  /** 256 images of 16 x 16 with labels from 1 to 4; batches of 64. */
  private static final String DATA =
      """
      X = rand(rows=256, cols=256, seed=1)
      y = seq(1, 256) %% 4 + 1
      """;

  private static final String PREPARE =
      """
      prepare = function(Matrix[Double] B) return (Matrix[Double] P) {
        P = avg_pool(B, input_shape=[nrow(B), 1, 16, 16], pool_size=[2, 2], stride=[2, 2], padding=[0, 0])
        P = (P - colMeans(P)) / (colSds(P) + 0.1)
      }
      """;

  private static final String FEATURES =
      """
      features = function(Matrix[Double] B) return (Matrix[Double] F) {
        W = rand(rows=8, cols=25, min=-1, max=1, seed=7)
        C = relu(conv2d(B, W, input_shape=[nrow(B), 1, 16, 16], filter_shape=[8, 1, 5, 5], stride=[1, 1], padding=[2, 2]))
        F = max_pool(C, input_shape=[nrow(B), 8, 16, 16], pool_size=[4, 4], stride=[4, 4], padding=[0, 0])
      }
      """;

  private static final String TRAIN =
      """
      train = function(Matrix[Double] X, Matrix[Double] y, Double lr, Integer epochs, Integer seed)
        return (Matrix[Double] W1, Matrix[Double] W2, Double loss) {
        W1 = rand(rows=ncol(X), cols=32, min=-0.1, max=0.1, seed=seed)
        W2 = rand(rows=32, cols=4, min=-0.1, max=0.1, seed=seed + 1)
        for (e in 1:epochs) {
          for (k in 1:(nrow(X) %/% 64)) {
            B = X[((k - 1) * 64 + 1):(k * 64), ]
            H = B %*% W1
            dS = softmax_cross_entropy_backward(relu(H) %*% W2, y[((k - 1) * 64 + 1):(k * 64), ])
            dH = relu_backward(dS %*% t(W2), H)
            W2 = W2 - lr * (t(relu(H)) %*% dS)
            W1 = W1 - lr * (t(B) %*% dH)
          }
        }
        loss = softmax_cross_entropy(relu(X %*% W1) %*% W2, y)
      }
      """;

  @TempDir Path folder;

  private static RunStatistics run(String script) {
    return EqualRuns.of(
        script,
        Scripts.config().withReuse(ReuseMode.FULL),
        Scripts.config().withReuse(ReuseMode.PARTIAL),
        Scripts.config().withThreads(1));
  }

  @Test
  void batchesArePreparedInTheFirstEpochOnly() {
    RunStatistics statistics =
        run(
            PREPARE
                + DATA
                + """
                W = matrix(0, 64, 1)
                for (e in 1:5) {
                  for (k in 1:4) {
                    P = prepare(X[((k - 1) * 64 + 1):(k * 64), ])
                    W = W - 0.01 * (t(P) %*% (P %*% W - y[((k - 1) * 64 + 1):(k * 64), ])) / 64
                  }
                }
                print(sum(W))
                """);
    assertThat(statistics.of("avg_pool").executed()).isEqualTo(4);
    assertThat(statistics.functions().hits()).isEqualTo(16);
  }

  @Test
  void frozenLayersRunOnceForAllHeadsAndRates() {
    RunStatistics statistics =
        run(
            FEATURES
                + DATA
                + """
                R = matrix(0, 6, 1)
                parfor (i in 1:6, par=3) {
                  F = features(X)
                  H = rand(rows=ncol(F), cols=4, min=-0.1, max=0.1, seed=i %/% 4)
                  for (e in 1:3)
                    H = H - i / 100 * (t(F) %*% softmax_cross_entropy_backward(F %*% H, y))
                  R[i, 1] = softmax_cross_entropy(F %*% H, y)
                }
                print(toString(R, decimal=9))
                """);
    OpcodeStatistics convolution = statistics.of("conv2d");
    assertThat(convolution.executed()).isEqualTo(1);
    assertThat(convolution.hits() + convolution.waits() + statistics.functions().hits())
        .isEqualTo(5);
  }

  @Test
  void scoringTheSameBatchAgainIsFound() {
    RunStatistics statistics =
        run(
            FEATURES
                + DATA
                + """
                score = function(Matrix[Double] B, Integer head) return (Matrix[Double] S) {
                  F = features(B)
                  S = softmax(F %*% rand(rows=ncol(F), cols=4, seed=head))
                }
                total = 0
                for (i in 1:20) {
                  k = i %% 4
                  B = X[(k * 64 + 1):((k + 1) * 64), ]
                  total = total + sum(score(B, 1) * score(B, 2))
                }
                print(total)
                """);
    assertThat(statistics.of("conv2d").executed()).isEqualTo(4);
    assertThat(statistics.of("softmax").executed()).isEqualTo(8);
  }

  @Test
  void modelsOfASweepShareTheirFirstForwardPass() {
    String sweep =
        TRAIN
            + DATA
            + """
            R = matrix(0, 4, 1)
            parfor (i in 1:4, par=PAR) {
              [W1, W2, loss] = train(X, y, i / 10, 1, 3)
              R[i, 1] = loss
            }
            print(toString(R, decimal=9))
            """;
    String one = TRAIN + DATA + "[W1, W2, loss] = train(X, y, 0.1, 1, 3)\nprint(loss > 0)";
    long alone = run(one).of("matmul").executed();
    for (String workers : new String[] {"1", "4"}) {
      RunStatistics statistics = run(sweep.replace("PAR", workers));
      // The first product of the first batch and its gradient know no rate; the three others of
      // that
      // step, of 4 classes, are below the cost gate.
      OpcodeStatistics products = statistics.of("matmul");
      assertThat(products.hits() + products.waits()).isEqualTo(3 * 2);
      assertThat(products.executed()).isEqualTo(4 * alone - 3 * 2);
    }
  }

  @Test
  void aLongerTrainingGoesOnFromWhatAShorterOneComputed() {
    String longOne = "[V1, V2, b] = train(X, y, 0.1, 5, 3)\nprint(b)\n";
    long alone = run(TRAIN + DATA + longOne).of("matmul").executed();
    long both =
        run(TRAIN + DATA + "[W1, W2, a] = train(X, y, 0.1, 3, 3)\nprint(a)\n" + longOne)
            .of("matmul")
            .executed();
    // Only the loss of the shorter one is new: two products.
    assertThat(both).isLessThanOrEqualTo(alone + 2);
  }

  @Test
  void hyperbandTrainsOnlyTheEpochsThatACandidateHasNotSeen() {
    RunStatistics statistics =
        run(
            TRAIN
                + DATA
                + """
                fit = function(Matrix[Double] X, Matrix[Double] y, Double lr, Integer epochs)
                  return (Matrix[Double] model) {
                  [W1, W2, loss] = train(X, y, lr, epochs, 3)
                  model = cbind(matrix(W1, 1, 8192), matrix(W2, 1, 128))
                }
                loss = function(Matrix[Double] X, Matrix[Double] y, Matrix[Double] model) return (Double l) {
                  W1 = matrix(model[1, 1:8192], 256, 32)
                  l = softmax_cross_entropy(relu(X %*% W1) %*% matrix(model[1, 8193:8320], 32, 4), y)
                }
                [model, best] = hyperband(X_train=X, y_train=y, X_val=X[1:64, ], y_val=y[1:64, ],
                  params=list("lr"), paramRanges=matrix("0.01 1", 1, 2), R=4, eta=2, verbose=FALSE,
                  train="fit", predict="loss", numB=8320, seed=5)
                print(toString(best, decimal=9) + sum(model))
                """);
    // Brackets of 3 candidates for 4 epochs; 2 for 2, 1 for 4; 4 for 1, 2 for 2, 1 for 4: the
    // epochs of the round before are found, each as one block.
    assertThat(statistics.blocks().hits()).isEqualTo(2 + 2 * 1 + 2);
  }

  @Test
  void earlyStoppingEndsWhereItDoesWithoutReuseAndIsFoundAsAWhole() {
    RunStatistics statistics =
        run(
            DATA
                + """
                fit = function(Matrix[Double] X, Matrix[Double] y, Double lr, Integer patience)
                  return (Matrix[Double] best, Integer epochs) {
                  W = matrix(0, ncol(X), 4); best = W; least = 1e300; waited = 0; epochs = 0
                  while (waited < patience & epochs < 40) {
                    W = W - lr * (t(X[1:192, ]) %*% softmax_cross_entropy_backward(X[1:192, ] %*% W, y[1:192, ]))
                    loss = softmax_cross_entropy(X[193:256, ] %*% W, y[193:256, ])
                    if (loss < least) { least = loss; best = W; waited = 0 }
                    else waited = waited + 1
                    epochs = epochs + 1
                    progress(epochs, 40, "loss " + loss)
                  }
                }
                for (i in 1:3) {
                  [best, epochs] = fit(X, y, 0.5, 3)
                  print(sum(best^2) + " after " + epochs)
                }
                """);
    // Found as a call, or as the block that it stands in.
    assertThat(statistics.functions().hits() + statistics.blocks().hits()).isEqualTo(2);
  }

  @Test
  void aWarmSessionTrainsNothingAgain() {
    String script =
        TRAIN + DATA + "[W1, W2, loss] = train(X, y, 0.1, 2, 3)\nprint(loss + sum(W1) + sum(W2))";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    try (Session session = Reprise.session(Scripts.config().withOutput(out, out))) {
      RunStatistics second = null;
      for (int i = 0; i < 2; i++) {
        try (RunResult result = session.compile(script, CompileOptions.none()).run()) {
          second = result.statistics();
        }
      }
      assertThat(second.of("matmul").executed()).isZero();
      assertThat(second.functions().hits()).isEqualTo(1);
    } catch (dev.reprise.language.CompileException e) {
      throw new AssertionError(e);
    }
    out.flush();
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines().distinct()).hasSize(1);
  }

  @Test
  void theLineageOfATrainedModelReplaysToTheSameBits() throws Exception {
    String script =
        PREPARE
            + DATA
            + """
            W = matrix(0, 64, 4); m = W; v = W; t = 0
            best = 1e300; waited = 0; e = 0
            while (waited < 2 & e < 6) {
              order = sample(256, 256)
              for (k in 1:4) {
                P = prepare(table(seq(1, 64), order[((k - 1) * 64 + 1):(k * 64), ], 64, 256) %*% X)
                [D, seed] = dropout(P, 0.8)
                dS = softmax_cross_entropy_backward(D %*% W, y[((k - 1) * 64 + 1):(k * 64), ])
                [W, m, v] = adam_update(W, t(D) %*% dS, 0.01, 0.9, 0.999, 1e-8, t, m, v)
                t = t + 1
              }
              loss = softmax_cross_entropy(prepare(X) %*% W, y)
              if (loss < best) { best = loss; waited = 0 }
              else waited = waited + 1
              e = e + 1
            }
            write(W, "W.bin", format="binary")
            """;
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.TRACE, ReuseMode.HYBRID}) {
      Scripts.run(Scripts.config().withWorkingDirectory(folder).withReuse(mode), script);
      byte[] trained = Files.readAllBytes(folder.resolve("W.bin"));
      for (int threads : new int[] {1, 3}) {
        SessionConfig config =
            Scripts.config().withWorkingDirectory(folder).withThreads(threads).withSeed(7);
        try (Session session = Reprise.session(config)) {
          session.replay(folder.resolve("W.bin.lineage"), folder.resolve("again.bin"), "binary");
        }
        assertThat(folder.resolve("again.bin")).hasBinaryContent(trained);
      }
    }
  }
}
