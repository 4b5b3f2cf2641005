package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxModel.Node;

/**
 * What nodes do with the input itself: look rows up by it, or compute with its numbers. Rows have
 * numbers from 0 in ONNX, but from 1 in an embedding, so that both at once would be wrong; and to
 * make whole numbers of the input changes nothing for a look-up alone.
 */
final class InputUses {
  private final OnnxImport into;
  private Node rounding;
  private boolean isLookedUp;
  private boolean isComputedWith;

  InputUses(OnnxImport into) {
    this.into = into;
  }

  /** Notes what a node did that has been read. */
  void note(Node node) {
    if (node.inputs().stream().map(into::value).noneMatch(InputUses::isInput)) {
      return;
    }
    Value output = into.value(node.outputs().getFirst());
    if (isInput(output)) {
      boolean isToWhole = node.operator().equals("Cast") && ShapeNodes.isToIntegers(node);
      rounding = isToWhole ? node : rounding;
    } else if (output != null && output.chain().endsWith("embedding")) {
      isLookedUp = true;
    } else {
      isComputedWith = true;
    }
    if (isLookedUp && isComputedWith) {
      throw into.problem(
          node,
          "and another node take the input as numbers of rows and as numbers to compute with, which"
              + " no list of layers does");
    }
  }

  /** Once all nodes have been read. */
  void check(Value output, String file) {
    if (isLookedUp && isInput(output)) {
      throw new FormatException(file, "an output is the input itself, which is numbers of rows");
    }
    if (rounding != null && !isLookedUp) {
      throw into.problem(
          rounding, "rounds, and no embedding looks rows up by it, which no layer does");
    }
  }

  private static boolean isInput(Value value) {
    return value != null && value.chain().layer() == null;
  }
}
