package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
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
            CellWriters.RULES)
        .forEach(RULES::putAll);
    RULES.put(Layer.RESIDUAL, (export, layer) -> export.joined("Add", layer));
    RULES.put(Layer.PRODUCT, (export, layer) -> export.joined("Mul", layer));
  }

  private final String file;
  private final GraphWriter graph;
  private String current = INPUT;

  // The extents of the input, once a layer has told them; then what has become of it.
  private long[] input;
  private long[] extents;
  private boolean isOfIds;
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

  void writeAll(List<Layer> layers) {
    for (Layer layer : layers) {
      graph.number(graph.number() + 1);
      Rule rule = RULES.get(layer.type());
      LayerReader reader = new LayerReader(layer, graph.number(), file);
      if (rule == null) {
        throw reader.problem(
            "cannot be written; there are "
                + String.join(", ", RULES.keySet().stream().sorted().toList()));
      }
      rule.write(this, reader);
    }
  }

  private void joined(String operator, LayerReader layer) {
    int own = graph.number();
    String start = current;
    long[] startExtents = extents;
    writeAll(layer.branch(Layer.MAIN));
    String main = current;
    long[] mainExtents = extents;
    current = start;
    // Where this is the first layer, the main branch has told how large the input is.
    extents = startExtents == null ? input : startExtents;
    writeAll(layer.branch(Layer.SHORTCUT));
    // A branch that did not tell how large its input is left it so.
    mainExtents = mainExtents == null ? input : mainExtents;
    // Nodes from here on are this layer's, not the last one's within.
    int last = graph.number();
    graph.number(own);
    Branch first = new Branch(main, mainExtents);
    Branch second = new Branch(current, extents);
    if (operator.equals("Mul") && mainExtents != null && isGate(mainExtents, extents)) {
      gated(operator, first, second);
    } else {
      alike(operator, first, second, layer);
    }
    graph.number(last);
  }

  /** What a branch has made. */
  private record Branch(String value, long[] extents) {}

  /** Puts images and a number for each of their channels together. */
  private void gated(String operator, Branch first, Branch second) {
    String a = overImages(first);
    String b = overImages(second);
    extents = isGateOf(first.extents, second.extents) ? second.extents : first.extents;
    node(operator, a, b).add();
  }

  /** A number of each channel as images of one cell, which ONNX repeats. */
  private String overImages(Branch branch) {
    if (branch.extents.length > 1) {
      return branch.value;
    }
    node("Reshape", branch.value, integers("shape", -1, branch.extents[0], 1, 1)).add();
    return current;
  }

  /** Puts two values of one size together; where one is of images and one of rows, as rows. */
  private void alike(String operator, Branch first, Branch second, LayerReader layer) {
    if (Arrays.equals(first.extents, second.extents)) {
      node(operator, first.value, second.value).add();
      return;
    }
    // The cells of images lie in the order of rows.
    Branch b = flat(second);
    Branch a = flat(first);
    if (!Arrays.equals(a.extents, b.extents)) {
      throw layer.problem(
          "has branches that make " + words(a.extents) + " and " + words(b.extents));
    }
    node(operator, a.value, b.value).add();
  }

  private Branch flat(Branch branch) {
    current = branch.value;
    extents = branch.extents;
    flatten();
    return new Branch(current, extents);
  }

  /** Images, and a number for each of their channels. */
  static boolean isGate(long[] a, long[] b) {
    return isGateOf(a, b) || isGateOf(b, a);
  }

  private static boolean isGateOf(long[] gate, long[] images) {
    boolean isOfNumbers = gate.length == 1 || gate.length == 3 && gate[1] == 1 && gate[2] == 1;
    return isOfNumbers && images.length == 3 && images[0] == gate[0] && images[1] * images[2] > 1;
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
    if (extents.length != 2) {
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

  /** The layer takes images. */
  void takesImages(long[] wanted, LayerReader layer) {
    needsWhole(layer);
    tells(layer, wanted);
    long width = wanted[0] * wanted[1] * wanted[2];
    if (extents.length < 3 && (extents[0] < 0 || product(extents) == width)) {
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

  private void needsWhole(LayerReader layer) {
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

  private static long product(long[] extents) {
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
