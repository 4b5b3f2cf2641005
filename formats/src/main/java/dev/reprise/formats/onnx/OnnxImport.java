package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads an ONNX model as layers: a chain, in which two values that come from a common one may be
 * added. An image is a row here, its channels one after the other, so that flattening changes
 * nothing.
 */
final class OnnxImport {

  /** A sum of sums doubles what a list of layers has to say: a small file must not fill memory. */
  private static final long MOST_LAYERS = 20_000;

  /** Translates one node of what {@link #current} says. */
  @FunctionalInterface
  interface Rule {
    void read(OnnxImport into, Node node);
  }

  private static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("Gemm", OnnxImport::gemm),
          Map.entry("MatMul", OnnxImport::matMul),
          Map.entry("Add", OnnxImport::add),
          Map.entry("Conv", ImageNodes::convolution),
          Map.entry("MaxPool", (into, node) -> ImageNodes.pool(into, "max_pool2d", node)),
          Map.entry("AveragePool", (into, node) -> ImageNodes.pool(into, "avg_pool2d", node)),
          Map.entry("GlobalAveragePool", ImageNodes::globalAverage),
          Map.entry(
              "ReduceMean",
              (into, node) -> ImageNodes.reduced(into, node, ImageNodes::globalAverage)),
          Map.entry("BatchNormalization", OnnxImport::batchNorm),
          Map.entry("LayerNormalization", OnnxImport::layerNorm),
          Map.entry("Mul", OnnxImport::silu),
          Map.entry("Gelu", OnnxImport::gelu),
          Map.entry("Selu", OnnxImport::selu),
          Map.entry("PRelu", OnnxImport::slope),
          Map.entry("Clip", OnnxImport::clip),
          Map.entry(
              "ReduceMax",
              (into, node) -> ImageNodes.reduced(into, node, ImageNodes::globalMaximum)),
          Map.entry("GlobalMaxPool", ImageNodes::globalMaximum),
          Map.entry("Softmax", (into, node) -> into.softmax("softmax", node)),
          Map.entry("LogSoftmax", (into, node) -> into.softmax("log_softmax", node)),
          Map.entry("Dropout", OnnxImport::dropout),
          Map.entry("Flatten", OnnxImport::flatten),
          Map.entry("Reshape", OnnxImport::reshape),
          Map.entry("Identity", (into, node) -> {}));

  private final OnnxModel model;
  private final String file;
  private final ShapeValues shapes;
  private final ErfGelu gelu;

  /** The extents of each value so far, without the number of examples; -1 is not known. */
  private final Map<String, long[]> made = new HashMap<>();

  /** How each of them is made. */
  private final Map<String, Chain> chains = new HashMap<>();

  // The value that the node at hand takes, and after its rule what the node puts out.
  private String current;
  private long[] extents;
  private Chain chain = Chain.start();

  private OnnxImport(OnnxModel model, String file) {
    this.model = model;
    this.file = file;
    this.current = model.input();
    this.shapes = new ShapeValues(model.constants());
    this.gelu = new ErfGelu(model.constants());
    int rank = model.extents().size();
    if (rank != 2 && rank != 4) {
      throw new FormatException(
          file,
          "the input \""
              + model.input()
              + "\" has "
              + rank
              + " extents, but only 2 (rows) and 4 (images) can be read");
    }
    this.extents = model.extents().stream().skip(1).mapToLong(Long::longValue).toArray();
    made.put(current, extents);
    chains.put(current, chain);
  }

  static List<Layer> of(OnnxModel model, String file) {
    OnnxImport into = new OnnxImport(model, file);
    for (Node node : model.nodes()) {
      into.read(node);
    }
    Chain output = into.chains.get(model.output());
    if (output == null) {
      throw new FormatException(
          file, "the output \"" + model.output() + "\" is not what layers make of the input");
    }
    return output.layers();
  }

  private void read(Node node) {
    if (shapes.read(node, made) || isConstantAgain(node) || isPartOfGelu(node)) {
      return;
    }
    current = node.inputs().stream().filter(chains::containsKey).findFirst().orElse(null);
    Layer activation = Activations.of(node);
    Rule rule = activation == null ? RULES.get(node.operator()) : (into, _) -> into.add(activation);
    if (rule == null) {
      throw problem(
          node,
          "cannot be read; there are "
              + String.join(
                  ", ",
                  Stream.concat(RULES.keySet().stream(), Activations.operators().stream())
                      .sorted()
                      .toList()));
    }
    if (node.inputs().stream().anyMatch(gelu::isPart)) {
      throw problem(
          node, "takes a product with a number, or an Erf, which can be read within GELU alone");
    }
    if (current == null) {
      throw problem(node, "takes nothing that comes from the input \"" + model.input() + "\"");
    }
    extents = made.get(current);
    chain = chains.get(current);
    rule.read(this, node);
    made.put(node.outputs().getFirst(), extents);
    chains.put(node.outputs().getFirst(), chain);
  }

  /** A step of a GELU that is spelled out; the last one makes the layer. */
  private boolean isPartOfGelu(Node node) {
    if (!gelu.read(node)) {
      return false;
    }
    String output = node.outputs().getFirst();
    String x = gelu.takeGelu(output);
    if (chains.containsKey(x)) {
      made.put(output, made.get(x));
      chains.put(output, chains.get(x).with(new Layer("gelu_erf", Map.of(), Map.of())));
    }
    return true;
  }

  /** Another name for a constant, as PyTorch gives to equal weights. */
  private boolean isConstantAgain(Node node) {
    OnnxTensor tensor =
        model.constants().get(node.inputs().isEmpty() ? "" : node.inputs().getFirst());
    if (tensor == null || !node.operator().equals("Identity")) {
      return false;
    }
    model.constants().put(node.outputs().getFirst(), tensor);
    return true;
  }

  FormatException problem(Node node, String what) {
    String name = node.name().isEmpty() ? node.outputs().getFirst() : node.name();
    return new FormatException(file, "node \"" + name + "\" (" + node.operator() + ") " + what);
  }

  OnnxTensor constant(Node node, int input) {
    String name = input < node.inputs().size() ? node.inputs().get(input) : "";
    OnnxTensor tensor = model.constants().get(name);
    if (tensor == null) {
      throw problem(node, "needs a constant as input " + (input + 1));
    }
    return tensor;
  }

  static boolean has(Node node, int input) {
    return input < node.inputs().size() && !node.inputs().get(input).isEmpty();
  }

  /** Extents of what the node takes, then of what it puts out. */
  long[] extents() {
    return extents;
  }

  void becomes(long... output) {
    extents = output;
  }

  ShapeValues shapes() {
    return shapes;
  }

  private void layer(String type) {
    layer(type, Map.of(), Map.of());
  }

  void layer(String type, Map<String, Layer.Weights> weights, Map<String, Scalar> settings) {
    add(new Layer(type, weights, settings));
  }

  private void add(Layer layer) {
    chain = chain.with(layer);
  }

  static Map<String, Layer.Weights> weights(Layer.Weights w, Layer.Weights b) {
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    weights.put("W", w);
    weights.put("b", b);
    return weights;
  }

  private void gemm(Node node) {
    if (node.integer("transA", 0) != 0 || !node.inputs().getFirst().equals(current)) {
      throw problem(node, "multiplies from the wrong side");
    }
    Layer.Weights w = times(constant(node, 1).matrix(), node.number("alpha", 1));
    if (node.integer("transB", 0) != 0) {
      w = w.transposed();
    }
    double beta = node.number("beta", 1);
    affine(node, w, has(node, 2) ? times(constant(node, 2).row(), beta) : null);
  }

  private static Layer.Weights times(Layer.Weights weights, double factor) {
    double[] cells = Arrays.stream(weights.cells()).map(cell -> cell * factor).toArray();
    return factor == 1 ? weights : new Layer.Weights(weights.rows(), weights.cols(), cells);
  }

  private void matMul(Node node) {
    if (!node.inputs().getFirst().equals(current)) {
      throw problem(node, "multiplies from the wrong side");
    }
    affine(node, constant(node, 1).matrix(), null);
  }

  private void affine(Node node, Layer.Weights w, Layer.Weights given) {
    if (extents.length != 1 || extents[0] >= 0 && extents[0] != w.rows()) {
      throw problem(node, "takes rows of " + w.rows() + ", but gets " + Arrays.toString(extents));
    }
    Layer.Weights b = given != null ? given : new Layer.Weights(1, w.cols(), new double[w.cols()]);
    if (b.cols() == 1 && w.cols() != 1) {
      double[] same = new double[w.cols()];
      Arrays.fill(same, b.cells()[0]);
      b = new Layer.Weights(1, w.cols(), same);
    }
    if (b.cols() != w.cols()) {
      throw problem(node, "has " + b.cols() + " biases for " + w.cols() + " outputs");
    }
    layer("affine", weights(w, b), Map.of());
    extents = new long[] {w.cols()};
  }

  /** The bias of a product before, or two values. */
  private void add(Node node) {
    int other = node.inputs().getFirst().equals(current) ? 1 : 0;
    String second = node.inputs().size() == 2 ? node.inputs().get(other) : "";
    if (chains.containsKey(second)) {
      residual(node, second);
    } else {
      bias(node, constant(node, other).row());
    }
  }

  /** What two branches make of the last value that they have in common. */
  private void residual(Node node, String second) {
    if (!Arrays.equals(extents, made.get(second))) {
      throw problem(
          node,
          "adds values of different sizes, "
              + Arrays.toString(extents)
              + " and "
              + Arrays.toString(made.get(second)));
    }
    Chain other = chains.get(second);
    Chain start = chain.commonWith(other);
    long layers = 1 + chain.all() - start.all() + other.all() - start.all();
    if (layers > MOST_LAYERS) {
      throw problem(
          node,
          "adds values that are sums of each other too often to be lists of layers (more than "
              + MOST_LAYERS
              + ")");
    }
    boolean isFirstMain = chain.length() >= other.length();
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.MAIN, (isFirstMain ? chain : other).since(start));
    branches.put(Layer.SHORTCUT, (isFirstMain ? other : chain).since(start));
    chain = start.with(new Layer(Layer.RESIDUAL, Map.of(), Map.of(), branches), layers);
  }

  private void bias(Node node, Layer.Weights added) {
    Layer last = chain.layer();
    if (!chain.endsWith("affine") || added.cols() != last.weights().get("b").cols()) {
      throw problem(node, "adds something that is not the bias of an affine layer");
    }
    double[] sum = last.weights().get("b").cells().clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += added.cells()[i];
    }
    chain = chain.before();
    layer(
        "affine",
        weights(last.weights().get("W"), new Layer.Weights(1, sum.length, sum)),
        Map.of());
  }

  private void batchNorm(Node node) {
    boolean isImage = extents.length == 3;
    if (isImage) {
      ImageNodes.needsImages(this, node);
    }
    List<String> names = List.of("gamma", "beta", "ema_mean", "ema_var");
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      OnnxTensor tensor = constant(node, i + 1);
      if (extents[0] >= 0 && tensor.cells().length != extents[0]) {
        throw problem(node, "does not fit what it gets, " + Arrays.toString(extents));
      }
      weights.put(names.get(i), isImage ? tensor.column() : tensor.row());
    }
    Map<String, Scalar> settings = isImage ? ImageNodes.sizes(extents) : new LinkedHashMap<>();
    settings.put("epsilon", Scalar.of(node.number("epsilon", 1e-5)));
    layer(isImage ? "batch_norm2d" : "batch_norm1d", weights, settings);
  }

  private void layerNorm(Node node) {
    long axis = node.integer("axis", -1);
    if (extents.length != 1 || axis != -1 && axis != 1) {
      throw problem(node, "is not over rows");
    }
    Layer.Weights gamma = constant(node, 1).row();
    Layer.Weights none = new Layer.Weights(1, gamma.cols(), new double[gamma.cols()]);
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    weights.put("gamma", gamma);
    weights.put("beta", has(node, 2) ? constant(node, 2).row() : none);
    layer("layer_norm", weights, Map.of("epsilon", Scalar.of(node.number("epsilon", 1e-5))));
  }

  /** x times the logistic function of x. */
  private void silu(Node node) {
    Chain a = chains.get(node.inputs().getFirst());
    Chain b = chains.get(node.inputs().getLast());
    if (a == null || b == null || node.inputs().size() != 2) {
      throw problem(node, "is not x times the logistic function of x");
    }
    Chain gate = a.length() > b.length() ? a : b;
    Chain x = gate == a ? b : a;
    if (!gate.endsWith("sigmoid") || gate.before() != x) {
      throw problem(node, "is not x times the logistic function of x");
    }
    chain = x;
    layer("silu");
  }

  private void gelu(Node node) {
    layer(node.text("approximate", "none").equals("tanh") ? "gelu" : "gelu_erf");
  }

  /** With the two numbers that it is defined by, up to a float's digits. */
  private void selu(Node node) {
    boolean isStandard =
        Math.abs(node.number("alpha", 1.6732632) - 1.6732632) < 1e-5
            && Math.abs(node.number("gamma", 1.050701) - 1.050701) < 1e-5;
    if (!isStandard) {
      throw problem(node, "has other numbers than those of the function selu");
    }
    layer("selu");
  }

  /** One slope for all cells. */
  private void slope(Node node) {
    double[] slopes = constant(node, 1).cells();
    if (slopes.length != 1) {
      throw problem(node, "has a slope for each channel, which the layers do not");
    }
    layer("leaky_relu", Map.of(), Map.of("alpha", Scalar.of(slopes[0])));
  }

  private void clip(Node node) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("min", Scalar.of(bound(node, 1, "min", Double.NEGATIVE_INFINITY)));
    settings.put("max", Scalar.of(bound(node, 2, "max", Double.POSITIVE_INFINITY)));
    layer("clip", Map.of(), settings);
  }

  /** An input, or in old models an attribute. */
  private double bound(Node node, int input, String name, double none) {
    if (!has(node, input)) {
      return node.number(name, none);
    }
    double[] cells = constant(node, input).cells();
    if (cells.length != 1) {
      throw problem(node, "needs one number as input " + (input + 1));
    }
    return cells[0];
  }

  private void softmax(String type, Node node) {
    // Before opset 13 everything from the axis on is one row, and the axis is 1.
    long axis = node.integer("axis", model.opset() < 13 ? 1 : -1);
    if (!(extents.length == 1 && (axis == 1 || axis == -1)) && !(model.opset() < 13 && axis == 1)) {
      throw problem(node, "is not over rows");
    }
    layer(type);
  }

  private void dropout(Node node) {
    double ratio = has(node, 1) ? constant(node, 1).cells()[0] : node.number("ratio", 0.5);
    double kept = 1 - Double.parseDouble(Float.toString((float) ratio));
    layer("dropout", Map.of(), Map.of("p", Scalar.of(kept)));
  }

  private void flatten(Node node) {
    if (node.integer("axis", 1) != 1) {
      throw problem(node, "does not leave the examples apart");
    }
    layer("flatten");
    extents = new long[] {width()};
  }

  private long width() {
    long width = 1;
    for (long extent : extents) {
      width = width < 0 || extent < 0 ? -1 : width * extent;
    }
    return width;
  }

  private void reshape(Node node) {
    long[] shape = has(node, 1) ? shapes.of(node.inputs().get(1)) : null;
    if (shape == null) {
      throw problem(node, "needs a shape that is constant or follows from the images'");
    }
    long width = width();
    boolean keepsExamples =
        shape.length > 0 && (shape[0] <= 0 || shape[0] == model.extents().getFirst());
    if (shape.length == 2 && (shape[1] == -1 || shape[1] == width)) {
      layer("flatten");
      extents = new long[] {width};
      return;
    }
    if (shape.length == 4 && keepsExamples) {
      long[] images = {shape[1], shape[2], shape[3]};
      if (Arrays.stream(images).allMatch(extent -> extent > 0)
          && (width < 0 || images[0] * images[1] * images[2] == width)) {
        extents = images;
        return;
      }
    }
    throw problem(node, "does not make rows or images of each example");
  }
}
