package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads nodes that put values side by side. Where the axis is the first one of an example that is
 * not 1, rows are, else the parts that lie behind the extents before it.
 *
 * <p>A network whose every layer takes all values before it (DenseNet) puts the same values side by
 * side again and again, each time with one more. What was put together before is taken as a whole
 * then, so that a list of layers says everything once.
 */
final class ConcatNodes {
  private final OnnxImport into;

  /** What inputs, one after the other, make of each axis. */
  private final Map<Long, Prefix> made = new HashMap<>();

  /** The first inputs of nodes, so that each of a node's inputs is looked up but once. */
  private static final class Prefix {
    private final Map<String, Prefix> longer = new HashMap<>();

    /** The value that puts just these side by side; null when there is none yet. */
    private String value;
  }

  /** Constants that are repeated for each example. */
  private final Set<String> forExamples = new HashSet<>();

  ConcatNodes(OnnxImport into) {
    this.into = into;
  }

  /** A constant that nodes have repeated for each example. */
  void noteForExamples(String name) {
    forExamples.add(name);
  }

  /** The same numbers for each example, as a layer after all that the other values come from. */
  private Value ofConstant(Node node, String name, List<String> names) {
    OnnxTensor tensor = into.model().constants().get(name);
    List<Value> others = names.stream().map(into::value).filter(Objects::nonNull).toList();
    if (others.isEmpty()) {
      return null;
    }
    Chain start = others.getFirst().chain();
    for (Value other : others) {
      start = start.commonWith(other.chain());
    }
    long[] shape = tensor.extents().stream().mapToLong(Long::longValue).toArray();
    int place = others.getFirst().place();
    if (place >= shape.length || shape[place] != 1) {
      throw into.problem(node, "puts a constant beside values that is not of each example");
    }
    shape[place] = ShapeValues.EXAMPLES;
    Layer constant = new Layer(Layer.CONSTANT, Map.of("value", tensor.row()), Map.of());
    return others.getFirst().with(start.with(constant)).shaped(shape);
  }

  void read(Node node) {
    List<String> inputs = node.inputs();
    long axis = node.integer("axis", 0);
    Prefix all = made.computeIfAbsent(axis, given -> new Prefix());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      all = all.longer.computeIfAbsent(inputs.get(i), name -> new Prefix());
      names.add(inputs.get(i));
      if (i > 0 && i < inputs.size() - 1 && all.value != null) {
        names.clear();
        names.add(all.value);
      }
    }
    List<Value> values = new ArrayList<>();
    for (String name : names) {
      Value value = forExamples.contains(name) ? ofConstant(node, name, names) : into.value(name);
      if (value == null) {
        throw into.problem(
            node,
            "puts something beside a value that layers do not make of the input, such as a"
                + " constant; there are but values of one input");
      }
      values.add(value);
    }
    into.becomes(values.size() == 1 ? values.getFirst() : joined(node, values, axis));
    all.value = node.outputs().getFirst();
  }

  private Value joined(Node node, List<Value> values, long given) {
    long[] shape = values.getFirst().shape();
    int axis = (int) (given < 0 ? given + shape.length : given);
    if (axis < 0 || axis >= shape.length || shape[axis] == ShapeValues.EXAMPLES) {
      throw into.problem(
          node, "puts examples below each other, or has axis " + given + ", which no layer does");
    }
    long together = 0;
    for (Value value : values) {
      long[] other = value.shape();
      together += other.length > axis ? other[axis] : 0;
      long[] same = other.length == shape.length ? other.clone() : shape.clone();
      same[axis] = shape[axis];
      boolean isOpen = other.length > axis && other[axis] < 1;
      if (other.length != shape.length || isOpen || !Arrays.equals(same, shape)) {
        throw into.problem(
            node,
            "puts values of "
                + Arrays.toString(values.getFirst().extents())
                + " and "
                + Arrays.toString(value.extents())
                + " side by side along axis "
                + given
                + ", whose sizes must be known and equal but for that axis; export the model with a"
                + " fixed size there");
      }
    }
    long before = 1;
    long behind = shape[axis];
    for (int i = 0; i < shape.length; i++) {
      long extent = shape[i] == ShapeValues.EXAMPLES ? 1 : shape[i];
      before = i < axis && (before != 1 || extent != 1) ? -1 : before;
      behind = i > axis ? (behind < 0 || extent < 0 ? -1 : behind * extent) : behind;
    }
    if (before != 1 && behind < 0) {
      throw into.problem(node, "puts parts of " + into.words() + " side by side, of an open size");
    }
    long[] output = shape.clone();
    output[axis] = together;
    List<PartNodes.Part> parts =
        values.stream().map(value -> new PartNodes.Part(value.chain(), value.width())).toList();
    if (before == 1) {
      parts = into.parts().together(parts);
    }
    Chain chain =
        parts.size() == 1 ? parts.getFirst().chain() : chain(node, parts, before == 1 ? 0 : behind);
    return values.getFirst().with(chain).shaped(output);
  }

  /**
   * Goes on from what all have in common.
   *
   * @param step numbers of a step of the first one; 0 for whole rows
   */
  private Chain chain(Node node, List<PartNodes.Part> parts, long step) {
    Chain start = parts.getFirst().chain();
    for (PartNodes.Part part : parts) {
      start = start.commonWith(part.chain());
    }
    long layers = 1;
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    for (PartNodes.Part part : parts) {
      layers += part.chain().all() - start.all();
      JoinNodes.needsFewLayers(into, node, layers, "puts values side by side");
      branches.put(Layer.BRANCH + (branches.size() + 1), part.chain().since(start));
    }
    Map<String, Scalar> settings = step == 0 ? Map.of() : Map.of("D", Scalar.of(step));
    String type = step == 0 ? Layer.CONCAT : Layer.CONCAT_STEPS;
    Layer concat = new Layer(type, Map.of(), settings, branches);
    if (step == 0) {
      into.parts().note(concat, parts);
    }
    return start.with(concat, layers);
  }
}
