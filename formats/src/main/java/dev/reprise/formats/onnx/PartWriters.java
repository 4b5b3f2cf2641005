package dev.reprise.formats.onnx;

import java.util.Map;

/** Writes layers that reduce, repeat or take parts of rows, or put constants out. Stateless. */
final class PartWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.of(
          Layer.REDUCE, PartWriters::reduce,
          Layer.REPEAT, PartWriters::repeat,
          Layer.SELECT, PartWriters::select,
          Layer.TOP_K, PartWriters::ranked,
          Layer.CONSTANT, PartWriters::constant);

  private static final Map<String, String> METHODS =
      Map.of(
          "mean", "ReduceMean",
          "sum", "ReduceSum",
          "max", "ReduceMax",
          "min", "ReduceMin",
          "norm", "ReduceL2",
          "index_max", "ArgMax",
          "index_min", "ArgMin");

  private PartWriters() {}

  private static void reduce(OnnxExport export, LayerReader layer) {
    String operator = METHODS.get(layer.text("method"));
    if (operator == null) {
      throw layer.problem(
          "has the method \""
              + layer.text("method")
              + "\", but there are mean, sum, max, min, norm, index_max and index_min");
    }
    long groups = layer.positive("groups");
    long cell = layer.positive("D");
    long width = width(export, layer, groups * cell);
    long steps = width < 0 ? -1 : width / (groups * cell);
    if (width >= 0 && (steps < 1 || steps * groups * cell != width)) {
      throw layer.problem(
          "takes " + groups + " parts of steps of " + cell + " numbers, but gets " + width);
    }
    // The first version in which all of them take axes as an input.
    export.graph().needsGelu();
    if (export.isEachStep()) {
      long count = export.extents()[0];
      String parted = export.integers("parted", 0, 0, groups, steps, cell);
      export.node("Reshape", export.current(), parted).add();
      reduced(export, operator, 3);
      export.node("Reshape", export.current(), export.integers("shape", 0, 0, groups * cell)).add();
      export.becomes(count, groups * cell);
      return;
    }
    String parted = export.integers("parted", 0, groups, steps, cell);
    export.node("Reshape", export.current(), parted).add();
    reduced(export, operator, 2);
    export.node("Flatten", export.current()).integer("axis", 1).add();
    export.becomes(groups * cell);
  }

  private static void reduced(OnnxExport export, String operator, long axis) {
    if (operator.startsWith("Arg")) {
      NodeWriter node = export.node(operator, export.current()).integer("axis", axis);
      node.integer("keepdims", 0).add();
      fromOne(export);
      return;
    }
    String axes = export.integers("axes", axis);
    export.node(operator, export.current(), axes).integer("keepdims", 0).add();
  }

  /** Numbers of steps or columns, which are whole there and from 0, as layers have them. */
  private static void fromOne(OnnxExport export) {
    export.node("Cast", export.current()).integer("to", TensorCells.FLOAT).add();
    String one = export.floats("one", new Layer.Weights(1, 1, new double[] {1}));
    export.node("Add", export.current(), one).add();
  }

  /** The largest or smallest of each row, or which columns they are. */
  private static void ranked(OnnxExport export, LayerReader layer) {
    long k = layer.positive("k");
    if (!export.isEachStep()) {
      export.takesWholeRows();
    }
    long[] extents = export.extents();
    long width = extents == null ? -1 : extents[extents.length - 1];
    if (width < k) {
      throw layer.problem(
          "takes "
              + k
              + " of "
              + (width < 0 ? "rows whose width no layer tells" : width + " numbers"));
    }
    boolean isLargest = layer.oneOf("method", "largest", "smallest").equals("largest");
    boolean areNumbers = layer.oneOf("gives", "numbers", "values").equals("numbers");
    NodeWriter node = export.node("TopK", export.current(), export.integers("k", k));
    node.integer("axis", -1).integer("largest", isLargest ? 1 : 0);
    (areNumbers ? node.secondOfBoth() : node).add();
    if (areNumbers) {
      fromOne(export);
    }
    long[] output = extents.clone();
    output[output.length - 1] = k;
    export.becomes(output);
  }

  /** Numbers of what the layer takes: a whole example, or a step of it; -1 is not known. */
  private static long width(OnnxExport export, LayerReader layer, long size) {
    if (export.isEachStep()) {
      return export.extents()[1];
    }
    if (export.extents() == null) {
      if (layer.steps() < 1) {
        throw layer.problem(
            "takes rows whose width no layer tells; state the number of steps as T, or put a layer"
                + " before it");
      }
      export.takesRows(layer.steps() * size, layer);
    }
    return OnnxExport.product(export.extents());
  }

  private static void repeat(OnnxExport export, LayerReader layer) {
    long times = layer.positive("times");
    long cell = layer.positive("D");
    long width = width(export, layer, cell);
    if (width < 0 || width % cell != 0) {
      throw layer.problem(
          "repeats each " + cell + " numbers, but gets " + OnnxExport.words(export.extents()));
    }
    long parts = width / cell;
    boolean isEachStep = export.isEachStep();
    long[] apart = isEachStep ? new long[] {0, 0, parts, 1, cell} : new long[] {0, parts, 1, cell};
    long[] more = isEachStep ? new long[] {1, 1, 1, times, 1} : new long[] {1, 1, times, 1};
    export.node("Reshape", export.current(), export.integers("parted", apart)).add();
    export.node("Expand", export.current(), export.integers("times", more)).add();
    if (isEachStep) {
      long count = export.extents()[0];
      export.node("Reshape", export.current(), export.integers("shape", 0, 0, width * times)).add();
      export.becomes(count, width * times);
    } else {
      export.node("Flatten", export.current()).integer("axis", 1).add();
      export.becomes(width * times);
    }
  }

  /** Numbers are from 1 here and from 0 there. */
  private static void select(OnnxExport export, LayerReader layer) {
    Layer.Weights index = layer.weights("index", 1, layer.weights("index").cols());
    if (!export.isEachStep() && export.extents() == null) {
      if (!layer.has("D")) {
        throw layer.problem(
            "takes columns of rows whose width no layer tells; state it as D, or put a layer before"
                + " it");
      }
      export.takesRows(layer.positive("D"), layer);
    }
    if (!export.isEachStep()) {
      export.flatten();
    }
    int axis = export.isEachStep() ? 1 : 0;
    long[] output = export.extents().clone();
    long[] fromZero = new long[index.cols()];
    for (int i = 0; i < fromZero.length; i++) {
      double cell = index.cells()[i];
      if (cell != Math.rint(cell) || cell < 1 || output[axis] >= 0 && cell > output[axis]) {
        throw layer.problem("takes column " + cell + " of " + OnnxExport.words(export.extents()));
      }
      fromZero[i] = (long) cell - 1;
    }
    String columns = export.integers("index", fromZero);
    export.node("Gather", export.current(), columns).integer("axis", axis + 1).add();
    output[axis] = fromZero.length;
    export.becomes(output);
  }

  /** Repeated for each example of what the layer takes. */
  private static void constant(OnnxExport export, LayerReader layer) {
    Layer.Weights value = layer.weights("value", 1, layer.weights("value").cols());
    export.needsWhole(layer);
    String cells = export.floats("value", value, 1, value.cols());
    export.node("Shape", export.current()).add();
    String first = export.integers("first", 0);
    export.node("Slice", export.current(), first, export.integers("second", 1)).add();
    export
        .node("Concat", export.current(), export.integers("width", value.cols()))
        .integer("axis", 0)
        .add();
    export.node("Expand", cells, export.current()).add();
    export.becomes(value.cols());
  }
}
