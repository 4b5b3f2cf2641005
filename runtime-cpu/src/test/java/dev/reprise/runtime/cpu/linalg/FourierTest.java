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
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FourierTest {
  private static double[][][] transform(
      String opcode, double[][] re, double[][] im, Operand... more) {
    KernelTable.Builder table = new KernelTable.Builder();
    FourierKernel.register(table);
    CountingAllocator allocator = new CountingAllocator();
    Operand second = im == null ? Scalar.absent() : Matrices.of(allocator, im);
    Operand[] operands = new Operand[2 + more.length];
    operands[0] = Matrices.of(allocator, re);
    operands[1] = second;
    System.arraycopy(more, 0, operands, 2, more.length);
    Operand[] results =
        table
            .find(opcode)
            .run(
                new Operation(OperationTable.standard().get(opcode)),
                operands,
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
  void anyExtentHasTheSumThatDefinesIt() {
    SplittableRandom random = new SplittableRandom(9);
    for (int n : new int[] {1, 2, 3, 5, 6, 7, 12, 31, 64, 97, 100, 1000}) {
      double[][] re = random(random, 1, n);
      double[][] im = random(random, 1, n);
      double[][][] found = transform("fft_linearized", re, im);
      for (int v = 0; v < n; v++) {
        double wantedRe = 0;
        double wantedIm = 0;
        for (int j = 0; j < n; j++) {
          double angle = -2 * Math.PI * ((long) v * j % n) / n;
          wantedRe += re[0][j] * Math.cos(angle) - im[0][j] * Math.sin(angle);
          wantedIm += re[0][j] * Math.sin(angle) + im[0][j] * Math.cos(angle);
        }
        assertThat(found[0][0][v]).as("%d of %d", v, n).isCloseTo(wantedRe, within(1e-11));
        assertThat(found[1][0][v]).as("%d of %d", v, n).isCloseTo(wantedIm, within(1e-11));
      }
      double[][][] back = transform("ifft_linearized", found[0], found[1]);
      assertThat(back[0][0]).containsExactly(re[0], within(1e-13));
      assertThat(back[1][0]).containsExactly(im[0], within(1e-13));
    }
  }

  @Test
  void partsHaveOneShapeAndLinesHaveCells() {
    assertThatThrownBy(() -> transform("ifft", new double[][] {{1, 2}}, new double[][] {{1}}))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("1x2 and 1x1");
    assertThatThrownBy(() -> transform("fft", new double[][] {{}}, null))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("1x0");
  }

  @Test
  void windowsAreThoseOfTheRowFilledUpWithZeros() {
    SplittableRandom random = new SplittableRandom(10);
    int cols = 23;
    double[][] re = random(random, 2, cols);
    double[][] im = random(random, 2, cols);
    for (int size : new int[] {1, 3, 4, 8, 23, 30}) {
      for (int overlap = 0; overlap < size; overlap++) {
        double[][][] found = windows(re, im, size, overlap);
        int step = size - overlap;
        int count = found[0][0].length / size;
        assertThat(count * size).isEqualTo(found[0][0].length);
        // As few windows as cover the row.
        assertThat((count - 1) * step + size).isGreaterThanOrEqualTo(cols);
        assertThat(count == 1 || (count - 2) * step + size < cols).isTrue();
        for (int w = 0; w < count; w++) {
          double[][] windowRe = new double[2][size];
          double[][] windowIm = new double[2][size];
          for (int i = 0; i < size && w * step + i < cols; i++) {
            for (int row = 0; row < 2; row++) {
              windowRe[row][i] = re[row][w * step + i];
              windowIm[row][i] = im[row][w * step + i];
            }
          }
          double[][][] wanted = transform("fft_linearized", windowRe, windowIm);
          for (int row = 0; row < 2; row++) {
            for (int part = 0; part < 2; part++) {
              assertThat(Arrays.copyOfRange(found[part][row], w * size, (w + 1) * size))
                  .containsExactly(wanted[part][row]);
            }
          }
        }
      }
    }
  }

  @Test
  void windowsHaveASizeAndOverlapByLess() {
    double[][] row = {{1, 2, 3}};
    for (double[] wrong : new double[][] {{0, 0}, {-2, 0}, {2, 2}, {2, -1}, {1L << 40, 0}}) {
      assertThatThrownBy(() -> windows(row, null, wrong[0], wrong[1]))
          .isInstanceOf(OperandException.class)
          .hasMessageContaining("'stft' needs windows");
    }
    for (double wrong : new double[] {3.9, 0.5, Double.NaN}) {
      assertThatThrownBy(() -> transform("stft", row, null, Scalar.of(wrong), Scalar.of(0)))
          .isInstanceOf(OperandException.class)
          .hasMessage("'stft' needs a whole number of cells as 'windowSize', but got " + wrong);
      assertThatThrownBy(() -> transform("stft", row, null, Scalar.of(3), Scalar.of(wrong)))
          .isInstanceOf(OperandException.class)
          .hasMessage("'stft' needs a whole number of cells as 'overlap', but got " + wrong);
    }
    assertThatThrownBy(() -> windows(new double[][] {{}}, null, 2, 1))
        .hasMessageContaining("rows with cells");
  }

  private static double[][][] windows(double[][] re, double[][] im, double size, double overlap) {
    return transform("stft", re, im, Scalar.of((long) size), Scalar.of((long) overlap));
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
