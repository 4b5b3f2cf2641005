package dev.reprise.runtime.gpu.opencl;

import static dev.reprise.runtime.accelerator.CellExpression.Spread.FULL;
import static dev.reprise.runtime.accelerator.CellExpression.Spread.ROW;
import static dev.reprise.runtime.accelerator.CellExpression.Spread.SCALAR;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Node;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.Differences;
import dev.reprise.runtime.gpu.KernelAccelerator;
import dev.reprise.runtime.gpu.StandardKernels;
import dev.reprise.runtime.gpu.opencl.OpenClProvider.Found;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The loops over cells that GPUs take, on whatever device there is: 16 bytes at a time with a rest,
 * and groups that add together. One operation of each layout, since all are one text.
 */
class OpenClGpuVariantTest {
  private static final long[][] SHAPES = {{1, 1}, {1, 7}, {5, 1}, {33, 65}, {1000, 3}, {257, 511}};

  private final Differences differences = new Differences(asGpu());

  private static Accelerator asGpu() {
    DeviceFacts facts = ((Found) Devices.openclCandidate()).facts().asGpu();
    return new KernelAccelerator(
        new OpenClBackend(facts, DeviceContexts.ofProcess()), StandardKernels.table());
  }

  @AfterEach
  void close() {
    differences.releaseOperands();
    differences.close();
  }

  @Test
  void vectorsAndTheirRestsCoverEveryCell() {
    for (Precision precision : Precision.values()) {
      SplittableRandom random = new SplittableRandom(1);
      for (long[] shape : SHAPES) {
        DenseMatrix x = differences.mixed(random, shape[0], shape[1], precision);
        DenseMatrix y = differences.mixed(random, shape[0], shape[1], precision);
        DenseMatrix row = differences.mixed(random, 1, shape[1], precision);
        DenseMatrix column = differences.mixed(random, shape[0], 1, precision);
        differences.assertSame("pmin", precision, x, y);
        differences.assertSame("pmin", precision, x, row);
        differences.assertSame("pmin", precision, column, x);
        differences.assertSame("<", precision, x, Scalar.of(0.1));
        differences.assertSame("<", precision, Scalar.of(0.1), x);
        differences.assertSame("abs", precision, x);
        differences.assertSame("ifelse", precision, x, y, Scalar.of(0.25));
        differences.assertSame("lower.tri", precision, x, Scalar.of(true), Scalar.of(true));
      }
    }
  }

  @Test
  void groupsAddUpFusedCells() {
    for (Precision precision : Precision.values()) {
      for (long[] shape : new long[][] {{1, 1}, {33, 65}, {20_000, 3}, {3, 20_000}}) {
        DenseMatrix y = DenseMatrix.allocate(differences.memory(), shape[0], shape[1], precision);
        DenseMatrix p = DenseMatrix.allocate(differences.memory(), 1, shape[1], precision);
        fill(y);
        fill(p);
        Operand[] leaves = {y, p, Scalar.of(2L)};
        differences.assertFused(squares(null), precision, y, leaves);
        for (String aggregate : "sum rowSums colMeans".split(" ")) {
          differences.assertFused(squares(aggregate), precision, y, leaves);
        }
        y.buffer().release();
        p.buffer().release();
      }
    }
  }

  private static void fill(DenseMatrix matrix) {
    SplittableRandom random = new SplittableRandom(matrix.cells());
    for (long i = 0; i < matrix.rows(); i++) {
      for (long j = 0; j < matrix.cols(); j++) {
        matrix.set(i, j, random.nextDouble(-1, 2));
      }
    }
  }

  private static CellExpression squares(String aggregateOrNull) {
    return new CellExpression(
        List.of(FULL, ROW, SCALAR),
        List.of(new Node("-", List.of(0, 1)), new Node("^", List.of(~0, 2))),
        aggregateOrNull);
  }
}
