package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.WidenedOperands;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers over the channels of images of floats, and words: those of doubles, rounded. */
class FloatChannelsTest {
  /** Images, channels, cells of each: none, whole channels in a block, parts of large ones. */
  private static final int[][] SIZES = {
    {0, 2, 4},
    {1, 1, 1},
    {5, 3, 1},
    {7, 3, 49},
    {40, 2, 1023},
    {3, 2, 1024},
    {3, 2, 1025},
    {2, 3, 4000},
    {300, 20, 196}
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
        for (String mode : List.of("train", "test")) {
          operands.assertSameBitsWithoutCopies(
              "batch_norm2d",
              x,
              gamma,
              beta,
              mean,
              variance,
              Scalar.of(mode),
              epsilon,
              Scalar.of(0.9));
        }
        operands.assertSameBitsWithoutCopies(
            "batch_norm2d_backward", x, images(sizes, isAny), gamma, epsilon, mean, variance);
      }
    }
  }

  @Test
  void aNumberOfEachChannelAndItsGradient() {
    for (int[] sizes : SIZES) {
      for (boolean isAny : new boolean[] {false, true}) {
        checkPooling(images(sizes, isAny), sizes[1]);
      }
    }
  }

  @Test
  void channelsTooLargeForACopyGoByDoubles() {
    int[] sizes = {2, 1, (1 << 16) + 1};
    DenseMatrix x = images(sizes, true);
    operands.assertSameBits("global_avg_pool", x, Scalar.of(1));
    operands.assertSameBits("global_max_pool_backward", x, operands.floats(2, 1));
  }

  private void checkPooling(DenseMatrix x, int channels) {
    DenseMatrix gradient = operands.floats(x.rows(), channels);
    for (String opcode : List.of("global_avg_pool", "global_max_pool")) {
      operands.assertSameBitsWithoutCopies(opcode, x, Scalar.of(channels));
      operands.assertSameBitsWithoutCopies(opcode + "_backward", x, gradient);
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
