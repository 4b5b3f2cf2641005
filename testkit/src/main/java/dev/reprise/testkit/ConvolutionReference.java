package dev.reprise.testkit;

import dev.reprise.runtime.operation.WindowShape;

/** Convolution, pooling and their gradients, written down as their definitions read. */
public final class ConvolutionReference {
  private final WindowShape shape;

  public ConvolutionReference(WindowShape shape) {
    this.shape = shape;
  }

  /** What to do with one pair of an output cell and an input cell under its window. */
  @FunctionalInterface
  private interface Pair {
    /** Zero-based: image, output channel, output cell, input channel, input cell, window place. */
    void at(int n, int k, int out, int c, int in, int place);
  }

  /** Calls the body for every input cell under every window of every filter, padding left out. */
  private void forEachPair(Pair body) {
    for (int n = 0; n < shape.images(); n++) {
      for (int k = 0; k < shape.filters(); k++) {
        int first = k / (shape.filters() / shape.groups()) * groupChannels();
        for (int c = first; c < first + groupChannels(); c++) {
          forEachPair(n, k, c, body);
        }
      }
    }
  }

  private int groupChannels() {
    return shape.channels() / shape.groups();
  }

  private void forEachPair(int n, int k, int c, Pair body) {
    for (int p = 0; p < shape.outHeight(); p++) {
      for (int q = 0; q < shape.outWidth(); q++) {
        for (int r = 0; r < shape.filterHeight(); r++) {
          for (int s = 0; s < shape.filterWidth(); s++) {
            int y = p * shape.strideHeight() - shape.padHeight() + r * shape.dilationHeight();
            int x = q * shape.strideWidth() - shape.padWidth() + s * shape.dilationWidth();
            if (y >= 0 && y < shape.height() && x >= 0 && x < shape.width()) {
              int place = r * shape.filterWidth() + s;
              body.at(n, k, p * shape.outWidth() + q, c, y * shape.width() + x, place);
            }
          }
        }
      }
    }
  }

  private int outAt(int k, int out) {
    return k * (int) shape.outCells() + out;
  }

  private int inAt(int c, int in) {
    return c * (int) shape.planeCells() + in;
  }

  private int weightAt(int c, int place) {
    return c % groupChannels() * shape.filterHeight() * shape.filterWidth() + place;
  }

  /** The outputs, one row for each image. */
  public double[][] convolution(double[][] images, double[][] filters) {
    double[][] out = new double[(int) shape.images()][(int) shape.outputCols()];
    forEachPair((n, k, o, c, i, place) ->
        out[n][outAt(k, o)] += images[n][inAt(c, i)] * filters[k][weightAt(c, place)]);
    return out;
  }

  /** The gradient of the filters. */
  public double[][] filterGradient(double[][] images, double[][] dout) {
    double[][] gradient = new double[shape.filters()][(int) shape.patchCells()];
    forEachPair((n, k, o, c, i, place) ->
        gradient[k][weightAt(c, place)] += images[n][inAt(c, i)] * dout[n][outAt(k, o)]);
    return gradient;
  }

  /** The gradient of the images. */
  public double[][] dataGradient(double[][] filters, double[][] dout) {
    double[][] gradient = new double[(int) shape.images()][(int) shape.inputCols()];
    forEachPair((n, k, o, c, i, place) ->
        gradient[n][inAt(c, i)] += filters[k][weightAt(c, place)] * dout[n][outAt(k, o)]);
    return gradient;
  }

  double[][] maxPool(double[][] images) {
    double[][] out = new double[(int) shape.images()][(int) shape.outputCols()];
    for (double[] row : out) {
      java.util.Arrays.fill(row, -Double.MAX_VALUE);
    }
    forEachPair((n, k, o, c, i, _) -> {
      if (k == c) {
        out[n][outAt(k, o)] = Math.max(out[n][outAt(k, o)], images[n][inAt(c, i)]);
      }
    });
    return out;
  }

  double[][] averagePool(double[][] images) {
    double[][] out = new double[(int) shape.images()][(int) shape.outputCols()];
    forEachPair((n, k, o, c, i, _) -> {
      if (k == c) {
        out[n][outAt(k, o)] += images[n][inAt(c, i)] / windowCells();
      }
    });
    return out;
  }

  double[][] averagePoolGradient(double[][] dout) {
    double[][] gradient = new double[(int) shape.images()][(int) shape.inputCols()];
    forEachPair((n, k, o, c, i, _) -> {
      if (k == c) {
        gradient[n][inAt(c, i)] += dout[n][outAt(k, o)] / windowCells();
      }
    });
    return gradient;
  }

  /** For images whose cells all differ. */
  double[][] maxPoolGradient(double[][] images, double[][] dout) {
    double[][] largest = maxPool(images);
    double[][] gradient = new double[(int) shape.images()][(int) shape.inputCols()];
    forEachPair((n, k, o, c, i, _) -> {
      if (k == c && images[n][inAt(c, i)] == largest[n][outAt(k, o)]) {
        gradient[n][inAt(c, i)] += dout[n][outAt(k, o)];
      }
    });
    return gradient;
  }

  private int windowCells() {
    return shape.filterHeight() * shape.filterWidth();
  }
}
