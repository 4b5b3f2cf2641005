package dev.reprise.formats.onnx;

import java.util.Arrays;
import java.util.Map;

/** Writes layers that take rows of numbers, or each step of a sequence by itself. Stateless. */
final class RowWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.of(
          "affine",
          RowWriters::affine,
          "batch_norm1d",
          RowWriters::batchNorm1d,
          "low_rank_affine",
          RowWriters::lowRankAffine,
          "scale_shift1d",
          RowWriters::scaleShift,
          "layer_norm",
          RowWriters::layerNorm,
          "rms_norm",
          RowWriters::rmsNorm,
          "softmax",
          (export, layer) -> wholeRows(export, "Softmax"),
          "log_softmax",
          (export, layer) -> wholeRows(export, "LogSoftmax"),
          Layer.COLUMNS,
          RowWriters::columns,
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

  /** Two products; they are read as two affine layers. */
  private static void lowRankAffine(OnnxExport export, LayerReader layer) {
    Layer.Weights u = layer.weights("U");
    Layer.Weights v = layer.weights("V", u.cols(), layer.weights("V").cols());
    Layer.Weights bias = layer.weights("b", 1, v.cols());
    export.takesRowsOrSteps(u.rows(), layer);
    String left = export.floats("U", u, u.rows(), u.cols());
    export.node("MatMul", export.current(), left).add();
    export.node("MatMul", export.current(), export.floats("V", v, v.rows(), v.cols())).add();
    export.node("Add", export.current(), export.floats("b", bias, v.cols())).add();
    long[] output = export.extents().clone();
    output[output.length - 1] = v.cols();
    export.becomes(output);
  }

  private static void scaleShift(OnnxExport export, LayerReader layer) {
    int width = layer.weights("gamma").cols();
    export.takesRowsOrSteps(width, layer);
    ResizingWriters.scaled(export, layer, 1, width);
  }

  /** Whole channels of images and whole steps stay what they are. */
  private static void columns(OnnxExport export, LayerReader layer) {
    long from = layer.positive("from") - 1;
    long to = layer.positive("to");
    if (export.extents() == null) {
      if (!layer.has("D")) {
        throw layer.problem(
            "takes columns of rows whose width no layer tells; state it as D, or put a layer"
                + " before it");
      }
      export.takesRows(layer.positive("D"), layer);
    }
    long[] extents = export.extents();
    int axis = export.isEachStep() ? 1 : 0;
    long behind = OnnxExport.product(Arrays.copyOfRange(extents, axis + 1, extents.length));
    if (from % behind != 0 || to % behind != 0 || behind < 1) {
      export.flatten();
      behind = 1;
    }
    long[] output = export.extents().clone();
    if (to <= from || output[axis] >= 0 && to > output[axis] * behind) {
      throw layer.problem(
          "takes columns " + (from + 1) + " to " + to + " of " + OnnxExport.words(extents));
    }
    export
        .node(
            "Slice",
            export.current(),
            export.integers("from", from / behind),
            export.integers("to", to / behind),
            export.integers("axis", axis + 1))
        .add();
    output[axis] = (to - from) / behind;
    export.becomes(output);
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

  private static void rmsNorm(OnnxExport export, LayerReader layer) {
    Layer.Weights gamma = layer.weights("gamma", 1, layer.weights("gamma").cols());
    export.takesRowsOrSteps(gamma.cols(), layer);
    export.graph().needsRootNorm();
    NodeWriter node =
        export.node(
            "RMSNormalization", export.current(), export.floats("gamma", gamma, gamma.cols()));
    node.integer("axis", -1).number("epsilon", layer.number("epsilon", 1e-6)).add();
  }

  private static void wholeRows(OnnxExport export, String operator) {
    if (!export.isEachStep()) {
      export.takesWholeRows();
    }
    export.node(operator, export.current()).integer("axis", -1).add();
  }
}
