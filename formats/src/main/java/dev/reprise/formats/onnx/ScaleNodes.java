package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads normalizations of groups of channels, and products and sums with constants. PyTorch writes
 * the former as an InstanceNormalization whose channels are groups, and the latter after it.
 * Stateless.
 */
final class ScaleNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "InstanceNormalization",
          LineNodes.over(ScaleNodes::instanceNorm),
          "GroupNormalization",
          ScaleNodes::groupNorm);

  private ScaleNodes() {}

  private static void instanceNorm(OnnxImport into, Node node) {
    long[] extents = into.extents();
    if (extents.length < 2 || into.value().place() != 0 || extents[0] < 1) {
      throw into.problem(node, "needs channels, but gets " + into.words());
    }
    double[] gamma = into.constant(node, 1).cells();
    double[] beta = into.constant(node, 2).cells();
    if (gamma.length != extents[0] || beta.length != extents[0]) {
      throw into.problem(node, "does not fit what it gets, " + into.words());
    }
    into.layer("group_norm", columns(gamma, beta), settings(into, node, extents[0]));
  }

  /** Scales are those of channels, or before opset 21 those of groups. */
  private static void groupNorm(OnnxImport into, Node node) {
    ImageNodes.needsImages(into, node);
    int channels = (int) into.extents()[0];
    int groups = (int) node.integer("num_groups", 0);
    if (groups < 1 || channels % groups != 0) {
      throw into.problem(node, "has " + groups + " groups for " + channels + " channels");
    }
    double[] gamma = ofChannels(into, node, 1, channels, groups);
    double[] beta = ofChannels(into, node, 2, channels, groups);
    into.layer("group_norm", columns(gamma, beta), settings(into, node, groups));
  }

  private static double[] ofChannels(
      OnnxImport into, Node node, int input, int channels, int groups) {
    double[] given = into.constant(node, input).cells();
    if (given.length != channels && given.length != groups) {
      throw into.problem(node, "does not fit what it gets, " + into.words());
    }
    double[] cells = new double[channels];
    for (int c = 0; c < channels; c++) {
      cells[c] = given[given.length == channels ? c : c / (channels / groups)];
    }
    return cells;
  }

  private static Map<String, Scalar> settings(OnnxImport into, Node node, long groups) {
    boolean isImage = into.extents().length == 3;
    Map<String, Scalar> settings =
        isImage
            ? ImageNodes.sizes(into.extents())
            : new LinkedHashMap<>(Map.of("C", Scalar.of(into.extents()[0])));
    settings.put("groups", Scalar.of(groups));
    settings.put("epsilon", Scalar.of(node.number("epsilon", 1e-5)));
    return settings;
  }

  /** Of channels: weights are columns. */
  private static Map<String, Layer.Weights> columns(double[] gamma, double[] beta) {
    return weights(
        new Layer.Weights(gamma.length, 1, gamma), new Layer.Weights(beta.length, 1, beta));
  }

  /** Of columns: weights are rows. */
  private static Map<String, Layer.Weights> rows(double[] gamma, double[] beta) {
    return weights(
        new Layer.Weights(1, gamma.length, gamma), new Layer.Weights(1, beta.length, beta));
  }

  private static Map<String, Layer.Weights> weights(Layer.Weights gamma, Layer.Weights beta) {
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    weights.put("gamma", gamma);
    weights.put("beta", beta);
    return weights;
  }

  /** A product with a number for all, each channel, column or cell; false for other constants. */
  static boolean scaled(OnnxImport into, OnnxTensor factors) {
    if (isOfChannels(into, factors)) {
      scaledChannels(into, factors.cells());
      return true;
    }
    if (!isOfColumns(into, factors)) {
      return scaledAll(into, factors);
    }
    Layer norm = plainRootNorm(into);
    if (norm != null) {
      // Its own scales, where it has none yet.
      into.becomes(into.value().with(into.value().chain().before()));
      Map<String, Layer.Weights> gamma = Map.of("gamma", factors.row());
      RowNodes.addToSteps(into, new Layer(norm.type(), gamma, norm.settings()));
      return true;
    }
    double[] none = new double[factors.cells().length];
    RowNodes.addToSteps(into, new Layer("scale_shift1d", rows(factors.cells(), none), Map.of()));
    return true;
  }

  private static boolean scaledAll(OnnxImport into, OnnxTensor factors) {
    boolean isNumber = NumberNodes.isNumber(into, factors);
    if (isNumber) {
      NumberNodes.scaled(into, factors.cells()[0]);
    } else if (isOfCells(into, factors)) {
      double[] none = new double[factors.cells().length];
      into.layer("scale_shift1d", rows(factors.cells(), none), Map.of());
    } else {
      double[] cells = ofAllCells(into, factors);
      if (cells != null) {
        into.layer("scale_shift1d", rows(cells, new double[cells.length]), Map.of());
      }
      return cells != null;
    }
    return true;
  }

  /** A constant that is repeated along extents of an example, cell by cell; or null. */
  static double[] ofAllCells(OnnxImport into, OnnxTensor tensor) {
    List<Long> extents =
        Arrays.stream(into.value().shape())
            .boxed()
            .map(extent -> extent == ShapeValues.EXAMPLES ? 1 : extent)
            .toList();
    boolean isKnown = into.value().width() > 0 && keepsExtents(into, tensor);
    OnnxTensor all = isKnown ? into.folded().cells().repeated(tensor, extents) : null;
    return all == null ? null : all.cells();
  }

  /** The layer that the value comes from, if that is an rms_norm without scales; else null. */
  private static Layer plainRootNorm(OnnxImport into) {
    Layer last = into.value().chain().layer();
    boolean isEachStep = last != null && last.type().equals(Layer.EACH_STEP);
    List<Layer> within = isEachStep ? last.branches().get(Layer.MAIN) : List.of();
    Layer norm = within.size() == 1 ? within.getFirst() : last;
    boolean isPlain =
        norm != null
            && norm.type().equals("rms_norm")
            && isEachStep != into.value().isRows()
            && norm.weights().get("gamma").cols() == into.value().last()
            && Arrays.stream(norm.weights().get("gamma").cells()).allMatch(cell -> cell == 1);
    return isPlain ? norm : null;
  }

  /** After a normalization that scales nothing, the factors are its own. */
  private static void scaledChannels(OnnxImport into, double[] factors) {
    Layer last = into.value().chain().layer();
    boolean isNorm = last != null && last.type().equals("group_norm") && isPlain(last);
    // The images may have other channels than what was normalized, of which not every group has
    // one.
    isNorm = isNorm && factors.length % last.settings().get("groups").asLong() == 0;
    Map<String, Scalar> settings = ImageNodes.sizes(into.extents());
    if (isNorm) {
      settings.put("groups", last.settings().get("groups"));
      settings.put("epsilon", last.settings().get("epsilon"));
      into.becomes(into.value().with(into.value().chain().before()));
    }
    into.layer(
        isNorm ? "group_norm" : "scale_shift2d",
        columns(factors, new double[factors.length]),
        settings);
  }

  private static boolean isPlain(Layer norm) {
    return Arrays.stream(norm.weights().get("gamma").cells()).allMatch(cell -> cell == 1)
        && Arrays.stream(norm.weights().get("beta").cells()).allMatch(cell -> cell == 0);
  }

  /** A sum with a number for all, each channel, column or cell; false for other constants. */
  static boolean shifted(OnnxImport into, OnnxTensor summands) {
    boolean isOfChannels = isOfChannels(into, summands);
    if (!isOfChannels && !isOfColumns(into, summands)) {
      return shiftedAll(into, summands);
    }
    Layer last = into.value().chain().layer();
    String type = isOfChannels ? "scale_shift2d" : "scale_shift1d";
    boolean isNorm = last != null && last.type().equals("group_norm") && isOfChannels;
    boolean isShift = last != null && last.type().equals(type) || isNorm;
    double[] cells = summands.cells().clone();
    if (isShift && last.weights().get("beta").cells().length == cells.length) {
      double[] before = last.weights().get("beta").cells();
      Arrays.setAll(cells, i -> before[i] + summands.cells()[i]);
      double[] gamma = last.weights().get("gamma").cells();
      into.becomes(into.value().with(into.value().chain().before()));
      into.add(
          new Layer(
              last.type(),
              isOfChannels ? columns(gamma, cells) : rows(gamma, cells),
              last.settings()));
      return true;
    }
    double[] ones = new double[cells.length];
    Arrays.fill(ones, 1);
    Map<String, Layer.Weights> weights = isOfChannels ? columns(ones, cells) : rows(ones, cells);
    if (isOfChannels) {
      into.layer(type, weights, ImageNodes.sizes(into.extents()));
    } else {
      RowNodes.addToSteps(into, new Layer(type, weights, Map.of()));
    }
    return true;
  }

  /** Adds numbers to the cells of an example. */
  static Layer shift(double[] summands) {
    double[] ones = new double[summands.length];
    Arrays.fill(ones, 1);
    return new Layer("scale_shift1d", rows(ones, summands), Map.of());
  }

  private static boolean shiftedAll(OnnxImport into, OnnxTensor summands) {
    if (NumberNodes.isNumber(into, summands)) {
      NumberNodes.shifted(into, summands.cells()[0]);
    } else if (isOfCells(into, summands)) {
      into.add(shift(summands.cells()));
    } else {
      double[] cells = ofAllCells(into, summands);
      if (cells != null) {
        into.add(shift(cells));
      }
      return cells != null;
    }
    return true;
  }

  /** True where a constant has no more extents than the value at hand, which else got more. */
  static boolean keepsExtents(OnnxImport into, OnnxTensor tensor) {
    return tensor.extents().size() <= into.extents().length + 1;
  }

  static boolean isOfChannels(OnnxImport into, OnnxTensor tensor) {
    long[] extents = into.extents();
    boolean isImage = extents.length == 3 && into.value().place() == 0 && into.value().width() > 0;
    return isImage
        && keepsExtents(into, tensor)
        && shape(tensor, 3).equals(List.of(extents[0], 1L, 1L));
  }

  static boolean isOfColumns(OnnxImport into, OnnxTensor tensor) {
    // Of images of one column a single number is that of all cells.
    boolean isOne = into.extents().length > 2 && tensor.isOneCell();
    return !isOne
        && into.value().last() > 0
        && keepsExtents(into, tensor)
        && shape(tensor, 1).equals(List.of(into.value().last()));
  }

  /** True for a number for each cell of an example, whatever the example. */
  static boolean isOfCells(OnnxImport into, OnnxTensor tensor) {
    List<Long> all = Arrays.stream(into.extents()).boxed().toList();
    return into.value().place() == 0
        && into.value().width() > 0
        && keepsExtents(into, tensor)
        && tensor.extents().size() >= all.size()
        && shape(tensor, all.size()).equals(all);
  }

  /** True for so many numbers, which are the same for all rows. */
  static boolean isOf(OnnxTensor tensor, long count) {
    return shape(tensor, 1).equals(List.of(count));
  }

  /** Without the ones before the last extents, for which it is repeated. */
  static List<Long> shape(OnnxTensor tensor, int rank) {
    List<Long> extents = tensor.extents();
    int extra = Math.max(0, extents.size() - rank);
    boolean isRepeated = extents.stream().limit(extra).allMatch(extent -> extent == 1);
    return isRepeated ? extents.subList(extra, extents.size()) : List.of();
  }
}
