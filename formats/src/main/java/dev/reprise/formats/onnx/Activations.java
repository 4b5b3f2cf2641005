package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Nodes that compute each cell by itself from nothing but attributes, as layers. */
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
      Map.of(
          "Relu", Kind.of("relu"),
          "Sigmoid", Kind.of("sigmoid"),
          "Tanh", Kind.of("tanh"),
          "Softplus", Kind.of("softplus"),
          "HardSwish", Kind.of("hard_swish"),
          "HardSigmoid", new Kind("hard_sigmoid", Map.of("alpha", 0.2, "beta", 0.5)),
          "LeakyRelu", new Kind("leaky_relu", Map.of("alpha", 0.01)),
          "Elu", new Kind("elu", Map.of("alpha", 1.0)),
          "Celu", new Kind("celu", Map.of("alpha", 1.0)));

  private Activations() {}

  static Set<String> operators() {
    return KINDS.keySet();
  }

  /** Null for nodes that are none. */
  static Layer of(Node node) {
    Kind kind = KINDS.get(node.operator());
    if (kind == null) {
      return null;
    }
    Map<String, Scalar> settings = new LinkedHashMap<>();
    kind.settings.keySet().stream()
        .sorted()
        .forEach(name -> settings.put(name, Scalar.of(node.number(name, kind.settings.get(name)))));
    return new Layer(kind.layer, Map.of(), settings);
  }
}
