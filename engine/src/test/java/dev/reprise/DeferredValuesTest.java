package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that a session finds in its store are loaded, or computed, when something needs them. */
class DeferredValuesTest {
  /** The first call leaves a large matrix, which takes longer to load than its product is worth. */
  private static final String SCRIPT =
      """
      widen = function(Matrix[Double] X) return (Matrix[Double] W) {
        W = cbind(X, X^2, X * 0.5 + 1)
        W = W - colMeans(W)
      }
      fit = function(Matrix[Double] W) return (Matrix[Double] A, Double s) {
        A = t(W) %*% W
        s = sum(A)
      }
      X = rand(rows=20000, cols=30, seed=1)
      W = widen(X)
      [A, s] = fit(W)
      print(nrow(W) + "x" + ncol(W) + " " + round(s))
      """;

  private static final String MORE =
      SCRIPT + "print(round(sum(W^2) * 100) + \" \" + round(sum(abs(W %*% A)) * 10))\n";

  @TempDir private Path folder;

  private SessionConfig stored() {
    return Scripts.config()
        .withWorkingDirectory(folder)
        .withStore(Scripts.keepingAll(folder.resolve("store")));
  }

  private static Outcome run(SessionConfig config, String script) {
    Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  private static long executed(Outcome outcome, String opcode) {
    return outcome.statistics().of(opcode) == null ? 0 : outcome.statistics().of(opcode).executed();
  }

  @Test
  void whatNothingNeedsIsNeitherLoadedNorComputed() {
    Outcome first = run(stored(), SCRIPT);
    Outcome second = run(stored(), SCRIPT);
    assertThat(second.output()).isEqualTo(first.output());
    assertThat(second.statistics().store().regions()).isEqualTo(2);
    assertThat(second.statistics().store().deferred()).isPositive();
    assertThat(second.statistics().store().loadedBytes()).isLessThan(100_000);
    assertThat(second.statistics().store().computed()).isZero();
    assertThat(executed(second, "colMeans")).isZero();
    assertThat(executed(second, "tsmm")).isZero();
  }

  @Test
  void whatIsNeededAfterAllIsTheSame() {
    String expected = run(Scripts.config().withReuse(ReuseMode.NONE), MORE).output();
    run(stored(), SCRIPT);
    Outcome warm = run(stored(), MORE);
    assertThat(warm.output()).isEqualTo(expected);
    assertThat(warm.statistics().store().deferred()).isPositive();
    assertThat(run(stored(), MORE).output()).isEqualTo(expected);
    assertThat(run(stored().withThreads(4), MORE).output()).isEqualTo(expected);
  }

  @Test
  void damagedAndMissingFilesMakeNoDifference() throws IOException {
    String expected = run(stored(), MORE).output();
    for (boolean gone : new boolean[] {false, true}) {
      try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
        for (Path file : files.filter(DeferredValuesTest::isContent).toList()) {
          if (gone) {
            Files.delete(file);
          } else {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
          }
        }
      }
      assertThat(run(stored(), MORE).output()).isEqualTo(expected);
    }
  }

  private static boolean isContent(Path file) {
    String name = file.toString();
    return Files.isRegularFile(file) && (name.contains("/artifacts/") || name.contains("/pieces/"));
  }

  @Test
  void aLongChainOfFoundValuesCanBeMade() {
    String chain =
        """
        step = function(Matrix[Double] X, Double d) return (Matrix[Double] Y) {
          Y = X * 0.99 + d
          Y = Y - mean(Y) * 0.001
        }
        X = rand(rows=400, cols=400, seed=3)
        for (i in 1:100) {
          X = step(X, i / 1000)
        }
        print(nrow(X))
        """;
    String all = chain + "print(sum(X))";
    String expected = run(Scripts.config().withReuse(ReuseMode.NONE), all).output();
    run(stored(), chain);
    assertThat(run(stored(), all).output()).isEqualTo(expected);
    assertThat(run(stored(), all).output()).isEqualTo(expected);
  }

  @Test
  void aMatrixThatIsWrittenIntoIsCopiedFirst() {
    String script = SCRIPT + "V = W\nV[1, 1] = 7\nprint(as.scalar(V[1, 1]) + round(sum(W^2)))";
    String expected = run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    for (int round = 0; round < 3; round++) {
      assertThat(run(stored(), script).output()).isEqualTo(expected);
    }
  }

  @Test
  void foundValuesAreComparedWithComputedOnesWhenAsked() {
    String expected = run(stored(), MORE).output();
    Outcome checked = run(stored().withVerifyReuse(1), MORE);
    assertThat(checked.output()).isEqualTo(expected);
    assertThat(checked.statistics().verification().values()).isPositive();
  }

  @Test
  void whatACallLeftMayHaveBeenMadeOfValuesThatWerePutTogetherFromParts() {
    String script =
        """
        make = function(Integer n) return (Matrix[Double] X) {
          X = rand(rows=n, cols=12, min=-1, max=1, seed=2)
        }
        std = function(Matrix[Double] X) return (Matrix[Double] Z) {
          Z = (X - colMeans(X)) / (sqrt(colVars(X)) + 0.01)
        }
        X = make(4000)
        y = 1 + (rowSums(X[, 1:4]) > 0) + (rowSums(X[, 5:8]) > 0.3)
        F = X[, 1:10]
        R = rbind(F[2001:4000, ], F[1:2000, ])
        H = relu(R - 0.2)
        Z = std(R)
        print(round(sum(Z)) + " " + round(sum(colMeans(Z) ^ 2)) + " " + min(Z))
        """;
    Outcome first = run(stored(), script);
    assertThat(first.statistics().partial()).isNotEmpty();
    Outcome checked = run(stored().withVerifyReuse(1), script);
    assertThat(checked.output()).isEqualTo(first.output());
    assertThat(checked.statistics().functions().hits()).isPositive();
    assertThat(checked.statistics().verification().approximate()).isPositive();

    SessionConfig exact = stored().withNumerics(Numerics.EXACT);
    String expected = run(exact, script).output();
    checked = run(exact.withVerifyReuse(1), script);
    assertThat(checked.output()).isEqualTo(expected);
    assertThat(checked.statistics().functions().hits()).isPositive();
    assertThat(checked.statistics().verification().approximate()).isZero();
  }

  @Test
  void aStoreThatIsReadOnlyServesThemToo() throws IOException {
    String expected = run(stored(), MORE).output();
    SessionConfig readOnly =
        Scripts.config().withStore(StoreConfig.of(folder.resolve("store")).asReadOnly());
    Outcome second = run(readOnly, MORE);
    assertThat(second.output()).isEqualTo(expected);
    assertThat(second.statistics().store().hits()).isPositive();
    try (ExperimentStore store =
        ExperimentStore.open(StoreConfig.of(folder.resolve("store")).asReadOnly())) {
      assertThat(store.isReadOnly()).isTrue();
    }
  }
}
