package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxExport.Branch;
import java.util.List;
import java.util.Map;

/** Writes attention, as the nodes that all versions have. Stateless. */
final class AttentionWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.of(Layer.ATTENTION, AttentionWriters::attention);

  /** The mask of a causal attention has a number for each pair of steps. */
  private static final long MOST_STEPS = 1 << 12;

  private AttentionWriters() {}

  private static void attention(OnnxExport export, LayerReader layer) {
    export.needsWhole(layer);
    long heads = layer.positive("heads");
    long width = layer.positive("D");
    boolean isCausal = layer.isTrue("causal");
    if (width % heads != 0) {
      throw layer.problem(
          "has steps of " + width + " numbers, which are not those of " + heads + " heads");
    }
    List<List<Layer>> lists =
        List.of(layer.branch(Layer.QUERY), layer.branch(Layer.KEY), layer.branch(Layer.VALUE));
    List<Branch> branches = export.branches(lists);
    if (branches.stream().anyMatch(branch -> branch.extents() == null)) {
      throw layer.problem(
          "has branches of a size that no layer tells; put one with weights or sizes before it");
    }
    Branch query = steps(export, layer, branches, 0, width);
    Branch key = steps(export, layer, branches, 1, width);
    long all = OnnxExport.product(branches.get(2).extents());
    long keys = key.extents()[0];
    boolean isOpen = keys < 0 || all < 0;
    long numbers = isOpen ? last(layer, branches.get(2)) : all / keys;
    if (numbers % heads != 0 || !isOpen && numbers * keys != all) {
      throw layer.problem(
          "has values of "
              + OnnxExport.words(branches.get(2).extents())
              + " for "
              + keys
              + " keys of "
              + heads
              + " heads");
    }
    Branch value = steps(export, layer, branches, 2, numbers);
    String q = inHeads(export, query, "query", heads, 0, 2, 1, 3);
    String k = inHeads(export, key, "key", heads, 0, 2, 3, 1);
    String v = inHeads(export, value, "value", heads, 0, 2, 1, 3);
    export.node("MatMul", q, k).add();
    double scale = 1 / Math.sqrt((double) (width / heads));
    export.node("Mul", export.current(), number(export, "scale", scale)).add();
    if (isCausal) {
      export.node("Add", export.current(), mask(export, layer, query.extents()[0], keys)).add();
    }
    if (layer.hasWeights("mask")) {
      String mask = statedMask(export, layer, heads, query.extents()[0], keys);
      export.node("Add", export.current(), mask).add();
    }
    export.node("Softmax", export.current()).integer("axis", -1).add();
    export.node("MatMul", export.current(), v).add();
    export.node("Transpose", export.current()).integers("perm", 0, 2, 1, 3).add();
    export.node("Reshape", export.current(), export.integers("shape", 0, 0, numbers)).add();
    export.becomes(query.extents()[0], numbers);
  }

  private static long last(LayerReader layer, Branch value) {
    if (value.extents().length != 2 || value.extents()[1] < 1) {
      throw layer.problem("has values of a size that no layer tells");
    }
    return value.extents()[1];
  }

  /** One of the branches as steps of so many numbers. */
  private static Branch steps(
      OnnxExport export, LayerReader layer, List<Branch> branches, int number, long width) {
    Branch branch = branches.get(number);
    long[] extents = branch.extents();
    if (extents.length == 2 && extents[1] == width) {
      return branch;
    }
    long all = OnnxExport.product(extents);
    if (all < 1 || all % width != 0) {
      throw layer.problem(
          "takes steps of " + width + " numbers, but gets " + OnnxExport.words(extents));
    }
    return export.steps(branch, number + 1, all / width, width);
  }

  private static String inHeads(
      OnnxExport export, Branch branch, String name, long heads, long... order) {
    long width = branch.extents()[1];
    String shape = export.integers(name + "_shape", 0, 0, heads, width / heads);
    export.node("Reshape", branch.value(), shape).add();
    export.node("Transpose", export.current()).integers("perm", order).add();
    return export.current();
  }

  private static String number(OnnxExport export, String name, double number) {
    return export.floats(name, new Layer.Weights(1, 1, new double[] {number}));
  }

  /** The layer's own numbers, for all heads or for each. */
  private static String statedMask(
      OnnxExport export, LayerReader layer, long heads, long steps, long keys) {
    Layer.Weights mask = layer.weights("mask");
    boolean isOfHeads = mask.rows() == heads * steps && heads > 1;
    if (layer.isTrue("causal") || !isOfHeads && mask.rows() != steps || mask.cols() != keys) {
      throw layer.problem(
          "has a mask of "
              + mask.rows()
              + " x "
              + mask.cols()
              + " for "
              + OnnxExport.words(new long[] {steps, keys})
              + " steps whose number layers tell, and is causal at most where it has none");
    }
    return isOfHeads
        ? export.floats("mask", mask, heads, steps, keys)
        : export.floats("mask", mask, steps, keys);
  }

  /** What leaves steps behind each out. */
  private static String mask(OnnxExport export, LayerReader layer, long steps, long keys) {
    if (steps < 1 || keys < 1 || Math.max(steps, keys) > MOST_STEPS) {
      throw layer.problem(
          "is causal over "
              + (steps < 1 || keys < 1 ? "steps whose number no layer tells" : steps + " steps")
              + "; state as T, in the first layer, a number of at most "
              + MOST_STEPS);
    }
    double[] cells = new double[(int) (steps * keys)];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = i % keys > i / keys ? Double.NEGATIVE_INFINITY : 0;
    }
    Layer.Weights mask = new Layer.Weights((int) steps, (int) keys, cells);
    return export.floats("mask", mask, steps, keys);
  }
}
