package dev.reprise.formats.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The operators of nodes that can be read by a rule for each, and what such nodes need. */
final class Operators {
  private static final Map<String, OnnxImport.Rule> RULES = new HashMap<>();

  /** What to do about nodes that exporters make of layers which there are. */
  private static final Map<String, String> ADVICE =
      Map.of(
          "Loop",
          " (export recurrent layers as one node, PyTorch: torch.onnx.export(..., dynamo=False))",
          "Scan",
          " (export recurrent layers as one node, PyTorch: torch.onnx.export(..., dynamo=False))");

  static {
    List.of(
            RowNodes.RULES,
            ImageNodes.RULES,
            ResizingNodes.RULES,
            PaddingNodes.RULES,
            ScaleNodes.RULES,
            ReduceNodes.RULES,
            SelectNodes.RULES,
            RankNodes.RULES,
            EinsumNodes.RULES,
            ChoiceNodes.RULES,
            NumberNodes.RULES,
            SequenceNodes.RULES,
            ShapeNodes.RULES,
            TransposeNodes.RULES,
            JoinNodes.RULES,
            PartNodes.RULES,
            Activations.RULES)
        .forEach(RULES::putAll);
  }

  /** How many inputs nodes must have, where that is more than one. */
  private static final Map<String, Integer> NEEDED_INPUTS = new HashMap<>();

  static {
    for (String operator :
        List.of(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Mod",
            "Pow",
            "And",
            "Or",
            "Xor",
            "Equal",
            "Less",
            "Greater",
            "LessOrEqual",
            "GreaterOrEqual",
            "MatMul",
            "Gemm",
            "Gather",
            "GatherND",
            "Expand",
            "Conv",
            "ConvTranspose",
            "PRelu")) {
      NEEDED_INPUTS.put(operator, 2);
    }
    NEEDED_INPUTS.put("Where", 3);
    NEEDED_INPUTS.put("Range", 3);
  }

  private Operators() {}

  /** How nodes of an operator are read; null for an operator that is not known. */
  static OnnxImport.Rule rule(String operator) {
    return RULES.get(operator);
  }

  /** Whether there is no way to read nodes of an operator, whatever they take. */
  static boolean isUnknown(String operator) {
    return !RULES.containsKey(operator) && !operator.equals(SumNodes.OPERATOR);
  }

  /** How many inputs nodes of an operator must have. */
  static int neededInputs(String operator) {
    return NEEDED_INPUTS.getOrDefault(operator, 1);
  }

  /** What messages say instead of an operator that is not known. */
  static String instead(String operator) {
    return ADVICE.getOrDefault(operator, "")
        + "; there are "
        + String.join(
            ", ",
            Stream.concat(RULES.keySet().stream(), Stream.of(SumNodes.OPERATOR)).sorted().toList());
  }
}
