package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Functions of each cell that are spelled out, in any order of their sums and products:
 *
 * <pre>
 *   gelu_erf      x (1 + erf(x / sqrt(2))) / 2
 *   gelu          x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
 *   hard_sigmoid  clip(a x + b, 0, m) / m
 *   hard_swish    x clip(x + 3, 0, 6) / 6
 * </pre>
 *
 * A value is known here as what it is of another one, x: a polynomial, or one of the steps from
 * there. Its node is put off until another one takes the value that is no such step, and read by
 * its rule then.
 */
final class SpelledCells {

  /** What a value is of another one, x. */
  private enum Kind {
    POLYNOMIAL,
    /** The error function or tanh of a polynomial, as in GELU. */
    CURVE,
    /** A factor times 1 + a curve, or times a hard_sigmoid. */
    GATE,
    /** A factor times x times a gate. */
    GATED
  }

  /**
   * What a value is.
   *
   * @param layer that it may become
   * @param numbers of a polynomial, its coefficients from the constant one on; else a factor, and
   *     of a hard_sigmoid its slope and shift
   */
  private record Part(String x, Kind kind, String layer, double... numbers) {
    double factor() {
      return numbers[0];
    }

    Part as(Kind next, double factor) {
      double[] same = numbers.clone();
      same[0] = factor;
      return new Part(x, next, layer, same);
    }
  }

  private static final String GELU = "gelu";
  private static final String GELU_ERF = "gelu_erf";
  private static final String HARD = "hard_sigmoid";

  /** Up to the third power. */
  private static final int COEFFICIENTS = 4;

  /** One before the other: more than the functions have, and few enough to be read in turn. */
  private static final int MOST_STEPS = 32;

  private static final double[] IN_ERF = {0, Math.sqrt(0.5), 0, 0};
  private static final double[] IN_TANH = {
    0, Math.sqrt(2 / Math.PI), 0, Math.sqrt(2 / Math.PI) * 0.044715
  };

  private final OnnxImport into;
  private final Map<String, Part> parts = new HashMap<>();
  private final Map<String, Node> putOff = new HashMap<>();

  /** Of nodes that are put off, how many lie one before the other. */
  private final Map<String, Integer> depths = new HashMap<>();

  SpelledCells(OnnxImport into) {
    this.into = into;
  }

  /** Notes what a node puts out, or adds the layer that it completes; false for other nodes. */
  boolean read(Node node) {
    if (node.inputs().isEmpty()) {
      return false;
    }
    String first = node.inputs().getFirst();
    String last = node.inputs().getLast();
    Part part =
        switch (node.operator()) {
          case "Mul" -> product(first, last);
          case "Div" -> scaled(first, 1 / number(last));
          case "Add" -> sum(first, last);
          case "Pow" -> power(first, number(last));
          case "Erf" -> curve(first, GELU_ERF, IN_ERF);
          case "Tanh" -> curve(first, GELU, IN_TANH);
          case "Clip" -> clipped(node, first);
          default -> null;
        };
    if (part == null || !areRepeated(node, into.value(part.x))) {
      return false;
    }
    String output = node.outputs().getFirst();
    Optional<Layer> layer = layer(part);
    if (layer.isPresent()) {
      Value x = into.value(part.x);
      into.put(output, x.with(x.chain().with(layer.get())));
      return true;
    }
    int depth = 1;
    for (String name : node.inputs()) {
      depth = Math.max(depth, 1 + depths.getOrDefault(name, 0));
    }
    if (depth > MOST_STEPS) {
      return false;
    }
    parts.put(output, part);
    putOff.put(output, node);
    depths.put(output, depth);
    return true;
  }

  /** The node whose output no other one takes as a step of a function; null for all others. */
  Node takePutOff(String name) {
    parts.remove(name);
    depths.remove(name);
    return putOff.remove(name);
  }

  /** The value whose square another one is; null for all others. */
  String squared(String name) {
    Part part = parts.get(name);
    boolean isSquare =
        part != null
            && part.kind == Kind.POLYNOMIAL
            && Arrays.equals(part.numbers, new double[] {0, 0, 1, 0});
    return isSquare ? part.x : null;
  }

  private static Optional<Layer> layer(Part part) {
    boolean isGelu =
        !part.layer.equals(HARD) && part.kind == Kind.GATED && isNear(part.factor(), 0.5);
    if (isGelu) {
      return Optional.of(new Layer(part.layer, Map.of(), Map.of()));
    }
    boolean isHard = part.layer.equals(HARD) && isNear(part.factor(), 1);
    if (isHard && part.kind == Kind.GATED) {
      return Optional.of(new Layer("hard_swish", Map.of(), Map.of()));
    }
    if (isHard && part.kind == Kind.GATE) {
      Map<String, Scalar> settings = new LinkedHashMap<>();
      settings.put("alpha", Scalar.of(part.numbers[1]));
      settings.put("beta", Scalar.of(part.numbers[2]));
      return Optional.of(new Layer(HARD, Map.of(), settings));
    }
    return Optional.empty();
  }

  /** Constants with more extents than x would make more of its value. */
  private boolean areRepeated(Node node, Value x) {
    Map<String, OnnxTensor> constants = into.model().constants();
    return node.inputs().stream()
        .filter(constants::containsKey)
        .allMatch(name -> constants.get(name).extents().size() <= x.extents().length + 1);
  }

  private Part product(String a, String b) {
    if (!Double.isNaN(number(a))) {
      return scaled(b, number(a));
    }
    if (!Double.isNaN(number(b))) {
      return scaled(a, number(b));
    }
    Part left = partOf(a);
    Part right = partOf(b);
    if (left == null || right == null || !left.x.equals(right.x)) {
      return null;
    }
    if (left.kind == Kind.POLYNOMIAL && right.kind == Kind.POLYNOMIAL) {
      return product(left, right);
    }
    Part gate = left.kind == Kind.GATE ? left : right;
    Part other = gate == left ? right : left;
    boolean isGated = gate.kind == Kind.GATE && isMultiple(other);
    // Of the functions with numbers hard_sigmoid(x) alone may be times x.
    boolean isKnown =
        !gate.layer.equals(HARD)
            || isNear(gate.numbers[1], 1.0 / 6) && isNear(gate.numbers[2], 0.5);
    return isGated && isKnown ? gate.as(Kind.GATED, gate.factor() * other.numbers[1]) : null;
  }

  private static Part product(Part left, Part right) {
    double[] numbers = new double[COEFFICIENTS];
    for (int i = 0; i < COEFFICIENTS; i++) {
      for (int j = 0; j < COEFFICIENTS; j++) {
        double cell = left.numbers[i] * right.numbers[j];
        if (cell != 0 && i + j >= COEFFICIENTS) {
          return null;
        }
        if (cell != 0) {
          numbers[i + j] += cell;
        }
      }
    }
    return polynomial(left.x, numbers);
  }

  private static boolean isMultiple(Part part) {
    return part.kind == Kind.POLYNOMIAL
        && Arrays.equals(part.numbers, new double[] {0, part.numbers[1], 0, 0});
  }

  private Part scaled(String name, double factor) {
    Part part = partOf(name);
    if (part == null || Double.isNaN(factor) || part.kind == Kind.CURVE) {
      return null;
    }
    return part.kind == Kind.POLYNOMIAL
        ? polynomial(part.x, Arrays.stream(part.numbers).map(cell -> cell * factor).toArray())
        : part.as(part.kind, part.factor() * factor);
  }

  private Part sum(String a, String b) {
    double added = number(Double.isNaN(number(a)) ? b : a);
    Part left = partOf(Double.isNaN(number(a)) ? a : b);
    if (left == null) {
      return null;
    }
    if (left.kind == Kind.CURVE) {
      return added == 1 ? left.as(Kind.GATE, 1) : null;
    }
    Part right =
        Double.isNaN(added) ? partOf(b) : polynomial(left.x, new double[] {added, 0, 0, 0});
    boolean arePolynomials =
        right != null && left.kind == Kind.POLYNOMIAL && right.kind == Kind.POLYNOMIAL;
    if (!arePolynomials || !left.x.equals(right.x)) {
      return null;
    }
    double[] sum = left.numbers.clone();
    Arrays.setAll(sum, i -> left.numbers[i] + right.numbers[i]);
    return polynomial(left.x, sum);
  }

  private Part power(String name, double exponent) {
    Part part = partOf(name);
    boolean isPossible = part != null && part.kind == Kind.POLYNOMIAL;
    if (!isPossible || exponent != 2 && exponent != 3) {
      return null;
    }
    Part square = product(part, part);
    return square == null || exponent == 2 ? square : product(square, part);
  }

  private Part curve(String name, String layer, double[] wanted) {
    Part part = partOf(name);
    if (part == null || part.kind != Kind.POLYNOMIAL) {
      return null;
    }
    for (int i = 0; i < COEFFICIENTS; i++) {
      if (!isNear(part.numbers[i], wanted[i])) {
        return null;
      }
    }
    return new Part(part.x, Kind.CURVE, layer, 1);
  }

  /** Between zero and a number, of which a hard_sigmoid is a part. */
  private Part clipped(Node node, String name) {
    Part part = parts.get(name);
    double most = bound(node, 2, "max");
    boolean isLine =
        part != null
            && part.kind == Kind.POLYNOMIAL
            && part.numbers[2] == 0
            && part.numbers[3] == 0
            && bound(node, 1, "min") == 0;
    return isLine && most > 0 && most < Double.POSITIVE_INFINITY
        ? new Part(part.x, Kind.GATE, HARD, most, part.numbers[1] / most, part.numbers[0] / most)
        : null;
  }

  private double bound(Node node, int input, String attribute) {
    return OnnxImport.has(node, input)
        ? number(node.inputs().get(input))
        : node.number(attribute, Double.NaN);
  }

  private static Part polynomial(String x, double[] numbers) {
    return new Part(x, Kind.POLYNOMIAL, "", numbers);
  }

  /** A value that layers make is x itself; null for what is neither that nor a part. */
  private Part partOf(String name) {
    Part part = parts.get(name);
    boolean isOfLayers = part == null && into.isOfLayers(name);
    return isOfLayers ? polynomial(name, new double[] {0, 1, 0, 0}) : part;
  }

  /** A constant of one cell; NaN for all else. */
  private double number(String name) {
    OnnxTensor tensor = into.model().constants().get(name);
    return tensor != null && tensor.isOneCell() ? tensor.cells()[0] : Double.NaN;
  }

  /** Equal but for a float's last digits. */
  private static boolean isNear(double found, double wanted) {
    return Math.abs(found - wanted) < 1e-6;
  }

  /** True for what is read within functions alone; a square is a product, too. */
  boolean isReadWithin(Node node) {
    return node.operator().equals("Erf")
        || node.operator().equals("Pow") && number(node.inputs().getLast()) != 2;
  }
}
