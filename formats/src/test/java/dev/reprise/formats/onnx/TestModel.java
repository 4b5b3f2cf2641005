package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A model that is being built, node by node: each takes the one before. The tests of nodes say what
 * is read as which layers, and what is refused; what layers compute is compared with onnxruntime in
 * OnnxTest.
 */
final class TestModel {
  static final Map<String, Object> CHANNELS = Map.of("axis", 1L);

  static final String NOT_OF_EXAMPLES =
      "node \"y\" (Reshape) does not make rows, sequences or images of each example";

  private static final String FILE = "m.onnx";

  private long opset = 18;
  private final List<Long> input;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, OnnxTensor> constants = new HashMap<>();
  private String last = "x";

  TestModel(long... input) {
    this.input = LongStream.of(input).boxed().toList();
  }

  TestModel opset(long version) {
    opset = version;
    return this;
  }

  /** Of whole numbers. */
  TestModel numbers(String name, long... cells) {
    return cells(name, LongStream.of(cells).asDoubleStream().toArray());
  }

  TestModel cells(String name, double... cells) {
    constants.put(name, OnnxTensor.of(List.of((long) cells.length), cells));
    return this;
  }

  TestModel constants(long rows, long cols, String name, double... cells) {
    constants.put(name, OnnxTensor.of(List.of(rows, cols), cells));
    return this;
  }

  TestModel constant(String name, double cell, long... extents) {
    long count = LongStream.of(extents).reduce(1, (a, b) -> a * b);
    double[] cells = Stream.generate(() -> cell).limit(count).mapToDouble(c -> c).toArray();
    constants.put(name, OnnxTensor.of(LongStream.of(extents).boxed().toList(), cells));
    return this;
  }

  /** Of a type, by ONNX's number of it; without extents a number. */
  TestModel typed(String name, int type, List<Long> extents, double... cells) {
    constants.put(name, OnnxTensor.of(extents, cells).typed(type));
    return this;
  }

  /** Takes the last output, and more. */
  TestModel then(String operator, String output, String... more) {
    return then(operator, output, Map.of(), more);
  }

  TestModel then(String operator, String output, Map<String, Object> attributes, String... more) {
    List<String> inputs = new ArrayList<>(List.of(last));
    inputs.addAll(List.of(more));
    return node(operator, output, attributes, inputs);
  }

  TestModel node(
      String operator, String output, Map<String, Object> attributes, List<String> inputs) {
    nodes.add(new Node(operator, output, inputs, List.of(output), attributes));
    last = output;
    return this;
  }

  /** A node whose output the next one does not take. */
  TestModel beside(
      String operator, String output, Map<String, Object> attributes, String... inputs) {
    String before = last;
    node(operator, output, attributes, List.of(inputs));
    last = before;
    return this;
  }

  /** Leaves the constants alone. */
  void beginAnew() {
    nodes.clear();
    last = "x";
  }

  List<Layer> layers() {
    OnnxModel model = new OnnxModel(opset, nodes, new HashMap<>(constants), "x", input, last);
    return OnnxImport.of(model, FILE);
  }

  List<String> types() {
    return layers().stream().map(Layer::type).toList();
  }

  void isRefusedAsSplit(String sizes, String message) {
    isRefusedAsSplit(1, sizes, message);
  }

  void isRefusedAsSplit(long axis, String sizes, String message) {
    List<String> outputs = List.of("y", "z");
    nodes.add(new Node("Split", "y", List.of(last, sizes), outputs, Map.of("axis", axis)));
    last = "y";
    isRefused(message);
  }

  void isRefused(String message) {
    assertThatThrownBy(this::layers).hasMessageContaining(message);
  }

  static TestModel reshaped(TestModel model, long... shape) {
    return model.numbers("shape", shape).then("Reshape", "y", "shape");
  }
}
