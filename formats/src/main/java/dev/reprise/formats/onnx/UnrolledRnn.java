package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.formats.onnx.UnrolledSteps.Step;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
 * and all h one after the other, or the last one; with steps from the last one on, all of them in
 * the opposite order beside those of the other direction. What is not the whole of it is refused.
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
   * @param step that has come in last; null in a product
   * @param weights R; null where the first step does not tell it
   */
  private record Part(Kind kind, Part before, Step step, OnnxTensor weights, double[] biases) {

    Part as(Kind next) {
      return new Part(next, before, step, weights, biases);
    }

    int width() {
      return biases.length;
    }

    boolean isTurned() {
      return step != null && step.isTurned();
    }

    boolean isAll() {
      return kind == Kind.STATE && step.isLast();
    }
  }

  private final OnnxImport into;
  private final UnrolledSteps steps;
  private final Map<String, Part> parts = new HashMap<>();

  /** All states from the last step on, in the order of the steps, by the part of the last state. */
  private final Map<String, Part> backwards = new HashMap<>();

  UnrolledRnn(OnnxImport into) {
    this.into = into;
    this.steps = new UnrolledSteps(into);
  }

  /** Notes what a node puts out, or adds the layer that it completes; false for other nodes. */
  boolean read(Node node) {
    boolean isConcat = node.operator().equals("Concat");
    if (steps.read(node) || isConcat && (readAll(node) || readBoth(node))) {
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
      node.inputs().forEach(name -> needsLayer(node, name));
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
          ? new Part(Kind.PRODUCT, before, null, weights, new double[width])
          : null;
    }
    long[] zeros = into.zeros().shape(state);
    boolean isFirst = Arrays.equals(zeros, new long[] {1, ShapeValues.EXAMPLES, width});
    return isFirst ? new Part(Kind.PRODUCT, null, null, weights, new double[width]) : null;
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
    return withStep(product, other);
  }

  /**
   * Where the model states the number of examples, the product with zeros is a constant already,
   * the biases for each example. Whether they are those of the other steps is seen at the next one.
   */
  private Part ofKnownZeros(String constant, String step) {
    OnnxTensor tensor = into.model().constants().get(constant);
    Value x = into.value(step);
    boolean isStep = x == null ? steps.isTurned(step) : x.isRows();
    if (!isStep || tensor == null || tensor.extents().size() != 3 || into.examples() < 1) {
      return null;
    }
    int width = tensor.extents().getLast().intValue();
    if (!tensor.extents().equals(List.of(1L, into.examples(), (long) width))) {
      return null;
    }
    double[] biases = Arrays.copyOf(tensor.cells(), width);
    boolean areEqual =
        IntStream.range(0, tensor.cells().length)
            .allMatch(i -> tensor.cells()[i] == biases[i % width]);
    return areEqual ? withStep(new Part(Kind.PRODUCT, null, null, null, biases), step) : null;
  }

  private static Part biased(Part product, OnnxTensor biases) {
    if (!biases.extents().equals(List.of((long) product.width()))) {
      return null;
    }
    double[] sum = product.biases.clone();
    Arrays.setAll(sum, i -> sum[i] + biases.cells()[i]);
    return new Part(Kind.PRODUCT, product.before, null, product.weights, sum);
  }

  /**
   * The step must be the next one of the same sequence, and the biases those of the steps before.
   */
  private Part withStep(Part product, String x) {
    Part before = product.before;
    Step step = steps.of(x, product.width());
    boolean goesOn =
        step != null
            && (before == null
                ? step.number() == 0
                : step.isOfThoseOf(before.step)
                    && step.number() == before.step.number() + 1
                    && Arrays.equals(before.biases, product.biases));
    return goesOn ? new Part(Kind.SUM, before, step, product.weights, product.biases) : null;
  }

  /** All states in the order of the steps, along the extent of one that they have. */
  private boolean readAll(Node node) {
    List<Part> states = new ArrayList<>(node.inputs().stream().map(parts::get).toList());
    boolean isTurned = states.getFirst() != null && states.getFirst().isTurned();
    if (isTurned) {
      Collections.reverse(states);
    }
    Part last = states.getLast();
    boolean areStates =
        last != null
            && last.isAll()
            && last.isTurned() == isTurned
            && last.step.count() == states.size()
            && List.of(0L, -3L).contains(node.integer("axis", 0));
    Part wanted = last;
    for (int i = states.size() - 1; i >= 0 && areStates; i--) {
      areStates = states.get(i) == wanted;
      wanted = wanted == null ? null : wanted.before;
    }
    Layer all = areStates ? layer(last) : null;
    if (all != null && isTurned) {
      backwards.put(node.outputs().getFirst(), last);
    } else if (all != null) {
      put(node, last, last.step.source().before().with(all), last.width());
    }
    return all != null;
  }

  private void put(Node node, Part last, Chain chain, long width) {
    into.put(node.outputs().getFirst(), new Value(chain, new long[] {last.step.count(), width}, 1));
  }

  /** The states of both directions side by side in each step. */
  private boolean readBoth(Node node) {
    Part back = backwards.get(node.inputs().getLast());
    Value there = into.value(node.inputs().getFirst());
    boolean areTwo =
        back != null
            && there != null
            && node.inputs().size() == 2
            && List.of(2L, -1L).contains(node.integer("axis", 0))
            && there.chain().endsWith("rnn")
            && there.chain().before() == back.step.source().before()
            && there.place() == 1
            && Arrays.equals(there.extents(), new long[] {back.step.count(), back.width()});
    if (!areTwo || !RecurrentNodes.isOfAllSteps(there.chain().layer())) {
      return false;
    }
    Layer forward = there.chain().layer();
    Map<String, Layer.Weights> weights = new LinkedHashMap<>(forward.weights());
    layer(back)
        .weights()
        .forEach((name, cells) -> weights.put(name + RecurrentNodes.REVERSE, cells));
    Layer both = new Layer(RecurrentNodes.BOTH + "rnn", weights, forward.settings());
    put(node, back, there.chain().before().with(both), 2L * back.width());
    return true;
  }

  /** Makes the last state a value, where a node takes it as such; all others are refused. */
  private void needsLayer(Node node, String name) {
    Part part = parts.get(name);
    boolean isOfOurs = part != null || steps.isTurned(name) || backwards.containsKey(name);
    if (!isOfOurs || into.isOfLayers(name)) {
      return;
    }
    Layer all = part != null && part.isAll() ? layer(part) : null;
    if (all == null) {
      throw into.problem(
          node,
          "takes a state or step of a recurrent layer whose steps are written one by one in a way"
              + " that is no layer; export it as one node (PyTorch: torch.onnx.export(...,"
              + " dynamo=False))");
    }
    Chain before = part.step.source().before();
    if (part.isTurned()) {
      long numbers = all.weights().get("W").rows() - part.width();
      before = before.with(SelectNodes.turned(part.step.count(), numbers));
    }
    Chain chain = before.with(RecurrentNodes.ofLastStep(all));
    into.put(name, new Value(chain, new long[] {1, part.width()}, 1));
  }

  /** With the affine layer of x in it; null where x is something else, or of another width. */
  private Layer layer(Part last) {
    Chain source = last.step.source();
    boolean isEachStep = source.endsWith(Layer.EACH_STEP);
    List<Layer> main = isEachStep ? source.layer().branches().get(Layer.MAIN) : List.of();
    if (last.weights == null || main.size() != 1 || !main.getFirst().type().equals("affine")) {
      return null;
    }
    Layer.Weights inputs = main.getFirst().weights().get("W");
    if (inputs.cols() != last.width()) {
      return null;
    }
    double[] w = Arrays.copyOf(inputs.cells(), inputs.cells().length + last.weights.cells().length);
    System.arraycopy(
        last.weights.cells(), 0, w, inputs.cells().length, last.weights.cells().length);
    double[] b = main.getFirst().weights().get("b").cells().clone();
    Arrays.setAll(b, i -> b[i] + last.biases[i]);
    Map<String, Scalar> settings = new LinkedHashMap<>();
    if (source.before().layer() == null) {
      settings.put("T", Scalar.of(last.step.count()));
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
