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
          "avg_pool2d_uneven",
          ImageWriters::unevenMean,
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
    boolean isMean = operator.equals("AveragePool");
    boolean isInside = layer.isOf("avg_pool2d_inside");
    long rows = window.imageRows();
    long cols = window.imageCols();
    long[] pads = {window.padRows(), window.padCols(), window.padRows(), window.padCols()};
    if (pads[0] >= window.rows() || pads[1] >= window.cols()) {
      // Onnxruntime takes no padding as large as the window.
      if (isInside) {
        throw layer.problem("has padding that is not smaller than its window");
      }
      pad(export, pads, isMean ? 0 : Double.NEGATIVE_INFINITY);
      rows += 2 * pads[0];
      cols += 2 * pads[1];
      pads = new long[4];
    }
    if (isMean && export.isBordered()) {
      // But it makes one node of Pad and a mean, without looking at the sizes; not with this
      // between.
      String shape = export.integers("shape", -1, window.channels(), rows, cols);
      export.node("Reshape", export.current(), shape).add();
    }
    NodeWriter node =
        export
            .node(operator, export.current())
            .integers("kernel_shape", window.rows(), window.cols())
            .integers("strides", window.strideRows(), window.strideCols())
            .integers("pads", pads);
    if (isMean) {
      node.integer("count_include_pad", isInside ? 0 : 1);
    }
    node.add();
    export.becomes(window.output(window.channels()));
  }

  private static void unevenMean(OnnxExport export, LayerReader layer) {
    long[] images = layer.images();
    export.takesImages(images, layer);
    long[] sizes = {layer.positive("Hf"), layer.positive("Wf")};
    long[] strides = {layer.positive("strideh"), layer.positive("stridew")};
    long[] pads = pads(layer);
    long high = images[1] + pads[0] + pads[2] - sizes[0];
    long wide = images[2] + pads[1] + pads[3] - sizes[1];
    boolean isLarge =
        Math.max(pads[0], pads[2]) >= sizes[0] || Math.max(pads[1], pads[3]) >= sizes[1];
    if (isLarge || high < 0 || wide < 0) {
      throw layer.problem(
          "has padding that is not smaller than its window, or a window that is larger than the"
              + " padded image");
    }
    if (export.isBordered()) {
      String shape = export.integers("shape", -1, images[0], images[1], images[2]);
      export.node("Reshape", export.current(), shape).add();
    }
    NodeWriter node = export.node("AveragePool", export.current());
    node.integers("kernel_shape", sizes).integers("strides", strides).integers("pads", pads);
    node.integer("count_include_pad", 0).add();
    export.becomes(images[0], high / strides[0] + 1, wide / strides[1] + 1);
  }

  /** Above, to the left, below, to the right. */
  private static long[] pads(LayerReader layer) {
    return new long[] {
      layer.whole("pad_top"),
      layer.whole("pad_left"),
      layer.whole("pad_bottom"),
      layer.whole("pad_right")
    };
  }

  private static NodeWriter window(NodeWriter node, LayerReader.Window window) {
    return node.integers("kernel_shape", window.rows(), window.cols())
        .integers("strides", window.strideRows(), window.strideCols())
        .integers("pads", window.padRows(), window.padCols(), window.padRows(), window.padCols());
  }

  private static void pad(OnnxExport export, LayerReader layer) {
    long[] images = layer.images();
    export.takesImages(images, layer);
    long[] pads = pads(layer);
    pad(export, pads, layer.number("value"));
    export.becomes(images[0], images[1] + pads[0] + pads[2], images[2] + pads[1] + pads[3]);
  }

  /** A border above, to the left, below and to the right. */
  private static void pad(OnnxExport export, long[] pads, double border) {
    String all = export.integers("pads", 0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]);
    Layer.Weights value = new Layer.Weights(1, 1, new double[] {border});
    export.node("Pad", export.current(), all, export.floats("value", value)).add();
    export.hasBorder();
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
