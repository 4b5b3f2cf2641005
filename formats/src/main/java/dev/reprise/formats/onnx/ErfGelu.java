package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.HashMap;
import java.util.Map;

/**
 * The exact GELU spelled out, as models before opset 20 have it: x (1 + erf(x / sqrt(2))) / 2, in
 * any order of its products.
 */
final class ErfGelu {

  /** What a value is of another one, x. */
  private enum Kind {
    /** factor x. */
    MULTIPLE,
    /** erf(x / sqrt(2)). */
    ERF,
    /** factor (1 + erf(x / sqrt(2))). */
    GATE,
    /** factor x (1 + erf(x / sqrt(2))). */
    GATED
  }

  private record Part(String x, Kind kind, double factor) {}

  private final Map<String, OnnxTensor> constants;
  private final Map<String, Part> parts = new HashMap<>();

  /** Products with a number, which may be of one column or channel. */
  private final Map<String, Node> products = new HashMap<>();

  ErfGelu(Map<String, OnnxTensor> constants) {
    this.constants = constants;
  }

  /** Notes what a node puts out, if it may be a part of the function; else false. */
  boolean read(Node node) {
    Part part =
        switch (node.operator()) {
          case "Mul" -> product(node.inputs().getFirst(), node.inputs().getLast());
          case "Div" -> scaled(node.inputs().getFirst(), 1 / number(node.inputs().getLast()));
          case "Erf" -> erf(node.inputs().getFirst());
          case "Add" -> gate(node.inputs().getFirst(), node.inputs().getLast());
          default -> null;
        };
    if (part == null) {
      return false;
    }
    parts.put(node.outputs().getFirst(), part);
    if (node.operator().equals("Mul") && part.kind == Kind.MULTIPLE) {
      products.put(node.outputs().getFirst(), node);
    }
    return true;
  }

  /** The product that a value is, which is no part any more then; null for all others. */
  Node takeProduct(String name) {
    Node product = products.remove(name);
    if (product != null) {
      parts.remove(name);
    }
    return product;
  }

  /** True for a value that is a part of the function, and nothing that layers make. */
  boolean isPart(String name) {
    return parts.containsKey(name);
  }

  /** The value whose GELU another one is, which is no part any more then; null for all others. */
  String takeGelu(String name) {
    Part part = parts.get(name);
    if (part == null || part.kind != Kind.GATED || !isNear(part.factor, 0.5)) {
      return null;
    }
    parts.remove(name);
    return part.x;
  }

  private Part product(String a, String b) {
    Part left = partOf(a);
    Part right = partOf(b);
    Part gate = left.kind == Kind.GATE ? left : right;
    Part other = gate == left ? right : left;
    if (gate.kind == Kind.GATE && other.kind == Kind.MULTIPLE && other.x.equals(gate.x)) {
      return new Part(gate.x, Kind.GATED, gate.factor * other.factor);
    }
    return constants.containsKey(a) ? scaled(b, number(a)) : scaled(a, number(b));
  }

  private Part partOf(String name) {
    return parts.getOrDefault(name, new Part(name, Kind.MULTIPLE, 1));
  }

  private Part scaled(String name, double factor) {
    Part part = partOf(name);
    boolean isPossible = !Double.isNaN(factor) && part.kind != Kind.ERF;
    return isPossible ? new Part(part.x, part.kind, part.factor * factor) : null;
  }

  private Part erf(String name) {
    Part part = partOf(name);
    boolean fits = part.kind == Kind.MULTIPLE && isNear(part.factor, Math.sqrt(0.5));
    return fits ? new Part(part.x, Kind.ERF, 1) : null;
  }

  private Part gate(String a, String b) {
    Part part = partOf(constants.containsKey(a) ? b : a);
    double added = number(constants.containsKey(a) ? a : b);
    return part.kind == Kind.ERF && added == 1 ? new Part(part.x, Kind.GATE, 1) : null;
  }

  /** A constant of one cell; NaN for all else. */
  private double number(String name) {
    OnnxTensor tensor = constants.get(name);
    return tensor != null && tensor.isOneCell() ? tensor.cells()[0] : Double.NaN;
  }

  /** Equal but for a float's last digits. */
  private static boolean isNear(double found, double wanted) {
    return Math.abs(found - wanted) < 1e-6;
  }
}
