package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads nodes that put values together: sums and products. Stateless. */
final class JoinNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "Add",
          JoinNodes::add,
          "Mul",
          JoinNodes::multiply,
          "Sub",
          JoinNodes::subtract,
          "Div",
          JoinNodes::divide,
          "Pow",
          JoinNodes::square,
          "Concat",
          (into, node) -> into.concats().read(node));

  /** A sum of sums doubles what a list of layers has to say: a small file must not fill memory. */
  private static final long MOST_LAYERS = 20_000;

  private JoinNodes() {}

  /** The bias of a product before, a constant, or two values. */
  static void add(OnnxImport into, Node node) {
    int other = node.inputs().getFirst().equals(into.current()) ? 1 : 0;
    Value second = node.inputs().size() == 2 ? into.value(node.inputs().get(other)) : null;
    if (second != null) {
      joined(into, node, second, Layer.RESIDUAL, "adds");
    } else {
      add(into, node, into.constant(node, other), "adds");
    }
  }

  private static void add(OnnxImport into, Node node, OnnxTensor summands, String verb) {
    boolean isAdded = RowNodes.addedToBias(into, summands) || ScaleNodes.shifted(into, summands);
    if (!isAdded && (!repeats(into, summands) || !ScaleNodes.shifted(into, summands))) {
      throw notOfOurs(into, node, verb, summands);
    }
  }

  /** A constant off a value or the other way round, such as means of colours, or two values. */
  static void subtract(OnnxImport into, Node node) {
    boolean isFirst = node.inputs().getFirst().equals(into.current());
    Value second = into.value(node.inputs().getLast());
    if (isFirst && second != null) {
      Layer negative = NumberNodes.layer(-1, 0);
      Value taken = second.with(second.chain().with(negative));
      joined(into, node, taken, Layer.RESIDUAL, "subtracts");
    } else if (isFirst) {
      add(into, node, into.constant(node, 1).map(cell -> -cell), "subtracts");
    } else {
      OnnxTensor from = into.constant(node, 0);
      NumberNodes.scaled(into, -1);
      add(into, node, from, "subtracts from");
    }
  }

  private static void divide(OnnxImport into, Node node) {
    if (!node.inputs().getFirst().equals(into.current())) {
      OnnxTensor dividend = into.constant(node, 0);
      into.layer("reciprocal");
      if (!ScaleNodes.scaled(into, dividend)) {
        throw notOfOurs(into, node, "divides", dividend);
      }
      return;
    }
    Value divisor = into.value(node.inputs().getLast());
    if (divisor != null) {
      Layer inverse = new Layer("reciprocal", Map.of(), Map.of());
      Value factor = divisor.with(divisor.chain().with(inverse));
      joined(into, node, factor, Layer.PRODUCT, "divides");
      return;
    }
    OnnxTensor divisors = into.constant(node, 1);
    if (!ScaleNodes.scaled(into, divisors.map(cell -> 1 / cell))) {
      throw notOfOurs(into, node, "divides by", divisors);
    }
  }

  /** Repeats extents of 1 of the value that a constant has more of; false where it has not. */
  private static boolean repeats(OnnxImport into, OnnxTensor constant) {
    long[] shape = into.value().shape();
    int extra = shape.length - constant.extents().size();
    if (extra < 0 || into.value().width() < 1) {
      return false;
    }
    for (int i = extra; i < shape.length; i++) {
      boolean isOne = shape[i] == 1;
      shape[i] = isOne ? constant.extents().get(i - extra) : shape[i];
    }
    Value more = ReduceNodes.repeated(into, into.value(), shape);
    boolean isMore = more != null && more != into.value();
    if (isMore) {
      into.becomes(more);
    }
    return isMore;
  }

  private static FormatException notOfOurs(
      OnnxImport into, Node node, String verb, OnnxTensor constant) {
    return into.problem(
        node,
        verb
            + " something that is not one number, nor one for each channel, column or cell: a constant of "
            + constant.extents()
            + " for "
            + into.words());
  }

  /** What two branches make of the last value that they have in common. */
  private static void joined(OnnxImport into, Node node, Value second, String type, String verb) {
    Value first = into.value();
    boolean isSame = haveOneShape(first, second);
    if (!isSame) {
      long[] all = ReduceNodes.together(first, second);
      Value more = all == null ? null : ReduceNodes.repeated(into, first, all);
      Value other = all == null ? null : ReduceNodes.repeated(into, second, all);
      boolean isOfGates =
          type.equals(Layer.PRODUCT) && JoinWriters.isGate(first.extents(), second.extents());
      if (more != null && other != null && !isOfGates) {
        into.becomes(more);
        joined(into, node, other, type, verb);
        return;
      }
    }
    boolean isGate =
        type.equals(Layer.PRODUCT)
            && JoinWriters.isGate(first.extents(), second.extents())
            && first.extents().length == second.extents().length;
    if (!isSame && !isGate || first.place() != second.place()) {
      throw into.problem(
          node,
          verb
              + " values of different sizes, "
              + into.words()
              + " and "
              + Arrays.toString(second.extents()));
    }
    Chain chain = first.chain();
    Chain other = second.chain();
    Chain start = chain.commonWith(other);
    long layers = 1 + chain.all() - start.all() + other.all() - start.all();
    needsFewLayers(into, node, layers, verb + " values");
    boolean isFirstMain = chain.length() >= other.length();
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.MAIN, (isFirstMain ? chain : other).since(start));
    branches.put(Layer.SHORTCUT, (isFirstMain ? other : chain).since(start));
    Layer join = new Layer(type, Map.of(), Map.of(), branches);
    Value larger = first.width() >= second.width() ? first : second;
    into.becomes(larger.with(start.with(join, layers)));
  }

  static void needsFewLayers(OnnxImport into, Node node, long layers, String what) {
    if (layers > MOST_LAYERS) {
      throw into.problem(
          node,
          what
              + " that are made of each other too often to be lists of layers (more than "
              + MOST_LAYERS
              + ")");
    }
  }

  /** Numbers for channels or columns, x times a function of x, or two values. */
  static void multiply(OnnxImport into, Node node) {
    Value a = into.value(node.inputs().getFirst());
    Value b = into.value(node.inputs().getLast());
    if (a == null || b == null) {
      int other = a == null ? 0 : 1;
      OnnxTensor factors = into.constant(node, other);
      if (!ScaleNodes.scaled(into, factors)
          && (!repeats(into, factors) || !ScaleNodes.scaled(into, factors))) {
        throw notOfOurs(into, node, "multiplies with", factors);
      }
      return;
    }
    Chain gate = (a.chain().length() > b.chain().length() ? a : b).chain();
    Value x = gate == a.chain() ? b : a;
    boolean isOfItself = gate.layer() != null && gate.before() == x.chain() && haveOneShape(a, b);
    if (isOfItself && gate.endsWith("sigmoid")) {
      into.becomes(x);
      into.layer("silu");
    } else if (isOfItself && isHardSwishGate(gate.layer())) {
      into.becomes(x);
      into.layer("hard_swish");
    } else {
      into.becomes(a);
      joined(into, node, b, Layer.PRODUCT, "multiplies");
    }
  }

  private static void square(OnnxImport into, Node node) {
    boolean isSquare =
        node.inputs().getFirst().equals(into.current())
            && into.constant(node, 1).isOneCell()
            && into.constant(node, 1).cells()[0] == 2
            && ScaleNodes.keepsExtents(into, into.constant(node, 1));
    if (!isSquare) {
      throw into.problem(node, "raises to another power than 2, which no layer does");
    }
    joined(into, node, into.value(), Layer.PRODUCT, "multiplies");
  }

  private static boolean haveOneShape(Value a, Value b) {
    return a.place() == b.place() && Arrays.equals(a.extents(), b.extents());
  }

  private static boolean isHardSwishGate(Layer gate) {
    return gate.type().equals("hard_sigmoid")
        && Math.abs(gate.settings().get("alpha").asDouble() - 1.0 / 6) < 1e-6
        && gate.settings().get("beta").asDouble() == 0.5;
  }
}
