package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operation that adds up cells gives the same bits with any number of threads: how a
 * reduction is cut into parts follows from shapes alone.
 */
class ThreadIndependenceTest {
  private static final int[] THREADS = {1, 2, 3, 8};

  private static final String DATA =
      """
      X = rand(rows=4001, cols=67, seed=1, pdf="normal")
      Y = rand(rows=4001, cols=67, seed=2)
      S = rand(rows=4001, cols=300, seed=3, sparsity=0.01)
      W = rand(rows=67, cols=300, seed=4)
      v = rand(rows=67, cols=1, seed=5)
      u = rand(rows=4001, cols=1, seed=6)
      long = rand(rows=300000, cols=1, seed=7)
      wide = rand(rows=5, cols=70001, seed=8)
      g = (seq(1, 4001) %% 7) + 1
      A = t(X) %*% X + diag(matrix(1, 67, 1))
      img = rand(rows=16, cols=3*16*16, seed=9)
      F = rand(rows=4, cols=3*3*3, seed=10)
      """;

  private static final List<String> EXPRESSIONS =
      List.of(
          "X %*% W",
          "t(X) %*% Y",
          "X %*% v",
          "t(X) %*% u",
          "t(X) %*% X",
          "X %*% t(X[1:300,])",
          "S %*% rand(rows=300, cols=9, seed=1)",
          "t(S) %*% X",
          "t(S) %*% S",
          "t(X) %*% (X %*% v)",
          "t(X) %*% (u * (X %*% v))",
          "t(long) %*% long",
          "wide %*% t(wide)",
          "wide %*% rand(rows=70001, cols=3, seed=2)",
          "as.matrix(sum(X))",
          "as.matrix(sum(long))",
          "as.matrix(sum(wide))",
          "as.matrix(sum(S))",
          "as.matrix(sum(X * Y))",
          "as.matrix(sum(X ^ 2))",
          "as.matrix(mean(X))",
          "as.matrix(var(X))",
          "as.matrix(sd(long))",
          "as.matrix(prod(Y + 0.5))",
          "as.matrix(min(X))",
          "as.matrix(max(wide))",
          "colSums(X)",
          "colSums(wide)",
          "colSums(S)",
          "colMeans(X)",
          "colVars(X)",
          "colSds(Y)",
          "colMaxs(X)",
          "colProds(Y + 0.5)",
          "rowSums(X)",
          "rowSums(wide)",
          "rowSums(S)",
          "rowMeans(wide)",
          "rowVars(wide)",
          "rowSds(X)",
          "rowMins(X)",
          "rowProds(Y + 0.5)",
          "rowIndexMax(X)",
          "rowIndexMin(wide)",
          "cumsum(long)",
          "cumprod(Y + 0.5)",
          "cumsum(X)",
          "cummax(X)",
          "as.matrix(trace(A))",
          "as.matrix(moment(u, 3))",
          "as.matrix(cov(u, X[,1]))",
          "as.matrix(quantile(long, 0.37))",
          "as.matrix(median(long))",
          "as.matrix(interQuartileMean(long))",
          "order(target=X, by=3)",
          "order(target=long, by=1, index.return=TRUE)",
          "table(g, (seq(1, 4001) %% 5) + 1, u)",
          "aggregate(target=u, groups=g, fn=\"sum\")",
          "aggregate(target=u, groups=g, fn=\"variance\")",
          "outer(v, t(v), \"*\")",
          "solve(A, t(X) %*% u)",
          "inv(A)",
          "cholesky(A)",
          "conv2d(img, F, input_shape=[16,3,16,16], filter_shape=[4,3,3,3], stride=[1,1],"
              + " padding=[1,1])",
          "conv2d_backward_filter(img, conv2d(img, F, input_shape=[16,3,16,16],"
              + " filter_shape=[4,3,3,3], stride=[1,1], padding=[1,1]), input_shape=[16,3,16,16],"
              + " filter_shape=[4,3,3,3], stride=[1,1], padding=[1,1])",
          "avg_pool(img, input_shape=[16,3,16,16], pool_size=[2,2], stride=[2,2], padding=[0,0])",
          "global_avg_pool(img, 3)",
          "conv2d(img, F[1:3,1:9], input_shape=[16,3,16,16], filter_shape=[3,1,3,3], stride=[1,1],"
              + " padding=[1,1], dilation=[2,1], groups=3)",
          "rand(rows=999, cols=99, seed=3, pdf=\"normal\")",
          "sigmoid(X) / rowSums(exp(Y))");

  private static String name(int index) {
    return "r" + index;
  }

  private static String script() {
    StringBuilder script = new StringBuilder(DATA);
    for (int i = 0; i < EXPRESSIONS.size(); i++) {
      script.append(name(i)).append(" = ").append(EXPRESSIONS.get(i)).append('\n');
    }
    return script.append("[w, V] = eigen(A)\n[U, s, Q] = svd(X)\n").toString();
  }

  private static Set<String> outputs() {
    Set<String> names = new LinkedHashSet<>(List.of("w", "V", "U", "s", "Q"));
    for (int i = 0; i < EXPRESSIONS.size(); i++) {
      names.add(name(i));
    }
    return names;
  }

  private static String[] array(Set<String> names) {
    return names.toArray(String[]::new);
  }

  @TestFactory
  Stream<DynamicTest> bitsDoNotDependOnTheNumberOfThreads() throws Exception {
    List<long[][]> expected = null;
    List<DynamicTest> tests = new ArrayList<>();
    for (int threads : THREADS) {
      List<long[][]> bits = run(threads);
      if (expected == null) {
        expected = bits;
        continue;
      }
      List<long[][]> first = expected;
      int at = 0;
      for (String output : outputs()) {
        int index = at++;
        tests.add(
            DynamicTest.dynamicTest(
                threads + " threads: " + expression(output),
                () -> assertThat(bits.get(index)).isDeepEqualTo(first.get(index))));
      }
    }
    return tests.stream();
  }

  private static String expression(String output) {
    return output.matches("r[0-9]+")
        ? EXPRESSIONS.get(Integer.parseInt(output.substring(1)))
        : output;
  }

  private static List<long[][]> run(int threads) throws Exception {
    SessionConfig config =
        Scripts.config()
            .withThreads(threads)
            .withReuse(ReuseMode.NONE)
            .withNumerics(Numerics.EXACT);
    List<long[][]> bits = new ArrayList<>();
    try (Session session = Reprise.session(config);
        RunResult result =
            session.compile(script(), CompileOptions.none().outputs(array(outputs()))).run()) {
      for (String output : outputs()) {
        bits.add(bits(result.matrix(output)));
      }
    }
    return bits;
  }

  private static long[][] bits(double[][] cells) {
    long[][] bits = new long[cells.length][];
    for (int row = 0; row < bits.length; row++) {
      bits[row] = new long[cells[row].length];
      for (int col = 0; col < bits[row].length; col++) {
        bits[row][col] = Double.doubleToRawLongBits(cells[row][col]);
      }
    }
    return bits;
  }
}
