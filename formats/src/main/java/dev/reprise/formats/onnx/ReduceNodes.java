package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads means, sums and the like over extents of an example. Both extents of images are pooled;
 * extents that lie side by side are reduced where they are, others are brought to the end first.
 * Stateless.
 */
final class ReduceNodes {
  /** The root of the sum of squares, which of one number is its size. */
  private static final String NORM = "norm";

  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "ReduceMean", (into, node) -> reduced(into, node, "mean"),
          "ReduceMax", (into, node) -> reduced(into, node, "max"),
          "ReduceMin", (into, node) -> reduced(into, node, "min"),
          "ReduceSum", (into, node) -> reduced(into, node, "sum"),
          "ReduceL2", (into, node) -> reduced(into, node, NORM),
          "Expand", ReduceNodes::expand);

  private ReduceNodes() {}

  /** Extents of 1 that are repeated. */
  private static void expand(OnnxImport into, Node node) {
    long[] wanted = OnnxImport.has(node, 1) ? into.shapes().of(node.inputs().get(1)) : null;
    long[] shape = into.value().shape();
    boolean isOfRank = wanted != null && wanted.length == shape.length;
    boolean isConstant = into.isConstant(node, 1);
    for (int i = 0; i < shape.length && isOfRank; i++) {
      boolean isSame = wanted[i] == 1 || isConstant && wanted[i] == into.examples();
      boolean isExamples = shape[i] == ShapeValues.EXAMPLES && isSame;
      shape[i] = isExamples || wanted[i] == 1 ? shape[i] : ShapeValues.withoutOpen(wanted)[i];
    }
    Value made = isOfRank ? repeated(into, into.value(), shape) : null;
    if (made == null) {
      throw into.problem(
          node, "repeats " + into.words() + " in another way than extents of 1 to a known number");
    }
    into.becomes(made);
  }

  static void reduced(OnnxImport into, Node node, String method) {
    long[] shape = into.value().shape();
    boolean[] isReduced = axes(into, node, shape);
    boolean isImage = shape.length == 4 && into.value().place() == 0;
    boolean isOfImages = isImage && !isReduced[1] && isReduced[2] && isReduced[3];
    boolean isKnown = into.value().width() > 0;
    if (isOfImages && isKnown && method.equals("mean")) {
      ImageNodes.globalAverage(into, node);
    } else if (isOfImages && isKnown && method.equals("max")) {
      ImageNodes.globalMaximum(into, node);
    } else {
      add(into, node, shape, isReduced, method);
    }
    boolean keeps = node.integer("keepdims", 1) != 0;
    List<Long> output = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      if (!isReduced[i]) {
        output.add(shape[i]);
      } else if (keeps) {
        output.add(1L);
      }
    }
    into.becomes(into.value().shaped(output.stream().mapToLong(Long::longValue).toArray()));
  }

  private static boolean[] axes(OnnxImport into, Node node, long[] shape) {
    long[] axes = into.axes(node);
    boolean[] isReduced = new boolean[shape.length];
    if (axes == null || axes.length == 0) {
      throw into.problem(
          node, "is over all extents, the examples among them, or does not say which");
    }
    for (long given : axes) {
      long axis = given < 0 ? given + shape.length : given;
      if (axis < 0 || axis >= shape.length || axis == into.value().place()) {
        throw into.problem(node, "is over the examples, or an extent that there is not");
      }
      isReduced[(int) axis] = true;
    }
    return isReduced;
  }

  private static void add(
      OnnxImport into, Node node, long[] shape, boolean[] isReduced, String method) {
    List<Integer> moved =
        IntStream.range(0, shape.length)
            .filter(i -> shape[i] != ShapeValues.EXAMPLES && shape[i] != 1)
            .boxed()
            .toList();
    List<Integer> reduced = moved.stream().filter(i -> isReduced[i]).toList();
    if (reduced.isEmpty()) {
      if (method.equals(NORM)) {
        into.layer("abs");
      }
      return;
    }
    int first = moved.indexOf(reduced.getFirst());
    int end = first + reduced.size();
    boolean areTogether = end <= moved.size() && moved.subList(first, end).equals(reduced);
    boolean areLast = areTogether && end == moved.size();
    List<Integer> before = areTogether ? moved.subList(0, first) : List.of();
    List<Integer> behind = areTogether ? moved.subList(end, moved.size()) : List.of();
    boolean isOpen = before.stream().anyMatch(i -> shape[i] < 1);
    if (isOpen && areLast && reduced.size() == 1) {
      RowNodes.addToSteps(into, layer(method, 1, 1));
      return;
    }
    if (!areTogether) {
      List<Integer> order = new ArrayList<>(moved.stream().filter(i -> !isReduced[i]).toList());
      before = List.copyOf(order);
      order.addAll(reduced);
      TransposeNodes.reorder(into, node, shape, order);
    }
    long groups = product(shape, before);
    long cell = product(shape, behind);
    if (groups < 1 || cell < 1) {
      throw into.problem(
          node,
          "is over extents of "
              + into.words()
              + ", of which others have an open size; export the model with a fixed size there");
    }
    Layer layer = layer(method, groups, cell);
    if (into.value().width() > 0) {
      // For files that are written.
      Map<String, Scalar> settings = new LinkedHashMap<>(layer.settings());
      settings.put("T", Scalar.of(into.value().width() / (groups * cell)));
      layer = new Layer(layer.type(), Map.of(), settings);
    }
    into.add(layer);
  }

  private static Layer layer(String method, long groups, long cell) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("method", Scalar.of(method));
    settings.put("groups", Scalar.of(groups));
    settings.put("D", Scalar.of(cell));
    return new Layer(Layer.REDUCE, Map.of(), settings);
  }

  private static long product(long[] shape, List<Integer> axes) {
    return axes.stream().mapToLong(i -> shape[i]).reduce(1, (a, b) -> a < 0 || b < 1 ? -1 : a * b);
  }

  /**
   * A value whose extents of 1 are repeated to be those of another one; null where they are not
   * alike otherwise.
   */
  static Value repeated(OnnxImport into, Value value, long[] wanted) {
    long[] shape = value.shape();
    if (shape.length != wanted.length) {
      return null;
    }
    Chain chain = value.chain();
    long layers = 0;
    long behind = 1;
    long width = value.width();
    for (int i = shape.length - 1; i >= 0; i--) {
      boolean isExamples = shape[i] == ShapeValues.EXAMPLES;
      if (isExamples != (wanted[i] == ShapeValues.EXAMPLES)) {
        return null;
      }
      if (isExamples) {
        continue;
      }
      boolean isRepeated = shape[i] == 1 && wanted[i] != 1;
      if (!isRepeated && shape[i] != wanted[i] || wanted[i] < 1) {
        return null;
      }
      if (isRepeated) {
        Map<String, Scalar> settings = new LinkedHashMap<>();
        settings.put("times", Scalar.of(wanted[i]));
        settings.put("D", Scalar.of(behind));
        if (value.width() > 0) {
          settings.put("T", Scalar.of(width / behind));
        }
        chain = chain.with(new Layer(Layer.REPEAT, Map.of(), settings));
        layers++;
        width *= wanted[i];
      }
      behind *= wanted[i];
    }
    return layers == 0 ? value : value.with(chain).shaped(wanted);
  }

  /** The extents that two values have together; null where they do not fit. */
  static long[] together(Value a, Value b) {
    long[] x = a.shape();
    long[] y = b.shape();
    if (x.length != y.length || a.place() != b.place()) {
      return null;
    }
    long[] all = new long[x.length];
    Arrays.setAll(all, i -> x[i] == 1 ? y[i] : x[i]);
    return all;
  }
}
