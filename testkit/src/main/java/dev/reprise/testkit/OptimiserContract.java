package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Steps of optimisers, against their formulas. */
public abstract class OptimiserContract extends DeviceContract {
  private static final double TOLERANCE = 1e-13;
  private static final long[][] SHAPES = {{1, 1}, {3, 5}, {2049, 1}, {300, 257}};
  private static final Scalar LR = Scalar.of(0.1);
  private static final Scalar MU = Scalar.of(0.9);
  private static final Scalar BETA = Scalar.of(0.99);
  private static final Scalar EPSILON = Scalar.of(1e-3);
  private static final Scalar DECAY = Scalar.of(0.05);

  /** What becomes of a cell: of the parameter, then of the averages. */
  @FunctionalInterface
  private interface Formula {
    double[] of(double x, double dx, double first, double second);
  }

  private void check(String opcode, int averages, Formula formula, Scalar... numbers) {
    SplittableRandom random = random(51);
    for (long[] shape : SHAPES) {
      DenseMatrix[] matrices = new DenseMatrix[4];
      for (int i = 0; i < matrices.length; i++) {
        matrices[i] = randomMatrix(random, shape[0], shape[1]);
        for (int j = 0; i > 1 && j < shape[0]; j++) {
          for (int k = 0; k < shape[1]; k++) {
            matrices[i].set(j, k, Math.abs(matrices[i].get(j, k)));
          }
        }
      }
      Operand[] operands = operands(opcode, matrices, numbers);
      Operand[] found = runAll(opcode, Attributes.none(), operands);
      assertThat(found).hasSize(averages + 1);
      for (int output = 0; output <= averages; output++) {
        double[][] expected = Matrices.toArray(matrices[0]);
        for (int i = 0; i < expected.length; i++) {
          for (int j = 0; j < expected[i].length; j++) {
            expected[i][j] =
                formula
                    .of(
                        matrices[0].get(i, j),
                        matrices[1].get(i, j),
                        matrices[2].get(i, j),
                        matrices[3].get(i, j))[output];
          }
        }
        assertClose((DenseMatrix) found[output], expected, TOLERANCE);
      }
      assertSameBitsWithAnyThreads(opcode, Attributes.none(), operands);
    }
  }

  /** Matrices and numbers in the order of the parameters. */
  private static Operand[] operands(String opcode, DenseMatrix[] matrices, Scalar[] numbers) {
    String order =
        switch (opcode) {
          case "sgd_update" -> "XXnn";
          case "momentum_update", "nesterov_update" -> "XXnnXn";
          case "adagrad_update" -> "XXnnX";
          case "rmsprop_update" -> "XXnnnX";
          case "adam_update" -> "XXnnnnnXX";
          default -> "XXnnnnnnXX";
        };
    Operand[] operands = new Operand[order.length()];
    int matrix = 0;
    int number = 0;
    for (int i = 0; i < operands.length; i++) {
      operands[i] = order.charAt(i) == 'X' ? matrices[matrix++] : numbers[number++];
    }
    return operands;
  }

  @Test
  void descentGoesAgainstTheGradient() {
    check("sgd_update", 0, (x, dx, _, _) -> new double[] {x - 0.1 * dx}, LR, Scalar.of(0.0));
    check("sgd_update", 0, (x, dx, _, _) -> new double[] {x - 0.1 * (dx + 0.05 * x)}, LR, DECAY);
  }

  @Test
  void momentumKeepsAVelocity() {
    check(
        "momentum_update",
        1,
        (x, dx, v, _) -> {
          double next = 0.9 * v - 0.1 * (dx + 0.05 * x);
          return new double[] {x + next, next};
        },
        LR,
        MU,
        DECAY);
    check(
        "nesterov_update",
        1,
        (x, dx, v, _) -> {
          double next = 0.9 * v - 0.1 * (dx + 0.05 * x);
          return new double[] {x - 0.9 * v + 1.9 * next, next};
        },
        LR,
        MU,
        DECAY);
  }

  @Test
  void squaresOfGradientsScaleTheStep() {
    check(
        "adagrad_update",
        1,
        (x, dx, cache, _) -> {
          double next = cache + dx * dx;
          return new double[] {x - 0.1 * dx / (Math.sqrt(next) + 1e-3), next};
        },
        LR,
        EPSILON);
    check(
        "rmsprop_update",
        1,
        (x, dx, cache, _) -> {
          double next = 0.99 * cache + (1 - 0.99) * dx * dx;
          return new double[] {x - 0.1 * dx / (Math.sqrt(next) + 1e-3), next};
        },
        LR,
        BETA,
        EPSILON);
  }

  @Test
  void adamCorrectsItsAveragesForTheirStart() {
    for (long t : new long[] {0, 7}) {
      double first = 1 - Math.pow(0.9, t + 1);
      double second = 1 - Math.pow(0.99, t + 1);
      check(
          "adam_update",
          2,
          (x, dx, m, v) -> {
            double nextM = 0.9 * m + (1 - 0.9) * dx;
            double nextV = 0.99 * v + (1 - 0.99) * dx * dx;
            double rate = 0.1 * Math.sqrt(second) / first;
            return new double[] {x - rate * nextM / (Math.sqrt(nextV) + 1e-3), nextM, nextV};
          },
          LR,
          MU,
          BETA,
          EPSILON,
          Scalar.of(t));
      check(
          "adamw_update",
          2,
          (x, dx, m, v) -> {
            double nextM = 0.9 * m + (1 - 0.9) * dx;
            double nextV = 0.99 * v + (1 - 0.99) * dx * dx;
            double way = nextM / first / (Math.sqrt(nextV / second) + 1e-3);
            return new double[] {x - 0.1 * (way + 0.05 * x), nextM, nextV};
          },
          LR,
          MU,
          BETA,
          EPSILON,
          DECAY,
          Scalar.of(t));
    }
  }

  @Test
  void matricesOfOtherShapesAreRefusedByName() {
    DenseMatrix x = emptyMatrix(2, 3);
    DenseMatrix other = emptyMatrix(3, 2);
    assertThatThrownBy(() -> run("sgd_update", x, other, LR))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("'dX' of the shape of 'X', 2x3, but got 3x2");
    assertThatThrownBy(() -> run("momentum_update", x, x, LR, MU, other))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("'v' of the shape of 'X'");
  }

  @Test
  void numbersWithWhichParametersBecomeNanAreRefusedByName() {
    for (Scalar t : List.of(Scalar.of(-1), Scalar.of(0.5), Scalar.of(Double.NaN))) {
      String count =
          "'t', the number of steps before this one, to be a whole number of at least 0, but got ";
      assertRefused(count + t.asString(), "adam_update", LR, MU, BETA, EPSILON, t);
      assertRefused(count + t.asString(), "adamw_update", LR, MU, BETA, EPSILON, DECAY, t);
    }
    Scalar t = Scalar.of(0);
    for (Scalar beta : List.of(Scalar.of(1), Scalar.of(-0.5), Scalar.of(Double.NaN))) {
      String share = " from 0 to below 1, but got " + beta.asString();
      assertRefused("a 'beta1'" + share, "adam_update", LR, beta, BETA, EPSILON, t);
      assertRefused("a 'beta2'" + share, "adamw_update", LR, MU, beta, EPSILON, DECAY, t);
    }
    String share = "a 'decay_rate' from 0 to 1, but got 1.5";
    assertRefused(share, "rmsprop_update", LR, Scalar.of(1.5), EPSILON);
    for (Scalar step : List.of(Scalar.of(Double.NaN), Scalar.of(Double.NEGATIVE_INFINITY))) {
      String finite = ", but got " + step.asString();
      assertRefused("a finite 'lr'" + finite, "sgd_update", step, DECAY);
      assertRefused("a finite 'decay'" + finite, "nesterov_update", LR, MU, step);
      assertRefused("a finite 'lambda'" + finite, "adamw_update", LR, MU, BETA, EPSILON, step, t);
    }
  }

  private void assertRefused(String needs, String opcode, Scalar... numbers) {
    DenseMatrix x = emptyMatrix(2, 3);
    Operand[] operands = operands(opcode, new DenseMatrix[] {x, x, x, x}, numbers);
    assertThatThrownBy(() -> run(opcode, operands))
        .isInstanceOf(OperandException.class)
        .hasMessage("'" + opcode + "' needs " + needs);
  }

  @Test
  void numbersAtTheirBoundsAreTaken() {
    DenseMatrix x = matrix(new double[][] {{1, -2}});
    Scalar none = Scalar.of(0);
    double[][] found = Matrices.toArray(run("adam_update", x, x, LR, none, none, none, none, x, x));
    assertThat(found).isEqualTo(new double[][] {{0.9, -1.9}});
    found =
        Matrices.toArray(
            run("rmsprop_update", x, x, LR, Scalar.of(1), none, matrix(new double[][] {{1, 4}})));
    assertThat(found).isEqualTo(new double[][] {{0.9, -1.9}});
  }
}
