package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Values that are zeros whatever their shape: what PyTorch makes of the number of examples as the
 * first state of recurrent layers.
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

  ZeroValues(Map<String, OnnxTensor> constants) {
    this.constants = constants;
  }

  /** Notes what a node puts out, if that is zeros; else false. */
  boolean read(Node node) {
    boolean isMade =
        switch (node.operator()) {
          case "ConstantOfShape" -> isFilledWithZeros(node);
          case "Expand", "Tile" -> isZero(node.inputs().getFirst());
          default -> SHAPING.contains(node.operator()) && zeros.contains(node.inputs().getFirst());
        };
    if (isMade) {
      zeros.addAll(node.outputs());
    }
    return isMade;
  }

  private static boolean isFilledWithZeros(Node node) {
    Object value = node.attributes().get("value");
    return !(value instanceof OnnxTensor tensor) || areZeros(tensor);
  }

  /** True for computed and for constant zeros. */
  boolean isZero(String name) {
    OnnxTensor constant = constants.get(name);
    return zeros.contains(name) || constant != null && areZeros(constant);
  }

  private static boolean areZeros(OnnxTensor tensor) {
    return Arrays.stream(tensor.cells()).allMatch(cell -> cell == 0);
  }
}
