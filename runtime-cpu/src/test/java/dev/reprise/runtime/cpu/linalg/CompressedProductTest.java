package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.code.CompressedSums;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each cell is the sum of its terms in their order, products and sums rounded by themselves. */
class CompressedProductTest {
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261130);
  private final CpuDevice device = new CpuDevice(3, TestDevices.natives());

  @AfterEach
  void close() {
    device.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  /** Registers that are full, in part, and several passes; rows without values. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 30, 31, 32, 33, 63, 64, 65, 100, 131})
  void anyNumberOfColumns(int columns) {
    for (double share : new double[] {0, 0.002, 0.05, 0.4}) {
      check(83, 57, columns, share, false);
      check(9, 400, columns, share, true);
    }
  }

  @Test
  void rowsThatCallsAreCutAt() {
    check(3000, 40, 70, 0.3, false);
    check(3, 9000, 40, 0.9, false);
  }

  /** 131,072 multiplications are a call: pieces of 2,048 values, or more of fewer columns. */
  @Test
  void aRowOfManyValuesIsCutIntoPieces() {
    check(1, 9000, 64, 1, false);
    check(2, 30_000, 17, 0.9, true);
  }

  /** Tasks of all columns together, or of a register each. */
  @Test
  void columnsOfATaskAreWholeRegistersOfUpToSixteen() {
    assumeTrue(CompressedProduct.isThere(), "a processor with AVX2 and FMA, on Linux");
    long lanes = CompressedSums.columnsWritten(1);
    assertThat(CompressedProduct.taskColumns(16, 1)).isEqualTo(16);
    assertThat(CompressedProduct.taskColumns(200, 1)).isEqualTo(16);
    assertThat(CompressedProduct.taskColumns(200, 4)).isEqualTo(16);
    assertThat(CompressedProduct.taskColumns(16, 2)).isEqualTo(8);
    assertThat(CompressedProduct.taskColumns(16, 100)).isEqualTo(lanes);
    assertThat(CompressedProduct.taskColumns(3, 2)).isEqualTo(lanes);
  }

  @Test
  void withoutRoomForMoreThanTheResultTheLoopsInJavaComputeIt() {
    SparseMatrix s = sparse(300, 200, 0.005, false);
    DenseMatrix left = dense(100, 300, false);
    DenseMatrix right = dense(300, 13, false);
    compareTurned(
        productInRoom(left, false, s, 100 * 200 * 8),
        sumsLeft(s, false, left, false, 200, 100),
        "");
    long transposed = s.bytes() + 8 * 300;
    compare(
        productInRoom(s, true, right, 200 * 13 * 8 + transposed),
        sums(s, true, right, false, 200, 13),
        "");
    left.buffer().release();
    right.buffer().release();
    s.buffer().release();
  }

  private MatrixOperand productInRoom(MatrixOperand a, boolean ta, MatrixOperand b, long bytes) {
    CountingAllocator room = new CountingAllocator(bytes);
    ExecutionContext context = new ExecutionContext(room, 2);
    Operation operation = operation(ta, false);
    MatrixOperand c = (MatrixOperand) device.execute(operation, new Operand[] {a, b}, context)[0];
    assertThat(room.liveBuffers()).isEqualTo(1);
    return c;
  }

  @Test
  void noSecondCopyIsMadeWhereRowsFillTheirRegisters() {
    assumeTrue(CompressedProduct.isThere(), "a processor with AVX2 and FMA, on Linux");
    SparseMatrix s = sparse(300, 200, 0.05, false);
    DenseMatrix right = dense(300, 16, false);
    CountingAllocator room = new CountingAllocator();
    ExecutionContext context = new ExecutionContext(room, 2);
    Operand[] operands = {s, right};
    MatrixOperand c = (MatrixOperand) device.execute(operation(true, false), operands, context)[0];
    assertThat(room.peakBytes()).isEqualTo(200 * 16 * 8);
    c.buffer().release();
    right.buffer().release();
    s.buffer().release();
  }

  private void check(int rows, int cols, int columns, double share, boolean special) {
    SparseMatrix s = sparse(rows, cols, share, special);
    for (boolean ts : new boolean[] {false, true}) {
      int m = ts ? cols : rows;
      int k = ts ? rows : cols;
      for (boolean td : new boolean[] {false, true}) {
        DenseMatrix right = td ? dense(columns, k, special) : dense(k, columns, special);
        compare(
            product(s, ts, right, td),
            sums(s, ts, right, td, m, columns),
            "S %s, B %s, %s columns, share %s".formatted(ts, td, columns, share));
        right.buffer().release();
        DenseMatrix left = td ? dense(m, columns, special) : dense(columns, m, special);
        compareTurned(
            product(left, td, s, ts),
            sumsLeft(s, ts, left, td, k, columns),
            "A %s, S %s, %s columns, share %s".formatted(td, ts, columns, share));
        left.buffer().release();
      }
    }
    s.buffer().release();
  }

  private MatrixOperand product(MatrixOperand a, boolean ta, MatrixOperand b, boolean tb) {
    Operation operation = operation(ta, tb);
    ExecutionContext context = new ExecutionContext(allocator, 1 + random.nextInt(3));
    return (MatrixOperand) device.execute(operation, new Operand[] {a, b}, context)[0];
  }

  private static Operation operation(boolean ta, boolean tb) {
    Attributes attributes = Attributes.none();
    attributes = ta ? attributes.with("ta", "true") : attributes;
    attributes = tb ? attributes.with("tb", "true") : attributes;
    return new Operation(OperationTable.standard().get("matmul"), attributes);
  }

  /** op(S) op(B), by rows of the result. */
  private static double[][] sums(
      SparseMatrix s, boolean ts, DenseMatrix b, boolean tb, int rows, int columns) {
    double[][] sums = new double[rows][columns];
    for (int i = 0; i < s.rows(); i++) {
      for (long at = s.start(i); at < s.start(i + 1); at++) {
        int row = ts ? s.column(at) : i;
        int term = ts ? i : s.column(at);
        for (int j = 0; j < columns; j++) {
          sums[row][j] += s.value(at) * (tb ? b.get(j, term) : b.get(term, j));
        }
      }
    }
    putLeftOut(s, ts, sums, (j, term) -> tb ? b.get(j, term) : b.get(term, j));
    return sums;
  }

  /** Zeros that are not stored make a NaN of infinities and NaN. */
  private static void putLeftOut(SparseMatrix s, boolean ts, double[][] sums, CellsOfOther other) {
    for (int i = 0; i < s.rows(); i++) {
      for (int j = 0; j < s.cols(); j++) {
        if (s.get(i, j) == 0) {
          int row = ts ? j : i;
          int term = ts ? i : j;
          for (int column = 0; column < sums[row].length; column++) {
            sums[row][column] += 0 * other.applyAsDouble(column, term);
          }
        }
      }
    }
  }

  @FunctionalInterface
  private interface CellsOfOther {
    double applyAsDouble(int left, int right);
  }

  /** The transpose of op(A) op(S). */
  private static double[][] sumsLeft(
      SparseMatrix s, boolean ts, DenseMatrix a, boolean ta, int cols, int rows) {
    double[][] sums = new double[cols][rows];
    for (int i = 0; i < s.rows(); i++) {
      for (long at = s.start(i); at < s.start(i + 1); at++) {
        int col = ts ? i : s.column(at);
        int term = ts ? s.column(at) : i;
        for (int j = 0; j < rows; j++) {
          sums[col][j] += (ta ? a.get(term, j) : a.get(j, term)) * s.value(at);
        }
      }
    }
    putLeftOut(s, !ts, sums, (j, term) -> ta ? a.get(term, j) : a.get(j, term));
    return sums;
  }

  private static void compare(MatrixOperand found, double[][] wanted, String what) {
    for (int i = 0; i < wanted.length; i++) {
      for (int j = 0; j < wanted[i].length; j++) {
        assertThat(Double.doubleToLongBits(found.get(i, j)))
            .as("%s, cell %s %s: %s and %s", what, i, j, found.get(i, j), wanted[i][j])
            .isEqualTo(Double.doubleToLongBits(wanted[i][j]));
      }
    }
    found.buffer().release();
  }

  private static void compareTurned(MatrixOperand found, double[][] wanted, String what) {
    for (int i = 0; i < wanted.length; i++) {
      for (int j = 0; j < wanted[i].length; j++) {
        assertThat(Double.doubleToLongBits(found.get(j, i)))
            .as("%s, cell %s %s: %s and %s", what, j, i, found.get(j, i), wanted[i][j])
            .isEqualTo(Double.doubleToLongBits(wanted[i][j]));
      }
    }
    found.buffer().release();
  }

  private SparseMatrix sparse(int rows, int cols, double share, boolean special) {
    SparseRows part = new SparseRows(rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols && i % 7 != 3; j++) {
        part.add(j, random.nextDouble() < share ? cell(special) : 0);
      }
      part.endRow();
    }
    return SparseRows.assemble(List.of(part), cols, allocator);
  }

  private DenseMatrix dense(int rows, int cols, boolean special) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        matrix.set(i, j, cell(special));
      }
    }
    return matrix;
  }

  private double cell(boolean special) {
    return switch (random.nextInt(special ? 12 : 60)) {
      case 0 -> -0.0;
      case 1 -> 0;
      case 2 -> special ? Double.NaN : 1e-160;
      case 3 -> special ? Double.POSITIVE_INFINITY : -1e-170;
      default -> random.nextGaussian();
    };
  }
}
