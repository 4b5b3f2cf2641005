package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What depends on where a cell lies or which number it holds: {@code replace rexpand *.tri}. */
public abstract class PatternContract extends DeviceContract {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private static Scalar of(double number) {
    return Scalar.of(number);
  }

  private static Scalar of(boolean flag) {
    return Scalar.of(flag);
  }

  @Test
  void numbersNaNAndInfinitiesAreReplaced() {
    DenseMatrix x = matrix(new double[] {1, NAN, 3, INF, -INF, -0.0});
    assertClose(run("replace", x, of(NAN), of(9)), new double[][] {{1, 9, 3, INF, -INF, 0}}, 0);
    assertClose(run("replace", x, of(3), of(NAN)), new double[][] {{1, NAN, NAN, INF, -INF, 0}}, 0);
    assertClose(run("replace", x, of(-INF), of(5)), new double[][] {{1, NAN, 3, INF, 5, 0}}, 0);
    assertClose(run("replace", x, of(0), of(7)), new double[][] {{1, NAN, 3, INF, -INF, 7}}, 0);
  }

  @Test
  void trianglesHoldOnesOrTheValues() {
    for (long[] shape : new long[][] {{1, 1}, {3, 3}, {5, 2}, {2, 5}, {65, 130}, {700, 3}}) {
      DenseMatrix x = randomMatrix(random(1), shape[0], shape[1]);
      for (boolean lower : new boolean[] {true, false}) {
        for (boolean diag : new boolean[] {true, false}) {
          for (boolean values : new boolean[] {true, false}) {
            double[][] expected = Matrices.toArray(x);
            for (int i = 0; i < expected.length; i++) {
              for (int j = 0; j < expected[i].length; j++) {
                boolean inside = lower ? j < i : j > i;
                expected[i][j] = inside || diag && i == j ? (values ? expected[i][j] : 1) : 0;
              }
            }
            String opcode = lower ? "lower.tri" : "upper.tri";
            assertClose(run(opcode, x, of(diag), of(values)), expected, 0);
          }
        }
      }
    }
  }

  @Test
  void numbersBecomeOneHotLines() {
    DenseMatrix column = matrix(new double[] {2}, new double[] {3.7}, new double[] {-1});
    DenseMatrix row = matrix(new double[] {1, 9, NAN, 2});
    assertClose(run("rexpand", column, of(3)), new double[][] {{0, 1, 0}, {0, 0, 1}, {0, 0, 0}}, 0);
    assertClose(
        run("rexpand", row, of(2), Scalar.of("rows")),
        new double[][] {{1, 0, 0, 0}, {0, 0, 0, 1}},
        0);
    assertClose(
        run("rexpand", row, of(2), Scalar.of("cols")),
        new double[][] {{1, 0}, {0, 0}, {0, 0}, {0, 1}},
        0);
    DenseMatrix whole = matrix(new double[] {3, 1});
    for (boolean cast : new boolean[] {true, false}) {
      for (boolean ignore : new boolean[] {true, false}) {
        assertClose(
            run("rexpand", whole, of(3), Scalar.of("cols"), of(cast), of(ignore)),
            new double[][] {{0, 0, 1}, {1, 0, 0}},
            0);
      }
    }
  }

  @Test
  void theFirstCellThatIsNoPositionIsRefusedByItsNumber() {
    double[] cells = new double[5000];
    Arrays.fill(cells, 4);
    cells[3210] = 2.5;
    cells[4567] = 0;
    DenseMatrix x = matrix(cells);
    assertRefused("cell 3211 is 2.5", x, false, false);
    assertRefused("cell 3211 is 2.5", x, false, true);
    assertRefused("cell 4568 is 0.0", x, true, false);
    assertRefused("cell 2 is NaN", matrix(new double[] {1, NAN}), true, false);
  }

  private void assertRefused(String words, DenseMatrix x, boolean cast, boolean ignore) {
    assertThatThrownBy(() -> run("rexpand", x, of(5), Scalar.of("cols"), of(cast), of(ignore)))
        .isInstanceOf(OperandException.class)
        .hasMessage("'rexpand' needs whole numbers from 1, but " + words);
  }
}
