package dev.reprise.testkit;

import java.util.List;

/**
 * One layer of a random network as lines of script. Layer i reads {@code h(i-1)}, the rows before
 * it, and {@code n}, their number, and assigns {@code hi}; backwards it reads {@code di}, the
 * gradient of {@code hi}, and assigns {@code d(i-1)} and for each weight {@code w} its gradient
 * {@code gw}.
 *
 * @param out what is in a row of its result
 * @param weights what is trained
 * @param averages what the forward pass moves, such as means of batches
 */
record NetworkLayer(
    Volume out,
    List<Weight> weights,
    List<Weight> averages,
    List<String> forward,
    List<String> backward) {

  /**
   * A matrix of the model.
   *
   * @param initial expression of what it is at first
   */
  record Weight(String name, int rows, int cols, String initial) {
    static Weight random(String name, int rows, int cols, int seed) {
      String initial =
          "rand(rows=%d, cols=%d, min=-0.4, max=0.4, seed=%d)".formatted(rows, cols, seed);
      return new Weight(name, rows, cols, initial);
    }

    static Weight constant(String name, int rows, int cols, int cell) {
      return new Weight(
          name, rows, cols, "matrix(%d, rows=%d, cols=%d)".formatted(cell, rows, cols));
    }

    String gradient() {
      return "g" + name;
    }
  }

  NetworkLayer {
    weights = List.copyOf(weights);
    averages = List.copyOf(averages);
    forward = List.copyOf(forward);
    backward = List.copyOf(backward);
  }

  /** A layer without averages. */
  static NetworkLayer of(
      Volume out, List<Weight> weights, List<String> forward, List<String> backward) {
    return new NetworkLayer(out, weights, List.of(), forward, backward);
  }
}
