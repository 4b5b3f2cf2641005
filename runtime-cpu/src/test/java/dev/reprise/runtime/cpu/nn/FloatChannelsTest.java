package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.WidenedOperands;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers over the channels of images of floats, and words: those of doubles, rounded. */
class FloatChannelsTest {
  /** Images, channels, cells of each: none, tiny, around a block, too large for a copy. */
  private static final int[][] SIZES = {
    {0, 2, 4},
    {1, 1, 1},
    {5, 3, 1},
    {7, 3, 49},
    {40, 2, 1023},
    {3, 2, 1024},
    {3, 2, 1025},
    {2, 3, 4000},
    {300, 20, 196},
    {2, 1, (1 << 16) + 1}
  };

  private final CpuDevice device = TestDevices.withoutOpenBlas();
  private final WidenedOperands operands = new WidenedOperands(device, 20261204);

  @AfterEach
  void close() {
    device.close();
  }

  private DenseMatrix images(int[] sizes, boolean isAny) {
    long cols = (long) sizes[1] * sizes[2];
    return isAny ? operands.anyFloats(sizes[0], cols) : operands.floats(sizes[0], cols);
  }

  /** Tiny channels are converted with all others, and those that are too large for a copy. */
  private void check(int cells, String opcode, Operand... inputs) {
    if (cells < 8 || cells > 1 << 16) {
      operands.assertSameBits(opcode, inputs);
    } else {
      operands.assertSameBitsWithoutCopies(opcode, inputs);
    }
  }

  @Test
  void normalisedImagesAndTheirGradients() {
    for (int[] sizes : SIZES) {
      for (boolean isAny : new boolean[] {false, true}) {
        DenseMatrix x = images(sizes, isAny);
        DenseMatrix gamma = operands.floats(sizes[1], 1);
        DenseMatrix beta = operands.floats(1, sizes[1]);
        DenseMatrix mean = operands.floats(sizes[1], 1);
        DenseMatrix variance = operands.wholes(sizes[1], 1, 9);
        Scalar epsilon = Scalar.of(1e-5);
        Scalar mu = Scalar.of(0.9);
        for (String mode : List.of("train", "test")) {
          Scalar way = Scalar.of(mode);
          check(sizes[2], "batch_norm2d", x, gamma, beta, mean, variance, way, epsilon, mu);
        }
        DenseMatrix dout = images(sizes, isAny);
        check(sizes[2], "batch_norm2d_backward", x, dout, gamma, epsilon, mean, variance);
      }
    }
  }

  @Test
  void aNumberOfEachChannelAndItsGradient() {
    for (int[] sizes : SIZES) {
      for (boolean isAny : new boolean[] {false, true}) {
        DenseMatrix x = images(sizes, isAny);
        DenseMatrix gradient = operands.floats(x.rows(), sizes[1]);
        for (String opcode : List.of("global_avg_pool", "global_max_pool")) {
          check(sizes[2], opcode, x, Scalar.of(sizes[1]));
          check(sizes[2], opcode + "_backward", x, gradient);
        }
      }
    }
  }

  @Test
  void wordsAndTheSumsOfTheirGradients() {
    for (int[] sizes : new int[][] {{0, 3, 4}, {1, 1, 1}, {50, 20, 64}, {33, 3, 1025}}) {
      // Numbers beyond the dictionary stand for zeros.
      DenseMatrix indices = operands.wholes(sizes[0], sizes[1], 12);
      operands.assertSameBitsWithoutCopies("embedding", indices, operands.anyFloats(11, sizes[2]));
      operands.assertSameBitsWithoutCopies(
          "embedding_backward",
          operands.anyFloats(sizes[0], (long) sizes[1] * sizes[2]),
          indices,
          Scalar.of(11),
          Scalar.of(2));
    }
  }
}
