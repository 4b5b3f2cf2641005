package dev.reprise.runtime.cpu.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.WidenedOperands;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Floats that are moved, made, chosen or repeated, without a matrix of doubles on the way. */
class FloatMovesTest {
  /** None, one, around a block, short and long rows, more than a chunk. */
  private static final int[][] SHAPES = {
    {0, 3},
    {3, 0},
    {1, 1},
    {1, 1023},
    {1024, 1},
    {1, 1025},
    {1025, 1},
    {300, 7},
    {40, 130},
    {3, 2500},
    {1000, 70}
  };

  private final CpuDevice device = TestDevices.withoutOpenBlas();
  private final WidenedOperands operands = new WidenedOperands(device, 20261203);

  @AfterEach
  void close() {
    device.close();
  }

  private static Scalar whole(long number) {
    return Scalar.of(number);
  }

  @Test
  void cellsThatMoveStayAsTheyAre() {
    for (int[] shape : SHAPES) {
      int rows = shape[0];
      int cols = shape[1];
      DenseMatrix x = operands.anyFloats(rows, cols);
      DenseMatrix y = operands.anyFloats(rows, cols);
      operands.assertSameBitsWithoutCopies("cbind", x, y, x);
      operands.assertSameBitsWithoutCopies("rbind", x, y, x);
      operands.assertSameBitsWithoutCopies("rev", x);
      operands.assertSameBitsWithoutCopies("roll", x, whole(3));
      for (boolean byRow : new boolean[] {true, false}) {
        operands.assertSameBitsWithoutCopies(
            "matrix", x, whole(cols), whole(rows), Scalar.of(byRow));
      }
      for (String triangle : List.of("lower.tri", "upper.tri")) {
        operands.assertSameBitsWithoutCopies(triangle, x, Scalar.of(true), Scalar.of(true));
      }
    }
  }

  @Test
  void rangesAreWrittenIntoACopy() {
    for (int[] shape : SHAPES) {
      int rows = shape[0];
      int cols = shape[1];
      if (rows == 0 || cols == 0) {
        continue;
      }
      DenseMatrix x = operands.anyFloats(rows, cols);
      int toRow = (rows + 1) / 2;
      int toCol = (cols + 1) / 2;
      DenseMatrix part = operands.anyFloats(toRow, toCol);
      operands.assertSameBitsWithoutCopies(
          "leftIndex", x, part, whole(1), whole(toRow), whole(1), whole(toCol));
      operands.assertSameBitsWithoutCopies(
          "leftIndex", x, Scalar.of(0.1), whole(rows), whole(rows), whole(cols), whole(cols));
    }
  }

  @Test
  void rowsAndColumnsAreChosenAndSorted() {
    for (int[] shape : SHAPES) {
      int rows = shape[0];
      int cols = shape[1];
      if (rows == 0 || cols == 0) {
        continue;
      }
      DenseMatrix x = operands.anyFloats(rows, cols);
      DenseMatrix zeros = operands.floats(rows, cols, () -> 0);
      for (long i = 0; i < rows; i += 3) {
        zeros.set(i, i % cols, Double.NaN);
      }
      Scalar emptyReturn = Scalar.of(true);
      for (String margin : List.of("rows", "cols")) {
        Scalar by = Scalar.of(margin);
        operands.assertSameBitsWithoutCopies(
            "removeEmpty", zeros, by, Scalar.absent(), emptyReturn);
        DenseMatrix marks = operands.wholes(margin.equals("rows") ? rows : cols, 1, 2);
        for (long i = 0; i < marks.rows(); i++) {
          // Far apart at first, near to each other at the end.
          marks.set(i, 0, i % 20 == 0 || i > marks.rows() / 2 ? 1 : 0);
        }
        operands.assertSameBitsWithoutCopies("removeEmpty", x, by, marks, emptyReturn);
      }
      operands.assertSameBitsWithoutCopies(
          "order", x, whole(cols), Scalar.of(true), Scalar.of(false));
      operands.assertSameBitsWithoutCopies("order", x, whole(1), Scalar.of(false), Scalar.of(true));
    }
  }

  @Test
  void diagonalsReplacedCellsAndOneHotRows() {
    operands.assertSameBitsWithoutCopies("diag", operands.anyFloats(37, 37));
    operands.assertSameBitsWithoutCopies("diag", operands.anyFloats(37, 1));
    for (int[] shape : SHAPES) {
      DenseMatrix x = operands.anyFloats(shape[0], shape[1]);
      // The replacement is no float.
      operands.assertSameBitsWithoutCopies("replace", x, Scalar.of(Double.NaN), Scalar.of(0.1));
      operands.assertSameBitsWithoutCopies("replace", x, Scalar.of(0.0), Scalar.of(0.1));
    }
    for (String direction : List.of("rows", "cols")) {
      operands.assertSameBitsWithoutCopies(
          "rexpand",
          operands.wholes(50, 1, 7),
          whole(5),
          Scalar.of(direction),
          Scalar.of(true),
          Scalar.of(false));
    }
  }

  @Test
  void aTestThatIsTinyIsTrueAndAChoiceIsRounded() {
    for (int[] shape : SHAPES) {
      DenseMatrix test = operands.floats(shape[0], shape[1], coins());
      DenseMatrix x = operands.anyFloats(shape[0], shape[1]);
      DenseMatrix y = operands.anyFloats(shape[0], shape[1]);
      operands.assertSameBitsWithoutCopies("ifelse", test, x, y);
      operands.assertSameBitsWithoutCopies("ifelse", test, Scalar.of(0.1), y);
      operands.assertSameBitsWithoutCopies("ifelse", test, x, Scalar.of(0.1));
      // As a float it would be zero.
      operands.assertSameBitsWithoutCopies("ifelse", Scalar.of(1e-300), x, y);
    }
    Operand[] chosen = operands.run(1, "ifelse", Scalar.of(true), Scalar.of(0.1), Scalar.of(2.0));
    assertThat(((Scalar) chosen[0]).asDouble()).isEqualTo(0.1);
  }

  private static DoubleSupplier coins() {
    int[] count = {0};
    return () -> count[0]++ % 3 == 0 ? 0 : count[0] % 5 == 0 ? Double.NaN : 1;
  }

  @Test
  void columnsRowsAndSingleCellsAreRepeatedOnEitherSide() {
    for (int[] shape : SHAPES) {
      int rows = shape[0];
      int cols = shape[1];
      DenseMatrix x = operands.anyFloats(rows, cols);
      for (DenseMatrix other :
          List.of(
              operands.anyFloats(rows, 1),
              operands.anyFloats(1, cols),
              operands.floats(1, 1),
              operands.wholes(rows, 1, 3))) {
        for (String opcode : List.of("+", "-", "*", "/", "^", ">", "==", "pmax", "&")) {
          operands.assertSameBitsWithoutCopies(opcode, x, other);
          operands.assertSameBitsWithoutCopies(opcode, other, x);
        }
      }
    }
  }

  /**
   * @param range arguments behind the second operand
   */
  @ParameterizedTest
  @CsvSource({
    "+, 3, 4, 4, 1, '', needs equal shapes",
    "+, 1, 4, 3, 1, '', a column at the left",
    "leftIndex, 4, 4, 2, 2, 1 3 1 2, cannot be assigned to a range of shape 3x2"
  })
  void shapesThatDoNotFitAreAMistakeStill(
      String opcode, int rows, int cols, int otherRows, int otherCols, String range, String words) {
    List<Operand> inputs = new ArrayList<>();
    inputs.add(operands.floats(rows, cols));
    inputs.add(operands.floats(otherRows, otherCols));
    Stream.of(range.split(" "))
        .filter(each -> !each.isEmpty())
        .map(Long::valueOf)
        .map(Scalar::of)
        .forEach(inputs::add);
    assertThatThrownBy(() -> operands.run(1, opcode, inputs.toArray(Operand[]::new)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining(words);
  }

  @Test
  void newCellsAreRoundedOnce() {
    for (int[] shape : SHAPES) {
      Scalar rows = whole(shape[0]);
      Scalar cols = whole(shape[1]);
      for (double number : new double[] {0.1, 0, -0.0, 1e-300, Double.NaN}) {
        assertMade("matrix", Scalar.of(number), rows, cols, Scalar.of(true));
      }
      for (String pdf : List.of("uniform", "normal")) {
        for (double sparsity : new double[] {1, 0.4}) {
          assertMade(
              "rand",
              rows,
              cols,
              Scalar.of(0.1),
              Scalar.of(0.7),
              Scalar.of(sparsity),
              whole(17),
              Scalar.of(pdf),
              Scalar.of(1.0));
        }
      }
    }
    assertMade("matrix", Scalar.of("0.1 Inf -0.0 3"), whole(2), whole(2), Scalar.of(true));
    assertMade("seq", Scalar.of(0.1), Scalar.of(300.0), Scalar.of(0.1));
  }

  /** Operations without a matrix among their operands: those of fp64, rounded. */
  private void assertMade(String opcode, Operand... inputs) {
    DenseMatrix wide = (DenseMatrix) operands.runWide(opcode, inputs)[0];
    for (int threads : new int[] {1, 3}) {
      DenseMatrix made = (DenseMatrix) operands.run(threads, opcode, inputs)[0];
      assertThat(made.shape()).isEqualTo(wide.shape());
      for (long i = 0; i < wide.cells(); i++) {
        assertThat(Float.floatToIntBits((float) made.get(0, i)))
            .as("%s, cell %d", opcode, i)
            .isEqualTo(Float.floatToIntBits((float) wide.get(0, i)));
      }
      made.buffer().release();
    }
    wide.buffer().release();
  }

  @Test
  void runningAggregatesDownTheColumns() {
    for (int[] shape : SHAPES) {
      for (boolean isAny : new boolean[] {false, true}) {
        DenseMatrix x =
            isAny ? operands.anyFloats(shape[0], shape[1]) : operands.floats(shape[0], shape[1]);
        for (String opcode : List.of("cumsum", "cumprod", "cummin", "cummax")) {
          operands.assertSameBitsWithoutCopies(opcode, x);
        }
      }
    }
    operands.assertSameBitsWithoutCopies("cumsumprod", operands.floats(1025, 2));
  }

  @Test
  void droppedCells() {
    for (int[] shape : SHAPES) {
      DenseMatrix x = operands.anyFloats(shape[0], shape[1]);
      for (String opcode : List.of("dropout", "dropout_backward")) {
        operands.assertSameBitsWithoutCopies(opcode, x, Scalar.of(0.7), whole(42));
      }
    }
  }
}
