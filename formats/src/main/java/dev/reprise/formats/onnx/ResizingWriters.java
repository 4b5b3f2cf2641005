package dev.reprise.formats.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes layers that make images larger, or scale and normalize channels. Stateless. */
final class ResizingWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.of(
          "conv2d_transpose", (export, layer) -> transposedConvolution(export, layer, 1),
          "conv2d_transpose_depthwise",
              (export, layer) -> transposedConvolution(export, layer, groups(layer)),
          "upsample2d", ResizingWriters::upsample,
          "resize2d", ResizingWriters::resize,
          "scale_shift2d", ResizingWriters::scaleShift,
          "group_norm", ResizingWriters::groupNorm);

  private ResizingWriters() {}

  private static long groups(LayerReader layer) {
    long channels = layer.positive("C");
    long each = layer.positive("M");
    if (channels % each != 0) {
      throw layer.problem("has groups of " + each + " channels, which do not divide C");
    }
    return channels / each;
  }

  private static void transposedConvolution(OnnxExport export, LayerReader layer, long groups) {
    long[] images = layer.images();
    export.takesImages(images, layer);
    boolean isDepthwise = layer.isOf("conv2d_transpose_depthwise");
    Layer.Weights w = layer.weights("W");
    long rows = layer.positive("Hf");
    long cols = layer.positive("Wf");
    long outputs = isDepthwise ? groups : layer.weights("b").rows();
    Layer.Weights b = layer.weights("b", (int) outputs, 1);
    long each = isDepthwise ? 1 : outputs;
    long needed = images[0] * each * rows * cols;
    if ((long) w.rows() * w.cols() != needed || w.rows() != (isDepthwise ? groups : images[0])) {
      throw layer.problem(
          "has a W of " + w.rows() + " x " + w.cols() + ", which does not fit its sizes");
    }
    long[] strides = {layer.positive("strideh"), layer.positive("stridew")};
    long[] pads = {layer.whole("padh"), layer.whole("padw")};
    long[] more = {layer.whole("out_padh"), layer.whole("out_padw")};
    long high = strides[0] * (images[1] - 1) - 2 * pads[0] + rows + more[0];
    long wide = strides[1] * (images[2] - 1) - 2 * pads[1] + cols + more[1];
    if (high < 1 || wide < 1 || more[0] >= strides[0] || more[1] >= strides[1]) {
      throw layer.problem(
          "has padding that leaves nothing, or an out_padh or out_padw that is not below the stride");
    }
    NodeWriter node =
        export.node(
            "ConvTranspose",
            export.current(),
            export.floats("W", w, images[0], each, rows, cols),
            export.floats("b", b, outputs));
    node.integers("kernel_shape", rows, cols).integers("strides", strides);
    node.integers("pads", pads[0], pads[1], pads[0], pads[1]).integers("output_padding", more);
    node.integer("group", groups).add();
    export.becomes(outputs, high, wide);
  }

  private static void upsample(OnnxExport export, LayerReader layer) {
    long[] images = layer.images();
    export.takesImages(images, layer);
    long high = layer.positive("size_h");
    long wide = layer.positive("size_w");
    resizing(export, scales(export, high, wide), "asymmetric", "nearest")
        .text("nearest_mode", "floor")
        .add();
    export.becomes(images[0], images[1] * high, images[2] * wide);
  }

  /** An input of factors. */
  private static String[] scales(OnnxExport export, double high, double wide) {
    Layer.Weights factors = new Layer.Weights(1, 4, new double[] {1, 1, high, wide});
    return new String[] {export.current(), "", export.floats("scales", factors, 4)};
  }

  private static NodeWriter resizing(
      OnnxExport export, String[] inputs, String places, String mode) {
    return export
        .node("Resize", inputs)
        .text("mode", mode)
        .text("coordinate_transformation_mode", places);
  }

  private static void resize(OnnxExport export, LayerReader layer) {
    long[] images = layer.images();
    export.takesImages(images, layer);
    long[] output = {images[0], layer.positive("Hout"), layer.positive("Wout")};
    double high = layer.number("scale_h");
    double wide = layer.number("scale_w");
    boolean isOfSizes =
        isQuotient(high, images[1], output[1]) && isQuotient(wide, images[2], output[2]);
    String[] inputs = isOfSizes ? sizes(export, output) : scales(export, high, wide);
    if (!isOfSizes
        && (InterpolationNodes.size(images[1], high) != output[1]
            || InterpolationNodes.size(images[2], wide) != output[2])) {
      throw layer.problem(
          "has factors of "
              + high
              + " and "
              + wide
              + ", which do not make Hout x Wout of Hin x Win, nor are their quotients");
    }
    String method = oneOf(layer, "method", InterpolationNodes.METHODS);
    String places = oneOf(layer, "places", InterpolationNodes.PLACES);
    String nearest = InterpolationNodes.NEAREST.get(method);
    NodeWriter node = resizing(export, inputs, places, nearest == null ? method : "nearest");
    if (nearest != null) {
      node.text("nearest_mode", nearest);
    }
    node.add();
    export.becomes(output);
  }

  private static String oneOf(LayerReader layer, String name, List<String> known) {
    String text = layer.text(name);
    if (!known.contains(text)) {
      throw layer.problem("has the " + name + " \"" + text + "\", but there are " + known);
    }
    return text;
  }

  /** Equal but for a float's last digits. */
  private static boolean isQuotient(double scale, long before, long after) {
    return Math.abs(scale * before / after - 1) < 1e-6;
  }

  /** An input of sizes, of which the number of examples is computed: no float rounds them. */
  private static String[] sizes(OnnxExport export, long[] output) {
    String images = export.current();
    export.node("Shape", images).integer("end", 1).add();
    String rest = export.integers("sizes", output);
    export.node("Concat", export.current(), rest).integer("axis", 0).add();
    return new String[] {images, "", "", export.current()};
  }

  private static void scaleShift(OnnxExport export, LayerReader layer) {
    export.takesImages(layer.images(), layer);
    int channels = (int) export.extents()[0];
    scaled(export, layer, channels, channels, 1, 1);
  }

  static void scaled(OnnxExport export, LayerReader layer, int rows, long... shape) {
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    Layer.Weights gamma = layer.weights("gamma", rows, count / rows);
    Layer.Weights beta = layer.weights("beta", rows, count / rows);
    export.node("Mul", export.current(), export.floats("gamma", gamma, shape)).add();
    export.node("Add", export.current(), export.floats("beta", beta, shape)).add();
  }

  /** Before opset 21 as PyTorch writes it: a normalization whose channels are the groups. */
  private static void groupNorm(OnnxExport export, LayerReader layer) {
    long channels = layer.positive("C");
    long groups = layer.positive("groups");
    if (channels % groups != 0) {
      throw layer.problem("has " + groups + " groups, which do not divide C");
    }
    export.takesImages(export.channels(channels, layer), layer);
    long[] images = export.extents();
    double epsilon = layer.number("epsilon", 1e-5);
    Layer.Weights gamma = layer.weights("gamma", (int) channels, 1);
    Layer.Weights beta = layer.weights("beta", (int) channels, 1);
    if (groups == channels) {
      String scale = export.floats("gamma", gamma, channels);
      String shift = export.floats("beta", beta, channels);
      NodeWriter node = export.node("InstanceNormalization", export.current(), scale, shift);
      node.number("epsilon", epsilon).add();
      return;
    }
    double[] ones = new double[(int) groups];
    Arrays.fill(ones, 1);
    Layer.Weights none = new Layer.Weights((int) groups, 1, new double[(int) groups]);
    String scale = export.floats("ones", new Layer.Weights((int) groups, 1, ones), groups);
    String shift = export.floats("zeros", none, groups);
    String parted = export.integers("groups", 0, groups, -1);
    export.node("Reshape", export.current(), parted).add();
    NodeWriter node = export.node("InstanceNormalization", export.current(), scale, shift);
    node.number("epsilon", epsilon).add();
    String whole = export.integers("images", -1, images[0], images[1], images[2]);
    export.node("Reshape", export.current(), whole).add();
    scaled(export, layer, (int) channels, channels, 1, 1);
  }
}
