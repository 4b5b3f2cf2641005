package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads comparisons, whose truths are ones and zeros here, what is made of truths, and choices by
 * them. Stateless.
 */
final class ChoiceNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "Greater", (into, node) -> compared(into, node, ">", "<"),
          "GreaterOrEqual", (into, node) -> compared(into, node, ">=", "<="),
          "Less", (into, node) -> compared(into, node, "<", ">"),
          "LessOrEqual", (into, node) -> compared(into, node, "<=", ">="),
          "Equal", (into, node) -> compared(into, node, "==", "=="),
          "Not", ChoiceNodes::not,
          "And", ChoiceNodes::and,
          "Or", ChoiceNodes::or,
          "Xor", ChoiceNodes::xor);

  private ChoiceNodes() {}

  /**
   * With a number, with another value, or with 0 what is left when a constant is taken off. Of two
   * values the difference says nothing: that of infinities is no number.
   */
  private static void compared(OnnxImport into, Node node, String operator, String turned) {
    boolean isFirst = node.inputs().getFirst().equals(into.current());
    int other = isFirst ? 1 : 0;
    boolean isNumber =
        into.isConstant(node, other) && NumberNodes.isNumber(into, into.constant(node, other));
    if (isNumber) {
      into.add(layer(isFirst ? operator : turned, into.constant(node, other).cells()[0]));
    } else if (into.isConstant(node, other)
        && !Arrays.stream(into.constant(node, other).cells()).allMatch(Double::isFinite)) {
      throw into.problem(node, "compares with what are no numbers");
    } else if (!into.isConstant(node, other)) {
      values(into, node, operator);
    } else {
      JoinNodes.subtract(into, node);
      into.add(layer(operator, 0));
    }
    into.kinds().areTruths(node.outputs().getFirst());
  }

  private static void values(OnnxImport into, Node node, String operator) {
    Value first = into.value(node.inputs().getFirst());
    Value second = into.value(node.inputs().getLast());
    long[] all = ReduceNodes.together(first, second);
    // Extents of an open size are the same, but not repeated.
    boolean isSame = all != null && Arrays.equals(first.shape(), second.shape());
    Value left = isSame || all == null ? first : ReduceNodes.repeated(into, first, all);
    Value right = isSame || all == null ? second : ReduceNodes.repeated(into, second, all);
    if (all == null || left == null || right == null) {
      throw into.problem(
          node,
          "compares values of different sizes, "
              + Arrays.toString(first.extents())
              + " and "
              + Arrays.toString(second.extents()));
    }
    Chain start = left.chain().commonWith(right.chain());
    long layers = 1 + left.chain().all() + right.chain().all() - 2 * start.all();
    JoinNodes.needsFewLayers(into, node, layers, "compares values");
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.LEFT, left.chain().since(start));
    branches.put(Layer.RIGHT, right.chain().since(start));
    Map<String, Scalar> settings = Map.of("operator", Scalar.of(operator));
    Layer made = new Layer(Layer.COMPARE_VALUES, Map.of(), settings, branches);
    into.becomes(left.with(start.with(made, layers)));
  }

  static Layer layer(String operator, double number) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("operator", Scalar.of(operator));
    settings.put("number", Scalar.of(number));
    return new Layer(Layer.COMPARE, Map.of(), settings);
  }

  private static void not(OnnxImport into, Node node) {
    into.add(NumberNodes.layer(-1, 1));
    into.kinds().areTruths(node.outputs().getFirst());
  }

  private static void and(OnnxImport into, Node node) {
    JoinNodes.multiply(into, node);
    into.kinds().areTruths(node.outputs().getFirst());
  }

  private static void or(OnnxImport into, Node node) {
    JoinNodes.add(into, node);
    into.add(layer(">", 0));
    into.kinds().areTruths(node.outputs().getFirst());
  }

  private static void xor(OnnxImport into, Node node) {
    JoinNodes.subtract(into, node);
    into.add(layer("!=", 0));
    into.kinds().areTruths(node.outputs().getFirst());
  }

  /** One value or the other, or a constant, by truths that are a value or constant, too. */
  static void where(OnnxImport into, Node node) {
    List<Value> values = new ArrayList<>();
    for (String name : node.inputs()) {
      values.add(into.value(name));
    }
    long[] wanted = node.inputs().size() == 3 ? shape(into, node, values) : null;
    Chain start = null;
    List<Value> alike = new ArrayList<>();
    for (Value value : values) {
      boolean isRepeated = wanted != null && value != null;
      // Of a value with fewer extents others would meet the examples: extents end together.
      Value more = isRepeated ? ReduceNodes.repeated(into, value, wanted) : null;
      if (wanted == null || value != null && more == null) {
        throw into.problem(
            node,
            "chooses between values and by a condition that do not have the same extents of each"
                + " example");
      }
      alike.add(more);
      start = more == null ? start : start == null ? more.chain() : start.commonWith(more.chain());
    }
    Value made = alike.stream().filter(value -> value != null).findFirst().orElseThrow();
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    List<String> names = List.of(Layer.CONDITION, Layer.MAIN, Layer.OTHER);
    long layers = 1;
    for (int i = 0; i < names.size(); i++) {
      Chain chain = alike.get(i) == null ? null : alike.get(i).chain();
      layers += chain == null ? 1 : chain.all() - start.all();
      branches.put(
          names.get(i),
          chain == null ? List.of(constant(into, node, i, made)) : chain.since(start));
    }
    JoinNodes.needsFewLayers(into, node, layers, "chooses between values");
    Layer choice = new Layer(Layer.WHERE, Map.of(), Map.of(), branches);
    into.becomes(made.with(start.with(choice, layers)));
  }

  /** The extents of all inputs together; null where they do not fit. */
  private static long[] shape(OnnxImport into, Node node, List<Value> values) {
    int rank = 0;
    for (int i = 0; i < values.size(); i++) {
      boolean isValue = values.get(i) != null;
      if (!isValue && !into.isConstant(node, i)) {
        return null;
      }
      rank =
          Math.max(
              rank,
              isValue
                  ? values.get(i).extents().length + 1
                  : into.constant(node, i).extents().size());
    }
    long[] all = new long[rank];
    Arrays.fill(all, 1);
    for (int i = 0; i < values.size(); i++) {
      long[] shape =
          values.get(i) != null
              ? values.get(i).shape()
              : into.constant(node, i).extents().stream().mapToLong(Long::longValue).toArray();
      int extra = rank - shape.length;
      for (int at = 0; at < shape.length; at++) {
        all[extra + at] = shape[at] == 1 ? all[extra + at] : shape[at];
      }
    }
    return all;
  }

  /** One number, or one for each cell of an example. */
  private static Layer constant(OnnxImport into, Node node, int input, Value like) {
    OnnxTensor tensor = into.constant(node, input);
    if (tensor.isOneCell()) {
      return new Layer(Layer.FILL, Map.of(), Map.of("number", Scalar.of(tensor.cells()[0])));
    }
    into.becomes(like);
    double[] cells = ScaleNodes.ofAllCells(into, tensor);
    if (cells == null) {
      throw into.problem(
          node, "chooses a constant of " + tensor.extents() + " for " + into.words());
    }
    Layer.Weights value = new Layer.Weights(1, cells.length, cells);
    return new Layer(Layer.CONSTANT, Map.of("value", value), Map.of());
  }
}
