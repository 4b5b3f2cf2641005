package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SquareMatrixTest {
  private final CountingAllocator allocator = new CountingAllocator();

  @Test
  void oneCellThatIsNotAcrossFromItsLikeIsSeenWhereverItIs() {
    Random random = new Random(3);
    for (int n : new int[] {0, 1, 2, 31, 32, 33, 70}) {
      DenseMatrix a = DenseMatrix.allocate(allocator, n, n);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          double cell = random.nextInt(50) == 0 ? Double.NaN : random.nextGaussian();
          a.set(i, j, cell);
          a.set(j, i, cell * (1 + 1e-13));
        }
      }
      assertThat(SquareMatrix.isSymmetric(a, 1e-12)).as("%s", n).isTrue();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j += 1 + random.nextInt(3)) {
          double cell = a.get(i, j);
          if (i != j && !Double.isNaN(cell)) {
            a.set(i, j, cell + 1);
            assertThat(SquareMatrix.isSymmetric(a, 1e-12)).as("%s, %s of %s", i, j, n).isFalse();
            a.set(i, j, cell);
          }
        }
      }
      a.buffer().release();
    }
  }

  @Test
  void theFirstCellThatIsNotFiniteIsNamed() {
    Operation operation = new Operation(OperationTable.standard().get("eigen"));
    DenseMatrix a = Matrices.random(allocator, new Random(3), 40, 40);
    SquareMatrix.requireFinite(operation, a);
    a.set(39, 39, Double.NaN);
    assertThatThrownBy(() -> SquareMatrix.requireFinite(operation, a))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("row 40, column 40 is NaN");
    a.set(30, 2, Double.NEGATIVE_INFINITY);
    assertThatThrownBy(() -> SquareMatrix.requireFinite(operation, a))
        .hasMessageContaining("row 31, column 3 is -Infinity");
  }
}
