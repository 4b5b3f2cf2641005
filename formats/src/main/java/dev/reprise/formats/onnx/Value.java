package dev.reprise.formats.onnx;

import java.util.Arrays;

/**
 * A value of a model: how layers make it of the input, and its shape.
 *
 * @param extents without the number of examples; -1 is not known
 * @param place of the number of examples among the extents; not 0 where steps or directions go
 *     before it. Whatever the place, the cells of one example are in the same order
 */
record Value(Chain chain, long[] extents, int place) {

  /** All extents, {@link ShapeValues#EXAMPLES} for the number of examples. */
  long[] shape() {
    long[] shape = new long[extents.length + 1];
    System.arraycopy(extents, 0, shape, 0, place);
    shape[place] = ShapeValues.EXAMPLES;
    System.arraycopy(extents, place, shape, place + 1, extents.length - place);
    return shape;
  }

  /** The same cells in another shape, which has the number of examples once. */
  Value shaped(long[] shape) {
    int at = 0;
    while (shape[at] != ShapeValues.EXAMPLES) {
      at++;
    }
    long[] rest = new long[shape.length - 1];
    System.arraycopy(shape, 0, rest, 0, at);
    System.arraycopy(shape, at + 1, rest, at, rest.length - at);
    return new Value(chain, rest, at);
  }

  /** With extents of 1 behind the examples, so that there are so many in all. */
  Value ofRank(int rank) {
    long[] shape = shape();
    if (shape.length >= rank || place != 0) {
      return this;
    }
    long[] more = new long[rank];
    Arrays.fill(more, 1);
    more[0] = shape[0];
    System.arraycopy(shape, 1, more, rank - shape.length + 1, shape.length - 1);
    return shaped(more);
  }

  Value with(Chain next) {
    return new Value(next, extents, place);
  }

  Value with(long... next) {
    return new Value(chain, next, place);
  }

  /** Numbers of one example; -1 is not known. */
  long width() {
    long width = 1;
    for (long extent : extents) {
      width = width < 0 || extent < 0 ? -1 : width * extent;
    }
    return width;
  }

  /** The last extent, where it is not the number of examples; else -1. */
  long last() {
    return place == extents.length || extents.length == 0 ? -1 : extents[extents.length - 1];
  }

  /** True for rows of numbers, one of each example. */
  boolean isRows() {
    return extents.length == 1 && place == 0;
  }
}
