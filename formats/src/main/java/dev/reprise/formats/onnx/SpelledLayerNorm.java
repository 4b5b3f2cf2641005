package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Layer normalization spelled out, as models before opset 17 have it: with d = x - mean(x), d /
 * sqrt(mean(d^2) + epsilon). Scales and shifts come after it.
 */
final class SpelledLayerNorm {

  /** What a value is of another one, x. */
  private enum Kind {
    MEAN,
    CENTRED,
    SQUARED,
    VARIANCE,
    /** Variance plus epsilon. */
    RAISED,
    DEVIATION
  }

  private record Part(String x, Kind kind, double epsilon) {
    Part as(Kind next) {
      return new Part(x, next, epsilon);
    }
  }

  private final OnnxImport into;
  private final Map<String, Part> parts = new HashMap<>();

  SpelledLayerNorm(OnnxImport into) {
    this.into = into;
  }

  /** True for a value that is a part of the function, and nothing that layers make. */
  boolean isPart(String name) {
    return parts.containsKey(name);
  }

  /** Notes what a node puts out, if it may be a part of the function, or adds the layer. */
  boolean read(Node node) {
    String first = node.inputs().isEmpty() ? "" : node.inputs().getFirst();
    String last = node.inputs().isEmpty() ? "" : node.inputs().getLast();
    if (node.operator().equals("Div") && is(first, Kind.CENTRED) && isOf(first, last)) {
      put(node, parts.get(last));
      return true;
    }
    Part part =
        switch (node.operator()) {
          case "ReduceMean" -> mean(node, first);
          case "Sub" ->
              is(last, Kind.MEAN) && parts.get(last).x.equals(first)
                  ? parts.get(last).as(Kind.CENTRED)
                  : null;
          case "Pow" ->
              is(first, Kind.CENTRED) && number(last) == 2
                  ? parts.get(first).as(Kind.SQUARED)
                  : null;
          case "Mul" ->
              is(first, Kind.CENTRED) && first.equals(last)
                  ? parts.get(first).as(Kind.SQUARED)
                  : null;
          case "Add" -> is(first, Kind.VARIANCE) ? raised(first, last) : raised(last, first);
          case "Sqrt" -> is(first, Kind.RAISED) ? parts.get(first).as(Kind.DEVIATION) : null;
          default -> null;
        };
    if (part != null) {
      parts.put(node.outputs().getFirst(), part);
    }
    return part != null;
  }

  private boolean is(String name, Kind kind) {
    Part part = parts.get(name);
    return part != null && part.kind == kind;
  }

  private boolean isOf(String centred, String deviation) {
    return is(deviation, Kind.DEVIATION) && parts.get(deviation).x.equals(parts.get(centred).x);
  }

  /** Over the last extent alone, which stays as one. */
  private Part mean(Node node, String name) {
    boolean isVariance = is(name, Kind.SQUARED);
    Value x = into.value(isVariance ? parts.get(name).x : name);
    long[] axes = x == null || x.last() < 1 ? null : into.axes(node);
    boolean isOfRows =
        axes != null && axes.length == 1 && (axes[0] == -1 || axes[0] == x.extents().length);
    if (!isOfRows || node.integer("keepdims", 1) == 0) {
      return null;
    }
    return isVariance ? parts.get(name).as(Kind.VARIANCE) : new Part(name, Kind.MEAN, 0);
  }

  private Part raised(String variance, String epsilon) {
    double number = number(epsilon);
    boolean isVariance = is(variance, Kind.VARIANCE) && number >= 0;
    return isVariance ? new Part(parts.get(variance).x, Kind.RAISED, number) : null;
  }

  /** A constant of one cell; NaN for all else. */
  private double number(String name) {
    OnnxTensor tensor = into.model().constants().get(name);
    return tensor != null && tensor.isOneCell() ? tensor.cells()[0] : Double.NaN;
  }

  private void put(Node node, Part part) {
    Value x = into.value(part.x);
    int width = (int) x.last();
    double[] ones = new double[width];
    Arrays.fill(ones, 1);
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    weights.put("gamma", new Layer.Weights(1, width, ones));
    weights.put("beta", new Layer.Weights(1, width, new double[width]));
    // The shortest decimal of the float, which somebody wrote.
    double epsilon = Double.parseDouble(Float.toString((float) part.epsilon));
    into.becomes(x);
    RowNodes.addToSteps(
        into, new Layer("layer_norm", weights, Map.of("epsilon", Scalar.of(epsilon))));
    into.put(node.outputs().getFirst(), into.value());
  }
}
