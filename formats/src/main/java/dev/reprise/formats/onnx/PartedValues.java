package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values in which the number of examples has become a part of an extent, as PyTorch writes
 * attention: heads beside examples, or all steps of all examples below each other. They are kept as
 * the value that they would be with all extents apart, and which of these are one.
 *
 * <pre>
 *   steps, examples, 8     - Reshape -   steps, (examples, heads), 4
 *   steps, examples, 8     - Reshape -   (steps, examples), 8
 * </pre>
 */
final class PartedValues {
  /** Operators that leave extents what they are, or change the last one alone. */
  private static final List<String> OF_STEPS =
      List.of(
          "MatMul",
          "Gemm",
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Relu",
          "Gelu",
          "Tanh",
          "Sigmoid",
          "Identity",
          "Cast",
          "Dropout",
          "LayerNormalization");

  /**
   * A value.
   *
   * @param apart with all its extents apart
   * @param groups how many of its extents are one, extent by extent
   */
  record Parted(Value apart, int[] groups) {
    /** With multiples of the number of examples. */
    long[] shape() {
      long[] atoms = apart.shape();
      long[] shape = new long[groups.length];
      int at = 0;
      for (int i = 0; i < groups.length; i++) {
        long known = 1;
        boolean isOfExamples = false;
        for (int end = at + groups[i]; at < end; at++) {
          isOfExamples |= atoms[at] == ShapeValues.EXAMPLES;
          known *= atoms[at] == ShapeValues.EXAMPLES ? 1 : atoms[at];
        }
        shape[i] = isOfExamples ? ShapeValues.times(known) : known;
      }
      return shape;
    }

    boolean isPlain() {
      return Arrays.stream(groups).allMatch(size -> size == 1);
    }

    /** The first of the extents that are one by their number. */
    int start(int group) {
      return Arrays.stream(groups).limit(group).sum();
    }
  }

  private final OnnxImport into;
  private final Map<String, Parted> values = new HashMap<>();
  private final Map<String, Node> makers = new HashMap<>();

  PartedValues(OnnxImport into) {
    this.into = into;
  }

  /** By its name, also where nothing is one; null when there is no such value. */
  Parted get(String name) {
    Value plain = into.value(name);
    return plain == null ? values.get(name) : plain(plain);
  }

  static Parted plain(Value value) {
    int[] groups = new int[value.extents().length + 1];
    Arrays.fill(groups, 1);
    return new Parted(value, groups);
  }

  /** Notes which node a value comes from, for messages. */
  void noteMaker(Node node) {
    node.outputs().forEach(name -> makers.put(name, node));
  }

  /** Refuses such a value as what a model puts out. */
  void needsNone(String output) {
    Node maker = values.containsKey(output) ? makers.get(output) : null;
    if (maker != null) {
      throw into.problem(
          maker,
          maker.operator().equals("Reshape")
              ? "does not make rows, sequences or images of each example"
              : "makes an output in which examples lie beside other extents");
    }
  }

  void put(String name, Parted value) {
    if (value.isPlain()) {
      into.put(name, value.apart);
    } else {
      values.put(name, value);
    }
  }

  /** Reads a node that takes or makes such a value; false for all others. */
  boolean read(Node node) {
    String operator = node.operator();
    String first = node.inputs().getFirst();
    noteMaker(node);
    if (operator.equals("Reshape") && get(first) != null) {
      return reshape(node, get(first));
    }
    List<String> taken = node.inputs().stream().filter(values::containsKey).toList();
    if (taken.isEmpty()) {
      return false;
    }
    Parted value = values.get(taken.getFirst());
    switch (operator) {
      case "Transpose" -> transpose(node, value);
      case "Unsqueeze", "Squeeze" -> squeeze(node, value);
      default -> ofSteps(node, taken, value);
    }
    return true;
  }

  /** What leaves the examples what they are is read elsewhere. */
  private boolean reshape(Node node, Parted value) {
    long[] wanted = OnnxImport.has(node, 1) ? into.shapes().of(node.inputs().get(1)) : null;
    Parted made = wanted == null ? null : reshaped(value, wanted, into.isConstant(node, 1), node);
    if (made == null || value.isPlain() && made.isPlain()) {
      if (value.isPlain()) {
        return false;
      }
      throw into.problem(
          node, "does not take apart what it gets, in which examples lie beside other extents");
    }
    put(node.outputs().getFirst(), made);
    return true;
  }

  /** The same cells with other extents; null where these do not fit. */
  Parted reshaped(Parted value, long[] given, boolean isConstant, Node node) {
    long[] before = value.shape();
    long[] wanted = given.clone();
    for (int i = 0; i < wanted.length; i++) {
      boolean isSame = wanted[i] == 0 && isConstant && node.integer("allowzero", 0) == 0;
      if (isSame && i >= before.length) {
        return null;
      }
      wanted[i] = isSame ? before[i] : wanted[i];
      if (isConstant && wanted[i] == 0) {
        return null;
      }
      if (wanted[i] < -1 && ShapeValues.factor(wanted[i]) == 0) {
        return null;
      }
    }
    long all = value.apart.width();
    if (all < 1 || !inferred(wanted, all)) {
      return null;
    }
    List<Long> atoms = new ArrayList<>();
    int[] groups = new int[wanted.length];
    List<Long> rest = new ArrayList<>(Arrays.stream(value.apart.shape()).boxed().toList());
    for (int i = 0; i < wanted.length; i++) {
      int size = atoms.size();
      if (!take(wanted[i], rest, atoms)) {
        return null;
      }
      join(atoms.subList(size, atoms.size()));
      if (atoms.size() == size) {
        atoms.add(1L);
      }
      groups[i] = atoms.size() - size;
    }
    if (rest.stream().anyMatch(extent -> extent != 1)) {
      return null;
    }
    long[] shape = atoms.stream().mapToLong(Long::longValue).toArray();
    return new Parted(value.apart.shaped(shape), groups);
  }

  /** Finds the extent that follows from the others; false where it does not. */
  private static boolean inferred(long[] wanted, long all) {
    long known = 1;
    int ofExamples = 0;
    int open = -1;
    for (int i = 0; i < wanted.length; i++) {
      long factor = ShapeValues.factor(wanted[i]);
      if (wanted[i] == -1 && open >= 0) {
        return false;
      }
      open = wanted[i] == -1 ? i : open;
      ofExamples += factor > 0 ? 1 : 0;
      known *= wanted[i] == -1 ? 1 : factor > 0 ? factor : wanted[i];
      if (known > all || known < 1) {
        return false;
      }
    }
    if (open >= 0 && all % known == 0) {
      wanted[open] = ofExamples == 0 ? ShapeValues.times(all / known) : all / known;
      return ofExamples < 2;
    }
    return open < 0 && known == all && ofExamples == 1;
  }

  /** What lies side by side, but for the examples, is one extent. */
  private static void join(List<Long> atoms) {
    for (int i = atoms.size() - 1; i > 0; i--) {
      if (atoms.get(i) != ShapeValues.EXAMPLES && atoms.get(i - 1) != ShapeValues.EXAMPLES) {
        atoms.set(i - 1, atoms.get(i - 1) * atoms.remove(i));
      }
    }
  }

  /** Moves the extents that are one of those wanted, the last of which may be cut in two. */
  private static boolean take(long wanted, List<Long> rest, List<Long> atoms) {
    boolean isOfExamples = ShapeValues.factor(wanted) > 0;
    long missing = isOfExamples ? ShapeValues.factor(wanted) : wanted;
    while (missing > 1 || isOfExamples) {
      if (rest.isEmpty()) {
        return false;
      }
      long next = rest.removeFirst();
      if (next == ShapeValues.EXAMPLES) {
        if (!isOfExamples) {
          return false;
        }
        isOfExamples = false;
        atoms.add(next);
      } else if (next > 1 && missing % next == 0) {
        missing /= next;
        atoms.add(next);
      } else if (missing > 1 && next % missing == 0) {
        atoms.add(missing);
        rest.addFirst(next / missing);
        missing = 1;
      } else if (next != 1) {
        return false;
      }
    }
    return true;
  }

  private void transpose(Node node, Parted value) {
    int rank = value.groups.length;
    List<Long> order = node.integers("perm");
    if (order == null || order.size() != rank || order.stream().anyMatch(i -> i < 0 || i >= rank)) {
      throw into.problem(node, "has no order of " + rank + " extents");
    }
    List<Long> atoms = new ArrayList<>();
    int[] groups = new int[rank];
    for (int i = 0; i < rank; i++) {
      int from = order.get(i).intValue();
      groups[i] = value.groups[from];
      for (int atom = 0; atom < groups[i]; atom++) {
        atoms.add((long) value.start(from) + atom);
      }
    }
    into.becomes(value.apart);
    Node apart =
        new Node(
            node.operator(), node.name(), node.inputs(), node.outputs(), Map.of("perm", atoms));
    TransposeNodes.transpose(into, apart);
    put(node.outputs().getFirst(), new Parted(into.value(), groups));
  }

  /** Extents of 1 that come in or go. */
  private void squeeze(Node node, Parted value) {
    long[] axes = into.axes(node);
    boolean isMore = node.operator().equals("Unsqueeze");
    int rank = value.groups.length + (isMore && axes != null ? axes.length : 0);
    if (axes == null || Arrays.stream(axes).anyMatch(axis -> axis < -rank || axis >= rank)) {
      throw into.problem(node, "does not say which extents of 1 come in or go");
    }
    List<Long> places =
        Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).boxed().toList();
    List<Long> atoms = new ArrayList<>();
    List<Integer> groups = new ArrayList<>();
    long[] before = value.apart.shape();
    int from = 0;
    for (long i = 0; i < rank; i++) {
      boolean isNamed = places.contains(i);
      if (isNamed && isMore) {
        atoms.add(1L);
        groups.add(1);
        continue;
      }
      int start = value.start(from);
      if (from >= value.groups.length || isNamed && value.shape()[from] != 1) {
        throw into.problem(node, "takes away extents that are not 1");
      }
      for (int atom = 0; atom < value.groups[from] && !isNamed; atom++) {
        atoms.add(before[start + atom]);
      }
      if (!isNamed) {
        groups.add(value.groups[from]);
      }
      from++;
    }
    long[] shape = atoms.stream().mapToLong(Long::longValue).toArray();
    int[] sizes = groups.stream().mapToInt(Integer::intValue).toArray();
    put(node.outputs().getFirst(), new Parted(value.apart.shaped(shape), sizes));
  }

  /** The same node, which may say that it is along the last extent by its number. */
  private Node alongLast(Node node, int rank) {
    long axis = node.integer("axis", -1);
    boolean isLast = axis == -1 || axis == rank - 1;
    if (!isLast) {
      throw into.problem(
          node, "is over more than the last extent of what examples lie beside other extents in");
    }
    Map<String, Object> attributes = new HashMap<>(node.attributes());
    attributes.remove("axis");
    return new Node(node.operator(), node.name(), node.inputs(), node.outputs(), attributes);
  }

  /** Reads the node with all extents apart. */
  private void ofSteps(Node node, List<String> taken, Parted value) {
    boolean areAlike =
        taken.stream().allMatch(name -> Arrays.equals(values.get(name).groups, value.groups));
    boolean isOfLayers = node.inputs().stream().anyMatch(into::isOfLayers);
    boolean isWhole = value.groups[value.groups.length - 1] == 1;
    if (!OF_STEPS.contains(node.operator()) || !areAlike || isOfLayers || !isWhole) {
      throw into.problem(
          node,
          "takes a value in which examples lie beside other extents, which can be taken apart again,"
              + " multiplied and added to alone");
    }
    taken.forEach(name -> into.put(name, values.get(name).apart));
    into.readByRule(alongLast(node, value.groups.length));
    taken.forEach(into::remove);
    String output = node.outputs().getFirst();
    Value made = into.remove(output);
    put(output, new Parted(made, value.groups));
  }
}
