package dev.reprise.formats.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes layers that take sequences, and the embedding that makes them. Stateless. */
final class SequenceWriters {
  static final Map<String, OnnxExport.Rule> RULES = new HashMap<>();

  static {
    RULES.put("embedding", SequenceWriters::embedding);
    RULES.put(Layer.EACH_STEP, SequenceWriters::eachStep);
    RULES.put("last_step", SequenceWriters::lastStep);
    for (String before : List.of("", RecurrentNodes.BOTH)) {
      put(before + "lstm", "LSTM", RecurrentNodes.LSTM_GATES);
      put(before + "gru", "GRU", RecurrentNodes.GRU_GATES);
      put(before + "rnn", "RNN", RecurrentNodes.RNN_GATES);
    }
  }

  private SequenceWriters() {}

  private static void put(String type, String operator, int[] gates) {
    RULES.put(type, (export, layer) -> recurrent(export, layer, operator, gates));
  }

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
    boolean isBoth = layer.isOf(RecurrentNodes.BOTH + operator.toLowerCase(Locale.ROOT));
    List<Layer.Weights> ofInputs = new ArrayList<>();
    List<Layer.Weights> ofOutputs = new ArrayList<>();
    List<Layer.Weights> biases = new ArrayList<>();
    for (String suffix : isBoth ? List.of("", RecurrentNodes.REVERSE) : List.of("")) {
      Layer.Weights ofOne = layer.weights("W" + suffix, w.rows(), w.cols());
      Layer.Weights b = layer.weights("b" + suffix, 1, w.cols() + (isGru ? width : 0));
      ofInputs.add(RecurrentNodes.block(ofOne, gates, 0, inputs));
      ofOutputs.add(RecurrentNodes.block(ofOne, gates, inputs, width));
      biases.add(new GateBiases(gates, width, isGru).parted(b));
    }
    boolean isOfAllSteps = layer.isTrue("return_sequences");
    export.takesSequences(inputs, layer);
    long directions = biases.size();
    long rows = w.cols();
    String[] names = {
      export.floats("W", joined(ofInputs), directions, rows, inputs),
      export.floats("R", joined(ofOutputs), directions, rows, width),
      export.floats("B", joined(biases), directions, 2 * rows)
    };
    // Steps come first in ONNX.
    export.node("Transpose", export.current()).integers("perm", 1, 0, 2).add();
    NodeWriter node = export.node(operator, export.current(), names[0], names[1], names[2]);
    node.integer("hidden_size", width);
    if (isGru) {
      node.integer("linear_before_reset", 1);
    }
    if (isBoth) {
      node.text("direction", "bidirectional");
    }
    if (isBoth && isOfAllSteps) {
      bothInEachStep(export, node, width);
    } else if (isBoth) {
      bothAtTheEnd(export, node, width);
    } else if (isOfAllSteps) {
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

  /** Numbers of both directions one after the other in each step. */
  private static void bothInEachStep(OnnxExport export, NodeWriter node, long width) {
    node.add();
    export.node("Transpose", export.current()).integers("perm", 2, 0, 1, 3).add();
    String shape = export.integers("shape", 0, 0, 2 * width);
    export.node("Reshape", export.current(), shape).add();
    export.becomes(export.extents()[0], 2 * width);
  }

  /** The last numbers of both directions one after the other. */
  private static void bothAtTheEnd(OnnxExport export, NodeWriter node, long width) {
    node.second().add();
    export.node("Transpose", export.current()).integers("perm", 1, 0, 2).add();
    String shape = export.integers("shape", 0, 2 * width);
    export.node("Reshape", export.current(), shape).add();
    export.becomes(2 * width);
  }

  /** The weights of all directions, one after the other. */
  private static Layer.Weights joined(List<Layer.Weights> weights) {
    int rows = weights.stream().mapToInt(Layer.Weights::rows).sum();
    double[] cells =
        weights.stream().flatMapToDouble(part -> Arrays.stream(part.cells())).toArray();
    return new Layer.Weights(rows, weights.getFirst().cols(), cells);
  }
}
