package dev.reprise.formats.onnx;

import java.util.Map;

/** Writes layers that compute each cell by itself. Stateless. */
final class CellWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.ofEntries(
          Map.entry("relu", (export, layer) -> cells(export, "Relu")),
          Map.entry("sigmoid", (export, layer) -> cells(export, "Sigmoid")),
          Map.entry("tanh", (export, layer) -> cells(export, "Tanh")),
          Map.entry("exp", (export, layer) -> cells(export, "Exp")),
          Map.entry("log", (export, layer) -> cells(export, "Log")),
          Map.entry("abs", (export, layer) -> cells(export, "Abs")),
          Map.entry("sqrt", (export, layer) -> cells(export, "Sqrt")),
          Map.entry("reciprocal", (export, layer) -> cells(export, "Reciprocal")),
          Map.entry("gelu", (export, layer) -> gelu(export, "tanh")),
          Map.entry("gelu_erf", (export, layer) -> gelu(export, "none")),
          Map.entry("selu", (export, layer) -> cells(export, "Selu")),
          Map.entry("softplus", (export, layer) -> cells(export, "Softplus")),
          Map.entry("hard_swish", (export, layer) -> cells(export, "HardSwish")),
          Map.entry("hard_sigmoid", CellWriters::hardSigmoid),
          Map.entry("celu", (export, layer) -> scaled(export, "Celu", layer, 1)),
          Map.entry("leaky_relu", (export, layer) -> scaled(export, "LeakyRelu", layer, 0.01)),
          Map.entry("elu", (export, layer) -> scaled(export, "Elu", layer, 1)),
          Map.entry("prelu1d", CellWriters::slopesOfColumns),
          Map.entry("prelu2d", CellWriters::slopesOfChannels),
          Map.entry("clip", CellWriters::clip),
          Map.entry(Layer.COMPARE, CellWriters::compared),
          Map.entry(Layer.FILL, CellWriters::filled),
          Map.entry(Layer.SCALE_SHIFT, CellWriters::scaleShift),
          Map.entry("silu", CellWriters::silu),
          Map.entry("dropout", CellWriters::dropout));

  private CellWriters() {}

  private static void cells(OnnxExport export, String operator) {
    export.node(operator, export.current()).add();
  }

  private static void scaled(
      OnnxExport export, String operator, LayerReader layer, double fallback) {
    export.node(operator, export.current()).number("alpha", layer.number("alpha", fallback)).add();
  }

  private static void gelu(OnnxExport export, String approximate) {
    export.graph().needsGelu();
    export.node("Gelu", export.current()).text("approximate", approximate).add();
  }

  private static void hardSigmoid(OnnxExport export, LayerReader layer) {
    NodeWriter node =
        export.node("HardSigmoid", export.current()).number("alpha", layer.number("alpha", 0.2));
    node.number("beta", layer.number("beta", 0.5)).add();
  }

  private static void slopesOfColumns(OnnxExport export, LayerReader layer) {
    Layer.Weights slopes = layer.weights("alpha", 1, layer.weights("alpha").cols());
    export.takesRowsOrSteps(slopes.cols(), layer);
    export.node("PRelu", export.current(), export.floats("alpha", slopes, slopes.cols())).add();
  }

  private static void slopesOfChannels(OnnxExport export, LayerReader layer) {
    long[] images = layer.images();
    export.takesImages(images, layer);
    Layer.Weights slopes = layer.weights("alpha", (int) images[0], 1);
    String alpha = export.floats("alpha", slopes, images[0], 1, 1);
    export.node("PRelu", export.current(), alpha).add();
  }

  private static void clip(OnnxExport export, LayerReader layer) {
    export
        .node("Clip", export.current(), one(export, "min", layer), one(export, "max", layer))
        .add();
  }

  private static void compared(OnnxExport export, LayerReader layer) {
    compared(export, layer, export.current(), one(export, "number", layer));
  }

  private static final Map<String, String> COMPARISONS =
      Map.of(
          ">", "Greater",
          ">=", "GreaterOrEqual",
          "<", "Less",
          "<=", "LessOrEqual",
          "==", "Equal",
          "!=", "Equal");

  /** Ones and zeros of truths. */
  static void compared(OnnxExport export, LayerReader layer, String left, String right) {
    String operator = layer.oneOf("operator", ">", ">=", "<", "<=", "==", "!=");
    export.node(COMPARISONS.get(operator), left, right).add();
    if (operator.equals("!=")) {
      export.node("Not", export.current()).add();
    }
    export.node("Cast", export.current()).integer("to", TensorCells.FLOAT).add();
  }

  /** Other than by a choice, NaN would have to become a number, too. */
  private static void filled(OnnxExport export, LayerReader layer) {
    throw layer.problem(
        "can be written as all of condition, main or other of " + Layer.WHERE + " alone");
  }

  private static void scaleShift(OnnxExport export, LayerReader layer) {
    if (layer.number("factor") != 1) {
      export.node("Mul", export.current(), one(export, "factor", layer)).add();
    }
    if (layer.number("shift") != 0) {
      export.node("Add", export.current(), one(export, "shift", layer)).add();
    }
  }

  private static String one(OnnxExport export, String name, LayerReader layer) {
    return export.floats(name, new Layer.Weights(1, 1, new double[] {layer.number(name)}));
  }

  /** There is no such operator before opset 24: x times its logistic function. */
  private static void silu(OnnxExport export, LayerReader layer) {
    String before = export.current();
    export.node("Sigmoid", export.current()).add();
    export.node("Mul", before, export.current()).add();
  }

  private static void dropout(OnnxExport export, LayerReader layer) {
    String ratio =
        export.floats("ratio", new Layer.Weights(1, 1, new double[] {1 - layer.number("p")}));
    export.node("Dropout", export.current(), ratio).add();
  }
}
