package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads nodes that make images larger: transposed convolutions. Stateless. */
final class ResizingNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "ConvTranspose", LineNodes.over(ResizingNodes::transposedConvolution),
          "Resize", InterpolationNodes::resize,
          "Upsample", InterpolationNodes::resize);

  private ResizingNodes() {}

  private static void transposedConvolution(OnnxImport into, Node node) {
    ImageNodes.needsImages(into, node);
    OnnxTensor filters = into.constant(node, 1);
    long[] images = into.extents();
    List<Long> shape = filters.extents();
    if (shape.size() != 4 || shape.getFirst() != images[0]) {
      throw into.problem(node, "has filters of " + shape + ", but gets images of " + into.words());
    }
    long groups = node.integer("group", 1);
    boolean isDepthwise = groups != 1;
    if (groups < 1 || isDepthwise && (shape.get(1) != 1 || images[0] % groups != 0)) {
      throw into.problem(
          node,
          "has groups with several filters; the layers have one group, or groups of one filter");
    }
    ImageNodes.agrees(into, node, shape.subList(2, 4));
    Window window = window(into, node, shape);
    long outputs = isDepthwise ? groups : shape.get(1);
    int rows = (int) (isDepthwise ? groups : images[0]);
    Layer.Weights w = new Layer.Weights(rows, filters.cells().length / rows, filters.cells());
    Layer.Weights b =
        OnnxImport.has(node, 2)
            ? into.constant(node, 2).column()
            : new Layer.Weights((int) outputs, 1, new double[(int) outputs]);
    long high = window.output(images[1], 0);
    long wide = window.output(images[2], 1);
    if (b.rows() != outputs || high < 1 || wide < 1 || !window.fitsStrides()) {
      throw into.problem(node, "has biases, padding or output_padding that do not fit");
    }
    Map<String, Scalar> settings = ImageNodes.sizes(images);
    if (isDepthwise) {
      settings.put("M", Scalar.of(images[0] / groups));
    }
    settings.putAll(window.settings());
    into.layer(
        isDepthwise ? "conv2d_transpose_depthwise" : "conv2d_transpose",
        OnnxImport.weights(w, b),
        settings);
    into.becomes(outputs, high, wide);
  }

  /**
   * Of a transposed convolution; each has a number for rows and one for columns.
   *
   * @param more rows and columns that come out at the end
   */
  private record Window(long[] sizes, long[] strides, long[] pads, long[] more) {
    long output(long extent, int side) {
      return strides[side] * (extent - 1) - 2 * pads[side] + sizes[side] + more[side];
    }

    boolean fitsStrides() {
      return more[0] < strides[0] && more[1] < strides[1];
    }

    Map<String, Scalar> settings() {
      Map<String, Scalar> settings = new LinkedHashMap<>();
      put(settings, "Hf", "Wf", sizes);
      put(settings, "strideh", "stridew", strides);
      put(settings, "padh", "padw", pads);
      put(settings, "out_padh", "out_padw", more);
      return settings;
    }

    private static void put(
        Map<String, Scalar> settings, String ofRows, String ofCols, long[] numbers) {
      settings.put(ofRows, Scalar.of(numbers[0]));
      settings.put(ofCols, Scalar.of(numbers[1]));
    }
  }

  private static Window window(OnnxImport into, Node node, List<Long> filters) {
    long[] pads = numbers(into, node, "pads", 0, 0, 0, 0);
    boolean isPlain =
        Arrays.equals(numbers(into, node, "dilations", 1, 1), new long[] {1, 1})
            && List.of("NOTSET", "VALID").contains(node.text("auto_pad", "NOTSET"))
            && node.integers("output_shape") == null;
    if (!isPlain || pads[0] != pads[2] || pads[1] != pads[3]) {
      throw into.problem(
          node,
          "is dilated, states its output (output_shape, auto_pad) or cuts more off on one side, which"
              + " the layer conv2d_transpose does not");
    }
    return new Window(
        new long[] {filters.get(2), filters.get(3)},
        numbers(into, node, "strides", 1, 1),
        Arrays.copyOf(pads, 2),
        numbers(into, node, "output_padding", 0, 0));
  }

  private static long[] numbers(OnnxImport into, Node node, String name, long... fallback) {
    List<Long> given = node.integers(name);
    if (given == null) {
      return fallback;
    }
    long least = name.equals("strides") || name.equals("dilations") ? 1 : 0;
    if (given.size() != fallback.length || given.stream().anyMatch(n -> n < least || n > 1 << 20)) {
      throw into.problem(node, "has " + name + " " + given);
    }
    return given.stream().mapToLong(Long::longValue).toArray();
  }
}
