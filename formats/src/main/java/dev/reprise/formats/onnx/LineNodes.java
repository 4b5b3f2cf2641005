package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads convolutions, poolings and normalizations along lines: channels of numbers are images of
 * one row. Stateless.
 */
final class LineNodes {
  /** What each of an attribute's numbers has before it where there is a row. */
  private static final Map<String, Long> OF_ROWS =
      Map.of("kernel_shape", 1L, "strides", 1L, "dilations", 1L, "pads", 0L, "output_padding", 0L);

  private LineNodes() {}

  /** The rule for images, which takes lines as well. */
  static OnnxImport.Rule over(OnnxImport.Rule ofImages) {
    return (into, node) -> {
      boolean isOfLines = into.extents().length == 2 && into.value().place() == 0;
      if (!isOfLines) {
        ofImages.read(into, node);
        return;
      }
      long[] extents = into.extents();
      into.becomes(extents[0], 1, extents[1]);
      ofImages.read(into, asImages(into, node));
      long[] made = into.extents();
      if (made.length == 3) {
        into.becomes(made[0], made[1] * made[2]);
      }
    };
  }

  private static Node asImages(OnnxImport into, Node node) {
    Map<String, Object> attributes = new HashMap<>(node.attributes());
    OF_ROWS.forEach((name, number) -> {
      List<Long> given = node.integers(name);
      if (given != null) {
        List<Long> larger = new ArrayList<>();
        given.forEach(each -> {
          larger.add(number);
          larger.add(each);
        });
        attributes.put(name, larger);
      }
    });
    List<String> inputs = new ArrayList<>(node.inputs());
    OnnxTensor filters =
        OnnxImport.has(node, 1) ? into.model().constants().get(inputs.get(1)) : null;
    if (filters != null && filters.extents().size() == 3) {
      List<Long> extents = new ArrayList<>(filters.extents());
      extents.add(2, 1L);
      String name = inputs.get(1) + "\0as images";
      into.model().constants().put(name, OnnxTensor.of(extents, filters.cells()));
      inputs.set(1, name);
    }
    return new Node(node.operator(), node.name(), inputs, node.outputs(), attributes);
  }
}
