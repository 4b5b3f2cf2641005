package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import dev.reprise.testkit.RandomStatements;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random functions of small inputs that repeat: whatever finds them, in however little memory and
 * with however many workers, results have the bits and the lineage that they have without reuse.
 */
class RandomEqualCallsTest {
  private static final int PROGRAMS = 40;

  @TempDir private Path folder;

  /** A program with its calls in a loop; {@code LOOP} stands for the kind of loop. */
  private static final class Programs extends RandomStatements {
    Programs(long seed) {
      super(seed);
    }

    private String number() {
      return pick("z", "k", "1.5", "z * 2", "(k + 1)", "sum(e)", "as.scalar(e[1, 2])", "nrow(W)");
    }

    private String matrix() {
      return pick("H", "e", "e * z", "H - e", "H %*% e", "t(H)", "abs(H)");
    }

    @Override
    protected String statement(int depth) {
      return switch (below(depth > 1 ? 6 : 9)) {
        case 0, 1 -> "H = " + matrix() + " + " + matrix() + "\n";
        case 2 -> "H = " + matrix() + " * 0.25 + " + number() + "\n";
        case 3 -> "s = s / 2 + " + number() + "\n";
        case 4 -> "q = q + k\n";
        case 5 -> "s = s + sum(W[" + pick("k", "k %% 5 + 1", "q %% 7 + 1", "2") + ", ])\n";
        case 6 -> "for (j in 1:%s) {\n%s}\n".formatted(pick("2", "k", "5"), statements(depth + 1));
        case 7 ->
            "if (%s) {\n%s} else {\n%s}\n"
                .formatted(
                    pick("k > 2", "s > 0", "z < 0", "q %% 2 == 0"),
                    statements(depth + 1),
                    statements(depth + 1));
        default -> "H = inner(H, " + pick("z", "s", "1.0") + ", W)\n";
      };
    }

    private String stream() {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 12; i++) {
        text.append(i == 0 ? "" : " ").append(1 + below(4));
      }
      return text.toString();
    }

    String next() {
      return """
      inner = function(Matrix[Double] A, Double z, Matrix[Double] W) return (Matrix[Double] B) {
        B = A * 0.5 + z + sum((W * z) %%*%% W) / 1e9
      }
      f = function(Matrix[Double] e, Double z, Integer k, Matrix[Double] W)
        return (Matrix[Double] H, Double s, Integer q)
      {
        H = e
        s = sum((W + z) %%*%% W) / 1e6
        q = k
        %s
      }
      W = rand(rows=90, cols=90, min=-1, max=1, seed=1)
      E = rand(rows=12, cols=4, min=-1, max=1, seed=2)
      Z = matrix("0 1 -1 0.5", 4, 1) * matrix("-1 1 1 1", 4, 1)
      stream = matrix("%s", 12, 1)
      R = matrix(0, 12, 6)
      LOOP (i in 1:12) {
        w = as.scalar(stream[i, 1])
        e = E[(w * 3 - 2):(w * 3), ] %s
        [H, s, q] = f(matrix(e[1:2, 1:2], 2, 2), as.scalar(Z[w, 1]), %s, W)
        R[i, 1] = s
        R[i, 2] = q
        R[i, 3] = sum(H)
        R[i, 4] = as.scalar(H[1, 1])
        R[i, 5] = as.scalar(H[2, 1]) + as.scalar(H[1, 2])
        R[i, 6] = 1 / as.scalar(Z[w, 1])
      }
      """
          .formatted(
              statements(0),
              stream(),
              pick("", "* 2", "+ 0"),
              pick("as.integer(w)", "3", "as.integer(as.scalar(stream[13 - i, 1]))"));
    }
  }

  private static final String PRINT = "for (i in 1:12) for (j in 1:6) print(as.scalar(R[i, j]))\n";

  private static String expected(String script) {
    return Scripts.run(Scripts.config().withReuse(ReuseMode.NONE).withThreads(1), script).output();
  }

  private static void assertSame(String what, SessionConfig config, String script, String output) {
    Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.output()).as("%s:%n%s", what, script).isEqualTo(output);
    assertThat(outcome.liveBuffers()).as("%s:%n%s", what, script).isZero();
  }

  @Test
  void resultsHaveTheSameBits() {
    // Values put together from parts may differ in the last bit; equal contents are another matter.
    SessionConfig config = Scripts.config().withNumerics(Numerics.EXACT);
    for (long seed = 0; seed < PROGRAMS; seed++) {
      String program = new Programs(seed).next() + PRINT;
      String script = program.replace("LOOP", "for");
      String output = expected(script);
      assertSame("full", config.withReuse(ReuseMode.FULL), script, output);
      assertSame("hybrid", config, script, output);
      assertSame("verified", config.withVerifyReuse(1), script, output);
      assertSame("little memory", config.withHostBytes(400_000), script, output);
      String parallel = program.replace("LOOP", "parfor");
      for (int threads : new int[] {1, 2, 4}) {
        assertSame(threads + " workers", config.withThreads(threads), parallel, output);
      }
      assertSame("little memory", config.withHostBytes(700_000), parallel, output);
    }
  }

  @Test
  void mostProgramsFindSomething() {
    long found = 0;
    for (long seed = 0; seed < PROGRAMS; seed++) {
      String script = new Programs(seed).next().replace("LOOP", "for") + PRINT;
      Outcome outcome = Scripts.run(Scripts.config(), script);
      found += outcome.statistics().functions().byContents() > 0 ? 1 : 0;
    }
    assertThat(found).isGreaterThan(PROGRAMS * 3 / 4);
  }

  @Test
  void historiesAreTheSame() {
    for (long seed = 0; seed < PROGRAMS; seed++) {
      String program =
          new Programs(seed).next() + "print(lineage(R))\nprint(lineage(H))\nprint(lineage(s))\n";
      for (boolean dedup : new boolean[] {true, false}) {
        SessionConfig config = Scripts.config().withDedup(dedup);
        String script = program.replace("LOOP", "for");
        String output = Scripts.run(config.withReuse(ReuseMode.TRACE), script).output();
        assertSame("hybrid", config, script, output);
      }
      String parallel =
          program.substring(0, program.indexOf("print(lineage(H))")).replace("LOOP", "parfor");
      SessionConfig config = Scripts.config();
      assertSame(
          "parfor",
          config,
          parallel,
          Scripts.run(config.withReuse(ReuseMode.TRACE), parallel).output());
    }
  }

  @Test
  void whatWasFoundIsReplayedToTheSameBits() throws Exception {
    SessionConfig config =
        Scripts.config().withWorkingDirectory(folder).withNumerics(Numerics.EXACT);
    for (long seed = 0; seed < PROGRAMS; seed++) {
      String script =
          new Programs(seed).next().replace("LOOP", seed % 2 == 0 ? "for" : "parfor")
              + "write(R, \"R.bin\", format=\"binary\")";
      Scripts.run(config, script);
      try (Session session = Reprise.session(config.withReuse(ReuseMode.NONE))) {
        ReplayRequest request =
            ReplayRequest.of(folder.resolve("R.bin.lineage"))
                .with(new ReplayRequest.Comparison.WithFile(folder.resolve("R.bin")));
        assertThat(session.replay(request).comparison().isEqual()).as(script).isTrue();
      }
    }
  }
}
