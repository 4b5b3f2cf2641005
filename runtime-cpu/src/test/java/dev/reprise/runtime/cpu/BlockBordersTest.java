package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.cell.BlockSteps;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kernels go over cells in blocks and chunks of rows or cells. Here every cell of matrices that
 * reach beyond their borders is compared with what it is in a matrix of one short block, or with
 * what a plain loop over all cells gives.
 */
class BlockBordersTest {
  private static final int VALUES = 61;

  private static final double[] SPECIAL = {
    0, -0.0, 1, -1, 2, 0.5, 2.5, -2.5, 1e30, -1e30, 5e-324, 3e9, 710, -710
  };

  /** Cells beyond blocks of 256 and 1,024 and chunks of 2^13, 2^14 and 2^15. */
  private static final int[][] RUNS = {{1, 257}, {1025, 1}, {1, 8193}, {16_385, 1}, {1, 32_769}};

  /** Few, some and many columns, more cells than a chunk of 2^14 has. */
  private static final int[][] RECTANGLES = {
    {4, 5000}, {150, 127}, {130, 128}, {17, 1024}, {17, 1025}, {450, 37}
  };

  /** More cells than a chunk of 2^16 has. */
  private static final int[][] LARGER = {{5, 13_200}, {600, 127}, {2000, 33}, {66_000, 1}};

  private final CountingAllocator allocator = new CountingAllocator();
  private final CpuDevice device = new CpuDevice(2, TestDevices.natives());
  private final Random random = new Random(20261127);

  @AfterEach
  void closeDevice() {
    device.close();
  }

  /** A matrix of cells that are all among a few values, and which of them each is. */
  private record Picked(DenseMatrix matrix, int[] picks) {
    int rows() {
      return (int) matrix.rows();
    }

    int cols() {
      return (int) matrix.cols();
    }

    /** The pick for a cell of a matrix over which this one is repeated. */
    int at(int row, int col) {
      int i = rows() == 1 ? 0 : row;
      int j = cols() == 1 ? 0 : col;
      return picks[i * cols() + j];
    }
  }

  private interface Wanted {
    double at(int row, int col);
  }

  private double[] values(Precision precision) {
    double[] values = new double[VALUES];
    for (int i = 0; i < VALUES; i++) {
      values[i] = i < SPECIAL.length ? SPECIAL[i] : random.nextGaussian() * (i % 2 == 0 ? 1 : 30);
    }
    values[VALUES - 1] = Double.NaN;
    values[VALUES - 2] = Double.POSITIVE_INFINITY;
    values[VALUES - 3] = Double.NEGATIVE_INFINITY;
    for (int i = 0; precision == Precision.FP32 && i < VALUES; i++) {
      values[i] = (float) values[i];
    }
    return values;
  }

  private DenseMatrix matrix(Precision precision, int rows, int cols, double[] cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, precision);
    new CellBlocks(precision, cells.length).store(cells, 0, matrix.segment(), 0, cells.length);
    return matrix;
  }

  private DenseMatrix matrix(Precision precision, int rows, int cols, Wanted cell) {
    double[] cells = new double[rows * cols];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cell.at(i / cols, i % cols);
    }
    return matrix(precision, rows, cols, cells);
  }

  private Picked picked(Precision precision, int rows, int cols, double[] values) {
    int[] picks = random.ints((long) rows * cols, 0, VALUES).toArray();
    return new Picked(matrix(precision, rows, cols, (i, j) -> values[picks[i * cols + j]]), picks);
  }

  private static double[] cells(DenseMatrix matrix) {
    double[] cells = new double[(int) matrix.cells()];
    new CellBlocks(matrix.precision(), cells.length)
        .load(matrix.segment(), 0, cells, 0, cells.length);
    return cells;
  }

  /** Left-out arguments are defaults; numbers, truth values and texts become scalars. */
  private Operand run(Precision precision, String opcode, Object... arguments) {
    Opcode row = OperationTable.standard().get(opcode);
    int given = arguments.length;
    Operand[] inputs = new Operand[row.isVariadic() ? given : row.parameters().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = i < given ? operand(arguments[i]) : row.parameters().get(i).defaultValue();
    }
    Operation operation = new Operation(row, Attributes.none()).withPrecision(precision);
    return device.execute(operation, inputs, new ExecutionContext(allocator, 2))[0];
  }

  private static Operand operand(Object argument) {
    return switch (argument) {
      case Operand operand -> operand;
      case Double number -> Scalar.of(number);
      case Integer number -> Scalar.of((long) number);
      case Boolean flag -> Scalar.of((boolean) flag);
      case String text -> Scalar.of(text);
      default -> throw new IllegalArgumentException(argument.toString());
    };
  }

  /** Equal bits, but that any NaN equals any other. */
  private void check(
      Precision precision, int rows, int cols, Wanted wanted, String opcode, Object... arguments) {
    DenseMatrix found = (DenseMatrix) run(precision, opcode, arguments);
    assertThat(found.rows()).as(opcode).isEqualTo(rows);
    assertThat(found.cols()).as(opcode).isEqualTo(cols);
    double[] cells = cells(found);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        double cell = cells[i * cols + j];
        double other = wanted.at(i, j);
        if (Double.doubleToLongBits(cell) != Double.doubleToLongBits(other)) {
          assertThat(cell)
              .as("%s of %dx%d, row %d, column %d", opcode, rows, cols, i, j)
              .isEqualTo(other);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFunctionOfACellIsThatOfTheCellAlone(Precision precision) {
    double[] values = values(precision);
    List<Picked> operands = new ArrayList<>();
    for (int[] shape : RUNS) {
      operands.add(picked(precision, shape[0], shape[1], values));
    }
    for (String opcode : BlockSteps.unary()) {
      double[] wanted = cells((DenseMatrix) run(precision, opcode, row(precision, values)));
      for (Picked x : operands) {
        Wanted alone = (i, j) -> wanted[x.at(i, j)];
        check(precision, x.rows(), x.cols(), alone, opcode, x.matrix);
      }
    }
  }

  private DenseMatrix row(Precision precision, double[] values) {
    return matrix(precision, 1, values.length, values);
  }

  @ParameterizedTest
  @EnumSource
  void anOperationOnTwoCellsIsThatOfTheCellsAlone(Precision precision) {
    double[] values = values(precision);
    List<Picked[]> pairs = new ArrayList<>();
    for (int[] shape : RUNS) {
      Picked x = picked(precision, shape[0], shape[1], values);
      pairs.add(new Picked[] {x, picked(precision, shape[0], shape[1], values)});
    }
    for (int[] shape : RECTANGLES) {
      Picked x = picked(precision, shape[0], shape[1], values);
      Picked row = picked(precision, 1, shape[1], values);
      Picked column = picked(precision, shape[0], 1, values);
      pairs.addAll(
          List.of(
              new Picked[] {x, row},
              new Picked[] {row, x},
              new Picked[] {x, column},
              new Picked[] {column, x}));
    }
    for (String opcode : BlockSteps.binary()) {
      double[][] wanted = new double[VALUES][];
      for (int right = 0; right < VALUES; right++) {
        Operand alone = run(precision, opcode, row(precision, values), values[right]);
        wanted[right] = cells((DenseMatrix) alone);
      }
      for (Picked[] pair : pairs) {
        checkPair(precision, opcode, wanted, pair[0], pair[1]);
        if (pair[0].matrix.shape().equals(pair[1].matrix.shape())) {
          checkNumber(precision, opcode, wanted, values, pair[0]);
        }
      }
    }
  }

  private void checkPair(
      Precision precision, String opcode, double[][] wanted, Picked x, Picked y) {
    int rows = Math.max(x.rows(), y.rows());
    int cols = Math.max(x.cols(), y.cols());
    Wanted alone = (i, j) -> wanted[y.at(i, j)][x.at(i, j)];
    check(precision, rows, cols, alone, opcode, x.matrix, y.matrix);
  }

  /** The matrix with a number on its right and on its left. */
  private void checkNumber(
      Precision precision, String opcode, double[][] wanted, double[] values, Picked x) {
    int number = random.nextInt(VALUES);
    Wanted right = (i, j) -> wanted[number][x.at(i, j)];
    Wanted left = (i, j) -> wanted[x.at(i, j)][number];
    check(precision, x.rows(), x.cols(), right, opcode, x.matrix, values[number]);
    check(precision, x.rows(), x.cols(), left, opcode, values[number], x.matrix);
  }

  @ParameterizedTest
  @EnumSource
  void aChoiceFollowsTheTestOfItsCell(Precision precision) {
    double[] values = values(precision);
    for (int[] shape : RUNS) {
      int rows = shape[0];
      int cols = shape[1];
      Picked[] matrices = new Picked[3];
      for (int form = 0; form < 7; form++) {
        Object[] operands = new Object[3];
        Wanted[] of = new Wanted[3];
        for (int k = 0; k < 3; k++) {
          Picked x = picked(precision, rows, cols, values);
          matrices[k] = x;
          double number = values[k == 0 ? form % 4 : random.nextInt(VALUES)];
          boolean isNumber = (form >> k & 1) != 0;
          operands[k] = isNumber ? (Object) number : x.matrix;
          of[k] = isNumber ? (i, j) -> number : (i, j) -> values[x.at(i, j)];
        }
        Wanted chosen = (i, j) -> of[0].at(i, j) != 0 ? of[1].at(i, j) : of[2].at(i, j);
        check(precision, rows, cols, chosen, "ifelse", operands);
      }
      Picked x = matrices[0];
      for (double pattern : new double[] {0, Double.NaN, 2.5, Double.NEGATIVE_INFINITY}) {
        Wanted replaced =
            (i, j) -> {
              double cell = values[x.at(i, j)];
              return cell == pattern || cell != cell && pattern != pattern ? 7 : cell;
            };
        check(precision, rows, cols, replaced, "replace", x.matrix, pattern, 7.0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void cellsThatMoveStayWhatTheyAre(Precision precision) {
    for (int[][] shapes : new int[][][] {RUNS, RECTANGLES, LARGER}) {
      for (int[] shape : shapes) {
        int rows = shape[0];
        int cols = shape[1];
        // A number of its own in each cell, which a float holds exactly.
        Wanted x = (i, j) -> i * cols + j + 1;
        DenseMatrix m = matrix(precision, rows, cols, x);
        check(precision, cols, rows, (i, j) -> x.at(j, i), "t", m);
        check(precision, rows, cols, (i, j) -> x.at(rows - 1 - i, j), "rev", m);
        int shift = rows / 3 + 1;
        check(
            precision,
            rows,
            cols,
            (i, j) -> x.at((i + rows - shift % rows) % rows, j),
            "roll",
            m,
            shift);
        check(precision, 2 * rows, cols, (i, j) -> x.at(i % rows, j), "rbind", m, m);
        check(precision, rows, 2 * cols, (i, j) -> x.at(i, j % cols), "cbind", m, m);
        check(precision, cols, rows, (i, j) -> i * rows + j + 1, "matrix", m, cols, rows, true);
        check(
            precision,
            cols,
            rows,
            (i, j) -> x.at((j * cols + i) % rows, (j * cols + i) / rows),
            "matrix",
            m,
            cols,
            rows,
            false);
        check(precision, rows, cols, (i, j) -> j <= i ? x.at(i, j) : 0, "lower.tri", m, true, true);
        check(precision, rows, cols, (i, j) -> j > i ? 1 : 0, "upper.tri", m, false, false);
        checkRanges(precision, m, x);
        checkRows(precision, m, x);
      }
    }
  }

  private void checkRanges(Precision precision, DenseMatrix m, Wanted x) {
    int rows = (int) m.rows();
    int cols = (int) m.cols();
    int top = rows / 2;
    int left = cols / 3;
    int height = rows - top;
    int width = cols - left;
    Object[] range = {m, top + 1, rows, left + 1, cols};
    check(precision, height, width, (i, j) -> x.at(top + i, left + j), "rightIndex", range);
    Object[] all = {m, top + 1, rows, Scalar.absent(), Scalar.absent()};
    check(precision, height, cols, (i, j) -> x.at(top + i, j), "rightIndex", all);
    Object[] column = {m, Scalar.absent(), Scalar.absent(), left + 1, left + 1};
    check(precision, rows, 1, (i, _) -> x.at(i, left), "rightIndex", column);
    DenseMatrix part = matrix(precision, height, width, (i, j) -> -x.at(i, j));
    check(
        precision,
        rows,
        cols,
        (i, j) -> i >= top && j >= left ? -x.at(i - top, j - left) : x.at(i, j),
        "leftIndex",
        m,
        part,
        top + 1,
        rows,
        left + 1,
        cols);
  }

  private void checkRows(Precision precision, DenseMatrix m, Wanted x) {
    int rows = (int) m.rows();
    int cols = (int) m.cols();
    check(precision, rows, cols, (i, j) -> x.at(rows - 1 - i, j), "order", m, 1, true, false);
    DenseMatrix select = matrix(precision, rows, 1, (i, _) -> i % 3 == 0 ? 1 : 0);
    int kept = (rows + 2) / 3;
    check(precision, kept, cols, (i, j) -> x.at(3 * i, j), "removeEmpty", m, "rows", select);
    DenseMatrix holes = matrix(precision, rows, cols, (i, j) -> j % 2 == 0 ? x.at(i, j) : 0);
    check(precision, rows, (cols + 1) / 2, (i, j) -> x.at(i, 2 * j), "removeEmpty", holes, "cols");
  }

  @ParameterizedTest
  @EnumSource
  void anAggregateMeetsEveryCellOnce(Precision precision) {
    for (int[][] shapes : new int[][][] {RUNS, RECTANGLES, LARGER}) {
      for (int[] shape : shapes) {
        int rows = shape[0];
        int cols = shape[1];
        // Whole numbers, so that sums are exact in any order.
        int[] numbers = random.ints((long) rows * cols, -8, 9).toArray();
        Wanted x = (i, j) -> numbers[i * cols + j];
        DenseMatrix m = matrix(precision, rows, cols, x);
        checkAggregate(precision, "Sums", m, x, Fold.SUM);
        checkAggregate(precision, "Mins", m, x, Fold.MIN);
        checkAggregate(precision, "Maxs", m, x, Fold.MAX);
        checkAggregate(precision, "IndexMax", m, x, Fold.INDEX_MAX);
        checkAggregate(
            precision, "IndexMin", m, x, (n, cell) -> Fold.INDEX_MAX.of(n, k -> -cell.at(k)));
        for (String opcode : Set.of("cumsum", "cummin", "cummax")) {
          checkRunning(precision, opcode, m, x);
        }
      }
    }
  }

  private interface Line {
    double at(int k);
  }

  private interface Fold {
    Fold SUM =
        (n, cell) -> {
          double sum = 0;
          for (int k = 0; k < n; k++) {
            sum += cell.at(k);
          }
          return sum;
        };
    Fold MIN =
        (n, cell) -> {
          double min = Double.POSITIVE_INFINITY;
          for (int k = 0; k < n; k++) {
            min = Math.min(min, cell.at(k));
          }
          return min;
        };
    Fold MAX = (n, cell) -> -MIN.of(n, k -> -cell.at(k)) + 0.0;
    Fold INDEX_MAX =
        (n, cell) -> {
          int best = 0;
          for (int k = 1; k < n; k++) {
            best = cell.at(k) >= cell.at(best) ? k : best;
          }
          return best + 1;
        };

    double of(int n, Line cell);
  }

  /** The aggregate of rows, of columns, and where there is one of all cells. */
  private void checkAggregate(
      Precision precision, String name, DenseMatrix m, Wanted x, Fold fold) {
    int rows = (int) m.rows();
    int cols = (int) m.cols();
    check(precision, rows, 1, (i, _) -> fold.of(cols, k -> x.at(i, k)), "row" + name, m);
    check(precision, 1, cols, (_, j) -> fold.of(rows, k -> x.at(k, j)), "col" + name, m);
    if (!name.startsWith("Index")) {
      String full = name.substring(0, name.length() - 1).toLowerCase(Locale.ROOT);
      double found = ((Scalar) run(precision, full, m)).asDouble();
      assertThat(found)
          .as(full + " of " + m.shape())
          .isEqualTo(fold.of(rows * cols, k -> x.at(k / cols, k % cols)));
    }
  }

  private void checkRunning(Precision precision, String opcode, DenseMatrix m, Wanted x) {
    int rows = (int) m.rows();
    int cols = (int) m.cols();
    double[] wanted = new double[rows * cols];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        double cell = x.at(i, j);
        double before = i == 0 ? Double.NaN : wanted[(i - 1) * cols + j];
        wanted[i * cols + j] =
            i == 0
                ? cell
                : switch (opcode) {
                  case "cumsum" -> before + cell;
                  case "cummin" -> Math.min(before, cell);
                  default -> Math.max(before, cell);
                };
      }
    }
    check(precision, rows, cols, (i, j) -> wanted[i * cols + j], opcode, m);
  }
}
