package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads an ONNX model as layers: a chain, in which values that come from a common one may be
 * joined. A sequence or an image is a row here, its steps or channels one after the other, so that
 * flattening and most transpositions change nothing.
 */
final class OnnxImport {
  /** Translates one node of what {@link #value} says. */
  @FunctionalInterface
  interface Rule {
    void read(OnnxImport into, Node node);
  }

  private final OnnxModel model;
  private final String file;
  private final ShapeValues shapes;
  private final ConstantNodes constants;
  private final ConstantTypes types;
  private final ZeroValues zeros;
  private final SpelledCells cells = new SpelledCells(this);
  private final SpelledNorm norm = new SpelledNorm(this);
  private final UnrolledRnn unrolled = new UnrolledRnn(this);
  private final ConcatNodes concats = new ConcatNodes(this);
  private final PartNodes parts = new PartNodes(this);
  private final InputUses uses = new InputUses(this);
  private final PartedValues parted = new PartedValues(this);
  private final ValueKinds kinds = new ValueKinds(this);
  private final ProductNodes products = new ProductNodes(this);
  private final AttentionNodes attention = new AttentionNodes(this, parted);
  private final FoldedNodes folded;
  private final int placeOfExamples;
  private final Map<String, Value> values = new HashMap<>();

  // The value that the node at hand takes, and after its rule what the node puts out.
  private String current;
  private Value value;

  private OnnxImport(OnnxModel model, String file) {
    this.model = model;
    this.file = file;
    this.shapes = new ShapeValues(model.constants());
    this.constants = new ConstantNodes(model.constants());
    this.types = new ConstantTypes(model.constants(), shapes);
    this.zeros = new ZeroValues(model.constants(), shapes);
    this.folded = new FoldedNodes(this);
    int rank = model.extents().size();
    if (rank < 2 || rank > 4) {
      throw new FormatException(
          file,
          "the input \""
              + model.input()
              + "\" has "
              + rank
              + " extents, but only 2 (rows), 3 (sequences) and 4 (images) can be read");
    }
    this.placeOfExamples = SequenceNodes.placeOfExamples(model);
    long[] shape = model.extents().stream().mapToLong(Long::longValue).toArray();
    shape[placeOfExamples] = ShapeValues.EXAMPLES;
    values.put(model.input(), new Value(Chain.start(), new long[0], 0).shaped(shape));
  }

  static List<Layer> of(OnnxModel model, String file) {
    OnnxImport into = new OnnxImport(model, file);
    Optional<Node> again = model.nodeOfTakenName();
    if (again.isPresent()) {
      throw into.problem(
          again.get(), "puts out a value of a name that another value of the model has");
    }
    for (Node node : model.nodesOfOutput()) {
      into.readNamed(node, () -> into.read(node));
    }
    String name = model.output();
    Node end = new Node("output", name, List.of(name), List.of(name), Map.of());
    into.readNamed(
        end,
        () -> {
          into.unrolled.read(end);
          into.readPutOff(end);
          into.attention.makeValue(end, end.name());
        });
    into.parted.needsNone(model.output());
    Value output = into.values.get(model.output());
    if (output == null) {
      throw new FormatException(
          file, "the output \"" + model.output() + "\" is not what layers make of the input");
    }
    if (Arrays.stream(output.extents()).limit(output.place()).anyMatch(extent -> extent != 1)) {
      throw new FormatException(
          file,
          "the output \""
              + model.output()
              + "\" does not begin with the number of examples; transpose it in the model");
    }
    into.uses.check(output, file);
    return output.chain().layers();
  }

  /** Says which node it is where a rule fails that has not thought of it. */
  private void readNamed(Node node, Runnable rule) {
    try {
      rule.run();
    } catch (FormatException | ResourceException e) {
      throw e;
    } catch (RuntimeException e) {
      // Whatever stands in a damaged file, whose ranks and extents rules need not all look at.
      throw problem(node, "cannot be read: its inputs or attributes disagree (" + e + ")");
    }
  }

  /** Reads the node, whose inputs have been read. */
  void read(Node node) {
    node.noListOfIntegers()
        .ifPresent(attribute -> {
          throw problem(node, "has " + attribute + " that is no list of whole numbers");
        });
    if (node.inputs().isEmpty()) {
      throw problem(node, "has no inputs, but layers take what comes from the model's input");
    }
    long given = node.inputs().stream().filter(name -> !name.isEmpty()).count();
    int needed = Operators.neededInputs(node.operator());
    if (given < needed || node.inputs().subList(0, needed).contains("")) {
      throw problem(node, "needs " + needed + " inputs, but has " + given);
    }
    if (node.operator().equals("Shape")) {
      readPutOff(node);
    }
    if (shapes.read(node, this::shapeOf) || isConstant(node) && types.settle(node)) {
      return;
    }
    readLayers(OldAxes.aligned(this, node));
  }

  /** Adds what a node puts out to the constants, or to what is known to be zeros. */
  private boolean isConstant(Node node) {
    if (constants.read(node) || fillsConstant(node)) {
      return true;
    }
    boolean isConstantAgain = isConstantAgain(node);
    if (zeros.read(node)) {
      // As numbers for each example they may be beside values, too.
      folded.readForExamples(node);
      return true;
    }
    return isConstantAgain || folded.read(node);
  }

  private void readLayers(Node node) {
    kinds.note(node);
    if (EinsumNodes.RULES.containsKey(node.operator())) {
      readPutOff(node);
      EinsumNodes.read(this, node);
      return;
    }
    if (attention.takesScores(node)) {
      readPutOff(node);
      if (attention.read(node)) {
        uses.note(node);
        return;
      }
    }
    if (!unrolled.read(node) && !norm.read(node) && !cells.read(node)) {
      readPutOff(node);
      if (!attention.read(node) && !parted.read(node)) {
        readByRule(node);
      }
    }
    uses.note(node);
  }

  /** Of a value that layers make, or of scores; null for all else. */
  long[] shapeOf(String name) {
    long[] ofScores = attention.shape(name);
    PartedValues.Parted value = ofScores == null ? parted.get(name) : null;
    return value == null ? ofScores : value.shape();
  }

  /** Reads what the node takes and was put off, but is no step of a spelled function. */
  void readPutOff(Node taking) {
    for (String name : taking.inputs()) {
      Node ofNorm = norm.takePutOff(name);
      Node node = ofNorm == null ? cells.takePutOff(name) : ofNorm;
      if (node == null) {
        continue;
      }
      if (cells.isReadWithin(node)) {
        throw problem(
            node,
            "can be read within GELU and the like alone, but node \""
                + nameOf(taking)
                + "\" ("
                + taking.operator()
                + ") takes it as something else");
      }
      readPutOff(node);
      readByRule(node);
      uses.note(node);
    }
  }

  void readByRule(Node node) {
    current = node.inputs().stream().filter(values::containsKey).findFirst().orElse(null);
    Rule rule = Operators.rule(node.operator());
    if (rule == null) {
      throw problem(node, "cannot be read" + Operators.instead(node.operator()));
    }
    if (current == null && node.inputs().stream().anyMatch(zeros::isComputed)) {
      throw problem(
          node,
          "takes a state of zeros, as of a recurrent layer whose steps are written one by one; export"
              + " it as one node (PyTorch: torch.onnx.export(..., dynamo=False))");
    }
    if (current == null && node.operator().equals("Cast") && isConstant(node, 0)) {
      throw problem(
          node,
          "makes a constant one of type "
              + node.integer("to", 0)
              + ", but constants can become float, double, float16 and bfloat16 alone");
    }
    if (current == null) {
      throw problem(node, "takes nothing that comes from the input \"" + model.input() + "\"");
    }
    value = values.get(current);
    rule.read(this, node);
    // Optional inputs that are left out have an empty name, too.
    if (hasOutput(node, 0)) {
      values.put(node.outputs().getFirst(), value);
    }
  }

  /** Numbers that are all equal, such as scales that do nothing. */
  private boolean fillsConstant(Node node) {
    boolean isFilled =
        node.operator().equals("ConstantOfShape")
            && constants.fill(node, shapes.numbers(node.inputs().getFirst()));
    if (isFilled) {
      // In another shape they may be too many for a constant, but are zeros still.
      zeros.note(node);
    }
    return isFilled;
  }

  /**
   * Another name for a constant, as PyTorch gives to equal weights, or the same in another type of
   * floats, as programs write that keep weights in fewer bytes.
   */
  private boolean isConstantAgain(Node node) {
    OnnxTensor tensor =
        model.constants().get(node.inputs().isEmpty() ? "" : node.inputs().getFirst());
    if (tensor == null) {
      return false;
    }
    Optional<OnnxTensor> again =
        switch (node.operator()) {
          case "Identity" -> Optional.of(tensor);
          case "Cast" -> tensor.as(node.integer("to", 0));
          default -> Optional.empty();
        };
    again.ifPresent(same -> model.constants().put(node.outputs().getFirst(), same));
    return again.isPresent();
  }

  FormatException problem(Node node, String what) {
    String words = "node \"" + nameOf(node) + "\" (" + node.operator() + ") " + what;
    return new FormatException(file, words);
  }

  private static String nameOf(Node node) {
    return node.name().isEmpty() ? node.outputs().getFirst() : node.name();
  }

  OnnxTensor constant(Node node, int input) {
    String name = input < node.inputs().size() ? node.inputs().get(input) : "";
    OnnxTensor tensor = model.constants().get(name);
    if (tensor == null) {
      throw problem(node, "needs a constant as input " + (input + 1));
    }
    return tensor;
  }

  /** True for all that there is so far. */
  boolean isKnown(String name) {
    return model.constants().containsKey(name) || shapeOf(name) != null;
  }

  boolean isConstant(Node node, int input) {
    return has(node, input) && model.constants().containsKey(node.inputs().get(input));
  }

  static boolean has(Node node, int input) {
    return input < node.inputs().size() && !node.inputs().get(input).isEmpty();
  }

  static boolean hasOutput(Node node, int output) {
    return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
  }

  OnnxModel model() {
    return model;
  }

  /** What the node takes, then what it puts out. */
  Value value() {
    return value;
  }

  /** Another value by its name; null when layers do not make it. */
  Value value(String name) {
    return values.get(name);
  }

  /** Numbers of one example of what a chain of layers makes; -1 is not known. */
  long widthOf(Chain chain) {
    return values.values().stream()
        .filter(made -> made.chain() == chain)
        .mapToLong(Value::width)
        .findFirst()
        .orElse(-1);
  }

  /** The name of the value that the node takes. */
  String current() {
    return current;
  }

  long[] extents() {
    return value.extents();
  }

  void becomes(long... output) {
    value = value.with(output);
  }

  void becomes(Value next) {
    value = next;
  }

  /** One of several outputs. */
  void put(String name, Value output) {
    values.put(name, output);
  }

  /** Takes a value out, which was there for a node alone. */
  Value remove(String name) {
    return values.remove(name);
  }

  ShapeValues shapes() {
    return shapes;
  }

  ConstantTypes types() {
    return types;
  }

  /** True for a value that layers make of the input. */
  boolean isOfLayers(String name) {
    return values.containsKey(name);
  }

  SpelledCells cells() {
    return cells;
  }

  FoldedNodes folded() {
    return folded;
  }

  PartNodes parts() {
    return parts;
  }

  ValueKinds kinds() {
    return kinds;
  }

  ProductNodes products() {
    return products;
  }

  ConcatNodes concats() {
    return concats;
  }

  ZeroValues zeros() {
    return zeros;
  }

  void layer(String type) {
    layer(type, Map.of(), Map.of());
  }

  void layer(String type, Map<String, Layer.Weights> weights, Map<String, Scalar> settings) {
    add(new Layer(type, weights, settings));
  }

  void add(Layer layer) {
    value = value.with(value.chain().with(layer));
  }

  static Map<String, Layer.Weights> weights(Layer.Weights w, Layer.Weights b) {
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    weights.put("W", w);
    weights.put("b", b);
    return weights;
  }

  /** Settings of a layer of sequences: the first one says how many steps there are, if known. */
  Map<String, Scalar> steps() {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    if (value.chain().layer() == null && value.extents()[0] > 0) {
      settings.put("T", Scalar.of(value.extents()[0]));
    }
    return settings;
  }

  /** The number of examples, where the model states it; else -1. */
  long examples() {
    return model.extents().get(placeOfExamples);
  }

  /** Axes that a node states as an input or an attribute; null where it does not. */
  long[] axes(Node node) {
    if (has(node, 1)) {
      return shapes.numbers(node.inputs().get(1));
    }
    List<Long> attribute = node.integers("axes");
    return attribute == null ? null : attribute.stream().mapToLong(Long::longValue).toArray();
  }

  /** Extents for messages. */
  String words() {
    return Arrays.toString(value.extents());
  }
}
