package dev.reprise.runtime.cpu.nn;

/**
 * Winograd's minimal filtering F(2, r) along one direction: two neighbouring outputs of a filter of
 * r cells from r + 1 products instead of 2 r. Applied along rows and columns it computes 2 x 2
 * outputs of a convolution from a tile of (r + 1) x (r + 1) cells. (Winograd, Arithmetic Complexity
 * of Computations, 1980; Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR
 * 2016, whose letters the matrices have.)
 *
 * <pre>
 *   outputs = At [ (G filter) .* (Bt cells) ]          gradient of the filter = Gt [ (Bt cells) .* (A outputs) ]
 * </pre>
 *
 * <p>All matrices consist of whole numbers here: G is multiplied by {@link #scale()}, by which the
 * result is to be divided, so that whole numbers have exact results. Where all cells under a filter
 * are zero its output is exactly zero, whatever else is in the tile: an output is made without the
 * cells that it does not see, since these are the first or the last of a tile alone. (With four
 * outputs of a tile this would not hold, and the signs that a relu sees would be those of
 * roundings.)
 *
 * <p>Each method works on vectors of {@code n} numbers, from index 0 of each array on, as the
 * compiler makes vector code of such loops alone; arguments must be different arrays.
 */
sealed interface MinimalFilter permits ThreeTaps, FiveTaps {
  /** That of square filters of so many rows; null when there is none. */
  static MinimalFilter of(int taps) {
    return switch (taps) {
      case 3 -> ThreeTaps.INSTANCE;
      case 5 -> FiveTaps.INSTANCE;
      default -> null;
    };
  }

  /** Outputs of a tile along one direction. */
  int OUTPUTS = 2;

  /** Cells of a filter along one direction. */
  int taps();

  /** Cells of a tile along one direction. */
  default int cells() {
    return taps() + OUTPUTS - 1;
  }

  /** Whether it is about as accurate as a sum of products where everything is rounded to floats. */
  boolean suitsFloats();

  /** By what G is too large. */
  double scale();

  /** Bt: the cells of a tile to as many factors. */
  void spread(double[][] cells, double[][] factors, int n);

  /** G: a filter to as many factors as a tile has cells. */
  void spreadFilter(double[][] filter, double[][] factors, int n);

  /** At: products of factors to outputs. */
  void collect(double[][] products, double[][] outputs, int n);

  /** A: gradients of outputs to factors. */
  void spreadOutputs(double[][] outputs, double[][] factors, int n);

  /** Gt: products of factors to the gradient of a filter. */
  void collectFilter(double[][] products, double[][] filter, int n);
}
