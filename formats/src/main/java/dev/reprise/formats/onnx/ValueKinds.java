package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which values are whole numbers or truths in the model, where layers have but numbers. Whole
 * numbers are divided and rounded in another way, so that they can be moved and made floats, and no
 * more.
 */
final class ValueKinds {
  private static final List<String> MOVING =
      List.of(
          "Cast",
          "Concat",
          "Expand",
          "Flatten",
          "Gather",
          "Identity",
          "Reshape",
          "Slice",
          "Split",
          "Squeeze",
          "Transpose",
          "Unsqueeze");

  private final OnnxImport into;
  private final Set<String> whole = new HashSet<>();
  private final Set<String> truths = new HashSet<>();

  ValueKinds(OnnxImport into) {
    this.into = into;
  }

  void areWhole(String name) {
    whole.add(name);
  }

  void areTruths(String name) {
    truths.add(name);
  }

  /** True for what a node may make whole numbers of, without rounding. */
  boolean isWholeOrTruth(String name) {
    return whole.contains(name) || truths.contains(name);
  }

  /**
   * Before the node is read: refuses to compute with whole numbers, and says what comes of them.
   */
  void note(Node node) {
    boolean isOfWhole = node.inputs().stream().anyMatch(whole::contains);
    boolean isOfTruths = node.inputs().stream().anyMatch(truths::contains);
    boolean isMoving = MOVING.contains(node.operator());
    boolean isCast = node.operator().equals("Cast");
    if (isOfWhole && !isMoving) {
      // Of an operator that is not known, floats would not help.
      throw into.problem(
          node,
          Operators.isUnknown(node.operator())
              ? "cannot be read" + Operators.instead(node.operator())
              : "computes with whole numbers, such as those of ArgMax; make floats of them first (Cast),"
                  + " since layers have no others");
    }
    boolean makesWhole = isCast ? ShapeNodes.isToIntegers(node) : isOfWhole;
    if (isOfWhole && makesWhole || isOfTruths && isCast && makesWhole) {
      whole.addAll(node.outputs());
    } else if (isOfTruths && isMoving && !isCast) {
      truths.addAll(node.outputs());
    }
  }
}
