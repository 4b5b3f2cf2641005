package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.operation.Attributes;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Layers over rows and steps of optimisers are the processor's, but for rounding. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class LayerComparison {
  private static final long[][] SHAPES = {
    {1, 1}, {1, 9}, {9, 1}, {33, 65}, {1000, 3}, {3, 1000}, {257, 511}, {20_000, 10}
  };

  private final Comparison comparison;

  /**
   * @param accelerator owned by this class from now on
   */
  protected LayerComparison(Accelerator accelerator) {
    this.comparison = new Comparison(accelerator);
  }

  @AfterEach
  void release() {
    comparison.releaseOperands();
  }

  @AfterAll
  void close() {
    comparison.close();
  }

  private void assertClose(String opcode, Precision precision, Operand... inputs) {
    double tolerance = precision == Precision.FP64 ? 1e-12 : 1e-5;
    comparison.assertWithin(tolerance, opcode, Attributes.none(), precision, inputs);
    comparison.assertRepeatable(opcode, Attributes.none(), precision, inputs);
  }

  @Test
  void softmaxAndItsGradientsAreClose() {
    SplittableRandom random = new SplittableRandom(1);
    for (Precision precision : Precision.values()) {
      for (long[] shape : SHAPES) {
        DenseMatrix x = comparison.matrix(random, shape[0], shape[1], precision, false);
        DenseMatrix y = comparison.matrix(random, shape[0], shape[1], precision, false);
        DenseMatrix classes =
            comparison.matrix(shape[0], 1, precision, (row, _) -> random.nextLong(shape[1] + 2));
        assertClose("softmax", precision, x);
        assertClose("log_softmax", precision, x);
        assertClose("softmax_backward", precision, x, y);
        assertClose("log_softmax_backward", precision, x, y);
        for (DenseMatrix wanted : new DenseMatrix[] {classes, y}) {
          assertClose("softmax_cross_entropy_backward", precision, x, wanted);
        }
        comparison.assertRepeatable(
            "softmax_cross_entropy", Attributes.none(), precision, x, classes);
        assertClose("elu_backward", precision, x, y, Scalar.of(0.7));
        assertClose("leaky_relu_backward", precision, x, y, Scalar.of(0.1));
        release();
      }
    }
  }

  @Test
  void rowsWithNaNAndInfinitiesAreTheProcessorsToo() {
    SplittableRandom random = new SplittableRandom(2);
    for (Precision precision : Precision.values()) {
      DenseMatrix x = comparison.matrix(random, 300, 7, precision, true);
      assertClose("softmax", precision, x);
      assertClose("log_softmax", precision, x);
    }
  }

  @Test
  void stepsOfOptimisersAreClose() {
    SplittableRandom random = new SplittableRandom(3);
    Scalar lr = Scalar.of(0.1);
    Scalar mu = Scalar.of(0.9);
    Scalar epsilon = Scalar.of(1e-4);
    for (Precision precision : Precision.values()) {
      for (long[] shape : SHAPES) {
        DenseMatrix x = comparison.matrix(random, shape[0], shape[1], precision, false);
        DenseMatrix dx = comparison.matrix(random, shape[0], shape[1], precision, false);
        DenseMatrix v =
            comparison.matrix(shape[0], shape[1], precision, (_, _) -> random.nextDouble());
        assertClose("sgd_update", precision, x, dx, lr);
        assertClose("nesterov_update", precision, x, dx, lr, mu, v, epsilon);
        assertClose("rmsprop_update", precision, x, dx, lr, mu, epsilon, v);
        assertClose("adam_update", precision, x, dx, lr, mu, mu, epsilon, Scalar.of(3L), dx, v);
        assertClose(
            "adamw_update", precision, x, dx, lr, mu, mu, epsilon, lr, Scalar.of(3L), dx, v);
        release();
      }
    }
  }

  @Test
  void normalisedRowsLookupsAndDropoutAreClose() {
    SplittableRandom random = new SplittableRandom(4);
    for (Precision precision : Precision.values()) {
      for (long[] shape : SHAPES) {
        DenseMatrix x = comparison.matrix(random, shape[0], shape[1], precision, false);
        DenseMatrix y = comparison.matrix(random, shape[0], shape[1], precision, false);
        DenseMatrix row = comparison.matrix(random, 1, shape[1], precision, false);
        DenseMatrix column = comparison.matrix(random, shape[0], 1, precision, false);
        DenseMatrix indices =
            comparison.matrix(shape[0], 1, precision, (_, _) -> random.nextInt(9));
        assertClose("layer_norm", precision, x, row, row, Scalar.of(1e-2));
        assertClose("layer_norm_backward", precision, x, y, column, row);
        assertClose("embedding_backward", precision, x, indices, Scalar.of(7L), Scalar.of(2L));
        comparison.assertEqual("embedding", Attributes.none(), precision, indices, x);
        Operand[] dropped = {x, Scalar.of(0.25), Scalar.of(9L)};
        comparison.assertEqual("dropout_backward", Attributes.none(), precision, dropped);
        release();
      }
    }
  }
}
