package dev.reprise.formats.onnx;

import java.util.List;
import java.util.Map;

/** Writes layers that take images. Stateless. */
final class ImageWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.of(
          "conv2d",
          (export, layer) -> convolution(export, layer, layer.window(), 1),
          "conv2d_grouped",
          ImageWriters::groupedConvolution,
          "max_pool2d",
          (export, layer) -> pool(export, "MaxPool", layer),
          "avg_pool2d",
          (export, layer) -> pool(export, "AveragePool", layer),
          "avg_pool2d_inside",
          (export, layer) -> pool(export, "AveragePool", layer),
          "pad2d",
          ImageWriters::pad,
          "global_avg_pool2d",
          ImageWriters::globalAverage,
          "batch_norm2d",
          ImageWriters::batchNorm2d);

  private ImageWriters() {}

  private static void groupedConvolution(OnnxExport export, LayerReader layer) {
    long groups = layer.positive("groups");
    LayerReader.Window window = layer.dilatedWindow();
    if (window.channels() % groups != 0 || layer.weights("W").rows() % groups != 0) {
      throw layer.problem(
          "has " + groups + " groups, which do not divide C and the number of filters");
    }
    convolution(export, layer, window, groups);
  }

  private static void convolution(
      OnnxExport export, LayerReader layer, LayerReader.Window window, long groups) {
    export.takesImages(window.images(), layer);
    Layer.Weights weights = layer.weights("W");
    long channels = window.channels() / groups;
    long cells = channels * window.rows() * window.cols();
    if (weights.cols() != cells) {
      throw layer.problem(
          "has filters of "
              + weights.cols()
              + " cells, but C*Hf*Wf is "
              + cells
              + (groups == 1 ? "" : " in each group"));
    }
    Layer.Weights bias = layer.weights("b", weights.rows(), 1);
    String w = export.floats("W", weights, weights.rows(), channels, window.rows(), window.cols());
    NodeWriter node =
        window(
            export.node("Conv", export.current(), w, export.floats("b", bias, bias.rows())),
            window);
    if (groups > 1) {
      node.integer("group", groups);
    }
    if (window.dilationRows() > 1 || window.dilationCols() > 1) {
      node.integers("dilations", window.dilationRows(), window.dilationCols());
    }
    node.add();
    export.becomes(window.output(weights.rows()));
  }

  private static void pool(OnnxExport export, String operator, LayerReader layer) {
    LayerReader.Window window = layer.window();
    export.takesImages(window.images(), layer);
    NodeWriter node = window(export.node(operator, export.current()), window);
    if (operator.equals("AveragePool")) {
      node.integer("count_include_pad", layer.isOf("avg_pool2d") ? 1 : 0);
    }
    node.add();
    export.becomes(window.output(window.channels()));
  }

  private static NodeWriter window(NodeWriter node, LayerReader.Window window) {
    return node.integers("kernel_shape", window.rows(), window.cols())
        .integers("strides", window.strideRows(), window.strideCols())
        .integers("pads", window.padRows(), window.padCols(), window.padRows(), window.padCols());
  }

  private static void pad(OnnxExport export, LayerReader layer) {
    long[] images = layer.images();
    export.takesImages(images, layer);
    long top = layer.whole("pad_top");
    long left = layer.whole("pad_left");
    long bottom = layer.whole("pad_bottom");
    long right = layer.whole("pad_right");
    String pads = export.integers("pads", 0, 0, top, left, 0, 0, bottom, right);
    Layer.Weights value = new Layer.Weights(1, 1, new double[] {layer.number("value")});
    export.node("Pad", export.current(), pads, export.floats("value", value)).add();
    export.becomes(images[0], images[1] + top + bottom, images[2] + left + right);
  }

  private static void globalAverage(OnnxExport export, LayerReader layer) {
    export.takesImages(layer.images(), layer);
    export.node("GlobalAveragePool", export.current()).add();
    export.becomes(export.extents()[0], 1, 1);
  }

  private static void batchNorm2d(OnnxExport export, LayerReader layer) {
    export.takesImages(layer.images(), layer);
    batchNorm(export, layer, (int) export.extents()[0], 1);
  }

  static void batchNorm(OnnxExport export, LayerReader layer, int rows, int cols) {
    String[] inputs = new String[5];
    inputs[0] = export.current();
    List<String> names = List.of("gamma", "beta", "ema_mean", "ema_var");
    for (int i = 0; i < names.size(); i++) {
      Layer.Weights weights = layer.weights(names.get(i), rows, cols);
      inputs[i + 1] = export.floats(names.get(i), weights, (long) rows * cols);
    }
    NodeWriter node = export.node("BatchNormalization", inputs);
    node.number("epsilon", layer.number("epsilon", 1e-5));
    node.number("momentum", layer.number("mu", 0.9)).add();
  }
}
