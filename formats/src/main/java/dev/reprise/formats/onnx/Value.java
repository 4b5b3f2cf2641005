package dev.reprise.formats.onnx;

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
