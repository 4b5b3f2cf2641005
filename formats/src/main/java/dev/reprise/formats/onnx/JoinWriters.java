package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxExport.Branch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes layers that put together what branches make of one value. Stateless. */
final class JoinWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.of(
          Layer.RESIDUAL,
          (export, layer) -> joined(export, "Add", layer),
          Layer.PRODUCT,
          (export, layer) -> joined(export, "Mul", layer),
          Layer.MATMUL,
          JoinWriters::matrixProduct,
          Layer.COMPARE_VALUES,
          JoinWriters::compared,
          Layer.WHERE,
          JoinWriters::choice,
          Layer.CONCAT,
          JoinWriters::concat,
          Layer.CONCAT_STEPS,
          JoinWriters::concatSteps);

  private JoinWriters() {}

  private static void joined(OnnxExport export, String operator, LayerReader layer) {
    List<Branch> branches =
        export.besideEachOther(List.of(layer.branch(Layer.MAIN), layer.branch(Layer.SHORTCUT)));
    Branch first = branches.getFirst();
    Branch second = branches.getLast();
    boolean isGated =
        operator.equals("Mul")
            && first.extents() != null
            && isGate(first.extents(), second.extents());
    if (isGated) {
      gated(export, operator, first, second);
    } else {
      alike(export, operator, first, second, layer);
    }
  }

  /** Where a condition is not 0 what one branch makes, and else what the other one makes. */
  private static void choice(OnnxExport export, LayerReader layer) {
    List<String> names = List.of(Layer.CONDITION, Layer.MAIN, Layer.OTHER);
    List<List<Layer>> lists = names.stream().map(layer::branch).toList();
    List<Integer> made =
        IntStream.range(0, lists.size()).filter(i -> !isFill(lists.get(i))).boxed().toList();
    List<Branch> branches = export.besideEachOther(made.stream().map(lists::get).toList());
    if (made.isEmpty() || branches.stream().anyMatch(branch -> branch.extents() == null)) {
      throw layer.problem(
          "has branches of a size that no layer tells; put one with weights or sizes before it");
    }
    boolean areAlike =
        branches.stream()
            .allMatch(branch -> Arrays.equals(branch.extents(), branches.getFirst().extents()));
    List<Branch> rows =
        areAlike || export.isEachStep() ? branches : branches.stream().map(export::flat).toList();
    for (Branch row : rows) {
      if (!Arrays.equals(row.extents(), rows.getFirst().extents())) {
        throw unequal(layer, rows.getFirst(), row);
      }
    }
    String[] inputs = new String[3];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] =
          made.contains(i)
              ? rows.get(made.indexOf(i)).value()
              : number(export, layer, names.get(i), lists.get(i).getFirst());
    }
    export.node("Cast", inputs[0]).integer("to", TensorCells.BOOL).add();
    export.node("Where", export.current(), inputs[1], inputs[2]).add();
    export.becomes(rows.getFirst().extents());
  }

  private static boolean isFill(List<Layer> layers) {
    return layers.size() == 1 && layers.getFirst().type().equals(Layer.FILL);
  }

  private static String number(OnnxExport export, LayerReader layer, String name, Layer fill) {
    if (!fill.settings().containsKey("number")) {
      throw layer.problem("has a fill in " + name + " that lacks the number number");
    }
    double number = fill.settings().get("number").asDouble();
    return export.floats(name, new Layer.Weights(1, 1, new double[] {number}));
  }

  /** Products of the matrices that rows of two branches are made of. */
  private static void matrixProduct(OnnxExport export, LayerReader layer) {
    export.needsWhole(layer);
    long groups = layer.positive("groups");
    long rows = layer.positive("rows");
    long inner = layer.positive("inner");
    long cols = layer.positive("cols");
    List<List<Layer>> lists = List.of(layer.branch(Layer.LEFT), layer.branch(Layer.RIGHT));
    if (export.extents() == null && lists.stream().anyMatch(List::isEmpty)) {
      export.takesRows(groups * inner * (lists.getFirst().isEmpty() ? rows : cols), layer);
    }
    List<Branch> branches = export.besideEachOther(lists);
    String left = matrices(export, layer, branches.getFirst(), Layer.LEFT, groups, rows, inner);
    String right = matrices(export, layer, branches.getLast(), Layer.RIGHT, groups, inner, cols);
    export.node("MatMul", left, right).add();
    export.node("Flatten", export.current()).integer("axis", 1).add();
    export.becomes(groups * rows * cols);
  }

  private static String matrices(
      OnnxExport export, LayerReader layer, Branch branch, String name, long... extents) {
    long width = OnnxExport.product(extents);
    if (branch.extents() == null || OnnxExport.product(branch.extents()) != width) {
      throw layer.problem(
          "takes "
              + OnnxExport.words(extents)
              + " numbers from "
              + name
              + ", but gets "
              + OnnxExport.words(branch.extents()));
    }
    String shape = export.integers(name, -1, extents[0], extents[1], extents[2]);
    export.node("Reshape", branch.value(), shape).add();
    return export.current();
  }

  /** Puts images and a number for each of their channels together. */
  private static void gated(OnnxExport export, String operator, Branch first, Branch second) {
    String a = overImages(export, first);
    String b = overImages(export, second);
    export.node(operator, a, b).add();
    boolean isFirstGate = isGateOf(first.extents(), second.extents());
    export.becomes(isFirstGate ? second.extents() : first.extents());
  }

  /** A number of each channel as images of one cell, which ONNX repeats. */
  private static String overImages(OnnxExport export, Branch branch) {
    if (branch.extents().length > 1) {
      return branch.value();
    }
    String shape = export.integers("shape", -1, branch.extents()[0], 1, 1);
    export.node("Reshape", branch.value(), shape).add();
    return export.current();
  }

  /** Puts two values of one size together. */
  private static void alike(
      OnnxExport export, String operator, Branch first, Branch second, LayerReader layer) {
    List<Branch> rows = alike(export, first, second, layer);
    export.node(operator, rows.getFirst().value(), rows.getLast().value()).add();
    export.becomes(rows.getLast().extents());
  }

  /** Two values of one size; where one is of images and one of rows, as rows. */
  private static List<Branch> alike(
      OnnxExport export, Branch first, Branch second, LayerReader layer) {
    if (Arrays.equals(first.extents(), second.extents())) {
      return List.of(first, second);
    }
    if (export.isEachStep()) {
      throw unequal(layer, first, second);
    }
    // The cells of images lie in the order of rows.
    Branch b = export.flat(second);
    Branch a = export.flat(first);
    if (!Arrays.equals(a.extents(), b.extents())) {
      throw unequal(layer, a, b);
    }
    return List.of(a, b);
  }

  private static void compared(OnnxExport export, LayerReader layer) {
    List<Branch> branches =
        export.besideEachOther(List.of(layer.branch(Layer.LEFT), layer.branch(Layer.RIGHT)));
    List<Branch> rows = alike(export, branches.getFirst(), branches.getLast(), layer);
    CellWriters.compared(export, layer, rows.getFirst().value(), rows.getLast().value());
    export.becomes(rows.getLast().extents());
  }

  private static FormatException unequal(LayerReader layer, Branch a, Branch b) {
    return layer.problem(
        "has branches that make "
            + OnnxExport.words(a.extents())
            + " and "
            + OnnxExport.words(b.extents()));
  }

  /** Images, and a number for each of their channels. */
  static boolean isGate(long[] a, long[] b) {
    return isGateOf(a, b) || isGateOf(b, a);
  }

  private static boolean isGateOf(long[] gate, long[] images) {
    boolean isOfNumbers = gate.length == 1 || gate.length == 3 && gate[1] == 1 && gate[2] == 1;
    return isOfNumbers && images.length == 3 && images[0] == gate[0] && images[1] * images[2] > 1;
  }

  /** Rows side by side: channels of images, steps after steps, or numbers. */
  private static void concat(OnnxExport export, LayerReader layer) {
    List<Branch> branches = known(export, layer);
    if (export.isEachStep()) {
      // All layers within leave the steps what they are.
      long steps = branches.getFirst().extents()[0];
      put(export, branches, 2, steps, sumOf(branches, 1));
      return;
    }
    long[] first = branches.getFirst().extents();
    boolean areAlike =
        branches.stream()
            .map(Branch::extents)
            .allMatch(extents -> isKnown(extents) && haveSameButFirst(extents, first));
    if (!areAlike) {
      branches = branches.stream().map(export::flat).toList();
    }
    long[] output = branches.getFirst().extents().clone();
    output[0] = sumOf(branches, 0);
    put(export, branches, 1, output);
  }

  private static boolean isKnown(long[] extents) {
    return Arrays.stream(extents).allMatch(extent -> extent > 0);
  }

  private static boolean haveSameButFirst(long[] a, long[] b) {
    return a.length == b.length && Arrays.equals(a, 1, a.length, b, 1, b.length);
  }

  /** Of one extent of each branch; -1 where that of one of them is open. */
  private static long sumOf(List<Branch> branches, int at) {
    long[] extents = branches.stream().mapToLong(branch -> branch.extents()[at]).toArray();
    boolean isOpen = Arrays.stream(extents).anyMatch(extent -> extent < 0);
    return isOpen ? -1 : Arrays.stream(extents).sum();
  }

  /** Steps side by side, or what else lies behind the first extent. */
  private static void concatSteps(OnnxExport export, LayerReader layer) {
    export.needsWhole(layer);
    long width = layer.positive("D");
    List<Branch> steps = new ArrayList<>();
    long count = 0;
    for (Branch branch : known(export, layer)) {
      long all = OnnxExport.product(branch.extents());
      if (steps.isEmpty() && all > 0) {
        count = all / width;
      } else if (steps.isEmpty()) {
        count = branch.extents()[0];
      }
      boolean isOfSteps = branch.extents().length == 2 && branch.extents()[0] == count;
      long each = isOfSteps ? branch.extents()[1] : count < 1 ? 0 : all / count;
      if (each < 1 || steps.isEmpty() && each != width || count > 0 && each * count != all) {
        throw layer.problem(
            "has a branch that makes "
                + OnnxExport.words(branch.extents())
                + ", which are no parts beside those of "
                + width
                + " numbers");
      }
      steps.add(isOfSteps ? branch : export.steps(branch, steps.size() + 1, count, each));
    }
    put(export, steps, 2, count, sumOf(steps, 1));
  }

  /** All branches, with their extents. */
  private static List<Branch> known(OnnxExport export, LayerReader layer) {
    List<Branch> branches = export.besideEachOther(layer.numberedBranches());
    if (branches.stream().anyMatch(branch -> branch.extents() == null)) {
      throw layer.problem(
          "has branches of a size that no layer tells; put one with weights or sizes before it");
    }
    return branches;
  }

  private static void put(OnnxExport export, List<Branch> branches, long axis, long... output) {
    String[] values = branches.stream().map(Branch::value).toArray(String[]::new);
    export.node("Concat", values).integer("axis", axis).add();
    export.becomes(output);
  }
}
