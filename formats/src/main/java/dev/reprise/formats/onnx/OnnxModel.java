package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a file says of a network, as far as it is looked at here.
 *
 * @param opset version of the operators
 * @param input name of the one input that is no constant
 * @param extents of the input; -1 where the file leaves one open
 * @param output name of the first output
 */
record OnnxModel(
    long opset,
    List<Node> nodes,
    Map<String, OnnxTensor> constants,
    String input,
    List<Long> extents,
    String output) {

  OnnxModel {
    Set<String> others = new HashSet<>(constants.keySet());
    others.add(input);
    nodes = SumNodes.expanded(nodes, others);
  }

  /**
   * An operation with its attributes: Long, Double, String, OnnxTensor, lists of Long or String,
   * arrays of doubles.
   */
  record Node(
      String operator,
      String name,
      List<String> inputs,
      List<String> outputs,
      Map<String, Object> attributes) {
    private static final List<String> LISTS =
        List.of(
            "axes",
            "dilations",
            "kernel_shape",
            "output_padding",
            "output_shape",
            "pads",
            "perm",
            "split",
            "strides");

    long integer(String attribute, long fallback) {
      return attributes.get(attribute) instanceof Long value ? value : fallback;
    }

    double number(String attribute, double fallback) {
      return attributes.get(attribute) instanceof Double value ? value : fallback;
    }

    String text(String attribute, String fallback) {
      return attributes.get(attribute) instanceof String value ? value : fallback;
    }

    /** The attribute that is to be a list of integers, but is none, if there is one. */
    Optional<String> noListOfIntegers() {
      return LISTS.stream()
          .filter(attributes::containsKey)
          .filter(name ->
              !(attributes.get(name) instanceof List<?> list)
                  || !list.stream().allMatch(Long.class::isInstance))
          .findFirst();
    }

    /** Integers of a list attribute; null when it is not there. */
    List<Long> integers(String attribute) {
      if (!(attributes.get(attribute) instanceof List<?> list)) {
        return null;
      }
      return list.stream().filter(Long.class::isInstance).map(Long.class::cast).toList();
    }
  }

  private record Tensor(String name, List<Long> extents) {}

  /** The nodes that the first output comes from; others may make further outputs. */
  List<Node> nodesOfOutput() {
    Set<String> wanted = new HashSet<>(Set.of(output));
    List<Node> found = new ArrayList<>();
    for (Node node : nodes.reversed()) {
      if (node.outputs().stream().anyMatch(wanted::contains)) {
        node.inputs().stream().filter(name -> !name.isEmpty()).forEach(wanted::add);
        found.add(node);
      }
    }
    return found.reversed();
  }

  /** The first node that puts out what has the name of another value, if there is one. */
  Optional<Node> nodeOfTakenName() {
    Set<String> taken = new HashSet<>(constants.keySet());
    taken.add(input);
    return nodes.stream()
        .filter(node ->
            node.outputs().stream()
                .filter(name -> !name.isEmpty())
                .anyMatch(name -> !taken.add(name)))
        .findFirst();
  }

  /** The tensors whose cells lie in files beside the model. */
  ExternalTensors externalTensors() {
    Stream<Object> inNodes = nodes.stream().flatMap(node -> node.attributes().values().stream());
    return new ExternalTensors(
        Stream.concat(constants.values().stream(), inNodes)
            .filter(OnnxTensor.class::isInstance)
            .flatMap(tensor -> ((OnnxTensor) tensor).external().stream())
            .toList());
  }

  static OnnxModel read(ByteBuffer bytes, Path file) {
    ProtoInput in = new ProtoInput(bytes, file.toString());
    long opset = 1;
    OnnxModel graph = null;
    while (in.next()) {
      switch (in.field()) {
        case 7 -> graph = graph(in.message(), file);
        case 8 -> opset = Math.max(opset, opset(in.message()));
        default -> in.skip();
      }
    }
    if (graph == null) {
      throw new FormatException(file.toString(), "this is no ONNX model: it holds no graph");
    }
    return new OnnxModel(
        opset, graph.nodes, graph.constants, graph.input, graph.extents, graph.output);
  }

  /** Of the standard operators; those of other domains are not known anyway. */
  private static long opset(ProtoInput in) {
    String domain = "";
    long version = 1;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.integer();
        default -> in.skip();
      }
    }
    return domain.isEmpty() || domain.equals("ai.onnx") ? version : 1;
  }

  private static OnnxModel graph(ProtoInput in, Path file) {
    List<Node> nodes = new ArrayList<>();
    Map<String, OnnxTensor> constants = new HashMap<>();
    List<Tensor> inputs = new ArrayList<>();
    List<Tensor> outputs = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          Node node = node(in.message(), file);
          if (node.operator().equals("Constant")) {
            constants.put(node.outputs().getFirst(), constant(node, file));
          } else {
            nodes.add(node);
          }
        }
        case 5 -> {
          OnnxTensor tensor = OnnxTensor.read(in.message(), file);
          constants.put(tensor.name(), tensor);
        }
        case 11 -> inputs.add(tensor(in.message()));
        case 12 -> outputs.add(tensor(in.message()));
        default -> in.skip();
      }
    }
    // Old files list weights among the inputs, too.
    inputs.removeIf(input -> constants.containsKey(input.name()));
    if (inputs.size() != 1 || outputs.isEmpty()) {
      throw new FormatException(
          file.toString(),
          "only models with one input and an output can be read, but this one has "
              + inputs.size()
              + " and "
              + outputs.size());
    }
    Tensor input = inputs.getFirst();
    return new OnnxModel(
        1, nodes, constants, input.name(), input.extents(), outputs.getFirst().name());
  }

  private static OnnxTensor constant(Node node, Path file) {
    if (node.attributes().get("value") instanceof OnnxTensor tensor) {
      return tensor;
    }
    if (node.attributes().get("value_float") instanceof Double number) {
      return OnnxTensor.of(List.of(), number).typed(TensorCells.FLOAT);
    }
    if (node.attributes().get("value_int") instanceof Long number) {
      return OnnxTensor.of(List.of(), number).typed(TensorCells.INT64);
    }
    if (node.attributes().get("value_floats") instanceof double[] cells) {
      return OnnxTensor.of(List.of((long) cells.length), cells).typed(TensorCells.FLOAT);
    }
    if (node.attributes().get("value_ints") instanceof List<?> list
        && list.stream().allMatch(Long.class::isInstance)) {
      double[] cells = list.stream().mapToDouble(cell -> (Long) cell).toArray();
      return OnnxTensor.of(List.of((long) cells.length), cells).typed(TensorCells.INT64);
    }
    throw new FormatException(
        file.toString(),
        "the constant \"" + node.outputs().getFirst() + "\" is of a kind that is not known");
  }

  private static Node node(ProtoInput in, Path file) {
    String operator = "";
    String name = "";
    String domain = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Object> attributes = new HashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> operator = in.text();
        case 5 -> attribute(in.message(), attributes, file);
        case 7 -> domain = in.text();
        default -> in.skip();
      }
    }
    if (outputs.isEmpty()) {
      throw new FormatException(
          file.toString(), "node \"" + name + "\" (" + operator + ") has no output");
    }
    boolean isStandard = domain.isEmpty() || domain.equals("ai.onnx");
    return new Node(
        isStandard ? operator : domain + "." + operator, name, inputs, outputs, attributes);
  }

  private static void attribute(ProtoInput in, Map<String, Object> attributes, Path file) {
    String name = "";
    Object value = null;
    int type = 0;
    List<Double> floats = new ArrayList<>();
    List<Long> integers = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        // The shortest decimal of the float: what somebody wrote, such as 0.01.
        case 2 -> value = Double.parseDouble(Float.toString(in.fixed32()));
        case 3 -> value = in.integer();
        case 4 -> value = in.text();
        case 5 -> value = OnnxTensor.read(in.message(), file);
        case 7 -> in.numbers(floats, false);
        case 8 -> in.integers(integers);
        case 9 -> texts.add(in.text());
        case 20 -> type = (int) in.integer();
        default -> in.skip();
      }
    }
    if (value == null) {
      // A number of zero may be left out.
      value =
          switch (type) {
            case 1 -> 0.0;
            case 2 -> 0L;
            case 3 -> "";
            case 6 -> floats.stream().mapToDouble(Double::doubleValue).toArray();
            case 8 -> List.copyOf(texts);
            default -> List.copyOf(integers);
          };
    }
    attributes.put(name, value);
  }

  private static Tensor tensor(ProtoInput in) {
    String name = "";
    List<Long> extents = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> type(in.message(), extents);
        default -> in.skip();
      }
    }
    return new Tensor(name, List.copyOf(extents));
  }

  private static void type(ProtoInput in, List<Long> extents) {
    while (in.next()) {
      if (in.field() != 1) {
        in.skip();
        continue;
      }
      ProtoInput tensor = in.message();
      while (tensor.next()) {
        if (tensor.field() == 2) {
          shape(tensor.message(), extents);
        } else {
          tensor.skip();
        }
      }
    }
  }

  private static void shape(ProtoInput in, List<Long> extents) {
    while (in.next()) {
      if (in.field() != 1) {
        in.skip();
        continue;
      }
      ProtoInput extent = in.message();
      long size = -1;
      while (extent.next()) {
        if (extent.field() == 1) {
          size = extent.integer();
        } else {
          extent.skip();
        }
      }
      extents.add(size);
    }
  }
}
