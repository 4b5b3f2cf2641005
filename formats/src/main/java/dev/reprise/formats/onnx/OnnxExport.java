package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes layers as an ONNX model. Weights and cells are floats, the type that all programs compute
 * convolutions in. The input has two extents, three where the first layer with sizes is one of
 * sequences, or four where it is one of images; the number of examples is left open, and that of
 * steps where no layer states it.
 */
final class OnnxExport {

  /** Writes one layer. */
  @FunctionalInterface
  interface Rule {
    void write(OnnxExport export, LayerReader layer);
  }

  private static final Map<String, Rule> RULES = new HashMap<>();

  static {
    List.of(
            RowWriters.RULES,
            ImageWriters.RULES,
            ResizingWriters.RULES,
            SequenceWriters.RULES,
            TransposeWriters.RULES,
            JoinWriters.RULES,
            AttentionWriters.RULES,
            PartWriters.RULES,
            CellWriters.RULES)
        .forEach(RULES::putAll);
  }

  private final String file;
  private final GraphWriter graph;
  private String current = INPUT;

  // What the last Pad puts out; null for none.
  private String bordered;

  /** How many layers there are so far, those in branches included. */
  private int layers;

  // The extents of the input, once a layer has told them; then what has become of it.
  private long[] input;
  private long[] extents;
  private boolean isOfIds;

  /** Whether the list that is written next may end in a constant. */
  private boolean isBesideOthers;

  private boolean isEachStep;

  // Whether a layer took the input as rows before another one told its extents.
  private boolean isOfRows;

  private static final String INPUT = "input";

  private OnnxExport(String file) {
    this.file = file;
    this.graph = new GraphWriter(file);
  }

  static byte[] of(List<Layer> layers, String file) {
    OnnxExport export = new OnnxExport(file);
    export.writeAll(layers);
    if (export.input == null) {
      throw new FormatException(
          file, "no layer tells how wide the input is; a model needs one with weights or sizes");
    }
    return export.graph.model(export.input, export.isOfIds, export.current, export.extents);
  }

  void writeAll(List<Layer> list) {
    boolean mayEndInConstant = isBesideOthers;
    isBesideOthers = false;
    for (int i = 0; i < list.size(); i++) {
      Layer layer = list.get(i);
      graph.number(++layers);
      Rule rule = RULES.get(layer.type());
      LayerReader reader = new LayerReader(layer, graph.number(), file);
      if (rule == null) {
        throw reader.problem(
            "cannot be written; there are "
                + String.join(", ", RULES.keySet().stream().sorted().toList()));
      }
      boolean isEnd = mayEndInConstant && i == list.size() - 1;
      if (layer.type().equals(Layer.CONSTANT) && !isEnd) {
        throw reader.problem(
            "can be written as the last layer of a branch alone, of concat, concat_steps, residual,"
                + " product, matmul, compare_values or where, since a model computes from its input;"
                + " compute what follows it yourself, and put that into the branch");
      }
      rule.write(this, reader);
    }
  }

  /** What a branch has made. */
  record Branch(String value, long[] extents) {}

  /** As {@link #branches}, of lists that may end in constants. */
  List<Branch> besideEachOther(List<List<Layer>> lists) {
    isBesideOthers = true;
    return branches(lists);
  }

  /** Writes lists of layers that all begin with the value at hand. */
  List<Branch> branches(List<List<Layer>> lists) {
    boolean areBeside = isBesideOthers;
    int own = graph.number();
    Branch start = new Branch(current, extents);
    List<Branch> made = new ArrayList<>();
    for (List<Layer> layers : lists) {
      current = start.value;
      // Where this is the first layer, a branch may have told how large the input is.
      extents = start.extents == null ? input : start.extents;
      isBesideOthers = areBeside;
      writeAll(layers);
      made.add(new Branch(current, extents));
    }
    // Nodes from here on are the layer's with the branches, not the last one's within.
    graph.number(own);
    // A branch that did not tell how large its input is left it so.
    return made.stream()
        .map(branch -> branch.extents == null ? new Branch(branch.value, input) : branch)
        .toList();
  }

  /** A value as rows. */
  Branch flat(Branch branch) {
    current = branch.value;
    extents = branch.extents;
    flatten();
    return new Branch(current, extents);
  }

  /**
   * A value as so many steps of so many numbers.
   *
   * @param number which one of a layer's branches it is: several may have made one value
   */
  Branch steps(Branch branch, int number, long count, long width) {
    node("Reshape", branch.value, integers("shape" + number, 0, count, width)).add();
    return new Branch(current, new long[] {count, width});
  }

  /** The first layer with sizes tells those of the input. */
  private void tells(LayerReader layer, long... wanted) {
    if (extents != null) {
      return;
    }
    if (isOfRows && wanted.length > 1) {
      throw layer.problem(
          "takes images or sequences, but a softmax before it whole rows, of a width that no layer"
              + " tells; put one with weights or sizes before that");
    }
    input = extents = wanted;
  }

  /** The layer takes rows, whatever their width. */
  void takesWholeRows() {
    isOfRows |= extents == null;
    flatten();
  }

  /** The layer takes rows of so many numbers. */
  void takesRows(long width, LayerReader layer) {
    needsWhole(layer);
    tells(layer, width);
    flatten();
    if (extents[0] >= 0 && extents[0] != width) {
      throw layer.problem("takes " + width + " numbers, but gets " + extents[0]);
    }
  }

  /** The layer takes rows, or within each_step a step of so many numbers. */
  void takesRowsOrSteps(long width, LayerReader layer) {
    if (!isEachStep) {
      takesRows(width, layer);
    } else if (extents[1] != width) {
      throw layer.problem("takes " + width + " numbers, but gets steps of " + extents[1]);
    }
  }

  /** The layer takes sequences, whose steps have so many numbers. */
  void takesSequences(long width, LayerReader layer) {
    needsWhole(layer);
    tells(layer, layer.steps(), width);
    long all = product(extents);
    boolean isOfOtherSteps = extents.length == 2 && extents[1] != width && all > 0;
    if (extents.length != 2 || isOfOtherSteps && all % width == 0) {
      flatten();
      if (extents[0] >= 0 && extents[0] % width != 0) {
        throw layer.problem("takes steps of " + width + " numbers, but gets " + extents[0]);
      }
      node("Reshape", current, integers("shape", 0, -1, width)).add();
      extents = new long[] {extents[0] < 0 ? -1 : extents[0] / width, width};
    }
    if (extents[1] != width) {
      throw layer.problem("takes steps of " + width + " numbers, but gets " + extents[1]);
    }
  }

  /** The value is now what Pad has put out. */
  void hasBorder() {
    bordered = current;
  }

  /** True when nothing came after the last Pad. */
  boolean isBordered() {
    return current.equals(bordered);
  }

  /** The layer takes images. */
  void takesImages(long[] wanted, LayerReader layer) {
    needsWhole(layer);
    tells(layer, wanted);
    long width = wanted[0] * wanted[1] * wanted[2];
    boolean isOfOthers = extents.length == 3 && !Arrays.equals(extents, wanted);
    if (isOfOthers && product(extents) == width
        || extents.length < 3 && (extents[0] < 0 || product(extents) == width)) {
      node("Reshape", current, integers("shape", -1, wanted[0], wanted[1], wanted[2])).add();
      extents = wanted;
    }
    if (!Arrays.equals(extents, wanted)) {
      throw layer.problem("takes images of " + words(wanted) + ", but gets " + words(extents));
    }
  }

  /** The images that a layer of so many channels takes, whose size it may leave open. */
  long[] channels(long channels, LayerReader layer) {
    if (layer.has("Hin") || extents == null) {
      return layer.images();
    }
    long width = product(extents);
    if (extents.length == 3 && extents[0] == channels) {
      return extents;
    }
    if (width < 1 || width % channels != 0) {
      throw layer.problem("takes " + channels + " channels, but gets " + words(extents));
    }
    if (extents.length == 3) {
      flatten();
    }
    return new long[] {channels, width / channels, 1};
  }

  /** The layer takes numbers of rows, which only the input has. */
  void takesIds(LayerReader layer) {
    needsWhole(layer);
    if (extents != null || !current.equals(INPUT)) {
      throw layer.problem("must be the first layer: it takes numbers of rows");
    }
    isOfIds = true;
    input = extents = new long[] {layer.steps()};
  }

  /** The layer takes whole rows, sequences or images, of which each_step has but a step. */
  void needsWhole(LayerReader layer) {
    if (isEachStep) {
      throw layer.problem("cannot be written within " + Layer.EACH_STEP);
    }
  }

  /** Writes layers that take each step by itself. */
  void eachStep(List<Layer> layers) {
    boolean outer = isEachStep;
    isEachStep = true;
    writeAll(layers);
    isEachStep = outer;
  }

  boolean isEachStep() {
    return isEachStep;
  }

  static String words(long[] extents) {
    return extents == null
        ? "what is not known"
        : String.join(" x ", Arrays.stream(extents).mapToObj(Long::toString).toList());
  }

  void flatten() {
    if (extents != null && extents.length > 1) {
      node("Flatten", current).integer("axis", 1).add();
      extents = new long[] {product(extents)};
    }
  }

  static long product(long[] extents) {
    return Arrays.stream(extents).reduce(1, (a, b) -> a < 0 || b < 0 ? -1 : a * b);
  }

  /** The name of the value that the next node takes. */
  String current() {
    return current;
  }

  /** Its extents without the number of examples. */
  long[] extents() {
    return extents;
  }

  void becomes(long... next) {
    extents = next;
  }

  GraphWriter graph() {
    return graph;
  }

  String floats(String name, Layer.Weights weights, long... shape) {
    return graph.floats(name, weights, shape);
  }

  String integers(String name, long... values) {
    return graph.integers(name, values);
  }

  /** A node; when it is added, its output is what the next one takes. */
  NodeWriter node(String operator, String... inputs) {
    if (isOfIds && !operator.equals("Gather") && Arrays.asList(inputs).contains(INPUT)) {
      throw new FormatException(
          file,
          "the input is of numbers of rows for an embedding, but another layer takes it, too");
    }
    return graph.node(operator, output -> current = output, inputs);
  }
}
