package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The algorithms along one direction, on whole numbers, whose results are exact. */
class MinimalFilterTest {
  private static final int WIDTH = 37;

  private final Random random = new Random(20261127);

  private double[][] vectors(int count) {
    double[][] vectors = new double[count][WIDTH];
    for (double[] vector : vectors) {
      for (int i = 0; i < WIDTH; i++) {
        vector[i] = random.nextInt(2001) - 1000;
      }
    }
    return vectors;
  }

  private static double[][] products(double[][] a, double[][] b) {
    double[][] products = new double[a.length][WIDTH];
    for (int k = 0; k < a.length; k++) {
      for (int i = 0; i < WIDTH; i++) {
        products[k][i] = a[k][i] * b[k][i];
      }
    }
    return products;
  }

  private static double[][] divided(double[][] sums, double by) {
    for (double[] sum : sums) {
      for (int i = 0; i < WIDTH; i++) {
        sum[i] /= by;
      }
    }
    return sums;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void outputsAreThoseOfTheFilter(int taps) {
    MinimalFilter filter = MinimalFilter.of(taps);
    double[][] cells = vectors(filter.cells());
    double[][] weights = vectors(taps);
    double[][] wanted = new double[MinimalFilter.OUTPUTS][WIDTH];
    for (int y = 0; y < MinimalFilter.OUTPUTS; y++) {
      for (int k = 0; k < taps; k++) {
        for (int i = 0; i < WIDTH; i++) {
          wanted[y][i] += cells[y + k][i] * weights[k][i];
        }
      }
    }
    double[][] spread = new double[filter.cells()][WIDTH];
    double[][] spreadWeights = new double[filter.cells()][WIDTH];
    double[][] found = new double[MinimalFilter.OUTPUTS][WIDTH];
    filter.spread(cells, spread, WIDTH);
    filter.spreadFilter(weights, spreadWeights, WIDTH);
    filter.collect(products(spread, spreadWeights), found, WIDTH);
    assertThat(divided(found, filter.scale())).isDeepEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void gradientsOfTheFilterAreThoseOfItsOutputs(int taps) {
    MinimalFilter filter = MinimalFilter.of(taps);
    double[][] cells = vectors(filter.cells());
    double[][] gradients = vectors(MinimalFilter.OUTPUTS);
    double[][] wanted = new double[taps][WIDTH];
    for (int k = 0; k < taps; k++) {
      for (int y = 0; y < MinimalFilter.OUTPUTS; y++) {
        for (int i = 0; i < WIDTH; i++) {
          wanted[k][i] += cells[y + k][i] * gradients[y][i];
        }
      }
    }
    double[][] spread = new double[filter.cells()][WIDTH];
    double[][] spreadGradients = new double[filter.cells()][WIDTH];
    double[][] found = new double[taps][WIDTH];
    filter.spread(cells, spread, WIDTH);
    filter.spreadOutputs(gradients, spreadGradients, WIDTH);
    filter.collectFilter(products(spread, spreadGradients), found, WIDTH);
    assertThat(divided(found, filter.scale())).isDeepEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void anOutputThatSeesZerosIsZeroWhateverElseIsInTheTile(int taps) {
    MinimalFilter filter = MinimalFilter.of(taps);
    for (int y = 0; y < MinimalFilter.OUTPUTS; y++) {
      double[][] cells = new double[filter.cells()][WIDTH];
      double[][] weights = new double[taps][WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        cells[y == 0 ? taps : 0][i] = random.nextGaussian();
        for (double[] weight : weights) {
          weight[i] = random.nextGaussian();
        }
      }
      double[][] spread = new double[filter.cells()][WIDTH];
      double[][] spreadWeights = new double[filter.cells()][WIDTH];
      double[][] found = new double[MinimalFilter.OUTPUTS][WIDTH];
      filter.spread(cells, spread, WIDTH);
      filter.spreadFilter(weights, spreadWeights, WIDTH);
      filter.collect(products(spread, spreadWeights), found, WIDTH);
      assertThat(Arrays.stream(found[y])).allMatch(cell -> cell == 0);
      assertThat(Arrays.stream(found[1 - y])).noneMatch(cell -> cell == 0);
    }
  }
}
