package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Normalizations of rows spelled out, as models before opset 17 or 23 have them: with d = x -
 * mean(x), d / sqrt(mean(d^2) + epsilon), and with d = x. Scales and shifts come after it.
 */
final class SpelledNorm {

  /** What a value is of another one, x. */
  private enum Kind {
    MEAN,
    CENTRED,
    SQUARED,
    /** The mean of the squares of x, or of x without its mean. */
    VARIANCE,
    /** Variance plus epsilon. */
    RAISED,
    DEVIATION,
    /** 1 / deviation. */
    INVERSE
  }

  /**
   * What a value is.
   *
   * @param isCentred whether the mean was taken off before squares were made
   */
  private record Part(String x, Kind kind, double epsilon, boolean isCentred) {
    Part as(Kind next) {
      return new Part(x, next, epsilon, isCentred);
    }
  }

  private final OnnxImport into;
  private final Map<String, Part> parts = new HashMap<>();
  private final Map<String, Node> putOff = new HashMap<>();

  SpelledNorm(OnnxImport into) {
    this.into = into;
  }

  /** The node whose output is taken as something else than a part of the function; or null. */
  Node takePutOff(String name) {
    parts.remove(name);
    return putOff.remove(name);
  }

  /** Notes what a node puts out, if it may be a part of the function, or adds the layer. */
  boolean read(Node node) {
    String first = node.inputs().isEmpty() ? "" : node.inputs().getFirst();
    String last = node.inputs().isEmpty() ? "" : node.inputs().getLast();
    String operator = node.operator();
    String scale = operator.equals("Mul") && is(first, Kind.INVERSE) ? first : last;
    Kind wanted = operator.equals("Div") ? Kind.DEVIATION : Kind.INVERSE;
    boolean isScaled = operator.equals("Div") || operator.equals("Mul");
    if (isScaled && is(scale, wanted) && isNumerator(scale.equals(first) ? last : first, scale)) {
      put(node, parts.get(scale));
      return true;
    }
    Part part =
        switch (operator) {
          case "ReduceMean" -> mean(node, first);
          case "Sub" ->
              is(last, Kind.MEAN) && parts.get(last).x.equals(first)
                  ? new Part(first, Kind.CENTRED, 0, true)
                  : null;
          case "Pow" -> power(first, number(last));
          case "Mul" -> first.equals(last) ? power(first, 2) : null;
          case "Add" -> is(first, Kind.VARIANCE) ? raised(first, last) : raised(last, first);
          case "Sqrt" -> power(first, 0.5);
          case "Reciprocal" -> inverse(first);
          case "Div" -> number(first) == 1 ? inverse(last) : null;
          default -> null;
        };
    if (part != null) {
      parts.put(node.outputs().getFirst(), part);
      putOff.put(node.outputs().getFirst(), node);
    }
    return part != null;
  }

  private boolean is(String name, Kind kind) {
    Part part = parts.get(name);
    return part != null && part.kind == kind;
  }

  /** What is divided by a deviation: x without its mean, or x itself. */
  private boolean isNumerator(String name, String deviation) {
    Part scale = parts.get(deviation);
    return scale.isCentred
        ? is(name, Kind.CENTRED) && parts.get(name).x.equals(scale.x)
        : name.equals(scale.x);
  }

  private Part power(String name, double exponent) {
    if (exponent == 2 && is(name, Kind.CENTRED)) {
      return parts.get(name).as(Kind.SQUARED);
    }
    if (exponent == 0.5 && is(name, Kind.RAISED)) {
      return parts.get(name).as(Kind.DEVIATION);
    }
    return exponent == -0.5 && is(name, Kind.RAISED) ? parts.get(name).as(Kind.INVERSE) : null;
  }

  private Part inverse(String name) {
    return is(name, Kind.DEVIATION) ? parts.get(name).as(Kind.INVERSE) : null;
  }

  /** Over the last extent alone, which stays as one. */
  private Part mean(Node node, String name) {
    String squared = into.cells().squared(name);
    if (squared != null) {
      return isOfRows(node, squared) ? new Part(squared, Kind.VARIANCE, 0, false) : null;
    }
    if (is(name, Kind.SQUARED)) {
      return isOfRows(node, parts.get(name).x) ? parts.get(name).as(Kind.VARIANCE) : null;
    }
    into.readPutOff(node);
    return isOfRows(node, name) ? new Part(name, Kind.MEAN, 0, true) : null;
  }

  private boolean isOfRows(Node node, String name) {
    Value x = into.value(name);
    long[] axes = x == null || x.last() < 1 ? null : into.axes(node);
    return axes != null
        && axes.length == 1
        && (axes[0] == -1 || axes[0] == x.extents().length)
        && node.integer("keepdims", 1) != 0;
  }

  private Part raised(String variance, String epsilon) {
    double number = number(epsilon);
    if (!is(variance, Kind.VARIANCE) || !(number >= 0)) {
      return null;
    }
    Part part = parts.get(variance);
    return new Part(part.x, Kind.RAISED, number, part.isCentred);
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
    if (part.isCentred) {
      weights.put("beta", new Layer.Weights(1, width, new double[width]));
    }
    // The shortest decimal of the float, which somebody wrote.
    double epsilon = Double.parseDouble(Float.toString((float) part.epsilon));
    into.becomes(x);
    String type = part.isCentred ? "layer_norm" : "rms_norm";
    RowNodes.addToSteps(into, new Layer(type, weights, Map.of("epsilon", Scalar.of(epsilon))));
    into.put(node.outputs().getFirst(), into.value());
  }
}
