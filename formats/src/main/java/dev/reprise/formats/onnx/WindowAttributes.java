package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Strides and padding of a convolution or pooling, as far as layers have the like. */
final class WindowAttributes {
  /** A small file must not make large filters. */
  private static final long MOST_ZEROS = 16;

  private static final long MOST_BORDER = 1 << 10;

  private final Node node;
  private final Function<String, FormatException> problem;

  /**
   * @param problem makes an error of what is wrong with the node
   */
  WindowAttributes(Node node, Function<String, FormatException> problem) {
    this.node = node;
    this.problem = problem;
  }

  /**
   * A window over images, and what it sees beyond them.
   *
   * @param window where padding is the same on both sides, with that; else without, over images
   *     that have a border
   * @param pads above, to the left, below, to the right, as the node states them
   * @param more rows below and columns to the right that the last windows see where sizes are
   *     rounded up
   */
  record Bordered(LayerReader.Window window, long[] pads, long[] more) {
    /** True where the window's own padding is not all that it sees beyond the images. */
    boolean hasBorder() {
      return endsBeyond() || !isEven(pads);
    }

    /** True where the last windows see more than padding. */
    boolean endsBeyond() {
      return more[0] + more[1] > 0;
    }

    /** All that is seen beyond the images. */
    long[] border() {
      return new long[] {pads[0], pads[1], pads[2] + more[0], pads[3] + more[1]};
    }
  }

  private static boolean isEven(long[] pads) {
    return pads[0] == pads[2] && pads[1] == pads[3];
  }

  /** The window over images of these extents: channels, rows, columns. */
  Bordered pooling(long[] extents, List<Long> shape) {
    List<Long> strides = listOf("strides", 2, 1);
    List<Long> dilations = listOf("dilations", 2, 1);
    List<Long> given = pads(extents, shape, strides, dilations);
    long[] pads = given.stream().mapToLong(Long::longValue).toArray();
    long[] more = new long[2];
    boolean roundsUp = node.integer("ceil_mode", 0) != 0;
    for (int i = 0; i < 2 && roundsUp; i++) {
      long rest =
          extents[i + 1] + pads[i] + pads[i + 2] - (shape.get(i) - 1) * dilations.get(i) - 1;
      long missing = rest < 0 ? 0 : Math.floorMod(-rest, strides.get(i));
      // A last window that sees nothing but what is below or to the right does not count.
      boolean begins = rest + missing < extents[i + 1] + pads[i];
      more[i] = begins ? missing : 0;
    }
    if (LongStream.concat(Arrays.stream(pads), Arrays.stream(more))
        .anyMatch(pad -> pad > MOST_BORDER)) {
      throw problem.apply("has far more padding than images need");
    }
    if (more[0] + more[1] == 0 && isEven(pads)) {
      return new Bordered(window(extents, shape, strides, dilations, given), pads, more);
    }
    long[] larger = {
      extents[0], extents[1] + pads[0] + pads[2] + more[0], extents[2] + pads[1] + pads[3] + more[1]
    };
    List<Long> none = List.of(0L, 0L);
    return new Bordered(window(larger, shape, strides, dilations, none), pads, more);
  }

  /**
   * A window of filters over images.
   *
   * @param top rows of zeros above each filter, of those that the window has more
   * @param left columns of zeros
   */
  record Placed(LayerReader.Window window, int top, int left) {}

  /**
   * As {@link #pooling} of filters; where there is more padding on one side, filters become larger
   * by zeros, so that with equal padding they see the same cells.
   */
  Placed filters(long[] extents, List<Long> shape) {
    List<Long> strides = listOf("strides", 2, 1);
    List<Long> dilations = listOf("dilations", 2, 1);
    List<Long> pads = pads(extents, shape, strides, dilations);
    long rows = Math.abs(pads.get(0) - pads.get(2));
    long cols = Math.abs(pads.get(1) - pads.get(3));
    if (rows > 0 && dilations.get(0) > 1 || cols > 0 && dilations.get(1) > 1) {
      throw problem.apply("is dilated and has more padding on one side, which the layers have not");
    }
    if (rows > MOST_ZEROS || cols > MOST_ZEROS) {
      throw problem.apply("has far more padding on one side, which the layers have not");
    }
    long high = Math.max(pads.get(0), pads.get(2));
    long wide = Math.max(pads.get(1), pads.get(3));
    LayerReader.Window window =
        window(
            extents,
            List.of(shape.get(0) + rows, shape.get(1) + cols),
            strides,
            dilations,
            List.of(high, wide));
    return new Placed(window, (int) (high - pads.get(0)), (int) (wide - pads.get(1)));
  }

  private LayerReader.Window window(
      long[] extents, List<Long> shape, List<Long> strides, List<Long> dilations, List<Long> pads) {
    LayerReader.Window window =
        new LayerReader.Window(
            extents[0],
            extents[1],
            extents[2],
            shape.get(0),
            shape.get(1),
            strides.get(0),
            strides.get(1),
            pads.get(0),
            pads.get(1),
            dilations.get(0),
            dilations.get(1));
    long[] out = window.output(1);
    if (out[1] < 1 || out[2] < 1) {
      throw problem.apply("has a window that is larger than the images");
    }
    return window;
  }

  private List<Long> listOf(String attribute, int size, long fallback) {
    List<Long> values = node.integers(attribute);
    if (values == null) {
      return Collections.nCopies(size, fallback);
    }
    long least = attribute.equals("pads") ? 0 : 1;
    if (values.size() != size || values.stream().anyMatch(value -> value < least)) {
      throw problem.apply("has " + attribute + " " + values);
    }
    return values;
  }

  private List<Long> pads(
      long[] extents, List<Long> shape, List<Long> strides, List<Long> dilations) {
    String automatic = node.text("auto_pad", "NOTSET");
    if (automatic.equals("NOTSET")) {
      return listOf("pads", 4, 0);
    }
    if (automatic.equals("VALID")) {
      return List.of(0L, 0L, 0L, 0L);
    }
    long[] pads = new long[4];
    for (int i = 0; i < 2; i++) {
      long size = extents[i + 1];
      long outs = Math.ceilDiv(size, strides.get(i));
      long reach = (shape.get(i) - 1) * dilations.get(i) + 1;
      long all = Math.max(0, (outs - 1) * strides.get(i) + reach - size);
      long begin = automatic.equals("SAME_LOWER") ? all - all / 2 : all / 2;
      pads[i] = begin;
      pads[i + 2] = all - begin;
    }
    return Arrays.stream(pads).boxed().toList();
  }
}
