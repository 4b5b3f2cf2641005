package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.runtime.operation.OperationTable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training loop that ends early and is resumed leaves what one that ran through leaves. */
class CheckpointTest {
  /** Draws seeds before the loop, in it, in an inner loop and after it. */
  private static final String TRAINING =
      """
      X = rand(rows=200, cols=50, seed=1)
      y = X %*% seq(1, 50)
      W = rand(rows=50, cols=1)
      start = 1
      if (file.exists("state")) {
        s = resume("state")
        W = as.matrix(s["W"])
        start = as.scalar(s["epoch"]) + 1
      }
      LOOP {
        STEP
        order = sample(nrow(X), nrow(X))
        for (b in 1:4) {
          Xb = X[((b-1)*50+1):(b*50), ] * (rand(rows=50, cols=50) > 0.3)
          g = t(Xb) %*% (Xb %*% W - y[((b-1)*50+1):(b*50), ])
          W = W - 0.0001 * g + 0.000001 * order[1:50, ]
        }
        checkpoint(list(W=W, epoch=e), "state")
      }
      after = rand(rows=1, cols=3)
      write(W, "W.bin", format="binary")
      print(toString(t(W), decimal=17) + toString(after, decimal=17))
      """;

  private static final String FOR = "for (e in start:END)";

  @TempDir Path folder;

  private SessionConfig config() {
    return Scripts.config().withWorkingDirectory(folder);
  }

  private String run(SessionConfig config, String script) {
    Scripts.Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome.output();
  }

  private static String training(String loop, int end) {
    boolean counted = loop.startsWith("for");
    return TRAINING
        .replace("LOOP", loop.replace("END", Integer.toString(end)))
        .replace("STEP", counted ? "" : "e = e + 1");
  }

  private void forget() throws IOException {
    Files.deleteIfExists(folder.resolve("state"));
  }

  private void assertResumes(SessionConfig config, String loop) throws IOException {
    forget();
    String whole = run(config, training(loop, 6));
    Key key = tracedKey(config);
    forget();
    run(config, training(loop, 2));
    assertThat(run(config.withSeed(4711), training(loop, 4))).isNotEqualTo(whole);
    assertThat(run(config.withSeed(4711), training(loop, 6))).isEqualTo(whole);
    assertThat(tracedKey(config)).isEqualTo(key);
  }

  /** The key of the weights that were written last; null when nothing is traced. */
  private Key tracedKey(SessionConfig config) throws IOException {
    if (!config.reuse().traces()) {
      return null;
    }
    try (Reader trace = Files.newBufferedReader(folder.resolve("W.bin.lineage"))) {
      return TraceReader.read(trace, OperationTable.standard()).output().key();
    } catch (TraceFormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aResumedLoopEndsWithTheSameBitsWhateverTheOptions() throws IOException {
    for (ReuseMode mode : List.of(ReuseMode.NONE, ReuseMode.TRACE, ReuseMode.HYBRID)) {
      assertResumes(config().withReuse(mode), FOR);
    }
    assertResumes(config().withDedup(false), FOR);
    assertResumes(config().withNumerics(Numerics.EXACT), FOR);
    assertResumes(config().withThreads(1), FOR);
    assertResumes(config().withHostBytes(4 << 20), FOR);
  }

  @Test
  void whatFollowsALoopThatHadNothingLeftToDoDrawsTheSame() throws IOException {
    String script =
        """
        if (file.exists("state")) {
          s = resume("state")
          start = as.scalar(s["epoch"]) + 1
          W = as.matrix(s["W"])
        } else {
          start = 1
          W = matrix(0, 2, 2)
        }
        for (e in seq(start, 3, 1)) {
          W = W + rand(rows=2, cols=2)
          checkpoint(list(W=W, epoch=e), "state")
        }
        print(toString(W, decimal=17) + toString(rand(rows=1, cols=3), decimal=17))
        """;
    forget();
    String whole = run(config(), script);
    // The last checkpoint is that of the last iteration: the loop has none left.
    assertThat(run(config().withSeed(4711), script)).isEqualTo(whole);
  }

  @Test
  void aLoopWithAConditionGoesOnWithItsNextIteration() throws IOException {
    assertResumes(config(), "e = start - 1\nwhile (e < END)");
  }

  @Test
  void aLoopInAFunctionGoesOn() throws IOException {
    String script =
        """
        train = function(Matrix[Double] W, Integer start, Integer end) return (Matrix[Double] V) {
          V = W
          for (e in start:end) {
            for (k in 1:3) { V = V + rand(rows=1, cols=2) }
            checkpoint(list(V=V, e=e), "state")
          }
        }
        W = rand(rows=1, cols=2)
        start = 1
        if (file.exists("state")) {
          s = resume("state")
          W = as.matrix(s["V"])
          start = as.scalar(s["e"]) + 1
        }
        W = train(W, start, END)
        print(toString(W, decimal=17))
        """;
    String whole = run(config(), script.replace("END", "5"));
    forget();
    run(config(), script.replace("END", "3"));
    assertThat(run(config().withSeed(1), script.replace("END", "5"))).isEqualTo(whole);
  }

  @Test
  void anInnerLoopGoesOnInTheMiddleAndBeginsAnewAfterwards() throws IOException {
    String script =
        """
        v = 0
        e0 = 1
        b0 = 1
        if (file.exists("state")) {
          s = resume("state")
          v = as.scalar(s["v"])
          e0 = as.scalar(s["e"])
          b0 = as.scalar(s["b"]) + 1
        }
        for (e in e0:3) {
          shift = as.scalar(rand(rows=1, cols=1))
          for (b in b0:4) {
            v = v * 0.5 + shift + as.scalar(rand(rows=1, cols=1))
            if (KILL & e == 2 & b == 2) { stop("killed") }
            checkpoint(list(v=v, e=e, b=b), "state")
          }
          b0 = 1
        }
        print(v)
        """;
    String whole = run(config(), script.replace("KILL", "FALSE"));
    forget();
    assertThat(Scripts.failure(config(), script.replace("KILL", "TRUE")))
        .hasMessageContaining("killed");
    assertThat(run(config().withSeed(5), script.replace("KILL", "FALSE"))).isEqualTo(whole);
  }

  @Test
  void iterationsOfAParforGoOnEachByItself() throws IOException {
    String script =
        """
        R = matrix(0, rows=3, cols=1)
        parfor (f in 1:3) {
          v = 0
          start = 1
          if (file.exists("state" + f)) {
            s = resume("state" + f)
            v = as.scalar(s["v"])
            start = as.scalar(s["e"]) + 1
          }
          for (e in start:END) {
            v = v * 0.5 + as.scalar(rand(rows=1, cols=1))
            checkpoint(list(v=v, e=e), "state" + f)
          }
          R[f, 1] = v
        }
        print(toString(R, decimal=17))
        """;
    String whole = run(config(), script.replace("END", "5"));
    for (int f = 1; f <= 3; f++) {
      Files.delete(folder.resolve("state" + f));
    }
    run(config(), script.replace("END", "2"));
    assertThat(run(config().withThreads(1), script.replace("END", "5"))).isEqualTo(whole);
  }

  @Test
  void resumedValuesKeepTheirKeysSoThatWhatIsMadeOfThemIsFound() {
    String script =
        """
        A = rand(rows=400, cols=200, seed=1)
        G = t(A) %*% A
        checkpoint(list(A=A, L=list(A * 2)), "state")
        s = resume("state")
        B = as.matrix(s["A"])
        print(sum(G) == sum(t(B) %*% B))
        """;
    RunStatistics statistics = Scripts.run(config(), script).statistics();
    assertThat(statistics.of("tsmm").executed()).isEqualTo(1);
    assertThat(statistics.of("tsmm").hits()).isEqualTo(1);
    RunStatistics without = Scripts.run(config().withReuse(ReuseMode.NONE), script).statistics();
    assertThat(without.of("tsmm").executed()).isEqualTo(2);
  }

  @Test
  void valuesOfNestedListsKeepTheirKeysToo() throws IOException {
    String script =
        """
        W = rand(rows=40, cols=3)
        start = 1
        if (file.exists("state")) {
          s = resume("state")
          net = as.list(s["net"])
          layer = as.list(net["layer"])
          W = as.matrix(layer["W"])
          start = as.scalar(s["epoch"]) + 1
        }
        for (e in seq(start, END, 1)) {
          W = W * 0.9 + rand(rows=40, cols=3)
          checkpoint(list(net=list(layer=list(W=W), depth=1), epoch=e), "state")
        }
        write(W, "W.bin", format="binary")
        """;
    run(config(), script.replace("END", "5"));
    Key whole = tracedKey(config());
    forget();
    run(config(), script.replace("END", "2"));
    run(config().withSeed(4711), script.replace("END", "5"));
    assertThat(tracedKey(config())).isEqualTo(whole);
  }

  @Test
  void valuesOfAnotherOriginAreKnownByTheirContent() throws IOException {
    run(
        config().withNumerics(Numerics.EXACT),
        "X = rand(rows=3, cols=3, seed=1)\ncheckpoint(list(X=X, n=list(5, \"a\")), \"state\")");
    String resume =
        "s = resume(\"state\")\nX = as.matrix(s[\"X\"])\nprint(lineage(X))\n"
            + "n = as.list(s[\"n\"])\nprint(as.scalar(n[1]) + as.scalar(n[2]))";
    assertThat(run(config().withNumerics(Numerics.EXACT), resume))
        .contains("rand")
        .doesNotContain("resume")
        .endsWith("5a\n");
    assertThat(run(config(), resume))
        .contains("resume{fingerprint=")
        .contains("@ \"state\"")
        .doesNotContain("rand")
        .endsWith("5a\n");
  }

  @Test
  void valuesKnownByContentAreReplayedFromTheCheckpointUntilItChanges() throws IOException {
    run(
        config().withReuse(ReuseMode.NONE),
        "checkpoint(list(X=seq(1, 3), F=as.frame(seq(4, 5))), \"state\")");
    run(
        config(),
        "s = resume(\"state\")\nwrite(as.matrix(s[\"X\"]) * 2, \"Y.csv\", format=\"csv\")");
    ReplayRequest request = ReplayRequest.of(folder.resolve("Y.csv.lineage"));
    try (Session session = Reprise.session(config())) {
      assertThat(session.replay(request).text()).contains("2.000").contains("6.000");
    }
    run(config(), "checkpoint(list(X=seq(2, 4)), \"state\")");
    try (Session session = Reprise.session(config())) {
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> session.replay(request)))
          .hasMessageContaining("the checkpoint state has changed since it was resumed");
    }
  }

  /** So that writing one in each iteration takes time in proportion to the iterations. */
  @Test
  void aCheckpointDoesNotGrowWithTheIterationsBeforeIt() throws IOException {
    String loop =
        """
        W = rand(rows=8, cols=1, seed=1)
        best = 1e300
        for (e in 1:ITERATIONS) {
          for (b in 1:3) {
            mask = rand(rows=8, cols=8) > 0.2
            W = W - 0.01 * (mask %*% W)
          }
          if (sum(W) < best) best = sum(W)
          checkpoint(list(W=W, best=best, e=e), "state")
        }
        """;
    Scripts.run(config(), loop.replace("ITERATIONS", "40"));
    long early = Files.size(folder.resolve("state"));
    Scripts.run(config(), loop.replace("ITERATIONS", "400"));
    assertThat(Files.size(folder.resolve("state"))).isBetween(early - 100, early + 100);
  }

  @Test
  void mistakesSayWhatToDo() throws IOException {
    Files.writeString(folder.resolve("x"), "no");
    for (List<String> mistake :
        List.of(
            List.of("s = resume(\"none\")\nprint(length(s))", "there is no such file"),
            List.of("s = resume(\"x\")\nprint(length(s))", "this is no checkpoint of Reprise"),
            List.of("s = resume(seq(1, 2))\nprint(length(s))", "'resume' needs a file name"),
            List.of("checkpoint(seq(1, 2), \"y\")", "'checkpoint' needs a list"),
            List.of("checkpoint(list(1), \"\")", "the path is empty"))) {
      assertThat(Scripts.failure(config(), mistake.get(0))).hasMessageContaining(mistake.get(1));
    }
    assertThat(Files.exists(folder.resolve("y"))).isFalse();
  }
}
