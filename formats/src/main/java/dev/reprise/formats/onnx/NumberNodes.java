package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads sums, products and bounds with one number, the same for all cells. Stateless. */
final class NumberNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "Neg", (into, node) -> scaled(into, -1),
          "Max",
              (into, node) -> clip(into, number(into, node, "at least"), Double.POSITIVE_INFINITY),
          "Min",
              (into, node) -> clip(into, Double.NEGATIVE_INFINITY, number(into, node, "at most")));

  private NumberNodes() {}

  /** True for one cell, which leaves the value at hand its extents. */
  static boolean isNumber(OnnxImport into, OnnxTensor tensor) {
    return tensor.isOneCell() && ScaleNodes.keepsExtents(into, tensor);
  }

  static void scaled(OnnxImport into, double factor) {
    into.add(layer(factor, 0));
  }

  /** A product with a number before it becomes one layer with the sum. */
  static void shifted(OnnxImport into, double summand) {
    Chain chain = into.value().chain();
    boolean isScaled =
        chain.endsWith(Layer.SCALE_SHIFT) && chain.layer().settings().get("shift").asDouble() == 0;
    if (isScaled) {
      into.becomes(into.value().with(chain.before()));
      into.add(layer(chain.layer().settings().get("factor").asDouble(), summand));
    } else {
      into.add(layer(1, summand));
    }
  }

  /** The layer that multiplies all cells with a number, and then adds one. */
  static Layer layer(double factor, double shift) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("factor", Scalar.of(factor));
    settings.put("shift", Scalar.of(shift));
    return new Layer(Layer.SCALE_SHIFT, Map.of(), settings);
  }

  private static void clip(OnnxImport into, double min, double max) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("min", Scalar.of(min));
    settings.put("max", Scalar.of(max));
    into.layer("clip", Map.of(), settings);
  }

  private static double number(OnnxImport into, Node node, String what) {
    int other = node.inputs().getFirst().equals(into.current()) ? 1 : 0;
    boolean isOne = node.inputs().size() == 2 && into.isConstant(node, other);
    if (!isOne || !isNumber(into, into.constant(node, other))) {
      throw into.problem(
          node, "takes cells of several values, but a layer makes them " + what + " one number");
    }
    return into.constant(node, other).cells()[0];
  }
}
