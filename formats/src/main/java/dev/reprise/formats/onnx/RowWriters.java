package dev.reprise.formats.onnx;

import java.util.Map;

/** Writes layers that take rows of numbers, or each step of a sequence by itself. Stateless. */
final class RowWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.of(
          "affine",
          RowWriters::affine,
          "batch_norm1d",
          RowWriters::batchNorm1d,
          "layer_norm",
          RowWriters::layerNorm,
          "softmax",
          (export, layer) -> rows(export, "Softmax"),
          "log_softmax",
          (export, layer) -> rows(export, "LogSoftmax"),
          "flatten",
          (export, layer) -> flatten(export));

  private RowWriters() {}

  private static void affine(OnnxExport export, LayerReader layer) {
    Layer.Weights weights = layer.weights("W");
    export.takesRowsOrSteps(weights.rows(), layer);
    Layer.Weights bias = layer.weights("b", 1, weights.cols());
    String w = export.floats("W", weights, weights.rows(), weights.cols());
    String b = export.floats("b", bias, bias.cols());
    if (export.isEachStep()) {
      // Gemm takes matrices only.
      export.node("MatMul", export.current(), w).add();
      export.node("Add", export.current(), b).add();
      export.becomes(export.extents()[0], weights.cols());
    } else {
      export.node("Gemm", export.current(), w, b).add();
      export.becomes(weights.cols());
    }
  }

  private static void flatten(OnnxExport export) {
    if (!export.isEachStep()) {
      export.flatten();
    }
  }

  private static void batchNorm1d(OnnxExport export, LayerReader layer) {
    int width = layer.weights("gamma").cols();
    export.takesRows(width, layer);
    ImageWriters.batchNorm(export, layer, 1, width);
  }

  private static void layerNorm(OnnxExport export, LayerReader layer) {
    int width = layer.weights("gamma").cols();
    export.takesRowsOrSteps(width, layer);
    String gamma = export.floats("gamma", layer.weights("gamma", 1, width), width);
    String beta = export.floats("beta", layer.weights("beta", 1, width), width);
    NodeWriter node =
        export.node("LayerNormalization", export.current(), gamma, beta).integer("axis", -1);
    node.number("epsilon", layer.number("epsilon", 1e-5)).add();
  }

  private static void rows(OnnxExport export, String operator) {
    if (!export.isEachStep()) {
      export.flatten();
    }
    export.node(operator, export.current()).integer("axis", -1).add();
  }
}
