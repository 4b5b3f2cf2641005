package dev.reprise.formats.onnx;

import java.util.Map;

/** Writes layers that take sequences, and the embedding that makes them. Stateless. */
final class SequenceWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.of(
          "embedding",
          SequenceWriters::embedding,
          Layer.EACH_STEP,
          SequenceWriters::eachStep,
          "last_step",
          SequenceWriters::lastStep,
          "lstm",
          (export, layer) -> recurrent(export, layer, "LSTM", RecurrentNodes.LSTM_GATES),
          "gru",
          (export, layer) -> recurrent(export, layer, "GRU", RecurrentNodes.GRU_GATES),
          "rnn",
          (export, layer) -> recurrent(export, layer, "RNN", RecurrentNodes.RNN_GATES));

  private SequenceWriters() {}

  /** ONNX counts rows from 0: the model takes numbers that are smaller by 1. */
  private static void embedding(OnnxExport export, LayerReader layer) {
    Layer.Weights rows = layer.weights("embedding_dict");
    export.takesIds(layer);
    String name = export.floats("embedding_dict", rows, rows.rows(), rows.cols());
    export.node("Gather", name, export.current()).integer("axis", 0).add();
    export.becomes(export.extents()[0], rows.cols());
  }

  private static void eachStep(OnnxExport export, LayerReader layer) {
    export.takesSequences(layer.positive("D"), layer);
    export.eachStep(layer.branch(Layer.MAIN));
  }

  private static void lastStep(OnnxExport export, LayerReader layer) {
    export.takesSequences(layer.positive("D"), layer);
    String last = export.graph().integer("index", -1);
    export.node("Gather", export.current(), last).integer("axis", 1).add();
    export.becomes(export.extents()[1]);
  }

  private static void recurrent(
      OnnxExport export, LayerReader layer, String operator, int[] gates) {
    Layer.Weights w = layer.weights("W");
    int width = w.cols() / gates.length;
    int inputs = w.rows() - width;
    if (width * gates.length != w.cols() || inputs < 1 || width < 1) {
      throw layer.problem(
          "needs a W of D+M x " + gates.length + "*M, but has " + w.rows() + " x " + w.cols());
    }
    boolean isGru = operator.equals("GRU");
    Layer.Weights b = layer.weights("b", 1, w.cols() + (isGru ? width : 0));
    boolean isOfAllSteps = layer.isTrue("return_sequences");
    export.takesSequences(inputs, layer);
    long rows = w.cols();
    Layer.Weights ofInputs = RecurrentNodes.block(w, gates, 0, inputs);
    Layer.Weights ofOutputs = RecurrentNodes.block(w, gates, inputs, width);
    Layer.Weights both = new GateBiases(gates, width, isGru).parted(b);
    String[] names = {
      export.floats("W", ofInputs, 1, rows, inputs),
      export.floats("R", ofOutputs, 1, rows, width),
      export.floats("B", both, 1, 2 * rows)
    };
    // Steps come first in ONNX.
    export.node("Transpose", export.current()).integers("perm", 1, 0, 2).add();
    NodeWriter node = export.node(operator, export.current(), names[0], names[1], names[2]);
    node.integer("hidden_size", width);
    if (isGru) {
      node.integer("linear_before_reset", 1);
    }
    if (isOfAllSteps) {
      node.add();
      export.node("Squeeze", export.current(), export.integers("axes", 1)).add();
      export.node("Transpose", export.current()).integers("perm", 1, 0, 2).add();
      export.becomes(export.extents()[0], width);
    } else {
      node.second().add();
      export.node("Squeeze", export.current(), export.integers("axes", 0)).add();
      export.becomes(width);
    }
  }
}
