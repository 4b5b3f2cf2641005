package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random programs that slice, write, keep and drop, against the same programs whose slices are put
 * together from pieces that are no whole rows, which are copied.
 */
class BatchViewProgramsTest {
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 40);
  private static final int ROWS = 160;

  /** Exact in doubles: all cells are small whole numbers. */
  private static final String HEAD =
      """
      copied = function(Matrix[Double] M, Integer a, Integer b) return (Matrix[Double] R) {
        R = cbind(M[a:b, 1:40], M[a:b, 41:64])
      }
      first = function(Matrix[Double] M, Integer k) return (Matrix[Double] R) {
        N = (M * 3 + k) %% 17
        R = SLICE(N, 1, 32)
      }
      A = ((seq(1, 160) %*% t(seq(1, 64))) %% 13) - 6
      B = ((seq(1, 160) %*% t(seq(64, 1))) %% 11) - 5
      C = SLICE(A, 33, 64)
      D = SLICE(B, 1, 96)
      L = list(A, C)
      s = 0
      """;

  private static String program(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder(HEAD);
    for (int i = 0; i < 14; i++) {
      text.append(statement(random));
    }
    boolean parallel = random.nextBoolean();
    text.append("R = matrix(0, 6, 1)\n")
        .append(parallel ? "parfor" : "for")
        .append(" (i in 1:6) {\n");
    text.append("  E = SLICE(").append(large(random)).append(", (i - 1) * 16 + 1, i * 16)\n");
    text.append("  F = SLICE(E, 1, 8)\n");
    text.append("  R[i, 1] = sum((E %*% t(E)) %% 5) + i * sum(F)\n}\n");
    text.append("print(s + \" \" + sum(R * seq(1, 6)))\n");
    for (String each : new String[] {"A", "B", "C", "D"}) {
      text.append(
          "print(nrow(" + each + ") + \" \" + sum(" + each + " * seq(1, nrow(" + each + "))))\n");
    }
    text.append("for (i in 1:length(L)) { M = as.matrix(L[i]); print(sum(M) + \" \" + max(M)) }\n");
    return text.toString();
  }

  private static String large(SplittableRandom random) {
    return random.nextBoolean() ? "A" : "B";
  }

  private static String statement(SplittableRandom random) {
    String from = large(random);
    int first = 1 + random.nextInt(ROWS - 32);
    int rows = 8 + random.nextInt(ROWS - first - 7);
    String range = first + ", " + (first + rows - 1);
    String small = random.nextBoolean() ? "C" : "D";
    return switch (random.nextInt(9)) {
      case 0, 1 -> small + " = SLICE(" + from + ", " + range + ")\n";
      case 2 -> from + "[" + (1 + random.nextInt(ROWS)) + ", 3] = " + random.nextInt(9) + "\n";
      case 3 -> from + " = (" + from + " + " + random.nextInt(5) + ") %% 19\n";
      case 4 -> "L = append(L, SLICE(" + from + ", " + range + "))\n";
      case 5 -> small + "[1, 1] = " + random.nextInt(9) + "\n";
      case 6 -> "s = s + sum((t(" + small + ") %*% " + small + ") %% 7)\n";
      case 7 -> small + " = first(" + from + ", " + random.nextInt(2) + ")\n";
      default -> from + "[" + first + ":" + (first + 7) + ", ] = SLICE(" + small + ", 1, 8) * 1\n";
    };
  }

  private static String withViews(String program) {
    return program.replaceAll(
        "SLICE\\((\\w+), ([^\\n]*?), ([^,\\n]*?)\\)(?=[ )\\n])", "$1[($2):($3), ]");
  }

  private static String withCopies(String program) {
    return program.replace("SLICE(", "copied(");
  }

  @Test
  void viewsMeanWhatCopiesMean() {
    SessionConfig config = Scripts.config();
    long views = 0;
    long separated = 0;
    for (long seed = 0; seed < PROGRAMS; seed++) {
      String program = program(seed);
      String wanted = Scripts.run(config.withReuse(ReuseMode.NONE), withCopies(program)).output();
      ReuseMode[] modes = ReuseMode.values();
      for (ReuseMode mode : new ReuseMode[] {ReuseMode.NONE, modes[(int) (seed % modes.length)]}) {
        for (long bytes : new long[] {1L << 30, 1L << 20}) {
          SessionConfig each =
              config.withReuse(mode).withHostBytes(bytes).withThreads(1 + (int) (seed % 3));
          Outcome outcome = Scripts.run(each, withViews(program));
          assertThat(outcome.output())
              .as("program %d, %s, %d bytes: %s", seed, mode, bytes, program)
              .isEqualTo(wanted);
          assertThat(outcome.liveBuffers()).isZero();
          views += outcome.statistics().views().count();
          separated += outcome.statistics().views().separated();
        }
      }
    }
    assertThat(views).isGreaterThan(PROGRAMS * 20L);
    assertThat(separated).isGreaterThan(PROGRAMS);
  }
}
