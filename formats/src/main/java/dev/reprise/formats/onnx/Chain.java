package dev.reprise.formats.onnx;

import java.util.ArrayList;
import java.util.List;

/**
 * How a value of a model is made: a last layer, and the chain before it. Values that fork off share
 * what they have in common.
 *
 * <pre>
 *   input - conv - relu -+- conv - batch_norm -+- residual(main, shortcut)
 *                        +---------------------+
 * </pre>
 *
 * @param before null for the input of the model
 * @param layer null for the input of the model
 * @param length number of layers
 * @param all number of layers, those in branches included
 */
record Chain(Chain before, Layer layer, int length, long all) {
  /** Of the input. */
  static Chain start() {
    return new Chain(null, null, 0, 0);
  }

  Chain with(Layer next) {
    return with(next, 1);
  }

  /**
   * Goes on with a layer.
   *
   * @param layers number of layers that it counts for
   */
  Chain with(Layer next, long layers) {
    return new Chain(this, next, length + 1, all + layers);
  }

  /** True when the last layer is of that kind. */
  boolean endsWith(String type) {
    return layer != null && layer.type().equals(type);
  }

  /** What two values have in common; the input at least. */
  Chain commonWith(Chain other) {
    Chain mine = this;
    Chain theirs = other;
    while (mine != theirs) {
      if (mine.length >= theirs.length) {
        mine = mine.before;
      } else {
        theirs = theirs.before;
      }
    }
    return mine;
  }

  /** The layers after a chain that this one goes on from. */
  List<Layer> since(Chain start) {
    List<Layer> layers = new ArrayList<>();
    for (Chain at = this; at != start; at = at.before) {
      layers.addFirst(at.layer);
    }
    return List.copyOf(layers);
  }

  /** All layers from the input on. */
  List<Layer> layers() {
    Chain start = this;
    while (start.before != null) {
      start = start.before;
    }
    return since(start);
  }
}
