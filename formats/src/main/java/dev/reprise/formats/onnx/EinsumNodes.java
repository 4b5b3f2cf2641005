package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads products that are written as an equation, by the nodes that it stands for: sums, orders of
 * extents, and for two operands after the other one product of matrices. What comes of these is
 * read as if the model had them, attention included.
 *
 * <pre>
 *   bqhd, bkhd - bhqk    (b, h) q d  times  (b, h) d k
 *         extents of both that stay, those of one, those that are summed
 * </pre>
 */
final class EinsumNodes {
  static final Map<String, OnnxImport.Rule> RULES = Map.of("Einsum", EinsumNodes::read);

  private static final String LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** A value or a constant by its name, and a label for each of its extents. */
  private record Operand(String name, String labels) {}

  private final OnnxImport into;
  private final Node node;
  private final Map<Character, Long> extents = new HashMap<>();
  private int made;

  private EinsumNodes(OnnxImport into, Node node) {
    this.into = into;
    this.node = node;
  }

  static void read(OnnxImport into, Node node) {
    new EinsumNodes(into, node).read();
  }

  private void read() {
    String equation = node.text("equation", "").replace(" ", "");
    String[] sides = equation.split("->", -1);
    List<String> given = List.of(sides[0].split(",", -1));
    if (sides.length > 2 || given.size() != node.inputs().size()) {
      throw problem("does not say the extents of each input");
    }
    int hidden = hidden(given);
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      operands.add(operand(node.inputs().get(i), given.get(i), hidden));
    }
    String result = sides.length == 2 ? spelled(sides[1], hidden, hidden) : usual(given, hidden);
    if (result.chars().distinct().count() < result.length()
        || result.chars().anyMatch(c -> !extents.containsKey((char) c))) {
      throw problem("puts out extents that there are not, or one of them twice");
    }
    Operand all = operands.getFirst();
    for (int i = 1; i < operands.size(); i++) {
      StringBuilder later = new StringBuilder(result);
      operands.subList(i + 1, operands.size()).forEach(operand -> later.append(operand.labels));
      all = product(all, operands.get(i), later.toString());
    }
    all = ordered(summed(all, result), result);
    emit("Identity", node.outputs().getFirst(), Map.of(), all.name);
  }

  private FormatException problem(String what) {
    return into.problem(node, "(" + node.text("equation", "") + ") " + what);
  }

  /** How many extents the dots stand for. */
  private int hidden(List<String> given) {
    int most = 0;
    for (int i = 0; i < given.size(); i++) {
      int stated = given.get(i).replace(".", "").length();
      boolean hasDots = given.get(i).contains("...");
      int rank = shape(node.inputs().get(i)).length;
      if (hasDots ? stated > rank : stated != rank) {
        throw problem(
            "does not say the extents of input " + (i + 1) + ", of which there are " + rank);
      }
      most = hasDots ? Math.max(most, rank - stated) : most;
    }
    return most;
  }

  /** With a label of its own, one that nothing else has, for each extent that dots stand for. */
  private String spelled(String labels, int dots, int hidden) {
    String unused =
        LABELS
            .chars()
            .mapToObj(Character::toString)
            .filter(label -> !node.text("equation", "").contains(label))
            .reduce("", String::concat);
    if (unused.length() < hidden) {
      throw problem("has too many extents");
    }
    return labels.replace("...", unused.substring(hidden - dots, hidden));
  }

  private Operand operand(String name, String given, int hidden) {
    long[] shape = shape(name);
    int stated = given.replace(".", "").length();
    String labels = spelled(given, given.contains("...") ? shape.length - stated : 0, hidden);
    for (int i = 0; i < shape.length; i++) {
      char label = labels.charAt(i);
      Long before = extents.putIfAbsent(label, shape[i]);
      boolean isUsed = labels.indexOf(label) != i;
      if (isUsed || before != null && before != shape[i]) {
        throw problem(
            isUsed
                ? "takes a diagonal, " + label + " twice of one input, which no layer does"
                : "has different sizes of " + label + ", " + before + " and " + shape[i]);
      }
      if (shape[i] < 0 && shape[i] != -1) {
        throw problem("takes a value in which examples lie beside other extents");
      }
    }
    return new Operand(name, labels);
  }

  private long[] shape(String name) {
    long[] shape = into.shapeOf(name);
    if (shape == null && into.model().constants().containsKey(name)) {
      shape =
          into.model().constants().get(name).extents().stream()
              .mapToLong(Long::longValue)
              .toArray();
    }
    if (shape == null) {
      throw problem("takes \"" + name + "\", which is neither a constant nor what layers make");
    }
    return shape;
  }

  /** Without an arrow: what dots stand for, and what is stated once, in the order of letters. */
  private String usual(List<String> given, int hidden) {
    String all = String.join("", given).replace(".", "");
    String once =
        all.chars()
            .filter(label -> all.indexOf(label) == all.lastIndexOf(label))
            .sorted()
            .mapToObj(Character::toString)
            .reduce("", String::concat);
    boolean hasDots = String.join("", given).contains("...");
    return (hasDots ? spelled("...", hidden, hidden) : "") + once;
  }

  private boolean isConstant(Operand operand) {
    return into.model().constants().containsKey(operand.name);
  }

  private boolean isOfExamples(char label) {
    return extents.get(label) == ShapeValues.EXAMPLES;
  }

  private static String only(String labels, String of, boolean isIn) {
    return labels
        .chars()
        .filter(label -> of.indexOf(label) >= 0 == isIn)
        .mapToObj(Character::toString)
        .reduce("", String::concat);
  }

  private Operand product(Operand first, Operand second, String later) {
    boolean isTurned = isConstant(first) && !isConstant(second);
    Operand a = isTurned ? second : first;
    Operand b = isTurned ? first : second;
    a = summed(a, later + b.labels);
    b = summed(b, later + a.labels);
    String both = only(a.labels, b.labels, true);
    String inner = only(both, later, false);
    // The examples go first, since other extents may become one.
    String kept =
        Stream.of(true, false)
            .flatMap(isFirst ->
                only(both, later, true)
                    .chars()
                    .filter(label -> isOfExamples((char) label) == isFirst)
                    .mapToObj(Character::toString))
            .reduce("", String::concat);
    String ofA = only(a.labels, b.labels, false);
    String ofB = only(b.labels, a.labels, false);
    String lead =
        ofA.chars()
            .filter(label -> isOfExamples((char) label))
            .mapToObj(Character::toString)
            .reduce("", String::concat);
    if (inner.chars().anyMatch(label -> isOfExamples((char) label))
        || ofB.chars().anyMatch(label -> isOfExamples((char) label))
        || isConstant(a)) {
      throw problem("multiplies different examples, or constants alone, which no layer does");
    }
    ofA = only(ofA, lead, false);
    if (inner.isEmpty() && (ofA.isEmpty() || ofB.isEmpty())) {
      return cellByCell(a, b, lead + kept, ofA, ofB);
    }
    Operand left = ordered(a, lead + kept + ofA + inner);
    Operand right = ordered(b, kept + inner + ofB);
    boolean isOfRows = kept.isEmpty() && isConstant(b) && ofA.isEmpty();
    left = merged(left, lead + kept, isOfRows ? List.of(inner) : List.of(ofA, inner));
    right = merged(right, kept, List.of(inner, ofB));
    String product = emit("MatMul", Map.of(), left.name, right.name);
    String labels = lead + kept + ofA + ofB;
    boolean isApart = ofB.length() == 1 && (isOfRows || ofA.length() == 1);
    return new Operand(isApart ? product : reshaped(product, labels), labels);
  }

  private Operand cellByCell(Operand a, Operand b, String kept, String ofA, String ofB) {
    String labels = kept + ofA + ofB;
    String left = reshapedWithOnes(ordered(a, kept + ofA), labels);
    String right = reshapedWithOnes(ordered(b, only(kept, b.labels, true) + ofB), labels);
    return new Operand(emit("Mul", Map.of(), left, right), labels);
  }

  /** With an extent of 1 for each label that it has not; constants have none for the examples. */
  private String reshapedWithOnes(Operand operand, String labels) {
    if (operand.labels.equals(labels)) {
      return operand.name;
    }
    double[] shape =
        labels
            .chars()
            .mapToDouble(label -> operand.labels.indexOf(label) < 0 ? 1 : extent((char) label))
            .toArray();
    return emit("Reshape", Map.of(), operand.name, constant(shape));
  }

  /** Runs of extents that become one each. */
  private Operand merged(Operand operand, String lead, List<String> runs) {
    if (runs.stream().allMatch(run -> run.length() == 1)) {
      return operand;
    }
    double[] shape =
        Stream.concat(
                lead.chars().mapToObj(label -> extent((char) label)),
                runs.stream()
                    .map(run ->
                        run.chars().mapToLong(l -> extent((char) l)).reduce(1, (x, y) -> x * y)))
            .mapToDouble(Long::doubleValue)
            .toArray();
    return new Operand(emit("Reshape", Map.of(), operand.name, constant(shape)), operand.labels);
  }

  private String reshaped(String name, String labels) {
    double[] shape = labels.chars().mapToDouble(label -> extent((char) label)).toArray();
    return emit("Reshape", Map.of(), name, constant(shape));
  }

  /** 0, which stays what it is, for the examples. */
  private long extent(char label) {
    long extent = extents.get(label);
    if (extent < 0) {
      throw problem("puts extents together of which " + label + " has an open size");
    }
    return extent;
  }

  /** Without the extents that nothing else has. */
  private Operand summed(Operand operand, String wanted) {
    String gone = only(operand.labels, wanted, false);
    if (gone.isEmpty()) {
      return operand;
    }
    double[] axes = gone.chars().mapToDouble(operand.labels::indexOf).toArray();
    if (isConstant(operand) || gone.chars().anyMatch(label -> isOfExamples((char) label))) {
      throw problem("sums over examples, or over extents of a constant, which no layer does");
    }
    String sum = emit("ReduceSum", Map.of("keepdims", 0L), operand.name, constant(axes));
    return new Operand(sum, only(operand.labels, wanted, true));
  }

  private Operand ordered(Operand operand, String order) {
    if (operand.labels.equals(order)) {
      return operand;
    }
    List<Long> perm =
        order.chars().mapToObj(label -> (long) operand.labels.indexOf(label)).toList();
    return new Operand(emit("Transpose", Map.of("perm", perm), operand.name), order);
  }

  private String constant(double... cells) {
    String name = newName();
    List<Long> extents = List.of((long) cells.length);
    into.model().constants().put(name, OnnxTensor.of(extents, cells).typed(TensorCells.INT64));
    return name;
  }

  private String newName() {
    String name;
    do {
      name = node.outputs().getFirst() + "/" + ++made;
    } while (into.isKnown(name));
    return name;
  }

  private String emit(String operator, Map<String, Object> attributes, String... inputs) {
    String output = newName();
    emit(operator, output, attributes, inputs);
    return output;
  }

  private void emit(
      String operator, String output, Map<String, Object> attributes, String... inputs) {
    String name = node.name().isEmpty() ? node.outputs().getFirst() : node.name();
    into.read(new Node(operator, name, List.of(inputs), List.of(output), attributes));
  }
}
