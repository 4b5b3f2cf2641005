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
 * value that layers make until a node takes them that is no part of attention ({@link
 * ProductNodes}).
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
  private static final double NEAR = 1e-5;

  /**
   * Products of queries and keys.
   *
   * @param factor that they are multiplied with
   * @param isCausal whether a step sees only those up to its own
   * @param mask what is added then, head after head, or null; nobody writes to it
   * @param isSoft whether the softmax has been taken
   */
  record Scores(
      Parted query, Parted key, double factor, boolean isCausal, double[] mask, boolean isSoft) {

    /** Without a mask. */
    static Scores of(Parted query, Parted key, double factor, boolean isSoft) {
      return new Scores(query, key, factor, false, null, isSoft);
    }

    Scores times(double more) {
      double[] scaled = mask == null ? null : Arrays.stream(mask).map(c -> c * more).toArray();
      return new Scores(query, key, factor * more, isCausal, scaled, isSoft);
    }

    Scores causal() {
      return new Scores(query, key, factor, true, mask, isSoft);
    }

    /** With numbers that are added to those that are. */
    Scores with(double[] more) {
      double[] sum = more.clone();
      for (int i = 0; mask != null && i < sum.length; i++) {
        sum[i] += mask[i];
      }
      return new Scores(query, key, factor, isCausal, sum, isSoft);
    }

    private Scores soft() {
      return new Scores(query, key, factor, isCausal, mask, true);
    }

    long steps() {
      return query.apart().shape()[query.apart().extents().length - 1];
    }

    long keys() {
      return key.apart().last();
    }

    /** All extents but for the examples that lie before steps: heads and the like. */
    long heads() {
      return leads(query).stream()
          .flatMap(List::stream)
          .reduce(1L, (a, b) -> b == ShapeValues.EXAMPLES ? a : a * b);
    }
  }

  private final OnnxImport into;
  private final PartedValues parted;
  private final WholeAttention whole;
  private final ProductNodes products;
  private final AttentionMasks masks;
  private final Map<String, Scores> scores = new HashMap<>();

  /** Which weights are no numbers, as PyTorch asks after a softmax over nothing. */
  private final Map<String, Scores> noNumbers = new HashMap<>();

  AttentionNodes(OnnxImport into, PartedValues parted) {
    this.into = into;
    this.parted = parted;
    this.masks = new AttentionMasks(into);
    this.whole = new WholeAttention(into, parted, this, masks);
    this.products = into.products();
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
      node.inputs().forEach(name -> makeValue(node, name));
      return false;
    }
    (node.operator().equals("IsNaN") ? noNumbers : scores).put(node.outputs().getFirst(), made);
    return true;
  }

  boolean takesScores(Node node) {
    return node.inputs().stream().anyMatch(scores::containsKey);
  }

  /** Makes scores a value, as all others, for a node that is no part of attention. */
  void makeValue(Node node, String name) {
    Scores made = scores.remove(name);
    if (made != null) {
      parted.put(name, products.value(node, made));
    }
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
      case "Add" ->
          into.isConstant(node, 1 - at) ? masks.added(taken, into.constant(node, 1 - at)) : null;
      case "Where" -> masks.chosen(node, taken, at);
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
    return AttentionMasks.mayBeScaled(taken, factor) ? taken.times(factor) : null;
  }

  private Scores soft(Node node, Scores taken) {
    long rank = taken.query.groups().length;
    long axis = node.integer("axis", into.model().opset() < 13 ? 1 : -1);
    boolean isLast = axis == -1 || axis == rank - 1;
    return isLast ? taken.soft() : null;
  }

  private boolean product(Node node) {
    String first = node.inputs().getFirst();
    String second = node.inputs().getLast();
    makeValue(node, second);
    Scores weights = scores.get(first);
    if (weights != null && weights.isSoft && parted.get(second) != null) {
      complete(node, weights, parted.get(second));
      return true;
    }
    makeValue(node, first);
    Parted left = parted.get(first);
    Parted right = parted.get(second);
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
    List<Parted> alike = products.alike(node, left, right);
    scores.put(node.outputs().getFirst(), Scores.of(alike.getFirst(), alike.getLast(), 1, false));
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
              + ", which can be read between steps of a known number alone, example by example");
    }
  }

  /**
   * Whether the extents before the last two are the same, each in its place: where ones stand in
   * other places, one value is repeated for the other.
   */
  static boolean haveOneLead(Parted a, Parted b) {
    return leads(a).equals(leads(b));
  }

  /** The extents before the last two, those that are one together, without ones. */
  private static List<List<Long>> leads(Parted value) {
    long[] atoms = value.apart().shape();
    List<List<Long>> leads = new ArrayList<>();
    for (int i = 0; i < value.groups().length - 2; i++) {
      int start = value.start(i);
      leads.add(
          Arrays.stream(atoms, start, start + value.groups()[i])
              .filter(extent -> extent != 1)
              .boxed()
              .toList());
    }
    return leads;
  }

  void complete(Node node, Scores weights, Parted value) {
    needsSteps(node, value);
    boolean areAlike = haveOneLead(weights.query, weights.key) && haveOneLead(weights.query, value);
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
              + " as many heads of values as of queries");
    }
    double factor = weights.factor * scale(weights.query) * scale(weights.key);
    long numbers = weights.query.apart().last();
    Chain query = inSteps(node, unscaled(weights.query), weights.query, false);
    if (Math.abs(factor * Math.sqrt(numbers) - 1) > NEAR) {
      query = query.with(NumberNodes.layer(factor * Math.sqrt(numbers), 0));
    }
    Chain key = inSteps(node, unscaled(weights.key), weights.key, true);
    Chain ofValues = inSteps(node, value.apart(), value, false);
    long heads = weights.heads();
    Layer.Weights mask = masks.ofLayer(node, weights, heads);
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("heads", Scalar.of(heads));
    settings.put("D", Scalar.of(heads * numbers));
    settings.put("causal", Scalar.of(weights.isCausal && mask == null));
    Chain chain = attention(node, query, key, ofValues, settings, mask);
    parted.noteMaker(node);
    parted.put(
        node.outputs().getFirst(), inOrder(node, chain, weights.query, value.apart().last()));
  }

  private Chain attention(
      Node node,
      Chain query,
      Chain key,
      Chain value,
      Map<String, Scalar> settings,
      Layer.Weights mask) {
    Chain start = query.commonWith(key).commonWith(value);
    long layers = 1 + query.all() + key.all() + value.all() - 3 * start.all();
    JoinNodes.needsFewLayers(into, node, layers, "puts together values");
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.QUERY, query.since(start));
    branches.put(Layer.KEY, key.since(start));
    branches.put(Layer.VALUE, value.since(start));
    Map<String, Layer.Weights> weights = mask == null ? Map.of() : Map.of("mask", mask);
    return start.with(new Layer(Layer.ATTENTION, weights, settings, branches), layers);
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
