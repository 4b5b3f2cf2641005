package dev.reprise.runtime.cpu.shape;

import static dev.reprise.runtime.cpu.KernelCalls.column;
import static dev.reprise.runtime.cpu.KernelCalls.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.Matrices;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IndexAndBindTest {
  private static final Scalar ALL = Scalar.absent();

  private final KernelCalls kernels = new KernelCalls();

  @AfterEach
  void close() {
    kernels.close();
  }

  private double[][] sample() {
    return new double[][] {row(1, 2, 3), row(4, 5, 6)};
  }

  @Test
  void transposingMovesEveryCellForAnyShape() {
    long[][] shapes = {
      {0, 3},
      {1, 1},
      {1, 50},
      {50, 1},
      {3, 5},
      {64, 64},
      {65, 63},
      {2000, 3},
      {3, 2000},
      {513, 700},
      {130, 129},
      {4097, 2}
    };
    for (long[] shape : shapes) {
      DenseMatrix x = kernels.random(new Random(1), shape[0], shape[1]);
      DenseMatrix t = (DenseMatrix) kernels.call("t", x);
      assertThat(t.shape()).isEqualTo(x.shape().transposed());
      for (long i = 0; i < x.rows(); i++) {
        for (long j = 0; j < x.cols(); j++) {
          if (t.get(j, i) != x.get(i, j)) {
            assertThat(t.get(j, i)).isEqualTo(x.get(i, j));
          }
        }
      }
    }
  }

  @Test
  void indexingReadsAllOneOrARange() {
    assertThat(kernels.cells("rightIndex", sample(), 2)).isEqualTo(new double[][] {row(4, 5, 6)});
    assertThat(kernels.cells("rightIndex", sample(), ALL, ALL, 2)).isEqualTo(column(2, 5));
    assertThat(kernels.cells("rightIndex", sample(), 1, 2, 2, 3))
        .isEqualTo(new double[][] {row(2, 3), row(5, 6)});
    assertThat(kernels.cells("rightIndex", sample(), 1.9, ALL, 3.0))
        .isEqualTo(new double[][] {row(3)});
    assertThat(kernels.cells("rightIndex", (Object) sample())).isEqualTo(sample());
  }

  @Test
  void indexesOutOfRangeNameIndexAndShape() {
    for (Object[] bounds : new Object[][] {{0}, {3}, {2, 1}, {1, 3}}) {
      Object[] arguments = new Object[bounds.length + 1];
      arguments[0] = sample();
      System.arraycopy(bounds, 0, arguments, 1, bounds.length);
      assertThatThrownBy(() -> kernels.call("rightIndex", arguments))
          .isInstanceOf(OperandException.class)
          .hasMessageContaining("row index")
          .hasMessageContaining("2x3");
    }
  }

  @Test
  void leftIndexingReplacesOneCellOrARangeOfEqualShape() {
    DenseMatrix x = kernels.matrix(sample());
    double[][] newRow = {row(10, 20, 30)};
    assertThat(kernels.cells("leftIndex", x, newRow, 1))
        .isEqualTo(new double[][] {row(10, 20, 30), row(4, 5, 6)});
    assertThat(kernels.cells("leftIndex", x, 99, 2, ALL, 3))
        .isEqualTo(new double[][] {row(1, 2, 3), row(4, 5, 99)});
    assertThat(kernels.cells("leftIndex", x, column(7, 8), ALL, ALL, 2))
        .isEqualTo(new double[][] {row(1, 7, 3), row(4, 8, 6)});
    assertThat(kernels.cells("leftIndex", x, 5, 1, 1, 1, 1)[0][0]).isEqualTo(5);
    assertThat(Matrices.toArray(x)).isEqualTo(sample());
  }

  @Test
  void leftIndexingWithAWrongShapeIsAnErrorAndAllocatesNothing() {
    DenseMatrix x = kernels.matrix(sample());
    int before = kernels.allocator().liveBuffers();
    assertThatThrownBy(() -> kernels.call("leftIndex", x, 5, 1))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("single cell");
    assertThatThrownBy(() -> kernels.call("leftIndex", x, x, 1))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("2x3")
        .hasMessageContaining("1x3");
    assertThatThrownBy(() -> kernels.call("leftIndex", x, 5, 3, ALL, 1))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("row index 3");
    assertThat(kernels.allocator().liveBuffers()).isEqualTo(before);
  }

  @Test
  void writingInPlaceChangesTheTargetItself() {
    DenseMatrix x = kernels.matrix(sample());
    writeInPlace(x, kernels.matrix(row(8, 9)), Scalar.of(2), ALL, Scalar.of(2), Scalar.of(3));
    writeInPlace(x, Scalar.of(7), Scalar.of(1), Scalar.of(1), Scalar.of(1), ALL);
    assertThat(Matrices.toArray(x)).isEqualTo(new double[][] {row(7, 2, 3), row(4, 8, 9)});
    assertThatThrownBy(() ->
            writeInPlace(x, Scalar.of(1), Scalar.of(1), Scalar.of(2), Scalar.of(1), Scalar.of(1)))
        .isInstanceOf(OperandException.class);
  }

  private void writeInPlace(Operand... inputs) {
    Operation operation = new Operation(OperationTable.standard().get("leftIndex"));
    LeftIndexInPlace.write(operation, inputs, kernels.allocator());
  }

  @Test
  void bindingPutsAnyNumberOfMatricesTogether() {
    double[][] x = sample();
    double[][] c = column(7, 8);
    assertThat(kernels.cells("cbind", x, c, c))
        .isEqualTo(new double[][] {row(1, 2, 3, 7, 7), row(4, 5, 6, 8, 8)});
    assertThat(kernels.cells("rbind", x, new double[][] {row(7, 8, 9)}, x))
        .isEqualTo(
            new double[][] {row(1, 2, 3), row(4, 5, 6), row(7, 8, 9), row(1, 2, 3), row(4, 5, 6)});
    assertThat(kernels.cells("rbind", kernels.empty(0, 3), x)).isEqualTo(x);
    assertThat(kernels.cells("cbind", kernels.empty(2, 0), x)).isEqualTo(x);
    assertThatThrownBy(() -> kernels.call("cbind", x, new double[][] {row(1)}))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("rows");
    assertThatThrownBy(() -> kernels.call("cbind", x, 1)).isInstanceOf(OperandException.class);
  }

  @Test
  void largeRangesAreCopiedWhole() {
    DenseMatrix x = kernels.random(new Random(3), 900, 301);
    DenseMatrix part = (DenseMatrix) kernels.call("rightIndex", x, 2, 899, 3, 300);
    DenseMatrix back = (DenseMatrix) kernels.call("leftIndex", x, part, 2, 899, 3, 300);
    assertThat(Matrices.toArray(back)).isDeepEqualTo(Matrices.toArray(x));
    DenseMatrix two = (DenseMatrix) kernels.call("cbind", x, x);
    assertThat(Matrices.toArray((DenseMatrix) kernels.call("rightIndex", two, ALL, ALL, 302, 602)))
        .isDeepEqualTo(Matrices.toArray(x));
  }
}
