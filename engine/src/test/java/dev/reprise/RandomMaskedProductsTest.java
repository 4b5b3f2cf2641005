package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random expressions of products and a compressed matrix that may mask them have the bits and
 * traces that they have without a mask.
 */
class RandomMaskedProductsTest {
  /** More with {@code -Dreprise.programs=N}. */
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 60);

  private static final int FIRST = Integer.getInteger("reprise.first", 0);

  static LongStream seeds() {
    return LongStream.range(FIRST, FIRST + PROGRAMS);
  }

  private record Answer(List<String> values, long sampled) {}

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void randomExpressionsHaveTheSameBitsAndTracesWithAMaskAndWithout(long seed) throws Exception {
    assertSame(seed, Precision.FP64);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {0, 1, 2, 3, 4, 5})
  void inFp32NothingIsMasked(long seed) throws Exception {
    assertThat(assertSame(seed, Precision.FP32)).isZero();
  }

  @Test
  void manyOfTheRandomExpressionsAreComputedAtTheMask() throws Exception {
    assumeTrue(MaskedRuns.hasCode(), "a processor with AVX2 and FMA, on Linux");
    long sampled = 0;
    for (long seed : seeds().toArray()) {
      Data data = new Data(new Random(seed));
      SessionConfig config = Scripts.config().withReuse(ReuseMode.NONE);
      sampled += answer(config, data.script(), data.inputs, 1).sampled;
    }
    assertThat(sampled).isGreaterThan(20);
  }

  private static long assertSame(long seed, Precision precision) throws Exception {
    Random random = new Random(seed);
    Data data = new Data(random);
    String script = data.script();
    SessionConfig config = Scripts.config().withPrecision(precision);
    SessionConfig unfused = config.withFusion(false).withReuse(ReuseMode.TRACE);
    List<String> expected = answer(unfused, script, data.inputs, 1).values;
    List<String> values = expected.subList(0, (expected.size() + 1) / 2);
    Answer plain = answer(config.withReuse(ReuseMode.NONE), script, data.inputs, 1);
    assertThat(plain.values).as(script).isEqualTo(values);
    for (int threads : new int[] {1, 2}) {
      SessionConfig with = config.withReuse(ReuseMode.HYBRID).withThreads(threads);
      assertThat(answer(with, script, data.inputs, 3).values).as(script).isEqualTo(expected);
      assertThat(answer(with.withHostBytes(2 << 20), script, data.inputs, 2).values)
          .as(script)
          .isEqualTo(expected);
    }
    SessionConfig exact = config.withNumerics(Numerics.EXACT);
    assertThat(answer(exact, script, data.inputs, 1).values).as(script).isEqualTo(expected);
    return plain.sampled;
  }

  /** What each variable holds, bit by bit, or the error; then the traces, when there are any. */
  private static Answer answer(SessionConfig config, String script, Inputs inputs, int runs)
      throws Exception {
    List<String> answers = new ArrayList<>();
    long sampled = 0;
    Session session = Reprise.session(config);
    try (session) {
      Script compiled =
          session.compile(
              script,
              CompileOptions.inputs("I", "J", "V", "A", "B", "U", "D", "r", "c", "s")
                  .outputs("Q", "S"));
      for (int i = 0; i < runs; i++) {
        answers.clear();
        try (RunResult result = compiled.run(inputs)) {
          sampled = MaskedRuns.sampled(result.statistics());
          for (String name : List.of("Q", "S")) {
            answers.add(ResultBits.of(result, name));
          }
          for (String name : List.of("Q", "S")) {
            if (config.reuse().traces()) {
              answers.add(result.lineage(name));
            }
          }
        }
      }
    }
    assertThat(session.liveBuffersAtClose()).as("leaked buffers").isZero();
    return new Answer(answers, sampled);
  }

  /** A compressed X by its cells, factors A, B and U = t(A), a dense D, vectors and a number. */
  private static final class Data {
    private static final double[] SPECIAL = {
      0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e-300, 1e300, -2
    };

    private final Random random;
    private final Inputs inputs;
    private final int rows;
    private final int cols;

    Data(Random random) {
      this.random = random;
      int[] shape = new int[][] {{200, 300}, {301, 230}, {64, 1000}, {500, 150}}[random.nextInt(4)];
      rows = shape[0];
      cols = shape[1];
      int terms = new int[] {10, 17, 30, 300, 3}[random.nextInt(5)];
      int count = 1 + (int) (rows * cols * 0.06 * Math.pow(10, -2 * random.nextDouble()));
      boolean special = random.nextInt(4) == 0;
      boolean positive = random.nextBoolean();
      double[][] a = matrix(rows, terms, positive, special && random.nextBoolean());
      inputs =
          Inputs.of("I", places(count, rows))
              .and("J", places(count, cols))
              .and("V", matrix(count, 1, random.nextBoolean(), special))
              .and("A", a)
              .and("U", turned(a))
              .and("B", matrix(terms, cols, positive, special && random.nextBoolean()))
              .and("D", matrix(rows, cols, random.nextBoolean(), random.nextInt(6) == 0))
              .and("r", matrix(1, cols, random.nextBoolean(), random.nextInt(6) == 0))
              .and("c", matrix(rows, 1, random.nextBoolean(), random.nextInt(6) == 0))
              .and("s", random.nextInt(8) == 0 ? SPECIAL[random.nextInt(8)] : random.nextDouble());
    }

    private double[][] places(int count, int most) {
      double[][] places = new double[count][1];
      for (double[] place : places) {
        place[0] = 1 + random.nextInt(most);
      }
      return places;
    }

    private double[][] matrix(int rows, int cols, boolean positive, boolean special) {
      double[][] cells = new double[rows][cols];
      for (double[] row : cells) {
        for (int j = 0; j < cols; j++) {
          double cell = random.nextGaussian();
          row[j] = positive ? Math.abs(cell) + 0.01 : cell;
        }
      }
      if (special) {
        for (int i = 0; i < 3; i++) {
          cells[random.nextInt(rows)][random.nextInt(cols)] = SPECIAL[random.nextInt(8)];
        }
      }
      return cells;
    }

    private static double[][] turned(double[][] a) {
      double[][] turned = new double[a[0].length][a.length];
      for (int i = 0; i < a.length; i++) {
        for (int j = 0; j < turned.length; j++) {
          turned[j][i] = a[i][j];
        }
      }
      return turned;
    }

    String script() {
      String inner = chain(product(), random.nextInt(4));
      String masked =
          switch (random.nextInt(5)) {
            case 0 -> "X / (" + inner + ")";
            case 1 -> "(" + inner + ") * X";
            case 2 -> "(X != 0) * (X - " + inner + ") ^ 2";
            case 3 -> "M * (" + inner + ")";
            default -> "X * (" + inner + ")";
          };
      String used =
          switch (random.nextInt(5)) {
            case 0 -> "Q %*% t(B)";
            case 1 -> "rowSums(Q)";
            case 2 -> "colSums(Q)";
            case 3 -> "Q * 2 - 1";
            default -> "sum(Q)";
          };
      return """
      X = table(I, J, V, %d, %d)
      M = X > 0
      Q = %s
      S = %s
      """
          .formatted(rows, cols, masked, used);
    }

    private String product() {
      return switch (random.nextInt(8)) {
        case 0 -> "A %*% t(t(B))";
        case 1 -> "t(U) %*% B";
        case 2 -> "D";
        default -> "A %*% B";
      };
    }

    private String chain(String start, int length) {
      String text = start;
      for (int i = 0; i < length; i++) {
        text = step(text);
      }
      return text;
    }

    private String step(String inner) {
      String other =
          switch (random.nextInt(9)) {
            case 0 -> "s";
            case 1 -> "r";
            case 2 -> "c";
            case 3 -> "D";
            case 4 -> "X";
            case 5 -> "-3";
            case 6 -> "0";
            default -> "1e-8";
          };
      return switch (random.nextInt(16)) {
        case 0 -> "(" + inner + " - " + other + ")";
        case 1 -> "(" + other + " - " + inner + ")";
        case 2 -> "(" + inner + " * " + other + ")";
        case 3 -> "(" + inner + " / " + other + ")";
        case 4 -> "(" + other + " / " + inner + ")";
        case 5 -> "(" + inner + ") ^ 2";
        case 6 -> "abs(" + inner + ") ^ 0.5";
        case 7 -> "log(" + inner + ")";
        case 8 -> "exp(" + inner + " / 100)";
        case 9 -> "sigmoid(" + inner + ")";
        case 10 -> "sqrt(abs(" + inner + "))";
        case 11 -> "-" + inner;
        case 12 -> "max(" + inner + ", " + other + ")";
        case 13 -> "round(" + inner + ")";
        case 14 -> "(" + inner + " > " + other + ")";
        default -> "(" + inner + " + " + other + ")";
      };
    }
  }
}
