package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads recurrent nodes. ONNX has a block of rows for each gate, the weights of inputs and of
 * outputs apart and two rows of biases; a layer has a block of columns for each gate in another
 * order, weights of [input, output] one below the other and one row of biases. Stateless.
 *
 * <pre>
 *   lstm  ONNX i o f c, layers i f o c      gru  ONNX z r h, layers r z h, and h's second bias
 * </pre>
 */
final class RecurrentNodes {
  private static final Set<String> LAYERS = Set.of("lstm", "gru", "rnn");

  /** For each gate of the layer, which one it is in ONNX. */
  static final int[] LSTM_GATES = {0, 2, 1, 3};

  static final int[] GRU_GATES = {1, 0, 2};
  static final int[] RNN_GATES = {0};

  /** Before the kind of a layer that runs both ways. */
  static final String BOTH = "bi";

  /** After the names of the weights that run from the end. */
  static final String REVERSE = "_reverse";

  private RecurrentNodes() {}

  static void lstm(OnnxImport into, Node node) {
    if (OnnxImport.has(node, 7) && !into.zeros().isZero(node.inputs().get(7))) {
      throw into.problem(node, "has peepholes, which the layer lstm has not");
    }
    needsZeros(into, node, 6);
    needsActivations(into, node, "Sigmoid", "Tanh", "Tanh");
    if (node.integer("input_forget", 0) != 0) {
      throw into.problem(node, "couples its gates (input_forget), which the layer lstm does not");
    }
    recurrent(into, node, "lstm", LSTM_GATES, false);
  }

  static void gru(OnnxImport into, Node node) {
    needsActivations(into, node, "Sigmoid", "Tanh");
    if (node.integer("linear_before_reset", 0) == 0) {
      throw into.problem(
          node,
          "resets outputs before they are multiplied with weights (linear_before_reset=0), which the"
              + " layer gru does after; train it in that form (Keras: reset_after=True)");
    }
    recurrent(into, node, "gru", GRU_GATES, true);
  }

  static void rnn(OnnxImport into, Node node) {
    needsActivations(into, node, "Tanh");
    recurrent(into, node, "rnn", RNN_GATES, false);
  }

  private static void recurrent(
      OnnxImport into, Node node, String type, int[] gates, boolean hasInnerBias) {
    boolean isBoth = node.text("direction", "forward").equals("bidirectional");
    requireKnownForm(into, node, type);
    OnnxTensor inputs = into.constant(node, 1);
    OnnxTensor outputs = into.constant(node, 2);
    requireSequences(into, node, inputs, outputs);
    int directions = isBoth ? 2 : 1;
    int width = outputs.extents().get(2).intValue();
    int rows = gates.length * width;
    requireFitting(into, node, List.of((long) directions, (long) rows), inputs, outputs);
    double[] biases = biases(into, node, directions * 2 * rows);
    int columns = (int) into.value().last();
    GateBiases gateBiases = new GateBiases(gates, width, hasInnerBias);
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    for (int i = 0; i < directions; i++) {
      String suffix = i == 0 ? "" : REVERSE;
      double[] ofInputs = part(inputs.cells(), i, directions);
      double[] ofOutputs = part(outputs.cells(), i, directions);
      weights.put("W" + suffix, weights(ofInputs, ofOutputs, gates, width, columns));
      weights.put("b" + suffix, gateBiases.joined(part(biases, i, directions)));
    }
    put(into, node, isBoth ? BOTH + type : type, weights, new long[] {directions, width});
  }

  /** Refuses what the layers cannot be told. */
  private static void requireKnownForm(OnnxImport into, Node node, String type) {
    String direction = node.text("direction", "forward");
    boolean isPlain =
        List.of("forward", "bidirectional").contains(direction) && node.integer("layout", 0) == 0;
    if (!isPlain || node.attributes().containsKey("clip")) {
      throw into.problem(
          node,
          "runs from the end alone, begins with the examples (layout) or limits values (clip), which"
              + " the layers "
              + type
              + " and bi"
              + type
              + " do not");
    }
    if (OnnxImport.has(node, 4)) {
      throw into.problem(node, "has sequences of different lengths, which the layers have not");
    }
    needsZeros(into, node, 5);
  }

  private static void requireSequences(
      OnnxImport into, Node node, OnnxTensor inputs, OnnxTensor outputs) {
    Value x = into.value();
    boolean isSequence =
        x.extents().length == 2
            && x.place() == 1
            && node.inputs().getFirst().equals(into.current());
    if (!isSequence || inputs.extents().size() != 3 || outputs.extents().size() != 3) {
      throw into.problem(node, "needs sequences whose steps come first, but gets " + into.words());
    }
  }

  /**
   * Refuses weights of other shapes than those of the gates.
   *
   * @param gates directions, and rows of all gates: the first extents of both tensors
   */
  private static void requireFitting(
      OnnxImport into, Node node, List<Long> gates, OnnxTensor inputs, OnnxTensor outputs) {
    long width = outputs.extents().get(2);
    List<Long> ofInputs = List.of(gates.get(0), gates.get(1), into.value().last());
    List<Long> ofOutputs = List.of(gates.get(0), gates.get(1), width);
    if (!inputs.extents().equals(ofInputs) || !outputs.extents().equals(ofOutputs)) {
      throw into.problem(
          node,
          "has weights of "
              + inputs.extents()
              + " and "
              + outputs.extents()
              + " for "
              + into.words());
    }
  }

  /** Those of the node, or zeros. */
  private static double[] biases(OnnxImport into, Node node, int count) {
    double[] biases = OnnxImport.has(node, 3) ? into.constant(node, 3).cells() : new double[count];
    if (biases.length != count) {
      throw into.problem(node, "has " + biases.length + " biases, but needs " + count);
    }
    return biases;
  }

  private static double[] part(double[] cells, int index, int count) {
    int length = cells.length / count;
    return count == 1 ? cells : Arrays.copyOfRange(cells, index * length, (index + 1) * length);
  }

  /**
   * All steps, the last one, or both, whatever other nodes take.
   *
   * @param step how many directions there are, and the numbers of each
   */
  private static void put(
      OnnxImport into, Node node, String type, Map<String, Layer.Weights> weights, long[] step) {
    Value x = into.value();
    Map<String, Scalar> settings = into.steps();
    settings.put("return_sequences", Scalar.of(true));
    Layer all = new Layer(type, weights, settings);
    Value steps = x.with(x.chain().with(all));
    into.becomes(steps.shaped(new long[] {x.extents()[0], step[0], ShapeValues.EXAMPLES, step[1]}));
    Value last = x.with(x.chain().with(ofLastStep(all)));
    last = last.shaped(new long[] {step[0], ShapeValues.EXAMPLES, step[1]});
    if (OnnxImport.hasOutput(node, 1)) {
      into.put(node.outputs().get(1), last);
    }
  }

  /** True for the last states of both directions. */
  static boolean isOfLastSteps(Layer layer) {
    return layer != null
        && layer.weights().containsKey("W" + REVERSE)
        && !layer.settings().get("return_sequences").asBoolean();
  }

  static boolean isOfAllSteps(Layer layer) {
    return layer != null
        && LAYERS.contains(layer.type())
        && layer.settings().get("return_sequences").asBoolean();
  }

  /** Numbers of each step. */
  static long width(Layer layer) {
    int gates =
        switch (layer.type()) {
          case "lstm" -> LSTM_GATES.length;
          case "gru" -> GRU_GATES.length;
          default -> RNN_GATES.length;
        };
    return layer.weights().get("W").cols() / gates;
  }

  static Layer ofLastStep(Layer layer) {
    Map<String, Scalar> settings = new LinkedHashMap<>(layer.settings());
    settings.put("return_sequences", Scalar.of(false));
    return new Layer(layer.type(), layer.weights(), settings);
  }

  private static Layer.Weights weights(
      double[] inputs, double[] outputs, int[] gates, int width, int inputWidth) {
    int cols = gates.length * width;
    double[] cells = new double[(inputWidth + width) * cols];
    for (int gate = 0; gate < gates.length; gate++) {
      for (int unit = 0; unit < width; unit++) {
        int from = gates[gate] * width + unit;
        int to = gate * width + unit;
        for (int i = 0; i < inputWidth; i++) {
          cells[i * cols + to] = inputs[from * inputWidth + i];
        }
        for (int i = 0; i < width; i++) {
          cells[(inputWidth + i) * cols + to] = outputs[from * width + i];
        }
      }
    }
    return new Layer.Weights(inputWidth + width, cols, cells);
  }

  /** Some rows of a layer's weights as ONNX has them: a row for each unit of each gate. */
  static Layer.Weights block(Layer.Weights w, int[] gates, int first, int count) {
    int width = w.cols() / gates.length;
    double[] cells = new double[w.cols() * count];
    for (int col = 0; col < w.cols(); col++) {
      int to = gates[col / width] * width + col % width;
      for (int i = 0; i < count; i++) {
        cells[to * count + i] = w.cells()[(first + i) * w.cols() + col];
      }
    }
    return new Layer.Weights(w.cols(), count, cells);
  }

  private static void needsZeros(OnnxImport into, Node node, int input) {
    if (OnnxImport.has(node, input) && !into.zeros().isZero(node.inputs().get(input))) {
      throw into.problem(node, "begins with a state that is not zero, which the layers do not");
    }
  }

  private static void needsActivations(OnnxImport into, Node node, String... functions) {
    Object given = node.attributes().get("activations");
    List<String> once = List.of(functions);
    List<String> twice = Stream.concat(once.stream(), once.stream()).toList();
    boolean isBoth = node.text("direction", "forward").equals("bidirectional");
    if (given != null && !given.equals(isBoth ? twice : once)) {
      throw into.problem(node, "has activations " + given + ", but the layer has " + once);
    }
  }
}
