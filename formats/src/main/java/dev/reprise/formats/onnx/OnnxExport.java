package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes layers as an ONNX model. Weights and cells are floats, the type that all programs compute
 * convolutions in. The input has two extents, or four where the first layer with sizes is one of
 * images; the number of examples is left open.
 */
final class OnnxExport {
  private static final int FLOAT_CELLS = 1;
  private static final int INT64_CELLS = 7;

  /** An attribute's kinds, as ONNX numbers them. */
  private static final int FLOAT = 1;

  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int INTS = 7;

  private static final int OPSET = 17;

  /** Of the first operators with GELU, and the version of the file that goes with them. */
  private static final int OPSET_WITH_GELU = 20;

  /** Writes one layer. */
  @FunctionalInterface
  private interface Rule {
    void write(OnnxExport export, LayerReader layer);
  }

  private static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("affine", OnnxExport::affine),
          Map.entry("conv2d", (export, layer) -> export.convolution(layer, layer.window(), 1)),
          Map.entry("conv2d_grouped", OnnxExport::groupedConvolution),
          Map.entry(Layer.RESIDUAL, OnnxExport::residual),
          Map.entry("max_pool2d", (export, layer) -> export.pool("MaxPool", layer)),
          Map.entry("avg_pool2d", (export, layer) -> export.pool("AveragePool", layer)),
          Map.entry("global_avg_pool2d", OnnxExport::globalAverage),
          Map.entry("batch_norm1d", OnnxExport::batchNorm1d),
          Map.entry("batch_norm2d", OnnxExport::batchNorm2d),
          Map.entry("layer_norm", OnnxExport::layerNorm),
          Map.entry("relu", (export, layer) -> export.cells("Relu")),
          Map.entry("sigmoid", (export, layer) -> export.cells("Sigmoid")),
          Map.entry("tanh", (export, layer) -> export.cells("Tanh")),
          Map.entry("gelu", (export, _) -> export.gelu("tanh")),
          Map.entry("gelu_erf", (export, _) -> export.gelu("none")),
          Map.entry("selu", (export, layer) -> export.cells("Selu")),
          Map.entry("softplus", (export, layer) -> export.cells("Softplus")),
          Map.entry("hard_swish", (export, layer) -> export.cells("HardSwish")),
          Map.entry("hard_sigmoid", OnnxExport::hardSigmoid),
          Map.entry("celu", (export, layer) -> export.scaled("Celu", layer, 1)),
          Map.entry("clip", OnnxExport::clip),
          Map.entry("silu", OnnxExport::silu),
          Map.entry("leaky_relu", (export, layer) -> export.scaled("LeakyRelu", layer, 0.01)),
          Map.entry("elu", (export, layer) -> export.scaled("Elu", layer, 1)),
          Map.entry("softmax", (export, layer) -> export.rows("Softmax")),
          Map.entry("log_softmax", (export, layer) -> export.rows("LogSoftmax")),
          Map.entry("dropout", OnnxExport::dropout),
          Map.entry("flatten", (export, layer) -> export.flatten()));

  private final String file;
  private final ProtoOutput graph = new ProtoOutput();
  private final Set<String> names = new HashSet<>();
  private String current = "input";
  private int number;
  private int nodes;
  private int opset = OPSET;

  // The extents of the input, once a layer has told them; then what has become of it.
  private long[] input;
  private long[] extents;

  private OnnxExport(String file) {
    this.file = file;
  }

  static byte[] of(List<Layer> layers, String file) {
    OnnxExport export = new OnnxExport(file);
    export.writeAll(layers);
    if (export.input == null) {
      throw new FormatException(
          file, "no layer tells how wide the input is; a model needs one with weights or sizes");
    }
    return export.model();
  }

  private void writeAll(List<Layer> layers) {
    for (Layer layer : layers) {
      number++;
      Rule rule = RULES.get(layer.type());
      LayerReader reader = new LayerReader(layer, number, file);
      if (rule == null) {
        throw reader.problem(
            "cannot be written; there are "
                + String.join(", ", RULES.keySet().stream().sorted().toList()));
      }
      rule.write(this, reader);
    }
  }

  private void residual(LayerReader layer) {
    int own = number;
    String start = current;
    long[] startExtents = extents;
    writeAll(layer.branch(Layer.MAIN));
    String main = current;
    long[] mainExtents = extents;
    current = start;
    // Where this is the first layer, the main branch has told how large the input is.
    extents = startExtents == null ? input : startExtents;
    writeAll(layer.branch(Layer.SHORTCUT));
    // Nodes from here on are this layer's, not the last one's within.
    int last = number;
    number = own;
    if (!Arrays.equals(mainExtents, extents)) {
      // Images beside rows: their cells lie in the same order.
      flatten();
      String shortcut = current;
      long[] shortcutExtents = extents;
      current = main;
      extents = mainExtents;
      flatten();
      if (!Arrays.equals(shortcutExtents, extents)) {
        throw layer.problem(
            "has branches that make " + words(extents) + " and " + words(shortcutExtents));
      }
      main = current;
      current = shortcut;
    }
    node("Add", main, current).add();
    number = last;
  }

  private byte[] model() {
    ProtoOutput model = new ProtoOutput().integer(1, opset == OPSET ? 8 : 9).text(2, "Reprise");
    graph.text(2, "model").message(11, tensor("input", input));
    graph.message(12, tensor(current, extents));
    return model
        .message(7, graph)
        .message(8, new ProtoOutput().text(1, "").integer(2, opset))
        .toBytes();
  }

  private static ProtoOutput tensor(String name, long[] extents) {
    ProtoOutput shape = new ProtoOutput().message(1, new ProtoOutput().text(2, "N"));
    for (long extent : extents) {
      shape.message(1, new ProtoOutput().integer(1, extent));
    }
    ProtoOutput type = new ProtoOutput().integer(1, FLOAT_CELLS).message(2, shape);
    return new ProtoOutput().text(1, name).message(2, new ProtoOutput().message(1, type));
  }

  /** The layer takes rows of so many numbers. */
  private void takesRows(long width, LayerReader layer) {
    if (extents == null) {
      input = extents = new long[] {width};
    }
    flatten();
    if (extents[0] != width) {
      throw layer.problem("takes " + width + " numbers, but gets " + extents[0]);
    }
  }

  /** The layer takes images. */
  private void takesImages(long[] wanted, LayerReader layer) {
    if (extents == null) {
      input = extents = wanted;
    }
    if (extents.length == 1 && extents[0] == wanted[0] * wanted[1] * wanted[2]) {
      String shape = constant("shape", new double[] {-1, wanted[0], wanted[1], wanted[2]});
      node("Reshape", current, shape).add();
      extents = wanted;
    }
    if (!Arrays.equals(extents, wanted)) {
      throw layer.problem("takes images of " + words(wanted) + ", but gets " + words(extents));
    }
  }

  private static String words(long[] extents) {
    return extents == null
        ? "what is not known"
        : String.join(" x ", Arrays.stream(extents).mapToObj(Long::toString).toList());
  }

  private void flatten() {
    if (extents != null && extents.length > 1) {
      node("Flatten", current).integer("axis", 1).add();
      extents = new long[] {extents[0] * extents[1] * extents[2]};
    }
  }

  private void affine(LayerReader layer) {
    Layer.Weights weights = layer.weights("W");
    takesRows(weights.rows(), layer);
    Layer.Weights bias = layer.weights("b", 1, weights.cols());
    String w = floats("W", weights, weights.rows(), weights.cols());
    node("Gemm", current, w, floats("b", bias, bias.cols())).add();
    extents = new long[] {weights.cols()};
  }

  private void groupedConvolution(LayerReader layer) {
    long groups = layer.positive("groups");
    LayerReader.Window window = layer.dilatedWindow();
    if (window.channels() % groups != 0 || layer.weights("W").rows() % groups != 0) {
      throw layer.problem(
          "has " + groups + " groups, which do not divide C and the number of filters");
    }
    convolution(layer, window, groups);
  }

  private void convolution(LayerReader layer, LayerReader.Window window, long groups) {
    takesImages(window.images(), layer);
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
    String w = floats("W", weights, weights.rows(), channels, window.rows(), window.cols());
    NodeBuilder node = window(node("Conv", current, w, floats("b", bias, bias.rows())), window);
    if (groups > 1) {
      node.integer("group", groups);
    }
    if (window.dilationRows() > 1 || window.dilationCols() > 1) {
      node.integers("dilations", window.dilationRows(), window.dilationCols());
    }
    node.add();
    extents = window.output(weights.rows());
  }

  private void pool(String operator, LayerReader layer) {
    LayerReader.Window window = layer.window();
    takesImages(window.images(), layer);
    NodeBuilder node = window(node(operator, current), window);
    if (operator.equals("AveragePool")) {
      node.integer("count_include_pad", 1);
    }
    node.add();
    extents = window.output(window.channels());
  }

  private static NodeBuilder window(NodeBuilder node, LayerReader.Window window) {
    return node.integers("kernel_shape", window.rows(), window.cols())
        .integers("strides", window.strideRows(), window.strideCols())
        .integers("pads", window.padRows(), window.padCols(), window.padRows(), window.padCols());
  }

  private void globalAverage(LayerReader layer) {
    takesImages(layer.images(), layer);
    node("GlobalAveragePool", current).add();
    extents = new long[] {extents[0], 1, 1};
  }

  private void batchNorm1d(LayerReader layer) {
    int width = layer.weights("gamma").cols();
    takesRows(width, layer);
    batchNorm(layer, 1, width);
  }

  private void batchNorm2d(LayerReader layer) {
    takesImages(layer.images(), layer);
    batchNorm(layer, (int) extents[0], 1);
  }

  private void batchNorm(LayerReader layer, int rows, int cols) {
    String[] inputs = new String[5];
    inputs[0] = current;
    List<String> names = List.of("gamma", "beta", "ema_mean", "ema_var");
    for (int i = 0; i < names.size(); i++) {
      Layer.Weights weights = layer.weights(names.get(i), rows, cols);
      inputs[i + 1] = floats(names.get(i), weights, (long) rows * cols);
    }
    NodeBuilder node = node("BatchNormalization", inputs);
    node.number("epsilon", layer.number("epsilon", 1e-5));
    node.number("momentum", layer.number("mu", 0.9)).add();
  }

  private void layerNorm(LayerReader layer) {
    int width = layer.weights("gamma").cols();
    takesRows(width, layer);
    String gamma = floats("gamma", layer.weights("gamma", 1, width), width);
    String beta = floats("beta", layer.weights("beta", 1, width), width);
    NodeBuilder node = node("LayerNormalization", current, gamma, beta).integer("axis", -1);
    node.number("epsilon", layer.number("epsilon", 1e-5)).add();
  }

  private void cells(String operator) {
    node(operator, current).add();
  }

  private void scaled(String operator, LayerReader layer, double fallback) {
    node(operator, current).number("alpha", layer.number("alpha", fallback)).add();
  }

  private void rows(String operator) {
    flatten();
    node(operator, current).integer("axis", -1).add();
  }

  private void gelu(String approximate) {
    opset = OPSET_WITH_GELU;
    node("Gelu", current).text("approximate", approximate).add();
  }

  private void hardSigmoid(LayerReader layer) {
    NodeBuilder node = node("HardSigmoid", current).number("alpha", layer.number("alpha", 0.2));
    node.number("beta", layer.number("beta", 0.5)).add();
  }

  private void clip(LayerReader layer) {
    node("Clip", current, one("min", layer), one("max", layer)).add();
  }

  private String one(String name, LayerReader layer) {
    return floats(name, new Layer.Weights(1, 1, new double[] {layer.number(name)}));
  }

  /** There is no such operator before opset 24: x times its logistic function. */
  private void silu(LayerReader layer) {
    String before = current;
    node("Sigmoid", current).add();
    node("Mul", before, current).add();
  }

  private void dropout(LayerReader layer) {
    String ratio = floats("ratio", new Layer.Weights(1, 1, new double[] {1 - layer.number("p")}));
    node("Dropout", current, ratio).add();
  }

  private String floats(String name, Layer.Weights weights, long... extents) {
    ByteBuffer raw = bytes(weights.cells().length * Float.BYTES);
    for (double cell : weights.cells()) {
      if (Double.isFinite(cell) && Float.isInfinite((float) cell)) {
        throw new FormatException(
            file,
            "layer "
                + number
                + " has "
                + cell
                + " in "
                + name
                + ", which is beyond floats of 4 bytes; scale it, or write a checkpoint");
      }
      raw.putFloat((float) cell);
    }
    return constant(name, FLOAT_CELLS, raw, extents);
  }

  private String constant(String name, double[] integers) {
    ByteBuffer raw = bytes(integers.length * Long.BYTES);
    for (double cell : integers) {
      raw.putLong((long) cell);
    }
    return constant(name, INT64_CELLS, raw, integers.length);
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String constant(String name, int type, ByteBuffer raw, long... extents) {
    String full = "layer" + number + "." + name;
    ProtoOutput tensor = new ProtoOutput();
    for (long extent : extents) {
      tensor.integer(1, extent);
    }
    graph.message(5, tensor.integer(2, type).text(8, full).bytes(9, raw.array()));
    return full;
  }

  private NodeBuilder node(String operator, String... inputs) {
    return new NodeBuilder(operator, inputs);
  }

  /** A node that is added with {@link #add}; its output is what the next one takes. */
  private final class NodeBuilder {
    private final ProtoOutput node = new ProtoOutput();
    private final String output = "t" + ++nodes;

    NodeBuilder(String operator, String... inputs) {
      for (String name : inputs) {
        node.text(1, name);
      }
      node.text(2, output).text(3, unique("layer" + number + "_" + operator)).text(4, operator);
    }

    /** Some readers refuse a model in which two nodes have one name. */
    private String unique(String name) {
      return names.add(name) ? name : name + "_" + nodes;
    }

    NodeBuilder integer(String name, long value) {
      return attribute(new ProtoOutput().text(1, name).integer(3, value).integer(20, INT));
    }

    NodeBuilder number(String name, double value) {
      return attribute(
          new ProtoOutput().text(1, name).fixed32(2, (float) value).integer(20, FLOAT));
    }

    NodeBuilder text(String name, String value) {
      return attribute(new ProtoOutput().text(1, name).text(4, value).integer(20, STRING));
    }

    NodeBuilder integers(String name, long... values) {
      ProtoOutput attribute = new ProtoOutput().text(1, name);
      for (long value : values) {
        attribute.integer(8, value);
      }
      return attribute(attribute.integer(20, INTS));
    }

    private NodeBuilder attribute(ProtoOutput attribute) {
      node.message(5, attribute);
      return this;
    }

    void add() {
      graph.message(1, node);
      current = output;
    }
  }
}
