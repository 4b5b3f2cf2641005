package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads nodes that compute each cell by itself. Stateless. */
final class Activations {

  /**
   * A kind of layer.
   *
   * @param settings its numbers, with what ONNX takes when a node does not say them
   */
  private record Kind(String layer, Map<String, Double> settings) {
    static Kind of(String layer) {
      return new Kind(layer, Map.of());
    }
  }

  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("Relu", Kind.of("relu")),
          Map.entry("Sigmoid", Kind.of("sigmoid")),
          Map.entry("Tanh", Kind.of("tanh")),
          Map.entry("Softplus", Kind.of("softplus")),
          Map.entry("HardSwish", Kind.of("hard_swish")),
          Map.entry("HardSigmoid", new Kind("hard_sigmoid", Map.of("alpha", 0.2, "beta", 0.5))),
          Map.entry("LeakyRelu", new Kind("leaky_relu", Map.of("alpha", 0.01))),
          Map.entry("Elu", new Kind("elu", Map.of("alpha", 1.0))),
          Map.entry("Celu", new Kind("celu", Map.of("alpha", 1.0))),
          Map.entry("Exp", Kind.of("exp")),
          Map.entry("Log", Kind.of("log")),
          Map.entry("Abs", Kind.of("abs")),
          Map.entry("Sqrt", Kind.of("sqrt")),
          Map.entry("Reciprocal", Kind.of("reciprocal")));

  static final Map<String, OnnxImport.Rule> RULES = new HashMap<>();

  static {
    KINDS.forEach((operator, kind) -> RULES.put(operator, (into, node) -> add(into, node, kind)));
    RULES.put("Gelu", Activations::gelu);
    RULES.put("Selu", Activations::selu);
    RULES.put("PRelu", Activations::slope);
    RULES.put("Clip", Activations::clip);
    RULES.put("Dropout", Activations::dropout);
    RULES.put("Mish", (into, node) -> mish(into));
  }

  private Activations() {}

  private static void add(OnnxImport into, Node node, Kind kind) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    kind.settings.keySet().stream()
        .sorted()
        .forEach(name -> settings.put(name, Scalar.of(node.number(name, kind.settings.get(name)))));
    into.layer(kind.layer, Map.of(), settings);
  }

  private static void gelu(OnnxImport into, Node node) {
    into.layer(node.text("approximate", "none").equals("tanh") ? "gelu" : "gelu_erf");
  }

  /** With the two numbers that it is defined by, up to a float's digits. */
  private static void selu(OnnxImport into, Node node) {
    boolean isStandard =
        Math.abs(node.number("alpha", 1.6732632) - 1.6732632) < 1e-5
            && Math.abs(node.number("gamma", 1.050701) - 1.050701) < 1e-5;
    if (!isStandard) {
      throw into.problem(node, "has other numbers than those of the function selu");
    }
    into.layer("selu");
  }

  /** One slope for all cells, or one for each channel, column or cell. */
  private static void slope(OnnxImport into, Node node) {
    OnnxTensor slopes = into.constant(node, 1);
    if (slopes.isOneCell()) {
      into.layer("leaky_relu", Map.of(), Map.of("alpha", Scalar.of(slopes.cells()[0])));
    } else if (ScaleNodes.isOfChannels(into, slopes)) {
      Map<String, Layer.Weights> weights = Map.of("alpha", slopes.column());
      into.layer("prelu2d", weights, ImageNodes.sizes(into.extents()));
    } else if (ScaleNodes.isOfColumns(into, slopes)) {
      Map<String, Layer.Weights> weights = Map.of("alpha", slopes.row());
      RowNodes.addToSteps(into, new Layer("prelu1d", weights, Map.of()));
    } else if (ScaleNodes.isOfCells(into, slopes)) {
      into.layer("prelu1d", Map.of("alpha", slopes.row()), Map.of());
    } else {
      throw into.problem(
          node,
          "has slopes of "
              + slopes.extents()
              + " for "
              + into.words()
              + "; there are layers with one slope, and with one for each channel, column or cell");
    }
  }

  private static void clip(OnnxImport into, Node node) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("min", Scalar.of(bound(into, node, 1, "min", Double.NEGATIVE_INFINITY)));
    settings.put("max", Scalar.of(bound(into, node, 2, "max", Double.POSITIVE_INFINITY)));
    into.layer("clip", Map.of(), settings);
  }

  /** An input, or in old models an attribute. */
  private static double bound(OnnxImport into, Node node, int input, String name, double none) {
    if (!OnnxImport.has(node, input)) {
      return node.number(name, none);
    }
    double[] cells = into.constant(node, input).cells();
    if (cells.length != 1) {
      throw into.problem(node, "needs one number as input " + (input + 1));
    }
    return cells[0];
  }

  /** x times tanh(softplus(x)), for which there is no layer of its own. */
  private static void mish(OnnxImport into) {
    List<Layer> gate =
        List.of(new Layer("softplus", Map.of(), Map.of()), new Layer("tanh", Map.of(), Map.of()));
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.MAIN, gate);
    branches.put(Layer.SHORTCUT, List.of());
    Layer product = new Layer(Layer.PRODUCT, Map.of(), Map.of(), branches);
    into.becomes(into.value().with(into.value().chain().with(product, 3)));
  }

  private static void dropout(OnnxImport into, Node node) {
    boolean isInput = OnnxImport.has(node, 1);
    double ratio = isInput ? into.constant(node, 1).cells()[0] : node.number("ratio", 0.5);
    double kept = 1 - Double.parseDouble(Float.toString((float) ratio));
    into.layer("dropout", Map.of(), Map.of("p", Scalar.of(kept)));
  }
}
