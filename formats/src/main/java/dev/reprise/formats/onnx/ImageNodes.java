package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads nodes that take images: convolutions and poolings. Stateless. */
final class ImageNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "Conv", LineNodes.over(ImageNodes::convolution),
          "MaxPool", LineNodes.over(ImageNodes::maximum),
          "AveragePool", LineNodes.over(ImageNodes::mean),
          "GlobalAveragePool", LineNodes.over(ImageNodes::globalAverage),
          "GlobalMaxPool", LineNodes.over(ImageNodes::globalMaximum));

  private ImageNodes() {}

  static void convolution(OnnxImport into, Node node) {
    OnnxTensor filters = into.constant(node, 1);
    long groups = node.integer("group", 1);
    if (filters.extents().size() != 4) {
      throw into.problem(node, "has filters that are not of two extents");
    }
    needsImages(into, node);
    List<Long> shape = filters.extents().subList(2, 4);
    agrees(into, node, shape);
    WindowAttributes.Placed placed = attributes(into, node).filters(into.extents(), shape);
    LayerReader.Window window = placed.window();
    if (filters.extents().get(0) * filters.extents().get(1) * window.rows() * window.cols()
        > Integer.MAX_VALUE) {
      throw into.problem(node, "has filters that are too large");
    }
    Layer.Weights w = inWindow(filters, placed);
    if (groups < 1 || filters.extents().get(1) * groups != window.channels()) {
      throw into.problem(
          node,
          "has filters of "
              + filters.extents().get(1)
              + " channels in "
              + groups
              + " groups, but gets images of "
              + window.channels());
    }
    if (w.rows() % groups != 0) {
      throw into.problem(node, "has " + w.rows() + " filters for " + groups + " groups");
    }
    Layer.Weights b =
        OnnxImport.has(node, 2)
            ? into.constant(node, 2).column()
            : new Layer.Weights(w.rows(), 1, new double[w.rows()]);
    Map<String, Scalar> settings = settings(window);
    boolean isPlain = groups == 1 && window.dilationRows() == 1 && window.dilationCols() == 1;
    if (!isPlain) {
      settings.put("groups", Scalar.of(groups));
      settings.put("dilationh", Scalar.of(window.dilationRows()));
      settings.put("dilationw", Scalar.of(window.dilationCols()));
    }
    into.layer(isPlain ? "conv2d" : "conv2d_grouped", OnnxImport.weights(w, b), settings);
    into.becomes(window.output(w.rows()));
  }

  private static void maximum(OnnxImport into, Node node) {
    WindowAttributes.Bordered bordered = pooling(into, node);
    if (bordered.hasBorder()) {
      PaddingNodes.add(into, bordered.border(), Double.NEGATIVE_INFINITY);
    }
    pool(into, "max_pool2d", bordered.window());
  }

  /**
   * Padding counts or not; what the last windows see beyond it, where sizes are rounded up, never.
   */
  private static void mean(OnnxImport into, Node node) {
    WindowAttributes.Bordered bordered = pooling(into, node);
    LayerReader.Window window = bordered.window();
    boolean countsAll = node.integer("count_include_pad", 0) != 0;
    if (!bordered.hasBorder()) {
      boolean leavesOut = !countsAll && window.padRows() + window.padCols() > 0;
      pool(into, leavesOut ? "avg_pool2d_inside" : "avg_pool2d", window);
      return;
    }
    if (countsAll && Arrays.stream(bordered.pads()).anyMatch(pad -> pad > 0)) {
      PaddingNodes.add(into, bordered.pads(), 0);
    }
    long[] uncounted =
        countsAll ? new long[] {0, 0, bordered.more()[0], bordered.more()[1]} : bordered.border();
    if (Arrays.stream(uncounted).allMatch(pad -> pad == 0)) {
      pool(into, "avg_pool2d", window);
    } else {
      uneven(into, node, window, uncounted);
    }
  }

  /** Means that leave a border out, over images that do not have it. */
  private static void uneven(OnnxImport into, Node node, LayerReader.Window window, long[] border) {
    boolean isLarge =
        Math.max(border[0], border[2]) >= window.rows()
            || Math.max(border[1], border[3]) >= window.cols();
    if (isLarge) {
      throw into.problem(node, "has padding that is not smaller than its window");
    }
    Map<String, Scalar> settings = settings(window);
    settings.keySet().removeAll(List.of("padh", "padw"));
    settings.putAll(sizes(into.extents()));
    settings.putAll(PaddingNodes.settings(border));
    into.layer("avg_pool2d_uneven", Map.of(), settings);
    into.becomes(window.output(window.channels()));
  }

  private static WindowAttributes.Bordered pooling(OnnxImport into, Node node) {
    List<Long> shape = node.integers("kernel_shape");
    if (shape == null || shape.size() != 2) {
      throw into.problem(node, "has a window that is not of two extents");
    }
    if (shape.stream().anyMatch(extent -> extent < 1)) {
      throw into.problem(node, "has a window of " + shape + " cells");
    }
    needsImages(into, node);
    WindowAttributes.Bordered bordered = attributes(into, node).pooling(into.extents(), shape);
    LayerReader.Window window = bordered.window();
    if (window.dilationRows() != 1 || window.dilationCols() != 1) {
      throw into.problem(node, "is dilated, which the layers are not");
    }
    return bordered;
  }

  private static void pool(OnnxImport into, String type, LayerReader.Window window) {
    into.layer(type, Map.of(), settings(window));
    into.becomes(window.output(window.channels()));
  }

  /** A node may say how large its filters are, which must be as large then. */
  static void agrees(OnnxImport into, Node node, List<Long> window) {
    List<Long> stated = node.integers("kernel_shape");
    if (stated != null && !stated.isEmpty() && !stated.equals(window)) {
      throw into.problem(node, "states a window of " + stated + " for filters of " + window);
    }
  }

  private static WindowAttributes attributes(OnnxImport into, Node node) {
    return new WindowAttributes(node, what -> into.problem(node, what));
  }

  /** Filters in a window that may be larger, with zeros around them. */
  private static Layer.Weights inWindow(OnnxTensor filters, WindowAttributes.Placed placed) {
    Layer.Weights given = filters.matrix();
    int rows = filters.extents().get(2).intValue();
    int cols = filters.extents().get(3).intValue();
    int allRows = (int) placed.window().rows();
    int allCols = (int) placed.window().cols();
    if (allRows == rows && allCols == cols) {
      return given;
    }
    int channels = filters.extents().get(1).intValue();
    double[] cells = new double[given.rows() * channels * allRows * allCols];
    for (int line = 0; line < given.rows() * channels * rows; line++) {
      int target = (line / rows * allRows + placed.top() + line % rows) * allCols + placed.left();
      System.arraycopy(given.cells(), line * cols, cells, target, cols);
    }
    return new Layer.Weights(given.rows(), channels * allRows * allCols, cells);
  }

  static void needsImages(OnnxImport into, Node node) {
    long[] extents = into.extents();
    boolean isOpen = Arrays.stream(extents).anyMatch(extent -> extent < 1);
    if (extents.length != 3 || into.value().place() != 0 || isOpen) {
      throw into.problem(
          node,
          "needs images of a known size, but gets "
              + Arrays.toString(extents)
              + "; save the model with channels, height and width of its input");
    }
  }

  private static Map<String, Scalar> settings(LayerReader.Window window) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("C", Scalar.of(window.channels()));
    settings.put("Hin", Scalar.of(window.imageRows()));
    settings.put("Win", Scalar.of(window.imageCols()));
    settings.put("Hf", Scalar.of(window.rows()));
    settings.put("Wf", Scalar.of(window.cols()));
    settings.put("strideh", Scalar.of(window.strideRows()));
    settings.put("stridew", Scalar.of(window.strideCols()));
    settings.put("padh", Scalar.of(window.padRows()));
    settings.put("padw", Scalar.of(window.padCols()));
    return settings;
  }

  static Map<String, Scalar> sizes(long[] extents) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("C", Scalar.of(extents[0]));
    settings.put("Hin", Scalar.of(extents[1]));
    settings.put("Win", Scalar.of(extents[2]));
    return settings;
  }

  static void globalAverage(OnnxImport into, Node node) {
    needsImages(into, node);
    into.layer("global_avg_pool2d", Map.of(), sizes(into.extents()));
    into.becomes(into.extents()[0], 1, 1);
  }

  /** The largest cell of each channel: a window as large as the images. */
  static void globalMaximum(OnnxImport into, Node node) {
    needsImages(into, node);
    long[] extents = into.extents();
    LayerReader.Window window =
        new LayerReader.Window(
            extents[0], extents[1], extents[2], extents[1], extents[2], 1, 1, 0, 0, 1, 1);
    pool(into, "max_pool2d", window);
  }
}
