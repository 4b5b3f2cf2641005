package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Recurrent layers whose steps are nodes of their own, as PyTorch's newer exporter writes an RNN
 * (LSTM and GRU stay nodes): an affine layer of all steps x, then for each of these
 *
 * <pre>
 *   h = tanh((h R + b) + x[step])        from an h of zeros
 * </pre>
 *
 * and all h one after the other, or the last one. What is not the whole of it is refused.
 */
final class UnrolledRnn {

  private enum Kind {
    /** A state times R, with biases or without. */
    PRODUCT,
    /** That and a step of x. */
    SUM,
    STATE
  }

  /**
   * What a value is.
   *
   * @param before the state that it is made of; null for that of zeros
   * @param source what makes x; null where no step of it has come in
   * @param steps how many steps of it have
   * @param weights R; null where the first step does not tell it
   */
  private record Part(
      Kind kind,
      Part before,
      Chain source,
      int steps,
      boolean isLast,
      OnnxTensor weights,
      double[] biases) {

    Part as(Kind next) {
      return new Part(next, before, source, steps, isLast, weights, biases);
    }

    int width() {
      return biases.length;
    }
  }

  private final OnnxImport into;
  private final Map<String, Part> parts = new HashMap<>();

  UnrolledRnn(OnnxImport into) {
    this.into = into;
  }

  /** Notes what a node puts out, or adds the layer that it completes; false for other nodes. */
  boolean read(Node node) {
    if (node.operator().equals("Concat") && readAll(node)) {
      return true;
    }
    Part part =
        switch (node.operator()) {
          case "MatMul" -> product(node);
          case "Add" -> sum(node.inputs().getFirst(), node.inputs().getLast());
          case "Tanh" ->
              is(node.inputs().getFirst(), Kind.SUM)
                  ? parts.get(node.inputs().getFirst()).as(Kind.STATE)
                  : null;
          default -> null;
        };
    if (part != null) {
      parts.put(node.outputs().getFirst(), part);
    } else {
      node.inputs().forEach(name -> putLast(node, name));
    }
    return part != null;
  }

  private boolean is(String name, Kind kind) {
    Part part = parts.get(name);
    return part != null && part.kind == kind;
  }

  private Part product(Node node) {
    String state = node.inputs().getFirst();
    OnnxTensor weights = into.model().constants().get(node.inputs().getLast());
    List<Long> extents = weights == null ? List.of() : weights.extents();
    if (extents.size() != 2 || !extents.getFirst().equals(extents.getLast())) {
      return null;
    }
    int width = extents.getFirst().intValue();
    if (is(state, Kind.STATE)) {
      Part before = parts.get(state);
      boolean isSame = before.weights == weights || before.weights == null;
      return isSame && before.width() == width
          ? new Part(Kind.PRODUCT, before, null, before.steps, false, weights, new double[width])
          : null;
    }
    long[] zeros = into.zeros().shape(state);
    boolean isFirst = Arrays.equals(zeros, new long[] {1, ShapeValues.EXAMPLES, width});
    return isFirst
        ? new Part(Kind.PRODUCT, null, null, 0, false, weights, new double[width])
        : null;
  }

  private Part sum(String a, String b) {
    if (!is(a, Kind.PRODUCT) && !is(b, Kind.PRODUCT)) {
      Part first = ofKnownZeros(a, b);
      return first == null ? ofKnownZeros(b, a) : first;
    }
    Part product = parts.get(is(a, Kind.PRODUCT) ? a : b);
    String other = is(a, Kind.PRODUCT) ? b : a;
    OnnxTensor biases = into.model().constants().get(other);
    if (biases != null) {
      return biased(product, biases);
    }
    Value x = into.value(other);
    return x == null ? null : withStep(product, x);
  }

  /**
   * Where the model states the number of examples, the product with zeros is a constant already,
   * the biases for each example. Whether they are those of the other steps is seen at the next one.
   */
  private Part ofKnownZeros(String constant, String step) {
    OnnxTensor tensor = into.model().constants().get(constant);
    Value x = into.value(step);
    if (tensor == null || x == null || !x.isRows() || x.last() < 1 || into.examples() < 1) {
      return null;
    }
    int width = (int) x.last();
    if (!tensor.extents().equals(List.of(1L, into.examples(), (long) width))) {
      return null;
    }
    double[] biases = Arrays.copyOf(tensor.cells(), width);
    boolean areEqual =
        IntStream.range(0, tensor.cells().length)
            .allMatch(i -> tensor.cells()[i] == biases[i % width]);
    return areEqual
        ? withStep(new Part(Kind.PRODUCT, null, null, 0, false, null, biases), x)
        : null;
  }

  private static Part biased(Part product, OnnxTensor biases) {
    if (!biases.extents().equals(List.of((long) product.width()))) {
      return null;
    }
    double[] sum = product.biases.clone();
    Arrays.setAll(sum, i -> sum[i] + biases.cells()[i]);
    return new Part(Kind.PRODUCT, product.before, null, product.steps, false, product.weights, sum);
  }

  /**
   * The step must be the next one of the same sequence, and the biases those of the steps before.
   */
  private Part withStep(Part product, Value x) {
    Layer taken = x.chain().layer();
    Part before = product.before;
    int width = product.width();
    boolean isStep =
        taken != null
            && (Arrays.equals(x.shape(), new long[] {ShapeValues.EXAMPLES, width})
                || Arrays.equals(x.shape(), new long[] {1, ShapeValues.EXAMPLES, width}));
    if (!isStep) {
      return null;
    }
    Chain source = x.chain().before();
    long end = (product.steps + 1L) * width;
    boolean isLast = isLast(taken, width) && into.widthOf(source) == end;
    boolean goesOn =
        before == null
            || before.source == source
                && !before.isLast
                && Arrays.equals(before.biases, product.biases);
    if (!goesOn || !isLast && !isColumns(taken, end - width, end)) {
      return null;
    }
    return new Part(
        Kind.SUM, before, source, product.steps + 1, isLast, product.weights, product.biases);
  }

  private static boolean isLast(Layer taken, int width) {
    return taken.type().equals("last_step") && taken.settings().get("D").asLong() == width;
  }

  private static boolean isColumns(Layer taken, long from, long to) {
    return taken.type().equals(Layer.COLUMNS)
        && taken.settings().get("from").asLong() == from + 1
        && taken.settings().get("to").asLong() == to;
  }

  /** All states in their order, along the extent of one that steps have. */
  private boolean readAll(Node node) {
    List<Part> states = node.inputs().stream().map(parts::get).toList();
    Part last = states.getLast();
    boolean areStates =
        last != null
            && last.kind == Kind.STATE
            && last.isLast
            && last.steps == states.size()
            && List.of(0L, -3L).contains(node.integer("axis", 0));
    Part wanted = last;
    for (int i = states.size() - 1; i >= 0 && areStates; i--) {
      areStates = states.get(i) == wanted;
      wanted = wanted == null ? null : wanted.before;
    }
    Layer all = areStates ? layer(last) : null;
    if (all == null) {
      return false;
    }
    Chain chain = last.source.before().with(all);
    into.put(node.outputs().getFirst(), new Value(chain, new long[] {last.steps, last.width()}, 1));
    return true;
  }

  /** The last state as a value, where a node takes it as such; all others are refused. */
  private void putLast(Node node, String name) {
    Part part = parts.get(name);
    if (part == null || into.isOfLayers(name)) {
      return;
    }
    Layer all = part.kind == Kind.STATE && part.isLast ? layer(part) : null;
    if (all == null) {
      throw into.problem(
          node,
          "takes a state of a recurrent layer whose steps are written one by one in a way that is no"
              + " layer; export it as one node (PyTorch: torch.onnx.export(..., dynamo=False))");
    }
    Chain chain = part.source.before().with(RecurrentNodes.ofLastStep(all));
    into.put(name, new Value(chain, new long[] {1, part.width()}, 1));
  }

  /** With the affine layer of x in it; null where x is something else. */
  private Layer layer(Part last) {
    Layer steps = last.source.layer();
    boolean isEachStep = steps != null && steps.type().equals(Layer.EACH_STEP);
    List<Layer> main = isEachStep ? steps.branches().get(Layer.MAIN) : List.of();
    if (last.weights == null || main.size() != 1 || !main.getFirst().type().equals("affine")) {
      return null;
    }
    Layer.Weights inputs = main.getFirst().weights().get("W");
    double[] w = Arrays.copyOf(inputs.cells(), inputs.cells().length + last.weights.cells().length);
    System.arraycopy(
        last.weights.cells(), 0, w, inputs.cells().length, last.weights.cells().length);
    double[] b = main.getFirst().weights().get("b").cells().clone();
    Arrays.setAll(b, i -> b[i] + last.biases[i]);
    Map<String, Scalar> settings = new LinkedHashMap<>();
    if (last.source.before().layer() == null) {
      settings.put("T", Scalar.of((long) last.steps));
    }
    settings.put("return_sequences", Scalar.of(true));
    return new Layer(
        "rnn",
        OnnxImport.weights(
            new Layer.Weights(inputs.rows() + last.width(), last.width(), w),
            new Layer.Weights(1, last.width(), b)),
        settings);
  }
}
