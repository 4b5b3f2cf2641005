package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Strides and padding of a convolution or pooling, as far as layers have the like. */
final class WindowAttributes {
  private final Node node;
  private final Function<String, FormatException> problem;

  /**
   * @param problem makes an error of what is wrong with the node
   */
  WindowAttributes(Node node, Function<String, FormatException> problem) {
    this.node = node;
    this.problem = problem;
  }

  /** The window over images of these extents: channels, rows, columns. */
  LayerReader.Window over(long[] extents, List<Long> shape) {
    List<Long> strides = listOf("strides", 2, 1);
    List<Long> dilations = listOf("dilations", 2, 1);
    List<Long> pads = pads(extents, shape, strides, dilations);
    if (!pads.get(0).equals(pads.get(2)) || !pads.get(1).equals(pads.get(3))) {
      throw problem.apply("has more padding on one side, which the layers have not");
    }
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
      pads[i] = all / 2;
      pads[i + 2] = all - all / 2;
    }
    return Arrays.stream(pads).boxed().toList();
  }
}
