package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import dev.reprise.runtime.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs whose operations do not fit into the budget of the host, or whose values do not: they
 * take the rest from the disk and compute the same bits.
 */
@Timeout(600)
class LargerThanMemoryTest {
  /** Each matrix of 3,000 x 40 has 960 kB in fp64; in all the largest operation has three. */
  private static final String MANY =
      """
      X = rand(rows=3000, cols=40, seed=1)
      Y = rand(rows=3000, cols=40, seed=2, sparsity=0.3)
      w = seq(1, 40) / 40
      print(sum(X * Y) + " " + sum(X %*% w) + " " + sum(t(X) %*% Y) + " " + sum(t(X) %*% X))
      Z = (X - colMeans(X)) / colSds(X)
      T = t(Z)
      print(sum(Z ^ 2) + " " + max(rowSums(abs(Z))) + " " + sum(T[2, ]))
      C = cbind(X, Y)
      R = rbind(Y, X)
      print(sum(C[, 30:50]) + " " + sum(R[2900:3100, ]) + " " + ncol(C) + " " + nrow(R))
      o = order(target=X, by=3, decreasing=TRUE)
      print(sum(o[1:7, ] %*% w) + " " + sum(removeEmpty(target=Y, margin="rows")))
      for (i in 1:4) {
        X[i, ] = t(w) * i
        X[, i] = X[, i] + i
      }
      T = cumsum(X)
      print(sum(X) + " " + sum(T[3000, ]))
      S = matrix(0, 4, 1)
      parfor (i in 1:4) {
        A = X * i + Y
        S[i, 1] = sum(A %*% w) + sum(A[i, ])
      }
      print(sum(S))
      write(X, "FOLDER/X.csv", format="csv")
      B = read("FOLDER/X.csv", format="csv")
      print(sum(B - X))
      """;

  private record Way(long hostBytes, ReuseMode reuse, int threads, Precision precision) {}

  @TempDir private Path folder;

  private SessionConfig config(Way way) {
    return Scripts.config()
        .withHostBytes(way.hostBytes)
        .withDiskBytes(64 << 20)
        .withReuse(way.reuse)
        .withThreads(way.threads)
        .withPrecision(way.precision)
        .withSpillFolder(folder.resolve("spill"));
  }

  private Outcome run(Way way) {
    return Scripts.run(config(way), MANY.replace("FOLDER", folder.toString()));
  }

  private static Stream<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (long hostBytes : new long[] {1_500_000, 1_100_000, 300_000}) {
      for (ReuseMode reuse : List.of(ReuseMode.NONE, ReuseMode.HYBRID)) {
        ways.add(new Way(hostBytes, reuse, 1, Precision.FP64));
        ways.add(new Way(hostBytes, reuse, 4, Precision.FP64));
        ways.add(new Way(hostBytes / 2, reuse, 2, Precision.FP32));
      }
    }
    return ways.stream();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void whateverTheBudgetTheBitsAreTheSame(Way way) {
    Outcome expected = run(new Way(1L << 30, way.reuse, way.threads, way.precision));
    Outcome outcome = run(way);
    assertThat(expected.statistics().disk().pages()).isZero();
    assertThat(outcome.output()).isEqualTo(expected.output());
    assertThat(outcome.statistics().disk().pages()).isPositive();
    assertThat(outcome.statistics().hostPeakBytes()).isLessThanOrEqualTo(way.hostBytes);
    assertThat(outcome.liveBuffers()).isZero();
  }

  /** A value that lies on the disk takes none of the cache's budget, and is computed again. */
  @Test
  void whatLiesOnTheDiskIsNotKeptAndWhatIsMadeOfItIs() {
    String script =
        """
        for (i in 1:2) {
          X = rand(rows=3000, cols=40, seed=1)
          print(sum(t(X) %*% X))
        }
        """;
    Outcome outcome =
        Scripts.run(config(new Way(300_000, ReuseMode.FULL, 1, Precision.FP64)), script);
    assertThat(outcome.statistics().of("rand").executed()).isEqualTo(2);
    assertThat(outcome.statistics().of("tsmm").hits()).isEqualTo(1);
    assertThat(outcome.statistics().disk().pages()).isEqualTo(2);
  }

  /** The disk has room for one of them at a time. */
  @Test
  void workersThatFindTheDiskTakenByOthersWait() {
    String script =
        """
        R = matrix(0, 8, 1)
        parfor (i in 1:8, par=4) {
          X = rand(rows=3000, cols=40, seed=i)
          R[i, 1] = sum(X)
        }
        print(sum(R))
        """;
    Way way = new Way(300_000, ReuseMode.HYBRID, 4, Precision.FP64);
    Outcome outcome = Scripts.run(config(way).withDiskBytes(1_500_000), script);
    assertThat(outcome.output())
        .isEqualTo(Scripts.output(script.replace("parfor", "for").replace(", par=4", "")));
    assertThat(outcome.statistics().disk().pages()).isGreaterThanOrEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 500_000})
  void withoutADiskOrRoomOnItTheProgramEndsWithItsPosition(long diskBytes) {
    SessionConfig config =
        config(new Way(600_000, ReuseMode.HYBRID, 1, Precision.FP64)).withDiskBytes(diskBytes);
    ScriptException failure =
        Scripts.failure(config, "a = 1\nX = rand(rows=3000, cols=40)\nprint(sum(X))");
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(failure.position().line()).isEqualTo(2);
    assertThat(failure.getMessage()).contains("asked for 937.5 KiB", "--memory host=");
  }
}
