package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads nodes that take cells of each example in some order, of which there is no simpler layer:
 * several positions of an extent, every second one, all from the last one on, borders that mirror
 * or repeat images, windows that overlap. The columns are found by doing to their numbers what the
 * node does to cells. Stateless.
 */
final class SelectNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of("GatherND", SelectNodes::gatherNd, "Where", SelectNodes::where);

  private SelectNodes() {}

  private static void gatherNd(OnnxImport into, Node node) {
    if (!read(into, node)) {
      throw into.problem(
          node,
          "takes cells by numbers that are not constant, or of extents of an open size, or some of"
              + " the examples");
    }
  }

  /**
   * A value where a constant condition holds, and else a number, or the other way round. Both are
   * put side by side, which takes less than a choice by what is computed.
   */
  private static void where(OnnxImport into, Node node) {
    int at = node.inputs().indexOf(into.current());
    boolean isPossible =
        at > 0
            && node.inputs().size() == 3
            && into.isConstant(node, 0)
            && into.isConstant(node, 3 - at);
    double[] holds = isPossible ? ScaleNodes.ofAllCells(into, into.constant(node, 0)) : null;
    double[] other =
        holds == null ? null : ScaleNodes.ofAllCells(into, into.constant(node, 3 - at));
    if (other == null) {
      ChoiceNodes.where(into, node);
      return;
    }
    double[] columns = new double[holds.length];
    double[] added = new double[holds.length];
    int count = 0;
    for (int i = 0; i < columns.length; i++) {
      boolean isKept = (holds[i] != 0) == (at == 1);
      columns[i] = isKept ? i : columns.length + count;
      if (!isKept) {
        added[count++] = other[i];
      }
    }
    if (count > 0) {
      beside(into, Arrays.copyOf(added, count));
      into.add(layer(columns, 0));
    }
  }

  /** Puts numbers that are the same for each example behind those of the value. */
  private static void beside(OnnxImport into, double[] numbers) {
    Layer constant =
        new Layer(
            Layer.CONSTANT,
            Map.of("value", new Layer.Weights(1, numbers.length, numbers)),
            Map.of());
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.BRANCH + 1, ofKnownWidth(into.value()));
    branches.put(Layer.BRANCH + 2, List.of(constant));
    Layer concat = new Layer(Layer.CONCAT, Map.of(), Map.of(), branches);
    into.becomes(into.value().with(into.value().chain().with(concat, 2)));
  }

  /** All columns, which say how many there are where no layer has told; else nothing. */
  private static List<Layer> ofKnownWidth(Value value) {
    boolean isTold =
        value.chain().layers().stream()
            .anyMatch(layer -> !layer.weights().isEmpty() || !layer.settings().isEmpty());
    Map<String, Scalar> settings = new LinkedHashMap<>();
    for (String name : List.of("from", "to", "D")) {
      settings.put(name, Scalar.of(name.equals("from") ? 1 : value.width()));
    }
    return isTold ? List.of() : List.of(new Layer(Layer.COLUMNS, Map.of(), settings));
  }

  /** Adds the layer that takes the columns that the node takes; false where they are not known. */
  static boolean read(OnnxImport into, Node node) {
    Value value = into.value();
    int place = placeBehind(into, node, value);
    if (place < 0 || value.width() < 1 || value.width() > Integer.MAX_VALUE) {
      return false;
    }
    List<Long> extents =
        Arrays.stream(value.shape()).boxed().map(e -> e == ShapeValues.EXAMPLES ? 1 : e).toList();
    OnnxTensor taken = into.folded().moved(node, extents);
    if (taken == null || place >= taken.extents().size() || taken.extents().get(place) != 1) {
      return false;
    }
    add(into, taken.cells());
    long[] shape = taken.extents().stream().mapToLong(Long::longValue).toArray();
    shape[place] = ShapeValues.EXAMPLES;
    into.becomes(into.value().shaped(shape));
    return true;
  }

  /** Adds a layer that takes columns by their numbers from 0, unless these are all in order. */
  private static void add(OnnxImport into, double[] columns) {
    boolean areAll =
        columns.length == into.value().width()
            && IntStream.range(0, columns.length).allMatch(i -> columns[i] == i);
    if (!areAll) {
      into.add(layer(columns, into.value().chain().layer() == null ? into.value().width() : 0));
    }
  }

  /**
   * The layer that takes columns by their numbers from 0.
   *
   * @param width of rows, where it is to be stated for files that are written; else 0
   */
  private static Layer layer(double[] columns, long width) {
    double[] fromOne = Arrays.stream(columns).map(column -> column + 1).toArray();
    Map<String, Layer.Weights> index =
        Map.of("index", new Layer.Weights(1, fromOne.length, fromOne));
    return new Layer(Layer.SELECT, index, width == 0 ? Map.of() : Map.of("D", Scalar.of(width)));
  }

  /** The steps of a sequence from the last one on. */
  static Layer turned(long steps, long numbers) {
    double[] columns = new double[(int) (steps * numbers)];
    Arrays.setAll(columns, i -> (steps - 1 - i / numbers) * numbers + i % numbers);
    return layer(columns, columns.length);
  }

  /** Where the number of examples is in what the node puts out; -1 where it takes some of them. */
  private static int placeBehind(OnnxImport into, Node node, Value value) {
    int place = value.place();
    int rank = value.extents().length + 1;
    switch (node.operator()) {
      case "Gather" -> {
        int axis = axis(node.integer("axis", 0), rank);
        int more = into.isConstant(node, 1) ? into.constant(node, 1).extents().size() - 1 : 0;
        return !into.isConstant(node, 1) || axis == place
            ? -1
            : axis < place ? place + more : place;
      }
      case "GatherND" -> {
        if (!into.isConstant(node, 1) || node.integer("batch_dims", 0) != 0) {
          return -1;
        }
        List<Long> index = into.constant(node, 1).extents();
        int indexed = index.isEmpty() ? rank : (int) Math.min(rank, index.getLast());
        return indexed > place ? -1 : place - indexed + index.size() - 1;
      }
      case "Slice" -> {
        return takesAllExamples(into, node, place, rank) ? place : -1;
      }
      default -> {
        return place;
      }
    }
  }

  /** True for a slice that leaves the examples alone. */
  private static boolean takesAllExamples(OnnxImport into, Node node, int place, int rank) {
    long[] first = into.shapes().numbers(node.inputs().get(1));
    long[] end = into.shapes().numbers(node.inputs().get(2));
    boolean isStated = OnnxImport.has(node, 3);
    long[] axes = isStated ? into.shapes().numbers(node.inputs().get(3)) : null;
    long[] step = OnnxImport.has(node, 4) ? into.shapes().numbers(node.inputs().get(4)) : null;
    if (first == null || end == null || end.length != first.length || isStated && axes == null) {
      return false;
    }
    if (axes != null && axes.length != first.length
        || step != null && step.length != first.length) {
      return false;
    }
    for (int i = 0; i < first.length; i++) {
      boolean isOfExamples = axis(axes == null ? i : axes[i], rank) == place;
      boolean isEach = step == null || step[i] == 1;
      if (isOfExamples && !(first[i] == 0 && end[i] >= Integer.MAX_VALUE && isEach)) {
        return false;
      }
    }
    return true;
  }

  private static int axis(long given, int rank) {
    return (int) (given < 0 ? given + rank : given);
  }
}
