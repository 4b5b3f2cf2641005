package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.runtime.operation.OptimiserResults;
import dev.reprise.testkit.CountingAllocator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers over rows, steps of optimisers and transposes of floats: those of doubles, rounded. */
class FloatRowLayersTest {
  private static final int[][] SHAPES = {
    {0, 4}, {1, 1}, {1, 10}, {7, 1}, {33, 10}, {500, 3}, {64, 70}, {3, 5000}, {2500, 40}
  };

  private final CpuDevice device = TestDevices.withoutOpenBlas();
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261202);

  @AfterEach
  void close() {
    device.close();
  }

  private static Operation narrow(String opcode) {
    return new Operation(OperationTable.standard().get(opcode), Attributes.none())
        .withPrecision(Precision.FP32);
  }

  private DenseMatrix floats(long rows, long cols) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, Precision.FP32);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, random.nextGaussian());
      }
    }
    return matrix;
  }

  private DenseMatrix squares(long rows, long cols) {
    DenseMatrix matrix = floats(rows, cols);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, matrix.get(i, j) * matrix.get(i, j));
      }
    }
    return matrix;
  }

  /** As if there were no kernel for floats: operands as doubles, results rounded. */
  private Operand[] widened(String opcode, Operand[] inputs) {
    Operand[] wide = inputs.clone();
    for (int i = 0; i < wide.length; i++) {
      if (wide[i] instanceof DenseMatrix matrix) {
        wide[i] = matrix.converted(Precision.FP64, allocator);
      }
    }
    Operand[] outputs = device.execute(narrow(opcode), wide, new ExecutionContext(allocator, 1));
    for (Operand operand : wide) {
      release(operand);
    }
    return outputs;
  }

  private static void release(Operand operand) {
    if (operand instanceof DenseMatrix matrix) {
      matrix.buffer().release();
    }
  }

  private void assertRounded(String opcode, Operand... inputs) {
    Operand[] wanted = widened(opcode, inputs);
    for (int threads : new int[] {1, 3}) {
      long before = allocator.liveBuffers();
      Operand[] found =
          device.execute(narrow(opcode), inputs, new ExecutionContext(allocator, threads));
      assertThat(found).hasSameSizeAs(wanted);
      for (int i = 0; i < found.length; i++) {
        assertSame(opcode + " output " + i, found[i], wanted[i]);
        release(found[i]);
      }
      assertThat((long) allocator.liveBuffers()).isEqualTo(before);
    }
    List.of(wanted).forEach(FloatRowLayersTest::release);
    List.of(inputs).forEach(FloatRowLayersTest::release);
  }

  private static void assertSame(String what, Operand found, Operand wanted) {
    if (wanted instanceof Scalar scalar) {
      assertThat((Double) ((Scalar) found).asDouble())
          .as(what)
          .isEqualTo((Double) scalar.asDouble());
      return;
    }
    DenseMatrix a = (DenseMatrix) found;
    DenseMatrix b = (DenseMatrix) wanted;
    assertThat(a.precision()).as(what).isEqualTo(Precision.FP32);
    assertThat(a.shape()).as(what).isEqualTo(b.shape());
    for (long i = 0; i < a.rows(); i++) {
      for (long j = 0; j < a.cols(); j++) {
        if (Double.doubleToLongBits(a.get(i, j)) != Double.doubleToLongBits(b.get(i, j))) {
          assertThat((Double) a.get(i, j))
              .as("%s, cell %d,%d", what, i, j)
              .isEqualTo((Double) b.get(i, j));
        }
      }
    }
  }

  @Test
  void softmaxAndItsLossAndTheirGradients() {
    for (int[] shape : SHAPES) {
      int rows = shape[0];
      int cols = shape[1];
      for (String opcode : List.of("softmax", "log_softmax")) {
        assertRounded(opcode, floats(rows, cols));
        assertRounded(opcode + "_backward", floats(rows, cols), floats(rows, cols));
      }
      for (String opcode : List.of("softmax_cross_entropy", "softmax_cross_entropy_backward")) {
        assertRounded(opcode, floats(rows, cols), squares(rows, cols));
        assertRounded(opcode, floats(rows, cols), classes(rows, cols));
      }
    }
  }

  private DenseMatrix classes(int rows, int cols) {
    DenseMatrix classes = floats(rows, 1);
    for (int i = 0; i < rows; i++) {
      classes.set(i, 0, random.nextInt(cols + 2));
    }
    return classes;
  }

  @Test
  void layerNormalisationAndItsGradient() {
    for (int[] shape : SHAPES) {
      int rows = shape[0];
      int cols = shape[1];
      assertRounded(
          "layer_norm", floats(rows, cols), floats(1, cols), floats(1, cols), Scalar.of(1e-5));
      assertRounded(
          "layer_norm_backward",
          floats(rows, cols),
          floats(rows, cols),
          squares(rows, 1),
          floats(1, cols));
    }
  }

  @Test
  void gradientsOfActivationsWithASlope() {
    for (int[] shape : SHAPES) {
      for (String opcode : List.of("leaky_relu_backward", "elu_backward")) {
        DenseMatrix dout = floats(shape[0], shape[1]);
        assertRounded(opcode, dout, floats(shape[0], shape[1]), Scalar.of(0.3));
      }
    }
  }

  @Test
  void stepsOfOptimisers() {
    for (int[] shape : SHAPES) {
      for (String opcode :
          List.of(
              "sgd_update",
              "momentum_update",
              "nesterov_update",
              "adagrad_update",
              "rmsprop_update",
              "adam_update",
              "adamw_update")) {
        assertRounded(opcode, step(opcode, shape[0], shape[1]));
      }
    }
  }

  /** Averages are squares, so that roots can be taken of them; numbers are small. */
  private Operand[] step(String opcode, int rows, int cols) {
    Operation operation = narrow(opcode);
    Operand[] inputs = new Operand[operation.opcode().parameters().size()];
    for (int i = 0; i < inputs.length; i++) {
      if (i < 2) {
        inputs[i] = floats(rows, cols);
      } else if (OptimiserResults.isMatrix(operation, i)) {
        inputs[i] = squares(rows, cols);
      } else if (operation.opcode().parameters().get(i).name().equals("t")) {
        inputs[i] = Scalar.of((double) random.nextInt(9));
      } else {
        inputs[i] = Scalar.of((1 + random.nextInt(9)) / 10.0);
      }
    }
    return inputs;
  }

  @Test
  void transposes() {
    for (int[] shape : SHAPES) {
      assertRounded("t", floats(shape[0], shape[1]));
    }
    assertRounded("t", floats(700, 130));
    assertRounded("t", floats(5000, 3));
  }

  /** Wide operands are not converted: a call takes memory for its results alone. */
  @Test
  void nothingIsConvertedAsAWhole() {
    DenseMatrix x = floats(400, 100);
    for (String opcode : List.of("softmax", "log_softmax", "t")) {
      // Powers of some rows as doubles for each thread.
      int ofThreads = 2 * (4096 + 100) * Double.BYTES;
      CountingAllocator forResult = new CountingAllocator(400 * 100 * Float.BYTES + ofThreads);
      device.execute(narrow(opcode), new Operand[] {x}, new ExecutionContext(forResult, 2));
      assertThat(forResult.liveBuffers()).isEqualTo(1);
    }
  }
}
