package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Values that are zeros whatever their shape: what PyTorch makes of the number of examples as the
 * first state of recurrent layers; and ones of the kind, of which it makes scales that do nothing.
 */
final class ZeroValues {
  /** Operators that make zeros of zeros. */
  private static final Set<String> SHAPING =
      Set.of(
          "Expand",
          "Slice",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Tile",
          "Gather",
          "Cast",
          "Identity");

  private final Map<String, OnnxTensor> constants;
  private final ShapeValues computed;
  private final Map<String, long[]> shapes = new HashMap<>();
  private final Set<String> zeros = new HashSet<>();
  private final Set<String> ones = new HashSet<>();

  ZeroValues(Map<String, OnnxTensor> constants, ShapeValues computed) {
    this.constants = constants;
    this.computed = computed;
  }

  /** Notes what a node puts out, if that is zeros; else false. */
  boolean read(Node node) {
    boolean isMade =
        switch (node.operator()) {
          case "ConstantOfShape" -> isFilledWith(node, 0);
          case "Expand", "Tile" -> isZero(node.inputs().getFirst());
          default -> SHAPING.contains(node.operator()) && zeros.contains(node.inputs().getFirst());
        };
    boolean areOnes = node.operator().equals("ConstantOfShape") && isFilledWith(node, 1);
    if (isMade || areOnes) {
      (isMade ? zeros : ones).addAll(node.outputs());
      noteShape(node);
    }
    return isMade || areOnes;
  }

  /**
   * The shape of computed zeros, if nodes that change the first extent alone made them; or null.
   */
  long[] shape(String name) {
    return zeros.contains(name) ? shapes.get(name) : null;
  }

  private void noteShape(Node node) {
    long[] before = shapes.get(node.inputs().getFirst());
    long[] shape =
        switch (node.operator()) {
          case "Expand" -> expanded(node);
          case "Slice" -> before == null ? null : sliced(node, before);
          case "Squeeze" ->
              before != null && isOfFirst(node, 1) && before[0] == 1
                  ? Arrays.copyOfRange(before, 1, before.length)
                  : null;
          case "Unsqueeze" ->
              before != null && isOfFirst(node, 1)
                  ? LongStream.concat(LongStream.of(1), Arrays.stream(before)).toArray()
                  : null;
          default -> null;
        };
    if (shape != null) {
      shapes.put(node.outputs().getFirst(), shape);
    }
  }

  /** One cell in a shape. */
  private long[] expanded(Node node) {
    OnnxTensor cell = constants.get(node.inputs().getFirst());
    boolean isOne = cell != null && cell.extents().isEmpty() && node.inputs().size() == 2;
    return isOne ? computed.of(node.inputs().get(1)) : null;
  }

  private long[] sliced(Node node, long[] before) {
    boolean isStated = node.inputs().size() == 4 && isOfFirst(node, 3) && before[0] > 0;
    long[] first = isStated ? computed.numbers(node.inputs().get(1)) : null;
    long[] end = isStated ? computed.numbers(node.inputs().get(2)) : null;
    boolean isPart =
        first != null
            && end != null
            && first.length == 1
            && end.length == 1
            && first[0] >= 0
            && end[0] > first[0]
            && end[0] <= before[0];
    if (!isPart) {
      return null;
    }
    long[] shape = before.clone();
    shape[0] = end[0] - first[0];
    return shape;
  }

  /** True where the axes that an input states are the first one. */
  private boolean isOfFirst(Node node, int input) {
    long[] axes = OnnxImport.has(node, input) ? computed.numbers(node.inputs().get(input)) : null;
    return axes != null && axes.length == 1 && axes[0] == 0;
  }

  /** Notes what a node fills with zeros. */
  void note(Node node) {
    if (isFilledWith(node, 0)) {
      zeros.addAll(node.outputs());
    }
  }

  private static boolean isFilledWith(Node node, double wanted) {
    Object value = node.attributes().get("value");
    return value instanceof OnnxTensor tensor
        ? Arrays.stream(tensor.cells()).allMatch(cell -> cell == wanted)
        : wanted == 0;
  }

  /** True for computed ones: scales that do nothing, in the shape of what they scale. */
  boolean isOne(String name) {
    return ones.contains(name);
  }

  /** True for computed and for constant zeros. */
  boolean isZero(String name) {
    OnnxTensor constant = constants.get(name);
    return zeros.contains(name) || constant != null && areZeros(constant);
  }

  /** True for zeros that are no constant. */
  boolean isComputed(String name) {
    return zeros.contains(name);
  }

  private static boolean areZeros(OnnxTensor tensor) {
    return Arrays.stream(tensor.cells()).allMatch(cell -> cell == 0);
  }
}
