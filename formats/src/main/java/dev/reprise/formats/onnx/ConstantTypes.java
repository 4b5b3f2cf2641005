package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The types of constants that nodes make of others, in whatever way these are computed, since a
 * type decides how numbers are divided and rounded. Cells are doubles here: what a type of floats
 * would round is rounded, and a constant that a type of whole numbers has not is none.
 */
final class ConstantTypes {
  private static final Set<String> OF_TRUTHS =
      Set.of("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Not");

  /** Operators that make other numbers; all others take them to other places. */
  private static final Set<String> COMPUTING =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Mod",
          "Pow",
          "Neg",
          "Abs",
          "Sqrt",
          "Exp",
          "Log",
          "Sin",
          "Cos",
          "Reciprocal",
          "Floor",
          "Ceil",
          "Range");

  /** Whole numbers up to here are doubles, too. */
  private static final double MOST = 1L << 53;

  private final Map<String, OnnxTensor> constants;
  private final ShapeValues shapes;

  ConstantTypes(Map<String, OnnxTensor> constants, ShapeValues shapes) {
    this.constants = constants;
    this.shapes = shapes;
  }

  /** Of a constant or of extents, by ONNX's number of it; 0 where it is not known. */
  int of(String name) {
    OnnxTensor tensor = constants.get(name);
    return tensor == null ? shapes.type(name) : tensor.type();
  }

  /**
   * Gives the constants that a node has made their type and the numbers that this has.
   *
   * @return false where a number is none of the type, as -1 of those without a sign; such a
   *     constant is known no longer
   */
  boolean settle(Node node) {
    int type = made(node);
    for (String name : node.outputs()) {
      OnnxTensor tensor = type == 0 ? null : constants.get(name);
      OnnxTensor settled = tensor == null ? null : settled(node, tensor, type);
      if (settled != null) {
        constants.put(name, settled);
      } else if (tensor != null) {
        constants.remove(name);
        return false;
      }
    }
    return true;
  }

  private static OnnxTensor settled(Node node, OnnxTensor tensor, int type) {
    boolean isComputed = COMPUTING.contains(node.operator());
    if (!TensorCells.isWhole(type)) {
      return isComputed ? tensor.as(type).orElseThrow() : tensor.typed(type);
    }
    boolean isOther = isComputed || node.operator().equals("Cast");
    double most = isComputed ? MOST : Double.MAX_VALUE;
    boolean fits =
        !isOther
            || Arrays.stream(tensor.cells())
                .allMatch(cell -> Math.abs(cell) <= most && TensorCells.has(type, cell));
    return fits ? tensor.typed(type) : null;
  }

  private int made(Node node) {
    List<String> inputs = node.inputs();
    String operator = node.operator();
    if (OF_TRUTHS.contains(operator)) {
      return TensorCells.BOOL;
    }
    return switch (operator) {
      case "Cast" -> (int) node.integer("to", 0);
      case "Shape" -> TensorCells.INT64;
      case "ConstantOfShape" ->
          node.attributes().get("value") instanceof OnnxTensor value
              ? value.type()
              : TensorCells.FLOAT;
      case "Where" -> common(inputs.subList(1, inputs.size()));
      case "Add", "Sub", "Mul", "Div", "Mod", "Max", "Min", "Range", "Concat" -> common(inputs);
      default -> of(inputs.getFirst());
    };
  }

  /** Of values of one type, some of which may not be known. */
  int common(List<String> names) {
    return names.stream().mapToInt(this::of).filter(type -> type != 0).findFirst().orElse(0);
  }
}
