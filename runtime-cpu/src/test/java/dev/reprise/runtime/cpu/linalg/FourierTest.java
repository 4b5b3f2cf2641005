package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FourierTest {
  private static double[][][] transform(String opcode, double[][] re, double[][] im) {
    KernelTable.Builder table = new KernelTable.Builder();
    FourierKernel.register(table);
    CountingAllocator allocator = new CountingAllocator();
    Operand second = im == null ? Scalar.absent() : Matrices.of(allocator, im);
    Operand[] results =
        table
            .find(opcode)
            .run(
                new Operation(OperationTable.standard().get(opcode)),
                new Operand[] {Matrices.of(allocator, re), second},
                new ExecutionContext(allocator, 1));
    return new double[][][] {
      Matrices.toArray((DenseMatrix) results[0]), Matrices.toArray((DenseMatrix) results[1])
    };
  }

  @Test
  void theTransformIsTheSumThatDefinesIt() {
    SplittableRandom random = new SplittableRandom(7);
    int rows = 4;
    int cols = 8;
    double[][] re = random(random, rows, cols);
    double[][] im = random(random, rows, cols);
    double[][][] found = transform("fft", re, im);
    for (int u = 0; u < rows; u++) {
      for (int v = 0; v < cols; v++) {
        double wantedRe = 0;
        double wantedIm = 0;
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < cols; j++) {
            double angle = -2 * Math.PI * ((double) u * i / rows + (double) v * j / cols);
            wantedRe += re[i][j] * Math.cos(angle) - im[i][j] * Math.sin(angle);
            wantedIm += re[i][j] * Math.sin(angle) + im[i][j] * Math.cos(angle);
          }
        }
        assertThat(found[0][u][v]).isCloseTo(wantedRe, within(1e-12));
        assertThat(found[1][u][v]).isCloseTo(wantedIm, within(1e-12));
      }
    }
  }

  @Test
  void theInverseGivesBackWhatWasTransformed() {
    SplittableRandom random = new SplittableRandom(8);
    for (String form : new String[] {"", "_linearized"}) {
      double[][] re = random(random, 2, 16);
      double[][] im = random(random, 2, 16);
      double[][][] there = transform("fft" + form, re, im);
      double[][][] back = transform("ifft" + form, there[0], there[1]);
      for (int i = 0; i < 2; i++) {
        assertThat(back[0][i]).containsExactly(re[i], within(1e-13));
        assertThat(back[1][i]).containsExactly(im[i], within(1e-13));
      }
    }
  }

  @Test
  void theLinearizedFormTransformsEachRowByItself() {
    double[][][] both = transform("fft_linearized", new double[][] {{1, 2}, {3, 5}}, null);
    assertThat(both[0]).isDeepEqualTo(new double[][] {{3, -1}, {8, -2}});
    double[][][] three = transform("fft_linearized", new double[][] {{1}, {2}, {3}}, null);
    assertThat(three[0]).isDeepEqualTo(new double[][] {{1}, {2}, {3}});
  }

  @Test
  void extentsMustBePowersOfTwo() {
    assertThatThrownBy(() -> transform("fft", new double[][] {{1, 2, 3}}, null))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("powers of two")
        .hasMessageContaining("1x3");
    assertThatThrownBy(() -> transform("ifft", new double[][] {{1, 2}}, new double[][] {{1}}))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("1x2 and 1x1");
  }

  private static double[][] random(SplittableRandom random, int rows, int cols) {
    double[][] cells = new double[rows][cols];
    for (double[] line : cells) {
      for (int j = 0; j < cols; j++) {
        line[j] = random.nextDouble(-1, 1);
      }
    }
    return cells;
  }
}
