package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.engine.resource.Environment;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What is known of the results of layers that have several, before they are there, is what the
 * kernels make: a program goes on with them while a device computes.
 */
class SeveralResultsTest {
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261129);
  private final CpuDevice device =
      new CpuDevice(2, Environment.nativeLocation(Environment.defaultConfig().natives()));

  @AfterEach
  void closeDevice() {
    device.close();
  }

  private DenseMatrix of(long rows, long cols) {
    return Matrices.random(allocator, random, rows, cols);
  }

  /** Results in order; each must have the shape that its rule tells from shapes alone. */
  private Operand[] run(String name, Object... given) {
    Opcode opcode = OperationTable.standard().get(name);
    Operation operation = new Operation(opcode);
    List<Operand> operands = new ArrayList<>();
    List<Value> described = new ArrayList<>();
    for (Object each : given) {
      if (each instanceof DenseMatrix matrix) {
        operands.add(matrix);
        described.add(new Handle(null, Meta.matrix(matrix.shape())));
      } else {
        Scalar scalar =
            switch (each) {
              case Boolean truth -> Scalar.of(truth);
              case Integer number -> Scalar.of((long) number);
              case Double number -> Scalar.of(number);
              default -> Scalar.of((String) each);
            };
        operands.add(scalar);
        described.add(scalar);
      }
    }
    Operand[] results =
        device.execute(
            operation, operands.toArray(Operand[]::new), new ExecutionContext(allocator, 2));
    assertThat(results).hasSize(opcode.outputs());
    for (int i = 0; i < results.length; i++) {
      assertThat(opcode.result(i).infer(operation, described.toArray(Value[]::new)))
          .as("%s, result %d", name, i)
          .isEqualTo(Meta.matrix(((DenseMatrix) results[i]).shape()));
    }
    return results;
  }

  @Test
  void ofAnLstmAndItsGradient() {
    for (boolean all : new boolean[] {true, false}) {
      // Three sequences of four steps with five features, two states.
      DenseMatrix x = of(3, 20);
      DenseMatrix w = of(7, 8);
      DenseMatrix b = of(1, 8);
      DenseMatrix out0 = of(3, 2);
      DenseMatrix c0 = of(3, 2);
      Operand[] made = run("lstm", x, w, b, out0, c0, all);
      DenseMatrix dout = of(3, all ? 8 : 2);
      run("lstm_backward", x, w, b, out0, c0, all, dout, of(3, 2), made[2], made[3], made[4]);
    }
  }

  @Test
  void ofAttentionAndItsGradient() {
    // Two sequences of six queries and five keys, two heads, values as wide as queries.
    DenseMatrix q = of(2, 6 * 8);
    DenseMatrix k = of(2, 5 * 8);
    DenseMatrix v = of(2, 5 * 8);
    Operand[] made = run("attention", q, k, v, 8, 2, false);
    run("attention_backward", of(2, 6 * 8), q, k, v, made[0], made[1], 8, 2, false);
  }

  @Test
  void ofNormalizationsAndTheirGradients() {
    DenseMatrix x = of(4, 6);
    DenseMatrix gamma = of(1, 6);
    Operand[] rows = run("layer_norm", x, gamma, of(1, 6), 1e-5);
    run("layer_norm_backward", of(4, 6), rows[1], rows[2], gamma);
    DenseMatrix images = of(4, 3 * 8);
    DenseMatrix scale = of(3, 1);
    for (String mode : new String[] {"train", "test"}) {
      Operand[] made =
          run("batch_norm2d", images, scale, of(3, 1), of(3, 1), of(3, 1), mode, 1e-5, 0.9);
      run("batch_norm2d_backward", images, of(4, 3 * 8), scale, 1e-5, made[3], made[4]);
      // Rows will do as well; results are columns all the same.
      DenseMatrix row = of(1, 3);
      run("batch_norm2d", images, row, of(3, 1), of(1, 3), of(1, 3), mode, 1e-5, 0.9);
      run("batch_norm2d_backward", images, of(4, 3 * 8), row, 1e-5, made[3], made[4]);
    }
  }

  @Test
  void ofStepsOfOptimisers() {
    DenseMatrix x = of(3, 4);
    DenseMatrix dx = of(3, 4);
    DenseMatrix v = of(3, 4);
    DenseMatrix s = Matrices.random(allocator, random, 3, 4);
    run("momentum_update", x, dx, 0.1, 0.9, v, 0.0);
    run("nesterov_update", x, dx, 0.1, 0.9, v, 0.0);
    run("adagrad_update", x, dx, 0.1, 1e-8, s);
    run("rmsprop_update", x, dx, 0.1, 0.9, 1e-8, s);
    run("adam_update", x, dx, 0.1, 0.9, 0.99, 1e-8, 3, v, s);
    run("adamw_update", x, dx, 0.1, 0.9, 0.99, 1e-8, 0.01, 3, v, s);
  }
}
