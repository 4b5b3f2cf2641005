package dev.reprise.runtime.cpu.shape;

import static dev.reprise.runtime.cpu.KernelCalls.column;
import static dev.reprise.runtime.cpu.KernelCalls.row;
import static dev.reprise.runtime.cpu.KernelCalls.same;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.testkit.Matrices;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Small expected values are what SystemDS 3.3.0 gives. */
class RearrangeTest {
  private static final Scalar NONE = Scalar.absent();
  private static final double NAN = Double.NaN;
  private static final double[][] TABLE = {row(3, 1), row(3, 1), row(2, 2), row(1, 5), row(1, 4)};

  private final KernelCalls kernels = new KernelCalls();

  @AfterEach
  void close() {
    kernels.close();
  }

  @Test
  void orderingIsStableInBothDirections() {
    assertThat(kernels.cells("order", (Object) TABLE))
        .isEqualTo(new double[][] {row(1, 5), row(1, 4), row(2, 2), row(3, 1), row(3, 1)});
    assertThat(kernels.cells("order", TABLE, 1, false, true)).isEqualTo(column(4, 5, 3, 1, 2));
    assertThat(kernels.cells("order", TABLE, 1, true, true)).isEqualTo(column(1, 2, 3, 4, 5));
    assertThat(kernels.cells("order", TABLE, new double[][] {row(1, 2)}))
        .isEqualTo(new double[][] {row(1, 4), row(1, 5), row(2, 2), row(3, 1), row(3, 1)});
    assertThat(kernels.cells("order", TABLE, column(1, 2), true))
        .isEqualTo(new double[][] {row(3, 1), row(3, 1), row(2, 2), row(1, 5), row(1, 4)});
    assertThatThrownBy(() -> kernels.call("order", TABLE, 3))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("5x2");
  }

  @Test
  void nanComesLastAscendingAndFirstDescending() {
    double[][] x = column(1, NAN, 3, -2);
    same(kernels.cells("order", (Object) x), column(-2, 1, 3, NAN));
    same(kernels.cells("order", x, 1, true), column(NAN, 3, 1, -2));
    double[][] zeros = column(0, -0.0, 0, Double.NEGATIVE_INFINITY);
    assertThat(kernels.cells("order", zeros, 1, false, true)).isEqualTo(column(4, 1, 2, 3));
  }

  @Test
  void manyRowsAreOrderedAsAStableComparisonOrdersThem() {
    Random random = new Random(4);
    double[][] x = new double[20_000][];
    for (int i = 0; i < x.length; i++) {
      x[i] = row(random.nextInt(50) - 25, random.nextInt(20), i);
    }
    double[][] wanted = x.clone();
    Arrays.sort(
        wanted, Comparator.<double[]>comparingDouble(r -> r[1]).thenComparingDouble(r -> r[0]));
    assertThat(kernels.cells("order", x, new double[][] {row(2, 1)})).isDeepEqualTo(wanted);
  }

  @Test
  void emptyLinesAreRemovedAndNaNIsNotEmpty() {
    double[][] x = {row(0, 1, 0), row(0, 0, 0), row(2, 0, 3)};
    assertThat(kernels.cells("removeEmpty", x, "rows"))
        .isEqualTo(new double[][] {row(0, 1, 0), row(2, 0, 3)});
    assertThat(kernels.cells("removeEmpty", x, "cols")).isEqualTo(x);
    assertThat(kernels.cells("removeEmpty", x, "rows", column(0, 1, 0)))
        .isEqualTo(new double[][] {row(0, 0, 0)});
    assertThat(kernels.cells("removeEmpty", x, "cols", column(0, 1, 1)))
        .isEqualTo(new double[][] {row(1, 0), row(0, 0), row(0, 3)});
    same(kernels.cells("removeEmpty", column(0, NAN, 2), "rows"), column(NAN, 2));
    assertThatThrownBy(() -> kernels.call("removeEmpty", x, "rows", column(0, 1)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("3 rows");
    assertThatThrownBy(() -> kernels.call("removeEmpty", x, "foo"))
        .isInstanceOf(OperandException.class);
  }

  @Test
  void nothingLeftIsAZeroLineUnlessEmptyReturnIsOff() {
    double[][] x = {row(0, 0), row(0, 0), row(0, 0)};
    assertThat(kernels.cells("removeEmpty", x, "rows")).isEqualTo(new double[][] {row(0, 0)});
    assertThat(kernels.cells("removeEmpty", x, "cols")).isEqualTo(column(0, 0, 0));
    DenseMatrix rows = (DenseMatrix) kernels.call("removeEmpty", x, "rows", NONE, false);
    assertThat(rows.shape().toString()).isEqualTo("0x2");
    DenseMatrix cols = (DenseMatrix) kernels.call("removeEmpty", x, "cols", NONE, false);
    assertThat(cols.shape().toString()).isEqualTo("3x0");
  }

  @Test
  void linesOfFramesAreKeptBySelection() {
    Frame frame =
        new Frame(
            3,
            List.of("a", "b", "c"),
            List.of(ColumnType.STRING, ColumnType.DOUBLE, ColumnType.BOOLEAN),
            List.of(
                new String[] {"x", null, "z"},
                new double[] {1, 2, 3},
                new boolean[] {true, false, true}));
    Frame rows = (Frame) kernels.call("removeEmpty", frame, "rows", column(0, 1, 1));
    assertThat(rows.rows()).isEqualTo(2);
    assertThat(rows.strings(0)).containsExactly(null, "z");
    assertThat(rows.doubles(1)).containsExactly(2, 3);
    assertThat(rows.booleans(2)).containsExactly(false, true);
    Frame cols = (Frame) kernels.call("removeEmpty", frame, "cols", column(0, 1, 0));
    assertThat(cols.names()).containsExactly("b");
    Frame kept = (Frame) kernels.call("removeEmpty", frame, "rows");
    assertThat(kept.strings(0)).containsExactly("x", null, "z");
  }

  @Test
  void replacingFindsNaNAndInfinity() {
    double inf = Double.POSITIVE_INFINITY;
    double[][] x = {row(1, NAN, 3, inf, -inf, -0.0)};
    assertThat(kernels.cells("replace", x, NAN, 9))
        .isEqualTo(new double[][] {row(1, 9, 3, inf, -inf, -0.0)});
    same(kernels.cells("replace", x, 3, NAN), new double[][] {row(1, NAN, NAN, inf, -inf, -0.0)});
    assertThat(kernels.cells("replace", x, -inf, 5)[0][4]).isEqualTo(5);
    assertThat(kernels.cells("replace", x, 0, 7)[0][5]).isEqualTo(7);
  }

  @Test
  void trianglesHoldOnesOrTheValues() {
    double[][] x = {row(3, 2, 3), row(1, 5, 6), row(2, 8, 7)};
    assertThat(kernels.cells("lower.tri", (Object) x))
        .isEqualTo(new double[][] {row(0, 0, 0), row(1, 0, 0), row(1, 1, 0)});
    assertThat(kernels.cells("lower.tri", x, true, true))
        .isEqualTo(new double[][] {row(3, 0, 0), row(1, 5, 0), row(2, 8, 7)});
    assertThat(kernels.cells("upper.tri", x, true, true))
        .isEqualTo(new double[][] {row(3, 2, 3), row(0, 5, 6), row(0, 0, 7)});
    assertThat(kernels.cells("upper.tri", (Object) x))
        .isEqualTo(new double[][] {row(0, 1, 1), row(0, 0, 1), row(0, 0, 0)});
    assertThat(kernels.cells("lower.tri", (Object) TABLE))
        .isEqualTo(new double[][] {row(0, 0), row(1, 0), row(1, 1), row(1, 1), row(1, 1)});
  }

  @Test
  void chosenRowsAndColumnsOfManyCellsAreThoseOfTheMatrix() {
    Random random = new Random(6);
    for (int[] shape : new int[][] {{2000, 1}, {1500, 3}, {900, 70}, {500, 600}, {3, 1200}}) {
      DenseMatrix x = kernels.random(random, shape[0], shape[1]);
      double[][] rows = Matrices.toArray(x);
      for (int share : new int[] {2, 7}) {
        boolean[] keptRows = new boolean[shape[0]];
        boolean[] keptCols = new boolean[shape[1]];
        double[][] byRow = marks(random, keptRows, share);
        double[][] byCol = marks(random, keptCols, share);
        double[][] wantedRows =
            IntStream.range(0, shape[0])
                .filter(i -> keptRows[i])
                .mapToObj(i -> rows[i])
                .toArray(double[][]::new);
        double[][] wantedCols = new double[shape[0]][];
        for (int i = 0; i < shape[0]; i++) {
          double[] row = rows[i];
          wantedCols[i] =
              IntStream.range(0, shape[1])
                  .filter(j -> keptCols[j])
                  .mapToDouble(j -> row[j])
                  .toArray();
        }
        assertThat(kernels.cells("removeEmpty", x, "rows", byRow)).isDeepEqualTo(wantedRows);
        assertThat(kernels.cells("removeEmpty", x, "cols", byCol)).isDeepEqualTo(wantedCols);
      }
    }
  }

  private static double[][] marks(Random random, boolean[] kept, int share) {
    double[][] marks = new double[kept.length][1];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = i == 0 || random.nextInt(share) == 0 || kept[i - 1] && random.nextBoolean();
      marks[i][0] = kept[i] ? 1 : 0;
    }
    return marks;
  }

  @Test
  void trianglesOfManyCellsHaveTheirCells() {
    for (int[] shape :
        new int[][] {{1, 1500}, {1500, 1}, {700, 300}, {300, 1700}, {0, 3}, {3, 0}}) {
      DenseMatrix x = kernels.random(new Random(5), shape[0], shape[1]);
      for (boolean diag : new boolean[] {false, true}) {
        for (boolean values : new boolean[] {false, true}) {
          double[][] lower = kernels.cells("lower.tri", x, diag, values);
          double[][] upper = kernels.cells("upper.tri", x, diag, values);
          for (int i = 0; i < shape[0]; i++) {
            for (int j = 0; j < shape[1]; j++) {
              double cell = values ? x.get(i, j) : 1;
              if (lower[i][j] != (j < i || diag && j == i ? cell : 0)
                  || upper[i][j] != (j > i || diag && j == i ? cell : 0)) {
                throw new AssertionError(i + ", " + j + " of " + x.shape());
              }
            }
          }
        }
      }
    }
  }

  @Test
  void rowsAreReversedAndRolled() {
    double[][] x = {row(3, 2), row(1, 5), row(2, 8)};
    assertThat(kernels.cells("rev", (Object) x))
        .isEqualTo(new double[][] {row(2, 8), row(1, 5), row(3, 2)});
    assertThat(kernels.cells("roll", x, 1))
        .isEqualTo(new double[][] {row(2, 8), row(3, 2), row(1, 5)});
    double[][] w = column(1, 2, 3);
    assertThat(kernels.cells("roll", w, 5)).isEqualTo(column(2, 3, 1));
    assertThat(kernels.cells("roll", w, 3)).isEqualTo(w);
    assertThat(kernels.cells("roll", w, 1.5)).isEqualTo(column(3, 1, 2));
    assertThat(kernels.cells("roll", w, -1)).isEqualTo(column(2, 3, 1));
  }

  @Test
  void diagonalsAreTakenAndMade() {
    assertThat(kernels.cells("diag", (Object) column(1, 2)))
        .isEqualTo(new double[][] {row(1, 0), row(0, 2)});
    assertThat(kernels.cells("diag", (Object) new double[][] {row(1, 2), row(3, 4)}))
        .isEqualTo(column(1, 4));
    assertThat(kernels.cells("diag", (Object) column(7))).isEqualTo(column(7));
    assertThatThrownBy(() -> kernels.call("diag", (Object) new double[][] {row(1, 2, 3)}))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("1x3");
  }

  @Test
  void oneHotRowsHoldAOneAtTheirValue() {
    double[][] w = column(1, 3.5, 9);
    assertThat(kernels.cells("rexpand", w, 4))
        .isEqualTo(new double[][] {row(1, 0, 0, 0), row(0, 0, 1, 0), row(0, 0, 0, 0)});
    assertThat(kernels.cells("rexpand", column(2, 1), 2, "rows"))
        .isEqualTo(new double[][] {row(0, 1), row(1, 0)});
    assertThat(kernels.cells("rexpand", column(0, 1), 2))
        .isEqualTo(new double[][] {row(0, 0), row(1, 0)});
    assertThatThrownBy(() -> kernels.call("rexpand", column(0, 1), 2, "cols", true, false))
        .isInstanceOf(OperandException.class);
    assertThatThrownBy(() -> kernels.call("rexpand", w, 4, "cols", false))
        .isInstanceOf(OperandException.class);
  }

  /** Longer than what goes through the heap; one cell in {@code step} stays. */
  @Test
  void ofALongColumnThoseCellsStayThatAreNotZero() {
    int n = (1 << 22) + 3;
    for (int step : new int[] {2, 3000}) {
      DenseMatrix x = kernels.empty(n, 1);
      for (int i = 0; i < n; i++) {
        x.set(i, 0, i % step == 0 ? i + 0.5 : 0);
      }
      DenseMatrix kept = (DenseMatrix) kernels.call("removeEmpty", x, "rows");
      assertThat(kept.rows()).isEqualTo(Math.ceilDiv(n, step));
      for (int i = 0; i < kept.rows(); i++) {
        if (kept.get(i, 0) != i * step + 0.5) {
          assertThat(kept.get(i, 0)).as("cell %s", i).isEqualTo(i * step + 0.5);
        }
      }
      x.buffer().release();
      kept.buffer().release();
    }
  }

  @Test
  void largeMatricesKeepEveryRow() {
    DenseMatrix x = kernels.random(new Random(2), 5000, 33);
    DenseMatrix twice = (DenseMatrix) kernels.call("rev", kernels.call("rev", x));
    assertThat(Matrices.toArray(twice)).isDeepEqualTo(Matrices.toArray(x));
    DenseMatrix rolled = (DenseMatrix) kernels.call("roll", kernels.call("roll", x, 77), -77);
    assertThat(Matrices.toArray(rolled)).isDeepEqualTo(Matrices.toArray(x));
  }
}
