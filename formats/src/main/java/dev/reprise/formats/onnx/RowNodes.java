package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Reads nodes that take rows of numbers: products, normalizations, softmax. Of values with more
 * extents they take each step by itself. Stateless.
 */
final class RowNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "Gemm", RowNodes::gemm,
          "MatMul", RowNodes::matMul,
          "BatchNormalization", LineNodes.over(RowNodes::batchNorm),
          "LayerNormalization", RowNodes::layerNorm,
          "RMSNormalization", RowNodes::rmsNorm,
          "Softmax", (into, node) -> softmax(into, "softmax", node),
          "LogSoftmax", (into, node) -> softmax(into, "log_softmax", node));

  private RowNodes() {}

  private static void gemm(OnnxImport into, Node node) {
    boolean isTurned = node.integer("transA", 0) != 0;
    if (isTurned || !node.inputs().getFirst().equals(into.current())) {
      throw into.problem(node, "multiplies from the wrong side");
    }
    Layer.Weights w = times(matrix(into, node), node.number("alpha", 1));
    if (node.integer("transB", 0) != 0) {
      w = w.transposed();
    }
    Layer.Weights b = null;
    if (OnnxImport.has(node, 2)) {
      OnnxTensor given = into.constant(node, 2);
      if (!given.isOneCell() && !ScaleNodes.isOf(given, w.cols())) {
        throw into.problem(
            node, "has biases of " + given.extents() + " for " + w.cols() + " outputs");
      }
      b = times(given.row(), node.number("beta", 1));
    }
    affine(into, node, w, b);
  }

  private static Layer.Weights times(Layer.Weights weights, double factor) {
    double[] cells = Arrays.stream(weights.cells()).map(cell -> cell * factor).toArray();
    return factor == 1 ? weights : new Layer.Weights(weights.rows(), weights.cols(), cells);
  }

  private static void matMul(OnnxImport into, Node node) {
    boolean isFirst = node.inputs().getFirst().equals(into.current());
    OnnxTensor constant = into.constant(node, isFirst ? 1 : 0);
    boolean isOfSteps = into.extents().length >= 2 && into.value().place() == 0;
    boolean areSeveral =
        constant.extents().stream()
            .limit(Math.max(0, constant.extents().size() - 2))
            .anyMatch(e -> e != 1);
    if (isOfSteps && areSeveral) {
      into.products().withConstant(node, constant, isFirst);
      return;
    }
    if (!isFirst && isOfSteps && constant.extents().size() == 2) {
      fromTheLeft(into, node, constant.matrix().transposed());
      return;
    }
    if (!isFirst) {
      throw into.problem(node, "multiplies from the wrong side");
    }
    affine(into, node, matrix(into, node), null);
  }

  /** W times each matrix of an example, as the turned one times the turned W. */
  private static void fromTheLeft(OnnxImport into, Node node, Layer.Weights turned) {
    int rank = into.extents().length + 1;
    List<Long> order = new ArrayList<>(LongStream.range(0, rank - 2).boxed().toList());
    order.add(rank - 1L);
    order.add(rank - 2L);
    TransposeNodes.transpose(into, turn(node, order));
    affine(into, node, turned, null);
    TransposeNodes.transpose(into, turn(node, order));
  }

  /** The weights, which are the same for all rows. */
  private static Layer.Weights matrix(OnnxImport into, Node node) {
    OnnxTensor tensor = into.constant(node, 1);
    List<Long> extents = tensor.extents();
    int extra = extents.size() - 2;
    boolean isMatrix =
        extra >= 0
            && extents.size() <= into.extents().length + 1
            && extents.stream().limit(extra).allMatch(extent -> extent == 1);
    if (!isMatrix) {
      throw into.problem(
          node, "multiplies with " + extents + ", which is not one matrix for all rows");
    }
    return new Layer.Weights(
        extents.get(extra).intValue(), extents.getLast().intValue(), tensor.cells());
  }

  private static void affine(OnnxImport into, Node node, Layer.Weights w, Layer.Weights given) {
    long last = into.value().last();
    boolean isOpen = into.value().isRows() && last < 0;
    if (!isOpen && last != w.rows()) {
      throw into.problem(node, "takes rows of " + w.rows() + ", but gets " + into.words());
    }
    Layer.Weights b = given != null ? given : new Layer.Weights(1, w.cols(), new double[w.cols()]);
    if (b.cols() == 1 && w.cols() != 1) {
      double[] same = new double[w.cols()];
      Arrays.fill(same, b.cells()[0]);
      b = new Layer.Weights(1, w.cols(), same);
    }
    if (b.cols() != w.cols()) {
      throw into.problem(node, "has " + b.cols() + " biases for " + w.cols() + " outputs");
    }
    addToSteps(into, new Layer("affine", OnnxImport.weights(w, b), Map.of()));
    long[] output = into.extents().clone();
    output[output.length - 1] = w.cols();
    into.becomes(output);
  }

  /** Adds a layer that takes rows; where there are steps of rows, to each of them. */
  static void addToSteps(OnnxImport into, Layer layer) {
    into.add(into.value().isRows() ? layer : eachStep(into, layer, into.value().last()));
  }

  private static Layer eachStep(OnnxImport into, Layer layer, long width) {
    boolean isSequence = into.extents().length == 2;
    Map<String, Scalar> settings = isSequence ? into.steps() : new LinkedHashMap<>();
    settings.put("D", Scalar.of(width));
    return new Layer(Layer.EACH_STEP, Map.of(), settings, Map.of(Layer.MAIN, List.of(layer)));
  }

  /** Adds to the biases of an affine layer, the last one; false where there is none. */
  static boolean addedToBias(OnnxImport into, OnnxTensor added) {
    Chain chain = into.value().chain();
    boolean isEachStep = chain.endsWith(Layer.EACH_STEP);
    Layer last = isEachStep ? chain.layer().branches().get(Layer.MAIN).getLast() : chain.layer();
    boolean isAffine = last != null && last.type().equals("affine");
    if (!isAffine || !fits(into, added, last.weights().get("b").cols(), isEachStep)) {
      return false;
    }
    double[] sum = last.weights().get("b").cells().clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += added.cells()[added.isOneCell() ? 0 : i];
    }
    Layer.Weights b = new Layer.Weights(1, sum.length, sum);
    Layer.Weights w = last.weights().get("W");
    Layer affine = new Layer("affine", OnnxImport.weights(w, b), Map.of());
    into.becomes(into.value().with(chain.before()));
    into.add(isEachStep ? eachStep(into, affine, w.rows()) : affine);
    return true;
  }

  /** One number for each output, whatever the row. */
  private static boolean fits(OnnxImport into, OnnxTensor added, long outputs, boolean isEachStep) {
    long[] extents = into.extents();
    int extra = added.extents().size() - extents.length;
    if (extra > 1) {
      return false;
    }
    if (into.value().last() == outputs) {
      return added.isOneCell() || ScaleNodes.isOf(added, outputs);
    }
    // What a row was made, such as an image.
    List<Long> all = Arrays.stream(extents).boxed().toList();
    return !isEachStep
        && into.value().place() == 0
        && into.value().width() == outputs
        && extra >= 0
        && ScaleNodes.shape(added, extents.length).equals(all);
  }

  private static void batchNorm(OnnxImport into, Node node) {
    if (node.integer("training_mode", 0) != 0 || node.integer("spatial", 1) == 0) {
      throw into.problem(
          node,
          "takes the moments of the batch (training_mode), or of each pixel (spatial); export the"
              + " model as it is used");
    }
    boolean isImage = into.extents().length == 3;
    if (isImage) {
      ImageNodes.needsImages(into, node);
    } else if (!into.value().isRows()) {
      throw into.problem(node, "takes rows or images, but gets " + into.words());
    }
    List<String> names = List.of("gamma", "beta", "ema_mean", "ema_var");
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      OnnxTensor tensor = into.constant(node, i + 1);
      if (into.extents()[0] >= 0 && tensor.cells().length != into.extents()[0]) {
        throw into.problem(node, "does not fit what it gets, " + into.words());
      }
      weights.put(names.get(i), isImage ? tensor.column() : tensor.row());
    }
    Map<String, Scalar> settings =
        isImage ? ImageNodes.sizes(into.extents()) : new LinkedHashMap<>();
    settings.put("epsilon", Scalar.of(node.number("epsilon", 1e-5)));
    into.layer(isImage ? "batch_norm2d" : "batch_norm1d", weights, settings);
  }

  private static void layerNorm(OnnxImport into, Node node) {
    long[] shape = into.value().shape();
    long axis = node.integer("axis", -1);
    if ((axis == 1 || axis == 1 - shape.length)
        && shape.length > 2
        && into.value().place() == 0
        && into.value().width() > 0) {
      // Of all cells of an example.
      into.becomes(into.value().width());
      layerNorm(
          into,
          new Node(
              node.operator(),
              node.name(),
              node.inputs(),
              node.outputs(),
              Map.of("epsilon", node.number("epsilon", 1e-5))));
      into.becomes(into.value().shaped(shape));
      return;
    }
    needsLastAxis(into, node, node.integer("axis", -1));
    Layer.Weights gamma = into.constant(node, 1).row();
    long last = into.value().last() < 0 ? gamma.cols() : into.value().last();
    boolean hasShifts = OnnxImport.has(node, 2);
    if (gamma.cols() != last || hasShifts && into.constant(node, 2).row().cols() != last) {
      throw into.problem(node, "has other scales or shifts than one for each of " + into.words());
    }
    Layer.Weights none = new Layer.Weights(1, gamma.cols(), new double[gamma.cols()]);
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    weights.put("gamma", gamma);
    weights.put("beta", hasShifts ? into.constant(node, 2).row() : none);
    Map<String, Scalar> epsilon = Map.of("epsilon", Scalar.of(node.number("epsilon", 1e-5)));
    addToSteps(into, new Layer("layer_norm", weights, epsilon));
  }

  private static void rmsNorm(OnnxImport into, Node node) {
    needsLastAxis(into, node, node.integer("axis", -1));
    long last = into.value().last();
    boolean isPlain = last > 0 && into.zeros().isOne(node.inputs().getLast());
    OnnxTensor scales = isPlain ? ones((int) last) : into.constant(node, 1);
    Layer.Weights gamma = scales.row();
    if (!ScaleNodes.isOf(scales, last < 0 ? gamma.cols() : last)) {
      throw into.problem(node, "has other scales than one for each of " + into.words());
    }
    Map<String, Scalar> epsilon = Map.of("epsilon", Scalar.of(node.number("epsilon", 1e-5)));
    addToSteps(into, new Layer("rms_norm", Map.of("gamma", gamma), epsilon));
  }

  private static OnnxTensor ones(int count) {
    double[] cells = new double[count];
    Arrays.fill(cells, 1);
    return OnnxTensor.of(List.of((long) count), cells);
  }

  private static void softmax(OnnxImport into, String type, Node node) {
    // Before opset 13 everything from the axis on is one row, and the axis is 1.
    boolean isOld = into.model().opset() < 13;
    long axis = node.integer("axis", isOld ? 1 : -1);
    if (!isOld && alongOther(into, node, type, axis)) {
      return;
    }
    if (!isOld || axis != 1 || into.value().place() != 0) {
      needsLastAxis(into, node, axis);
      addToSteps(into, new Layer(type, Map.of(), Map.of()));
    } else {
      into.layer(type);
    }
  }

  /** Over another extent than the last, which is brought to the end and back. */
  private static boolean alongOther(OnnxImport into, Node node, String type, long given) {
    long[] shape = into.value().shape();
    long axis = given < 0 ? given + shape.length : given;
    boolean isOther = axis >= 0 && axis < shape.length - 1 && axis != into.value().place();
    if (!isOther || into.value().width() < 1) {
      return false;
    }
    alongAxis(into, node, (int) axis, new Layer(type, Map.of(), Map.of()), shape[(int) axis]);
    return true;
  }

  /**
   * Adds a layer that takes rows along an extent, which is brought to the end and back.
   *
   * @param made how many numbers the layer makes of a row
   */
  static void alongAxis(OnnxImport into, Node node, int axis, Layer layer, long made) {
    int rank = into.value().shape().length;
    List<Long> there = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
    there.remove((Object) (long) axis);
    there.add((long) axis);
    List<Long> back = LongStream.range(0, rank).map(i -> there.indexOf(i)).boxed().toList();
    boolean isMoved = axis < rank - 1;
    if (isMoved) {
      TransposeNodes.transpose(into, turn(node, there));
    }
    addToSteps(into, layer);
    long[] shape = into.value().shape();
    shape[rank - 1] = made;
    into.becomes(into.value().shaped(shape));
    if (isMoved) {
      TransposeNodes.transpose(into, turn(node, back));
    }
  }

  private static Node turn(Node node, List<Long> order) {
    return new Node(
        node.operator(), node.name(), node.inputs(), node.outputs(), Map.of("perm", order));
  }

  /** The axis is that of rows, or of steps of them. */
  private static void needsLastAxis(OnnxImport into, Node node, long axis) {
    int rank = into.extents().length;
    boolean isOpen = into.value().isRows();
    if (axis != -1 && axis != rank || !isOpen && into.value().last() < 0) {
      throw into.problem(node, "is not over rows");
    }
  }
}
