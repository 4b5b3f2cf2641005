package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.formats.onnx.PartedValues.Parted;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads attention: the product of queries and keys, scaled, masked or not, its softmax, and the
 * product of that with values; or a node that is all of it ({@link WholeAttention}). Scores are no
 * value that layers make: they are noted until the layer is complete.
 *
 * <pre>
 *   query   lead steps numbers -+
 *   key     lead numbers steps -+- scores - scale - mask - softmax -+- attention
 *   value   lead steps numbers -------------------------------------+
 * </pre>
 *
 * <p>The extents that lead are the examples and the heads. Whatever the order in the model, a layer
 * takes heads side by side in each step, so that the transpositions before it are undone.
 */
final class AttentionNodes {
  /** What is added to scores that do not count. */
  private static final double LEAST_MASK = -9e3;

  private static final double NEAR = 1e-5;

  /**
   * Products of queries and keys.
   *
   * @param factor that they are multiplied with
   * @param isCausal whether a step sees only those up to its own
   * @param isSoft whether the softmax has been taken
   */
  record Scores(Parted query, Parted key, double factor, boolean isCausal, boolean isSoft) {
    private Scores times(double more) {
      return new Scores(query, key, factor * more, isCausal, isSoft);
    }

    private long steps() {
      return query.apart().shape()[query.apart().extents().length - 1];
    }

    private long keys() {
      return key.apart().last();
    }
  }

  private final OnnxImport into;
  private final PartedValues parted;
  private final WholeAttention whole;
  private final Map<String, Scores> scores = new HashMap<>();

  /** Which weights are no numbers, as PyTorch asks after a softmax over nothing. */
  private final Map<String, Scores> noNumbers = new HashMap<>();

  AttentionNodes(OnnxImport into, PartedValues parted) {
    this.into = into;
    this.parted = parted;
    this.whole = new WholeAttention(into, parted, this);
  }

  /** Notes scores, or adds the layer that is complete; false for other nodes. */
  boolean read(Node node) {
    if (node.operator().equals("MatMul") && node.inputs().size() == 2) {
      return product(node);
    }
    if (node.operator().equals("Attention")) {
      return whole.whole(node);
    }
    if (node.operator().equals("com.microsoft.Attention")) {
      return whole.projected(node);
    }
    int at = -1;
    for (int i = 0; i < node.inputs().size(); i++) {
      at = scores.containsKey(node.inputs().get(i)) && at < 0 ? i : at;
    }
    if (at < 0) {
      return false;
    }
    Scores taken = scores.get(node.inputs().get(at));
    Scores made = taken.isSoft ? afterSoftmax(node, taken) : beforeSoftmax(node, taken, at);
    if (made == null) {
      throw into.problem(
          node,
          "takes the scores of attention, products of values, in a way that is not scaling, a mask"
              + " of the steps behind each (causal), softmax, or a product with values");
    }
    (node.operator().equals("IsNaN") ? noNumbers : scores).put(node.outputs().getFirst(), made);
    return true;
  }

  private Scores afterSoftmax(Node node, Scores taken) {
    boolean isChosen =
        node.operator().equals("Where")
            && noNumbers.get(node.inputs().getFirst()) != null
            && node.inputs().size() == 3
            && into.isConstant(node, 1)
            && into.constant(node, 1).isOneCell();
    return switch (node.operator()) {
      case "Identity", "Dropout", "Cast", "IsNaN" -> taken;
      case "Where" -> isChosen ? taken : null;
      default -> null;
    };
  }

  private Scores beforeSoftmax(Node node, Scores taken, int at) {
    return switch (node.operator()) {
      case "Identity", "Cast" -> taken;
      case "Mul" -> scaled(node, taken, 1 - at, false);
      case "Div" -> at == 0 ? scaled(node, taken, 1, true) : null;
      case "Add" -> masked(taken, into.constant(node, 1 - at));
      case "Where" -> chosen(node, taken, at);
      case "Softmax" -> soft(node, taken);
      default -> null;
    };
  }

  private Scores scaled(Node node, Scores taken, int other, boolean isDivided) {
    if (!into.isConstant(node, other) || !into.constant(node, other).isOneCell()) {
      return null;
    }
    double number = into.constant(node, other).cells()[0];
    double factor = isDivided ? 1 / number : number;
    if (taken.isCausal && !(factor >= 1)) {
      // What is left out might count then.
      return null;
    }
    return taken.times(factor);
  }

  private Scores soft(Node node, Scores taken) {
    long rank = taken.query.groups().length;
    long axis = node.integer("axis", into.model().opset() < 13 ? 1 : -1);
    boolean isLast = axis == -1 || axis == rank - 1;
    return isLast ? new Scores(taken.query, taken.key, taken.factor, taken.isCausal, true) : null;
  }

  /** What is added: nothing, or what leaves the steps behind each out. */
  Scores masked(Scores taken, OnnxTensor mask) {
    if (Arrays.stream(mask.cells()).allMatch(cell -> cell == 0)) {
      return taken;
    }
    return isCausal(taken, mask, LEAST_MASK) ? causal(taken) : null;
  }

  /** Scores where a condition holds, or does not, and else a number far below them. */
  private Scores chosen(Node node, Scores taken, int at) {
    if (at == 0 || !into.isConstant(node, 0) || !into.isConstant(node, 3 - at)) {
      return null;
    }
    OnnxTensor other = into.constant(node, 3 - at);
    if (!other.isOneCell() || !(other.cells()[0] <= LEAST_MASK)) {
      return null;
    }
    // As a mask: what is left out is -1.
    boolean isKept = at == 1;
    OnnxTensor mask = into.constant(node, 0).map(cell -> (cell != 0) == isKept ? 0 : -1);
    return isCausal(taken, mask, -1) ? causal(taken) : null;
  }

  static Scores causal(Scores taken) {
    return new Scores(taken.query, taken.key, taken.factor, true, taken.isSoft);
  }

  /** Zeros for each step and those before it, and at most so much behind it. */
  private static boolean isCausal(Scores taken, OnnxTensor mask, double most) {
    long steps = taken.steps();
    long keys = taken.keys();
    int rank = mask.extents().size();
    boolean isSquare =
        rank >= 2
            && rank <= taken.query.groups().length
            && mask.extents().subList(rank - 2, rank).equals(List.of(steps, keys))
            && mask.extents().stream().limit(rank - 2).allMatch(extent -> extent == 1);
    if (!isSquare) {
      return false;
    }
    for (int i = 0; i < mask.cells().length; i++) {
      boolean isSeen = i % keys <= i / keys;
      double cell = mask.cells()[i];
      if (isSeen ? cell != 0 : !(cell <= most)) {
        return false;
      }
    }
    return true;
  }

  private boolean product(Node node) {
    String first = node.inputs().getFirst();
    Parted right = parted.get(node.inputs().getLast());
    Scores weights = scores.get(first);
    if (weights != null) {
      if (!weights.isSoft || right == null) {
        throw into.problem(node, "multiplies scores of attention before their softmax");
      }
      complete(node, weights, right);
      return true;
    }
    Parted left = parted.get(first);
    if (left == null || right == null) {
      return false;
    }
    needsSteps(node, left);
    needsSteps(node, right);
    long[] keys = right.apart().shape();
    if (left.apart().last() != keys[keys.length - 2]) {
      throw into.problem(
          node, "multiplies " + words(left) + " with " + words(right) + ", which does not fit");
    }
    scores.put(node.outputs().getFirst(), new Scores(left, right, 1, false, false));
    return true;
  }

  static String words(Parted value) {
    return Arrays.toString(value.apart().extents());
  }

  /** At least steps of numbers, all of known sizes, the last two extents by themselves. */
  void needsSteps(Node node, Parted value) {
    int rank = value.groups().length;
    long[] extents = value.apart().extents();
    boolean fits =
        rank >= 3
            && value.groups()[rank - 1] == 1
            && value.groups()[rank - 2] == 1
            && value.apart().place() < extents.length - 1
            && Arrays.stream(extents).allMatch(extent -> extent > 0);
    if (!fits) {
      throw into.problem(
          node,
          "multiplies values, "
              + words(value)
              + ", which can be read as a part of attention alone: between steps of a known number,"
              + " example by example");
    }
  }

  /** The extents before the last two, without ones. */
  private static List<Long> lead(Parted value) {
    long[] shape = value.apart().shape();
    return Arrays.stream(shape, 0, shape.length - 2).filter(extent -> extent != 1).boxed().toList();
  }

  void complete(Node node, Scores weights, Parted value) {
    needsSteps(node, value);
    List<Long> lead = lead(weights.query);
    boolean areAlike = lead.equals(lead(weights.key)) && lead.equals(lead(value));
    long[] values = value.apart().shape();
    if (!areAlike || values[values.length - 2] != weights.keys()) {
      throw into.problem(
          node,
          "puts together "
              + words(weights.query)
              + ", "
              + words(weights.key)
              + " and "
              + words(value)
              + ", which are not queries, keys and values of the same heads; export the model with"
              + " as many heads of keys and values as of queries");
    }
    double factor = weights.factor * scale(weights.query) * scale(weights.key);
    long numbers = weights.query.apart().last();
    Chain query = inSteps(node, unscaled(weights.query), weights.query, false);
    if (Math.abs(factor * Math.sqrt(numbers) - 1) > NEAR) {
      query = query.with(NumberNodes.layer(factor * Math.sqrt(numbers), 0));
    }
    Chain key = inSteps(node, unscaled(weights.key), weights.key, true);
    Chain ofValues = inSteps(node, value.apart(), value, false);
    long heads = lead.stream().reduce(1L, (a, b) -> b == ShapeValues.EXAMPLES ? a : a * b);
    Chain chain = attention(node, query, key, ofValues, heads, heads * numbers, weights.isCausal);
    parted.noteMaker(node);
    parted.put(
        node.outputs().getFirst(), inOrder(node, chain, weights.query, value.apart().last()));
  }

  private Chain attention(
      Node node, Chain query, Chain key, Chain value, long heads, long width, boolean isCausal) {
    Chain start = query.commonWith(key).commonWith(value);
    long layers = 1 + query.all() + key.all() + value.all() - 3 * start.all();
    JoinNodes.needsFewLayers(into, node, layers, "puts together values");
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.QUERY, query.since(start));
    branches.put(Layer.KEY, key.since(start));
    branches.put(Layer.VALUE, value.since(start));
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("heads", Scalar.of(heads));
    settings.put("D", Scalar.of(width));
    settings.put("causal", Scalar.of(isCausal));
    return start.with(new Layer(Layer.ATTENTION, Map.of(), settings, branches), layers);
  }

  /**
   * The factor that queries or keys were multiplied with last, which scores are multiplied with.
   */
  private static double scale(Parted value) {
    Chain chain = value.apart().chain();
    return isScaled(chain) ? chain.layer().settings().get("factor").asDouble() : 1;
  }

  /** Without the last product with a number, which scores are multiplied with instead. */
  private static Value unscaled(Parted value) {
    Chain chain = value.apart().chain();
    return isScaled(chain) ? value.apart().with(chain.before()) : value.apart();
  }

  private static boolean isScaled(Chain chain) {
    return chain.endsWith(Layer.SCALE_SHIFT)
        && chain.layer().settings().get("shift").asDouble() == 0;
  }

  /** Step after step, in each the numbers of all heads; of keys the last two extents are turned. */
  private Chain inSteps(Node node, Value made, Parted value, boolean isKey) {
    into.becomes(made);
    long[] shape = value.apart().shape();
    List<Integer> order = new ArrayList<>();
    int steps = shape.length - (isKey ? 1 : 2);
    order.add(steps);
    for (int i = 0; i < shape.length - 2; i++) {
      order.add(i);
    }
    order.add(isKey ? shape.length - 2 : shape.length - 1);
    order.removeIf(i -> shape[i] == ShapeValues.EXAMPLES || shape[i] == 1);
    TransposeNodes.reorder(into, node, shape, order);
    return into.value().chain();
  }

  /** What attention makes, with the extents of queries but for the last one. */
  private Parted inOrder(Node node, Chain chain, Parted query, long numbers) {
    long[] shape = query.apart().shape();
    int rank = shape.length;
    shape[rank - 1] = numbers;
    // As the layer puts it out: steps come first.
    long[] made = new long[rank];
    made[0] = shape[rank - 2];
    System.arraycopy(shape, 0, made, 1, rank - 2);
    made[rank - 1] = numbers;
    into.becomes(query.apart().with(chain).shaped(made));
    List<Integer> order = new ArrayList<>();
    for (int i = 1; i < rank - 1; i++) {
      order.add(i);
    }
    order.add(0);
    order.add(rank - 1);
    order.removeIf(i -> made[i] == ShapeValues.EXAMPLES || made[i] == 1);
    TransposeNodes.reorder(into, node, made, order);
    return new Parted(into.value().shaped(shape), query.groups());
  }

  /** The shape of scores, for nodes that ask; null for all other names. */
  long[] shape(String name) {
    Scores taken = scores.get(name);
    if (taken == null) {
      return null;
    }
    long[] shape = taken.query.shape();
    shape[shape.length - 1] = taken.keys();
    return shape;
  }
}
