package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.store.StoreConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions whose products round their operands: {@code --precision tf32} and {@code bf16}. */
class RoundedProductsTest {
  private static final String SCRIPT =
      """
      square = function(Matrix[Double] A) return (Matrix[Double] B) {
        B = t(A) %*% A
        B = B / max(B)
      }
      X = rand(rows=64, cols=60, seed=3)
      s = 0
      for (i in 1:3) {
        Y = X %*% square(X)
        s = s + sum(Y * Y)
      }
      C = conv2d(X, X[1:4, 1:18], input_shape=[64, 2, 6, 5], filter_shape=[4, 2, 3, 3],
        stride=[1, 1], padding=[1, 1])
      print(s + " " + sum(C * C))
      """;

  private static SessionConfig config(ProductPrecision products) {
    return Scripts.config().withProducts(products);
  }

  @TempDir Path folder;

  @Test
  void resultsAreThoseOfTheModeWithEveryReuseAndBudget() {
    Set<String> all = new HashSet<>();
    for (ProductPrecision products : ProductPrecision.values()) {
      String wanted = Scripts.run(config(products).withReuse(ReuseMode.NONE), SCRIPT).output();
      all.add(wanted);
      for (ReuseMode mode : ReuseMode.values()) {
        for (int threads : new int[] {1, 4}) {
          for (long bytes : new long[] {1L << 30, 4L << 20}) {
            Scripts.Outcome outcome =
                Scripts.run(
                    config(products).withReuse(mode).withThreads(threads).withHostBytes(bytes),
                    SCRIPT);
            assertThat(outcome.output()).as(products + ", " + mode).isEqualTo(wanted);
            assertThat(outcome.liveBuffers()).isZero();
          }
        }
      }
    }
    assertThat(all).hasSize(3);
  }

  @Test
  void theModeIsPartOfTheKeysOfProductsAlone() {
    Operation product = new Operation(OperationTable.standard().get("matmul"));
    Operation floats = product.withPrecision(Precision.FP32);
    Set<Long> keys = new HashSet<>();
    for (ProductPrecision products : ProductPrecision.values()) {
      keys.add(floats.withProducts(products).fingerprintHigh());
    }
    assertThat(keys).hasSize(3).contains(floats.fingerprintHigh());
    assertThat(product.withProducts(ProductPrecision.TF32)).isEqualTo(product);
    Operation sum = new Operation(OperationTable.standard().get("+")).withPrecision(Precision.FP32);
    assertThat(sum.withProducts(ProductPrecision.TF32)).isEqualTo(sum);
    String script = "X = matrix(seq(1, 6), 2, 3) / 7\nprint(lineage(t(X) %*% X + 1))";
    assertThat(Scripts.run(config(ProductPrecision.BF16), script).output())
        .contains(
            "tsmm{precision=fp32, products=bf16}", "/{precision=fp32} ", "+{precision=fp32} ");
  }

  @Test
  void aStoreOfOneModeGivesNothingToAnother() {
    StoreConfig store = StoreConfig.of(folder.resolve("store"));
    for (ProductPrecision products : ProductPrecision.values()) {
      String wanted = Scripts.run(config(products), SCRIPT).output();
      for (int run = 0; run < 2; run++) {
        assertThat(Scripts.run(config(products).withStore(store), SCRIPT).output())
            .as("%s, run %d", products, run)
            .isEqualTo(wanted);
      }
    }
  }

  @Test
  void aTraceReplaysInItsModeWhateverTheOptionSays() throws Exception {
    SessionConfig rounding = config(ProductPrecision.TF32).withWorkingDirectory(folder);
    String script =
        "X = rand(rows=40, cols=30, seed=1)\nwrite(t(X) %*% X, \"G\", format=\"binary\")";
    Scripts.run(rounding, script);
    SessionConfig plain = Scripts.config().withWorkingDirectory(folder);
    try (Session session = Reprise.session(plain)) {
      session.replay(
          ReplayRequest.of(folder.resolve("G.lineage"))
              .withOutput(folder.resolve("again"), "binary"));
    }
    byte[] replayed = Files.readAllBytes(folder.resolve("again"));
    assertThat(replayed).isEqualTo(Files.readAllBytes(folder.resolve("G")));
    Scripts.run(plain.withPrecision(Precision.FP32), script);
    assertThat(replayed).isNotEqualTo(Files.readAllBytes(folder.resolve("G")));
  }

  @Test
  void onlyProductsOfFloatsRound() {
    SessionConfig rounding = config(ProductPrecision.TF32);
    assertThat(rounding.precision()).isEqualTo(Precision.FP32);
    assertThat(rounding.withPrecision(Precision.FP64).products()).isEqualTo(ProductPrecision.FULL);
  }

  /** Targets of 257 would be 256, and a NaN in one row would be one in all of them. */
  @Test
  void rowsInAnotherOrderAreNotRounded() {
    String script =
        """
        source("nn/util.dml") as util
        X = matrix("257 1001 NaN 0.1", 4, 1)
        print(toString(t(util::rows_of(X, matrix("4 3 1 1 2", 5, 1))), decimal=1))
        Y = matrix(257, 9, 1)
        zero = list(list(layer="affine", W=matrix(0, 1, 1), b=matrix(0, 1, 1)))
        [m, losses] = sequentialTrain(X=Y, Y=Y, model=zero, loss="l2", epochs=1, shuffle=TRUE, seed=1)
        print(as.scalar(losses[1, 1]))
        gradients = function(List[Unknown] model, Matrix[Double] features, Matrix[Double] labels)
            return (List[Unknown] found) {
          found = list(matrix(max(abs(labels - 257)) + max(abs(features - 257)), 1, 1))
        }
        plus = function(List[Unknown] model, List[Unknown] gradients) return (List[Unknown] sum) {
          sum = list(as.matrix(model[1]) + as.matrix(gradients[1]))
        }
        for (i in 1:3) {
          scheme = ifelse(i == 1, "DISJOINT_RANDOM", ifelse(i == 2, "DISJOINT_ROUND_ROBIN", "OVERLAP_RESHUFFLE"))
          off = paramserv(model=list(matrix(0, 1, 1)), features=Y, labels=Y, upd="gradients", agg="plus", epochs=1, k=2, scheme=scheme)
          print(as.scalar(as.matrix(off[1])))
        }
        """;
    assertThat(Scripts.run(config(ProductPrecision.BF16), script).output())
        .isEqualTo("0.1 NaN 257.0 257.0 1001.0\n\n33024.5\n0.0\n0.0\n0.0\n");
  }

  /** One cell in a hundred: a tenth of the room, so the matrix is kept compressed. */
  @Test
  void rowsOfCompressedMatricesAreNotRounded() {
    String script =
        """
        source("nn/util.dml") as util
        X = 257 * rand(rows=1100, cols=1000, sparsity=0.01, seed=3)
        X = cbind(X, matrix(1, 1100, 1) / (seq(1, 1100) != 7))
        Z = util::rows_of(X, seq(1100, 1))
        print(sum(X != 0) < 20000)
        print(sum(Z != rev(X)))
        """;
    for (ProductPrecision products : ProductPrecision.values()) {
      Scripts.Outcome outcome = Scripts.run(config(products), script);
      assertThat(outcome.output()).as("%s", products).isEqualTo("TRUE\n0.0\n");
      assertThat(outcome.statistics().of("matmul").executed()).isZero();
    }
  }
}
