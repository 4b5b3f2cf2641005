package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

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
  private final Set<String> zeros = new HashSet<>();
  private final Set<String> ones = new HashSet<>();

  ZeroValues(Map<String, OnnxTensor> constants) {
    this.constants = constants;
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
    }
    return isMade || areOnes;
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
