package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation gives the same for a compressed operand as for its dense copy. */
class FormsTest extends ComparedOperations {
  private static final Scalar ALL = Scalar.absent();
  private static final int ROWS = 90;
  private static final int COLS = 80;

  static Stream<String> unary() {
    return Stream.of(
        "t",
        "rev",
        "sum",
        "mean",
        "var",
        "sd",
        "min",
        "max",
        "trace",
        "rowSums",
        "rowMeans",
        "rowMins",
        "rowMaxs",
        "rowVars",
        "rowIndexMax",
        "colSums",
        "colMeans",
        "colMins",
        "colMaxs",
        "colSds",
        "colIndexMin",
        "abs",
        "sqrt",
        "exp",
        "round",
        "sign",
        "sin",
        "cos",
        "negate",
        "!",
        "is.na",
        "sigmoid",
        "cumsum",
        "unique",
        "removeEmpty",
        "order",
        "lower.tri",
        "tsmm",
        "as.matrix",
        "as.frame",
        "toString");
  }

  @ParameterizedTest
  @MethodSource("unary")
  void operationsOfOneOperandDoNotSeeTheForm(String opcode) {
    boolean square = opcode.equals("trace");
    for (double density : new double[] {0, 0.01, 0.04}) {
      Operand x = sparse(square ? COLS : ROWS, COLS, density);
      if (opcode.equals("toString") || opcode.equals("as.frame")) {
        assertThat(text(run(device(1), 1, operation(opcode), x)))
            .isEqualTo(
                text(
                    run(device(1), 1, operation(opcode), ((SparseMatrix) x).copyDense(allocator))));
      } else {
        check(operation(opcode), x);
      }
    }
  }

  private static String text(Operand operand) {
    return operand instanceof Scalar scalar
        ? scalar.asString()
        : String.valueOf(((dev.reprise.runtime.Frame) operand).textAt(1, 1));
  }

  static Stream<String> binary() {
    return Stream.of(
        "+", "-", "*", "/", "^", "%%", "%/%", "<", "<=", ">", ">=", "==", "!=", "&", "|", "pmin",
        "pmax", "xor");
  }

  @ParameterizedTest
  @MethodSource("binary")
  void operationsOfTwoOperandsDoNotSeeTheForm(String opcode) {
    SparseMatrix x = sparse(ROWS, COLS, 0.03);
    SparseMatrix y = sparse(ROWS, COLS, 0.03);
    Operation op = operation(opcode);
    check(op, x, y);
    check(op, x, dense(ROWS, COLS));
    check(op, dense(ROWS, COLS), x);
    check(op, x, dense(1, COLS));
    check(op, x, dense(ROWS, 1));
    check(op, dense(1, COLS), x);
    check(op, x, sparse(1, COLS, 0.3));
    for (double scalar : new double[] {0, 1, 2, -2.5, Double.NaN, Double.POSITIVE_INFINITY}) {
      check(op, x, Scalar.of(scalar));
      check(op, Scalar.of(scalar), x);
    }
  }

  @Test
  void productsOfCompressedMatricesAreThoseOfDenseOnes() {
    for (double density : new double[] {0, 0.005, 0.05}) {
      SparseMatrix a = sparse(ROWS, COLS, density);
      SparseMatrix b = sparse(COLS, ROWS, density);
      check(operation("matmul"), a, b);
      check(operation("matmul"), a, dense(COLS, 7));
      check(operation("matmul"), a, dense(COLS, 1));
      check(operation("matmul"), dense(5, ROWS), a);
      check(operation("matmul"), dense(1, ROWS), a);
      check(operation("matmul", "ta"), a, dense(ROWS, 1));
      check(operation("matmul", "ta"), a, dense(ROWS, 6));
      check(operation("matmul", "ta"), a, sparse(ROWS, COLS, density));
      check(operation("matmul", "tb"), a, sparse(ROWS, COLS, density));
      check(operation("matmul", "tb"), dense(3, COLS), a);
      check(operation("matmul", "ta", "tb"), a, b);
      check(operation("tsmm", "right"), a);
    }
  }

  /** A compressed matrix with up to so many infinities and NaN at random places. */
  private SparseMatrix wild(SparseMatrix matrix, int most) {
    DenseMatrix cells = matrix.copyDense(allocator);
    double[] wild = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN};
    for (int i = 0; i < most; i++) {
      long row = random.nextLong(cells.rows());
      cells.set(row, random.nextLong(cells.cols()), wild[random.nextInt(wild.length)]);
    }
    SparseRows rows = new SparseRows((int) cells.rows());
    for (long i = 0; i < cells.rows(); i++) {
      for (int j = 0; j < cells.cols(); j++) {
        rows.add(j, cells.get(i, j));
      }
      rows.endRow();
    }
    return SparseRows.assemble(List.of(rows), cells.cols(), allocator);
  }

  @Test
  void infinitiesAndNanMeetTheZerosOfTwoCompressedMatrices() {
    for (int round = 0; round < 40; round++) {
      double density = round % 3 * 0.02;
      SparseMatrix a = wild(sparse(ROWS, COLS, density), round % 4);
      SparseMatrix b = wild(sparse(COLS, ROWS, density), round / 4 % 3);
      check(operation("matmul"), a, b);
      check(operation("matmul", "ta", "tb"), a, b);
      check(operation("matmul", "tb"), a, wild(sparse(7, COLS, density), round % 2));
      check(operation("matmul", "ta"), a, wild(sparse(ROWS, 7, density), round % 2));
      check(operation("tsmm"), a);
      check(operation("tsmm", "right"), a);
    }
  }

  /** One of the right operand would have 2 TiB. */
  @Test
  void anInfinityInALargeProductNeedsNoDenseCopy() {
    int n = 1 << 19;
    SparseRows left = new SparseRows(3);
    left.add(5, 2);
    left.add(6, Double.POSITIVE_INFINITY);
    left.endRow();
    left.add(7, 3);
    left.endRow();
    left.endRow();
    SparseMatrix a = SparseRows.assemble(List.of(left), n, allocator);
    SparseRows right = new SparseRows(n);
    for (int i = 0; i < n; i++) {
      right.add(i, i == 7 ? Double.NEGATIVE_INFINITY : 1);
      right.endRow();
    }
    SparseMatrix b = SparseRows.assemble(List.of(right), n, allocator);
    CountingAllocator little = new CountingAllocator(64L << 20);
    Operation matmul = operation("matmul");
    MatrixOperand c =
        (MatrixOperand)
            device(2).execute(matmul, new Operand[] {a, b}, new ExecutionContext(little, 2))[0];
    assertThat(c.get(0, 5)).isNaN();
    assertThat(c.get(0, 6)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(c.get(0, n - 1)).isNaN();
    assertThat(c.get(1, 6)).isZero();
    assertThat(c.get(1, 7)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(c.get(2, 6)).isZero();
    assertThat(c.get(2, 7)).isNaN();
    c.buffer().release();
  }

  @Test
  void aDenseInfinityOrNanStillMakesNanOfAZero() {
    DenseMatrix y = dense(ROWS, COLS);
    y.set(3, 4, Double.POSITIVE_INFINITY);
    y.set(5, 6, Double.NaN);
    check(operation("*"), sparse(ROWS, COLS, 0.02), y);
  }

  @Test
  void quotientsOfACompressedMatrixLookAtItsNonZerosAlone() {
    SparseMatrix x = sparse(ROWS, COLS, 0.02);
    DenseMatrix y = dense(ROWS, COLS);
    for (long i = 0; i < ROWS; i++) {
      for (long j = 0; j < COLS; j++) {
        y.set(i, j, y.get(i, j) + (y.get(i, j) < 0 ? -0.5 : 0.5));
      }
    }
    y.set(3, 4, Double.NEGATIVE_INFINITY);
    check(operation("/"), x, y);
    // Neither a dense copy nor a dense result: there is no room for one.
    CountingAllocator little = new CountingAllocator(ROWS * COLS * Double.BYTES / 2);
    Operand[] operands = {x, y};
    Operand quotient =
        device(1).execute(operation("/"), operands, new ExecutionContext(little, 1))[0];
    assertThat(quotient).isInstanceOf(SparseMatrix.class);
  }

  @Test
  void aDenseZeroOrNanStillMakesNanOfAZeroThatItDivides() {
    for (double divisor : new double[] {0, -0.0, Double.NaN}) {
      DenseMatrix y = dense(ROWS, COLS);
      y.set(ROWS - 1, COLS - 1, divisor);
      SparseMatrix x = sparse(ROWS, COLS, 0);
      check(operation("/"), x, y);
      MatrixOperand quotient = (MatrixOperand) run(device(1), 1, operation("/"), x, y);
      assertThat(quotient.get(ROWS - 1, COLS - 1)).isNaN();
    }
  }

  @Test
  void rangesAndBindsKeepTheCells() {
    SparseMatrix x = sparse(ROWS, COLS, 0.03);
    check(operation("rightIndex"), x, Scalar.of(3), Scalar.of(70), Scalar.of(2), Scalar.of(79));
    check(operation("rightIndex"), x, Scalar.of(3), ALL, ALL, ALL);
    check(operation("rightIndex"), x, ALL, ALL, Scalar.of(80), ALL);
    check(
        operation("leftIndex"),
        x,
        dense(2, 3),
        Scalar.of(3),
        Scalar.of(4),
        Scalar.of(2),
        Scalar.of(4));
    check(operation("leftIndex"), x, sparse(ROWS, 1, 0.5), ALL, ALL, Scalar.of(2), ALL);
    check(operation("cbind"), x, sparse(ROWS, 30, 0.01), dense(ROWS, 1));
    check(operation("rbind"), x, sparse(200, COLS, 0.01), dense(1, COLS));
    check(operation("replace"), x, Scalar.of(1.5), Scalar.of(-7));
    check(operation("replace"), x, Scalar.of(0), Scalar.of(2));
    check(operation("diag"), sparse(COLS, COLS, 0.05));
  }

  /** One number or three beside each other, of which some are none of a row. */
  @Test
  void rowsThatAreLookedUpDoNotSeeTheForm() {
    SparseMatrix words = sparse(ROWS, COLS, 0.03);
    for (int cols : new int[] {1, 3}) {
      DenseMatrix numbers = DenseMatrix.allocate(allocator, 100, cols);
      for (int i = 0; i < 100; i++) {
        for (int j = 0; j < cols; j++) {
          numbers.set(i, j, random.nextInt(ROWS + 4) - 1 + (i % 9 == 0 ? 0.5 : 0));
        }
      }
      numbers.set(5, 0, Double.NaN);
      check(operation("embedding"), numbers, words);
      assertThat(run(device(1), 1, operation("embedding"), numbers, words))
          .isInstanceOf(SparseMatrix.class);
    }
    check(operation("embedding"), dense(2, 2), words);
    check(operation("embedding"), sparse(ROWS, COLS, 0.03), dense(ROWS, 3));
  }

  @Test
  void aTableWithFewPairsIsCompressedAndAddsWeightsInTheirOrder() {
    DenseMatrix rows = DenseMatrix.allocate(allocator, 60, 1);
    DenseMatrix cols = DenseMatrix.allocate(allocator, 60, 1);
    for (int i = 0; i < 60; i++) {
      rows.set(i, 0, 1 + random.nextInt(40));
      cols.set(i, 0, 1 + random.nextInt(3) * 50);
    }
    DenseMatrix weights = dense(60, 1);
    Operand found =
        run(device(1), 1, operation("table"), rows, cols, weights, Scalar.of(100), Scalar.of(120));
    assertThat(found).isInstanceOf(SparseMatrix.class);
    assertCanonical((SparseMatrix) found);
    double[][] wanted = new double[100][120];
    for (int i = 0; i < 60; i++) {
      wanted[(int) rows.get(i, 0) - 1][(int) cols.get(i, 0) - 1] += weights.get(i, 0);
    }
    assertThat(Matrices.toArray(((SparseMatrix) found).copyDense(allocator))).isDeepEqualTo(wanted);
  }

  @Test
  void largeResultsWithFewNonZerosAreCompressed() {
    Operand found =
        run(
            device(2),
            2,
            operation("rand"),
            Scalar.of(1100),
            Scalar.of(1000),
            Scalar.of(1),
            Scalar.of(2),
            Scalar.of(0.01),
            Scalar.of(7));
    assertThat(found).isInstanceOf(SparseMatrix.class);
    assertCanonical((SparseMatrix) found);
    assertThat(((SparseMatrix) found).nonZeros()).isBetween(9_000L, 13_000L);
  }

  @Test
  void singlePrecisionRoundsEveryResult() {
    DenseMatrix x = dense(20, 30);
    Operand narrow = run(device(1), 1, operation("exp").withPrecision(Precision.FP32), x);
    DenseMatrix rounded = (DenseMatrix) narrow;
    assertThat(rounded.precision()).isEqualTo(Precision.FP32);
    DenseMatrix exact = (DenseMatrix) run(device(1), 1, operation("exp"), x);
    for (int i = 0; i < 20; i++) {
      for (int j = 0; j < 30; j++) {
        assertThat(rounded.get(i, j)).isEqualTo((double) (float) exact.get(i, j));
      }
    }
    Operand sum =
        run(
            device(1),
            1,
            operation("+").withPrecision(Precision.FP32),
            rounded,
            sparse(20, 30, 0.1));
    assertThat(((MatrixOperand) sum).precision()).isEqualTo(Precision.FP32);
    Operand widened = run(device(1), 1, operation("+"), rounded, Scalar.of(1));
    assertThat(((MatrixOperand) widened).precision()).isEqualTo(Precision.FP64);
  }

  @Test
  void whatRoundsToZeroIsNotStored() {
    SparseRows part = new SparseRows(100);
    for (int i = 0; i < 100; i++) {
      part.add(3, i % 2 == 0 ? 1e-300 : i);
      part.add(50, i + 0.1);
      part.endRow();
    }
    SparseMatrix x = SparseRows.assemble(List.of(part), 80, allocator);
    SparseMatrix narrow =
        (SparseMatrix) run(device(1), 1, operation("abs").withPrecision(Precision.FP32), x);
    assertCanonical(narrow);
    assertThat(narrow.nonZeros()).isEqualTo(150);
    for (int i = 0; i < 100; i++) {
      assertThat(narrow.get(i, 3)).isEqualTo(i % 2 == 0 ? 0.0 : i);
      assertThat(narrow.get(i, 50)).isEqualTo((double) (float) (i + 0.1));
    }
  }

  @Test
  void productsOfFloatsAreComputedInSinglePrecision() {
    for (String[] set : new String[][] {{}, {"ta"}, {"tb"}, {"ta", "tb"}}) {
      Operation op = operation("matmul", set);
      DenseMatrix a = op.attributes().isSet("ta") ? dense(300, 70) : dense(70, 300);
      DenseMatrix b = op.attributes().isSet("tb") ? dense(40, 300) : dense(300, 40);
      Operand exact = run(device(1), 1, op, a, b);
      Operation narrow = op.withPrecision(Precision.FP32);
      DenseMatrix x = a.converted(Precision.FP32, allocator);
      DenseMatrix y = b.converted(Precision.FP32, allocator);
      Operand found = run(device(1), 1, narrow, x, y);
      assertThat(((DenseMatrix) found).precision()).isEqualTo(Precision.FP32);
      // 300 products of about 1, each with a relative error of 2^-24.
      assertSame(narrow, found, exact, 1e-4);
      assertSame(narrow, run(device(3), 3, narrow, x, y), found, 0);
    }
  }

  @Test
  void nothingStaysAllocatedButOperandsAndResults() {
    SparseMatrix x = sparse(ROWS, COLS, 0.03);
    int before = allocator.liveBuffers();
    for (String opcode : List.of("t", "tsmm", "exp", "abs", "cumsum")) {
      ((MatrixOperand) run(device(2), 2, operation(opcode), x)).buffer().release();
    }
    ((MatrixOperand) run(device(2), 2, operation("matmul", "ta"), x, x)).buffer().release();
    assertThat(allocator.liveBuffers()).isEqualTo(before);
  }
}
