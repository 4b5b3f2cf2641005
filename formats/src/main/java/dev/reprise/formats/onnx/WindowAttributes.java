package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

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
   * A window over images that have a border of their own where padding differs, or where sizes are
   * rounded up.
   *
   * @param border above, to the left, below, to the right; zeros where the window's padding does
   */
  record Bordered(LayerReader.Window window, long[] border) {
    boolean hasBorder() {
      return Arrays.stream(border).anyMatch(pad -> pad > 0);
    }
  }

  /** The window over images of these extents: channels, rows, columns. */
  Bordered pooling(long[] extents, List<Long> shape) {
    List<Long> strides = listOf("strides", 2, 1);
    List<Long> dilations = listOf("dilations", 2, 1);
    List<Long> pads = pads(extents, shape, strides, dilations);
    long[] border = pads.stream().mapToLong(Long::longValue).toArray();
    boolean isEqual = border[0] == border[2] && border[1] == border[3];
    boolean roundsUp = node.integer("ceil_mode", 0) != 0;
    for (int i = 0; i < 2 && roundsUp; i++) {
      long rest =
          extents[i + 1] + border[i] + border[i + 2] - (shape.get(i) - 1) * dilations.get(i) - 1;
      long more = rest < 0 ? 0 : Math.floorMod(-rest, strides.get(i));
      // A last window that sees nothing but what is below or to the right does not count.
      boolean begins = rest + more < extents[i + 1] + border[i];
      isEqual &= more == 0 || !begins;
      border[i + 2] += begins ? more : 0;
    }
    if (Arrays.stream(border).anyMatch(pad -> pad > MOST_BORDER)) {
      throw problem.apply("has far more padding than images need");
    }
    if (isEqual) {
      return new Bordered(window(extents, shape, strides, dilations, pads), new long[4]);
    }
    long[] larger = {
      extents[0], extents[1] + border[0] + border[2], extents[2] + border[1] + border[3]
    };
    List<Long> none = List.of(0L, 0L);
    return new Bordered(window(larger, shape, strides, dilations, none), border);
  }

  /**
   * A window of filters over images.
   *
   * @param top rows of zeros above each filter, of those that the window has more
   * @param left columns of zeros
   */
  record Placed(LayerReader.Window window, int top, int left) {}

  /**
   * As {@link #over}; where there is more padding on one side, filters become larger by zeros, so
   * that with equal padding they see the same cells.
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
