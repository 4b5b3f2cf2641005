package dev.reprise.runtime.cpu.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.cpu.code.CellChain;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.testkit.CountingAllocator;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Element-wise operations in machine code give what the loops over arrays give. */
class MachineCellsTest {
  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    10,
    -10,
    11,
    -11,
    25,
    -25,
    699,
    -699,
    1e-30,
    -1e-30,
    0.5,
    -0.5,
    1.5,
    -2.5,
    0.49999999999999994,
    -0.49999999999999994,
    0.49999997f,
    -0.49999997f,
    -0.50000006f,
    Math.PI,
    -Math.PI / 2,
    100 * Math.PI,
    0x1.6a09ep-1,
    0x1.6a09dfffffffp-1,
    0x1.6a09e667f3bcdp0
  };

  /** For which some functions have no answer. */
  private static final double[] ENDS = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    800,
    -800,
    -1e30,
    4503599627370495.5,
    -4503599627370495.5,
    8388607.5,
    -8388607.5,
    800_000,
    800_001,
    -900_000,
    Double.MIN_VALUE,
    Double.MIN_NORMAL / 2,
    Double.MIN_NORMAL,
    Double.MAX_VALUE,
    Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE
  };

  private static final int MOST_CELLS = 1060;
  private static final int FIRST = 3;

  private final Random random = new Random(20261128);
  private final CountingAllocator allocator = new CountingAllocator();

  @BeforeEach
  void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  private DenseMatrix matrix(Precision precision, int n, boolean hasEnds) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, 1, n, precision);
    for (int i = 0; i < n; i++) {
      double cell =
          random.nextInt(4) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : random.nextGaussian() * 4;
      matrix.set(0, i, hasEnds && i % 100 == 50 ? ENDS[random.nextInt(ENDS.length)] : cell);
    }
    return matrix;
  }

  /** From the first cell that is computed on. */
  private static double[] cells(DenseMatrix matrix) {
    double[] cells = new double[(int) matrix.cols() - FIRST];
    Arrays.setAll(cells, i -> matrix.get(0, i + FIRST));
    return cells;
  }

  private static void assertCells(String what, DenseMatrix out, double[] wanted) {
    boolean narrow = out.precision() == Precision.FP32;
    for (int i = 0; i < wanted.length; i++) {
      Double cell = narrow ? Double.valueOf((float) wanted[i]) : Double.valueOf(wanted[i]);
      assertThat((Double) out.get(0, i + FIRST)).as("%s, cell %d", what, i).isEqualTo(cell);
    }
    for (int i = 0; i < FIRST; i++) {
      assertThat(out.get(0, i)).as("a cell before the first").isEqualTo(9);
    }
  }

  private DenseMatrix nines(Precision precision, int n) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, 1, n, precision);
    for (int i = 0; i < n; i++) {
      matrix.set(0, i, 9);
    }
    return matrix;
  }

  private MachineCells find(Precision precision, String opcode, MachineCells.Form form) {
    return new MachineCells.Source(precision, opcode).find(form, MOST_CELLS);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void functionsOfOneMatrixAreThoseOfTheLoops(Precision precision) {
    new TreeMap<>(Loops.unary())
        .forEach((opcode, loop) -> {
          MachineCells code = find(precision, opcode, MachineCells.Form.MATRIX);
          assertThat(code != null).as(opcode).isEqualTo(CellChain.knows(opcode));
          for (int n = MOST_CELLS - 16; code != null && n <= MOST_CELLS; n++) {
            for (boolean hasEnds : new boolean[] {false, true}) {
              DenseMatrix x = matrix(precision, n, hasEnds);
              DenseMatrix out = nines(precision, n);
              double[] wanted = new double[n - FIRST];
              loop.array(cells(x), wanted, n - FIRST);
              if (code.run(x, out, FIRST, n)) {
                assertCells(opcode, out, wanted);
              } else {
                assertThat(hasEnds).as("%s refuses no ordinary cell", opcode).isTrue();
              }
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void operationsOfTwoAreThoseOfTheLoops(Precision precision) {
    new TreeMap<>(Loops.binary())
        .forEach((opcode, loop) -> {
          if (CellChain.knows(opcode)) {
            for (int n = MOST_CELLS - 16; n <= MOST_CELLS; n++) {
              checkTwo(precision, opcode, loop, n);
            }
          }
        });
  }

  private void checkTwo(Precision precision, String opcode, BinaryLoop loop, int n) {
    DenseMatrix x = matrix(precision, n, false);
    DenseMatrix y = matrix(precision, n, false);
    double number = random.nextBoolean() ? 0.3 : SPECIAL[random.nextInt(SPECIAL.length)];
    DenseMatrix out = nines(precision, n);
    double[] wanted = new double[n - FIRST];
    MachineCells code = find(precision, opcode, MachineCells.Form.MATRICES);
    assertThat(code.run(x, y, out, FIRST, n)).isTrue();
    loop.arrays(cells(x), cells(y), wanted, wanted.length);
    assertCells(opcode, out, wanted);
    code = find(precision, opcode, MachineCells.Form.MATRIX_AND_NUMBER);
    assertThat(code.run(x, number, out, FIRST, n)).isTrue();
    loop.arrayScalar(cells(x), number, wanted, wanted.length);
    assertCells(opcode + " " + number, out, wanted);
    code = find(precision, opcode, MachineCells.Form.NUMBER_AND_MATRIX);
    assertThat(code.run(x, number, out, FIRST, n)).isTrue();
    loop.scalarArray(number, cells(x), wanted, wanted.length);
    assertCells(number + " " + opcode, out, wanted);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void wholeQuotientsHaveNoSignOfZeroAndEndAtTheLargestWholeNumber(Precision precision) {
    double[] ends = {
      0,
      -0.0,
      0.5,
      -0.5,
      1,
      -1,
      3,
      -3,
      7.5,
      -7.5,
      1e-40,
      -1e-40,
      1e19,
      -1e19,
      3e38,
      -3e38,
      0x1p63,
      -0x1p63,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NaN
    };
    int n = ends.length * ends.length;
    DenseMatrix x = DenseMatrix.allocate(allocator, 1, n + FIRST, precision);
    DenseMatrix y = DenseMatrix.allocate(allocator, 1, n + FIRST, precision);
    for (int i = 0; i < n; i++) {
      x.set(0, i + FIRST, ends[i / ends.length]);
      y.set(0, i + FIRST, ends[i % ends.length]);
    }
    for (String opcode : new String[] {"%/%", "%%"}) {
      DenseMatrix out = nines(precision, n + FIRST);
      double[] wanted = new double[n];
      Loops.binary().get(opcode).arrays(cells(x), cells(y), wanted, n);
      MachineCells code = find(precision, opcode, MachineCells.Form.MATRICES);
      assertThat(code.run(x, y, out, FIRST, n + FIRST)).isTrue();
      assertCells(opcode, out, wanted);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void squaresArePowersOfTwo(Precision precision) {
    MachineCells.Source powers = new MachineCells.Source(precision, "^");
    DenseMatrix x = matrix(precision, MOST_CELLS, true);
    DenseMatrix out = nines(precision, MOST_CELLS);
    double[] wanted = new double[MOST_CELLS - FIRST];
    Loops.binary().get("^").arrayScalar(cells(x), 2, wanted, wanted.length);
    assertThat(CellRange.of(powers, x, 2).run(out, FIRST, MOST_CELLS)).isTrue();
    assertCells("squares", out, wanted);
    assertThat(CellRange.of(powers, x, 3)).isSameAs(CellRange.NONE);
    assertThat(CellRange.of(powers, 2, x)).isSameAs(CellRange.NONE);
  }

  @Test
  void matricesOfFewCellsGetCodeOnceThereWereManyOfThem() {
    MachineCells.Source source = new MachineCells.Source(Precision.FP64, "+");
    for (int i = 0; i < 64; i++) {
      assertThat(source.find(MachineCells.Form.MATRICES, 100)).as("use %d", i).isNull();
    }
    assertThat(source.find(MachineCells.Form.MATRICES, 100)).isNotNull();
    assertThat(source.find(MachineCells.Form.MATRICES, 63)).as("so few").isNull();
    MachineCells.Source another = new MachineCells.Source(Precision.FP64, "+");
    assertThat(another.find(MachineCells.Form.MATRICES, 1024)).as("many cells").isNotNull();
    assertThat(another.find(MachineCells.Form.MATRICES, 100)).as("made already").isNotNull();
  }

  /** Ranges that begin and end anywhere in a row. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void vectorsAreRepeatedOverRowsAndPartsOfThem(Precision precision) {
    for (int cols : new int[] {1, 2, 3, 7, 8, 13, 150}) {
      // Of three columns several blocks, which do not begin with a row.
      int rows = (cols == 3 ? 5 : 1) * MOST_CELLS / cols + 1;
      DenseMatrix x = reshaped(matrix(precision, rows * cols, false), rows, cols);
      checkRepeated(precision, x, matrix(precision, cols, false));
      checkRepeated(precision, x, reshaped(matrix(precision, rows, false), rows, 1));
    }
  }

  private DenseMatrix reshaped(DenseMatrix row, int rows, int cols) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, row.precision());
    for (int i = 0; i < rows * cols; i++) {
      matrix.set(i / cols, i % cols, row.get(0, i));
    }
    return matrix;
  }

  private void checkRepeated(Precision precision, DenseMatrix x, DenseMatrix vector) {
    int cols = (int) x.cols();
    int n = (int) x.cells();
    for (String opcode : new String[] {"-", "/", "<"}) {
      MachineCells.Source source = new MachineCells.Source(precision, opcode);
      for (boolean vectorIsLeft : new boolean[] {false, true}) {
        CellRange code = CellRange.ofRepeated(source, x, vector, vectorIsLeft);
        for (int[] range : new int[][] {{0, n}, {3, n}, {cols, n - 1}, {5, 7}, {7, 3 * cols + 2}}) {
          DenseMatrix out = reshaped(nines(precision, n), (int) x.rows(), cols);
          assertThat(code.run(out, range[0], range[1])).isTrue();
          for (int i = 0; i < n; i++) {
            double cell = x.get(i / cols, i % cols);
            double other = vector.rows() == 1 ? vector.get(0, i % cols) : vector.get(i / cols, 0);
            double result = vectorIsLeft ? apply(opcode, other, cell) : apply(opcode, cell, other);
            Double wanted = i < range[0] || i >= range[1] ? 9 : result;
            Double rounded = precision == Precision.FP32 ? wanted.floatValue() : wanted;
            assertThat((Double) out.get(i / cols, i % cols))
                .as("cell %d of %s in rows of %d", i, opcode, cols)
                .isEqualTo(rounded);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void pairsAreMadeInRowsAndPartsOfThem(Precision precision) {
    for (int cols : new int[] {8, 13, 150}) {
      int rows = MOST_CELLS / cols + 1;
      int n = rows * cols;
      DenseMatrix column = reshaped(matrix(precision, rows, false), rows, 1);
      DenseMatrix row = matrix(precision, cols, false);
      for (String opcode : new String[] {"-", "/", "<"}) {
        CellRange code = CellRange.ofPairs(new MachineCells.Source(precision, opcode), column, row);
        for (int[] range : new int[][] {{0, n}, {3, n}, {cols, n - 1}, {5, 7}, {7, 3 * cols + 2}}) {
          DenseMatrix out = reshaped(nines(precision, n), rows, cols);
          assertThat(code.run(out, range[0], range[1])).isTrue();
          for (int i = 0; i < n; i++) {
            double result = apply(opcode, column.get(i / cols, 0), row.get(0, i % cols));
            Double wanted = i < range[0] || i >= range[1] ? 9 : result;
            assertThat((Double) out.get(i / cols, i % cols))
                .as("cell %d of %s in rows of %d", i, opcode, cols)
                .isEqualTo(
                    precision == Precision.FP32 ? (Double) (double) wanted.floatValue() : wanted);
          }
        }
      }
    }
  }

  /**
   * Functions of floats by fewer operations, which have to tell where they are unsure: one cell in
   * some thousands would differ otherwise.
   */
  @ParameterizedTest
  @ValueSource(strings = {"exp", "sigmoid", "tanh", "gelu", "silu"})
  void functionsOfFloatsOfAllSizesAreThoseOfDoublesRounded(String opcode) {
    int n = 1024;
    MachineCells code = find(Precision.FP32, opcode, MachineCells.Form.MATRIX);
    DenseMatrix x = DenseMatrix.allocate(allocator, 1, n, Precision.FP32);
    DenseMatrix out = nines(Precision.FP32, n);
    double[] wanted = new double[n - FIRST];
    for (int exponent = 0; exponent < 2048; exponent++) {
      for (int i = 0; i < n; i++) {
        x.set(0, i, exponent < 256 ? floatOf(exponent, i) : random.nextFloat(-9, 9));
      }
      Loops.unary().get(opcode).array(cells(x), wanted, wanted.length);
      if (code.run(x, out, FIRST, n)) {
        assertFloats(opcode, out, wanted);
      } else {
        assertThat(exponent).as("%s refuses no ordinary cell", opcode).isBetween(127 + 9, 255);
      }
    }
  }

  /** As {@link #assertCells}, of millions. */
  private static void assertFloats(String what, DenseMatrix out, double[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (Double.compare(out.get(0, i + FIRST), (float) wanted[i]) != 0) {
        assertCells(what, out, wanted);
      }
    }
  }

  /** A float by its exponent: the first and the last ones, and others. */
  private float floatOf(int exponent, int number) {
    int few = 100;
    int mantissa = number < few ? number : number < 2 * few ? few - number : random.nextInt();
    int sign = random.nextInt() & Integer.MIN_VALUE;
    return Float.intBitsToFloat(sign | exponent << 23 | mantissa & (1 << 23) - 1);
  }

  private static double apply(String opcode, double a, double b) {
    return switch (opcode) {
      case "-" -> a - b;
      case "/" -> a / b;
      default -> a < b ? 1 : 0;
    };
  }

  @Test
  void kernelsComputeWhatCodeRefusesInAnotherWay() {
    try (KernelCalls calls = new KernelCalls()) {
      for (String opcode : new String[] {"exp", "sigmoid", "gelu", "silu"}) {
        double[] x = random.doubles(40_000, -5, 5).toArray();
        x[20_000] = Double.NaN;
        x[35_000] = -800;
        double[] out = calls.cells(opcode, (Object) new double[][] {x})[0];
        double[] wanted = new double[x.length];
        Loops.unary().get(opcode).array(x, wanted, x.length);
        assertThat(out).as(opcode).isEqualTo(wanted);
      }
    }
  }
}
