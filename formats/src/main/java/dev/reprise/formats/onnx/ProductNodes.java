package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.AttentionNodes.Scores;
import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.formats.onnx.PartedValues.Parted;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes layers of products of two values that are no part of attention: of matrices that each
 * example has some of, such as those between all pairs of steps.
 */
final class ProductNodes {
  private final OnnxImport into;

  ProductNodes(OnnxImport into) {
    this.into = into;
  }

  /**
   * Two values whose matrices are as many, of which one may have extents of 1 that the other has
   * not.
   */
  List<Parted> alike(Node node, Parted left, Parted right) {
    List<Parted> made =
        AttentionNodes.haveOneLead(left, right) ? List.of(left, right) : repeated(left, right);
    if (made == null || !AttentionNodes.haveOneLead(made.getFirst(), made.getLast())) {
      throw into.problem(
          node,
          "takes the products of "
              + AttentionNodes.words(left)
              + " and "
              + AttentionNodes.words(right)
              + ", which are not as many matrices of each example");
    }
    return made;
  }

  /** Null where they do not fit. */
  private List<Parted> repeated(Parted left, Parted right) {
    Value a = left.apart();
    Value b = right.apart();
    long[] ofA = a.shape();
    long[] ofB = b.shape();
    if (!left.isPlain() || !right.isPlain() || ofA.length != ofB.length) {
      return null;
    }
    for (int i = 0; i < ofA.length - 2; i++) {
      boolean isOfA = ofA[i] == 1 && ofB[i] != ShapeValues.EXAMPLES;
      boolean isOfB = ofB[i] == 1 && ofA[i] != ShapeValues.EXAMPLES;
      ofA[i] = isOfA ? ofB[i] : ofA[i];
      ofB[i] = isOfB ? ofA[i] : ofB[i];
    }
    Value moreOfA = ReduceNodes.repeated(into, a, ofA);
    Value moreOfB = ReduceNodes.repeated(into, b, ofB);
    return moreOfA == null || moreOfB == null
        ? null
        : List.of(PartedValues.plain(moreOfA), PartedValues.plain(moreOfB));
  }

  /** The product with a constant of several matrices, which are the same for all examples. */
  void withConstant(Node node, OnnxTensor constant, boolean isRight) {
    Value value = into.value();
    long[] shape = value.shape();
    OnnxTensor all = ofExample(constant, shape, value);
    Layer layer =
        new Layer(Layer.CONSTANT, Map.of("value", (all == null ? constant : all).row()), Map.of());
    Value other = value.with(value.chain().with(layer)).shaped(shape);
    Value left = isRight ? value : other;
    Value right = isRight ? other : value;
    boolean fits = all != null && left.last() == right.extents()[right.extents().length - 2];
    if (!fits) {
      throw into.problem(
          node,
          "multiplies "
              + into.words()
              + " with "
              + constant.extents()
              + ", which is not one matrix for all rows, nor matrices of an example");
    }
    List<Parted> alike = alike(node, PartedValues.plain(left), PartedValues.plain(right));
    into.becomes(value(node, Scores.of(alike.getFirst(), alike.getLast(), 1, false)).apart());
  }

  /**
   * A constant with the matrices of an example, since those that it has are repeated for extents of
   * the value; null where it does not fit. Extents end together, and that of the examples is 1.
   *
   * @param shape that of the value; becomes that of the constant
   */
  private OnnxTensor ofExample(OnnxTensor constant, long[] shape, Value value) {
    int extra = shape.length - constant.extents().size();
    int place = value.place();
    boolean isForAll =
        extra >= 0
            && place < shape.length - 2
            && (place < extra || constant.extents().get(place - extra) == 1);
    if (!isForAll || value.width() < 1) {
      return null;
    }
    for (int i = extra; i < shape.length; i++) {
      long given = constant.extents().get(i - extra);
      boolean isRepeated = given == 1 && i < shape.length - 2;
      shape[i] = isRepeated ? shape[i] : given;
    }
    List<Long> extents = new ArrayList<>(Arrays.stream(shape).boxed().toList());
    extents.set(place, 1L);
    return into.folded().cells().repeated(constant, extents);
  }

  /** Scores, or their softmax, as a value; a mask of numbers is added as others are. */
  Parted value(Node node, Scores made) {
    boolean isOfNumbers =
        !made.isCausal()
            && (made.mask() == null || Arrays.stream(made.mask()).allMatch(Double::isFinite));
    if (!isOfNumbers) {
      throw into.problem(
          node,
          "takes products of values some of which a mask leaves out in a way that is not attention:"
              + " scaling, softmax, and a product with values");
    }
    into.becomes(multiplied(node, made));
    if (made.factor() != 1) {
      into.add(NumberNodes.layer(made.factor(), 0));
    }
    if (made.mask() != null) {
      into.add(ScaleNodes.shift(made.mask()));
    }
    if (made.isSoft()) {
      RowNodes.addToSteps(into, new Layer("softmax", Map.of(), Map.of()));
    }
    return new Parted(into.value(), made.query().groups());
  }

  private Value multiplied(Node node, Scores made) {
    Chain left = made.query().apart().chain();
    Chain right = made.key().apart().chain();
    Chain start = left.commonWith(right);
    long layers = 1 + left.all() + right.all() - 2 * start.all();
    JoinNodes.needsFewLayers(into, node, layers, "multiplies values");
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("groups", Scalar.of(made.heads()));
    settings.put("rows", Scalar.of(made.steps()));
    settings.put("inner", Scalar.of(made.query().apart().last()));
    settings.put("cols", Scalar.of(made.keys()));
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.LEFT, left.since(start));
    branches.put(Layer.RIGHT, right.since(start));
    Layer product = new Layer(Layer.MATMUL, Map.of(), settings, branches);
    long[] shape = made.query().apart().shape();
    shape[shape.length - 1] = made.keys();
    return made.query().apart().with(start.with(product, layers)).shaped(shape);
  }
}
