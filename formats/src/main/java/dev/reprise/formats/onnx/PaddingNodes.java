package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads nodes that put a border around images. Stateless. */
final class PaddingNodes {
  static final Map<String, OnnxImport.Rule> RULES = Map.of("Pad", PaddingNodes::pad);

  /** A small file must not make large images. */
  private static final long MOST = 1 << 10;

  private PaddingNodes() {}

  private static void pad(OnnxImport into, Node node) {
    boolean isOfCells = !node.text("mode", "constant").equals("constant");
    if (isOfCells && SelectNodes.read(into, node)) {
      return;
    }
    ImageNodes.needsImages(into, node);
    long[] pads = OnnxImport.has(node, 1) ? into.shapes().numbers(node.inputs().get(1)) : null;
    if (pads == null && node.integers("pads") != null) {
      pads = node.integers("pads").stream().mapToLong(Long::longValue).toArray();
    }
    boolean isOfPixels =
        pads != null && pads.length == 8 && pads[0] + pads[1] + pads[4] + pads[5] == 0;
    boolean isPossible = isOfPixels && Arrays.stream(pads).allMatch(pad -> pad >= 0 && pad < MOST);
    if (!isPossible
        || OnnxImport.has(node, 3)
        || !node.text("mode", "constant").equals("constant")) {
      throw into.problem(
          node,
          "does not put constant numbers around images, or computes how many; state them as a constant"
              + " or as padding of the convolution or pooling");
    }
    double value = node.number("value", 0);
    if (OnnxImport.has(node, 2)) {
      value = into.constant(node, 2).cells()[0];
    }
    add(into, new long[] {pads[2], pads[3], pads[6], pads[7]}, value);
  }

  /**
   * Adds the layer.
   *
   * @param pads above, to the left, below, to the right
   */
  static void add(OnnxImport into, long[] pads, double value) {
    long[] images = into.extents();
    Map<String, Scalar> settings = ImageNodes.sizes(images);
    settings.putAll(settings(pads));
    settings.put("value", Scalar.of(value));
    into.layer("pad2d", Map.of(), settings);
    into.becomes(images[0], images[1] + pads[0] + pads[2], images[2] + pads[1] + pads[3]);
  }

  /** Above, to the left, below, to the right. */
  static Map<String, Scalar> settings(long[] pads) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("pad_top", Scalar.of(pads[0]));
    settings.put("pad_left", Scalar.of(pads[1]));
    settings.put("pad_bottom", Scalar.of(pads[2]));
    settings.put("pad_right", Scalar.of(pads[3]));
    return settings;
  }
}
