package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads which numbers are the largest, and the largest themselves. Steps and columns have numbers
 * from 0 in ONNX, but from 1 in layers, so that one is taken off behind them. Stateless.
 */
final class RankNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "ArgMax", (into, node) -> index(into, node, "index_max"),
          "ArgMin", (into, node) -> index(into, node, "index_min"),
          "TopK", RankNodes::largest);

  private RankNodes() {}

  private static void index(OnnxImport into, Node node, String method) {
    long[] shape = into.value().shape();
    long given = node.integer("axis", 0);
    long axis = given < 0 ? given + shape.length : given;
    boolean isThere = axis >= 0 && axis < shape.length && axis != into.value().place();
    if (node.integer("select_last_index", 0) != 0 || !isThere || shape[(int) axis] == 1) {
      throw into.problem(
          node,
          "is over the examples or an extent of 1, or takes the last of equal numbers, which no layer"
              + " does");
    }
    Map<String, Object> attributes =
        Map.of("axes", List.of(axis), "keepdims", node.integer("keepdims", 1));
    List<String> inputs = node.inputs().subList(0, 1);
    Node over = new Node(node.operator(), node.name(), inputs, node.outputs(), attributes);
    ReduceNodes.reduced(into, over, method);
    into.add(NumberNodes.layer(1, -1));
    into.kinds().areWhole(node.outputs().getFirst());
  }

  private static void largest(OnnxImport into, Node node) {
    long[] stated = OnnxImport.has(node, 1) ? into.shapes().numbers(node.inputs().get(1)) : null;
    long k = stated == null || stated.length != 1 ? node.integer("k", 0) : stated[0];
    long[] shape = into.value().shape();
    long given = node.integer("axis", -1);
    int axis = (int) (given < 0 ? given + shape.length : given);
    boolean isThere = axis >= 0 && axis < shape.length && axis != into.value().place();
    if (!isThere || shape[axis] < 1 || k < 1 || k > shape[axis]) {
      throw into.problem(
          node,
          "takes "
              + (k < 1 ? "a number of cells that is not constant" : k + " cells")
              + " of "
              + into.words()
              + ", but there are layers for a known number of cells of each example alone");
    }
    Value before = into.value();
    if (OnnxImport.hasOutput(node, 1)) {
      ranked(into, node, axis, k, "numbers");
      into.add(NumberNodes.layer(1, -1));
      into.put(node.outputs().get(1), into.value());
      into.kinds().areWhole(node.outputs().get(1));
      into.becomes(before);
    }
    ranked(into, node, axis, k, "values");
  }

  private static void ranked(OnnxImport into, Node node, int axis, long k, String gives) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("k", Scalar.of(k));
    settings.put("method", Scalar.of(node.integer("largest", 1) != 0 ? "largest" : "smallest"));
    settings.put("gives", Scalar.of(gives));
    RowNodes.alongAxis(into, node, axis, new Layer(Layer.TOP_K, Map.of(), settings), k);
  }
}
