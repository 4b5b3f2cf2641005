package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.AttentionNodes.Scores;
import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.formats.onnx.PartedValues.Parted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Reads masks of attention, constants that are added to scores or chosen instead of them. One that
 * leaves out the steps behind each and nothing else makes the layer causal, others are numbers of
 * the layer.
 */
final class AttentionMasks {
  /** What is added to scores that do not count. */
  private static final double LEAST_MASK = -9e3;

  private final OnnxImport into;

  AttentionMasks(OnnxImport into) {
    this.into = into;
  }

  /** With what is added; null where that does not have the extents of scores. */
  Scores added(Scores taken, OnnxTensor mask) {
    if (Arrays.stream(mask.cells()).allMatch(cell -> cell == 0)) {
      return taken;
    }
    if (isCausal(taken, mask, LEAST_MASK)) {
      return taken.causal();
    }
    double[] cells = ofAllHeads(taken, mask);
    return cells == null ? null : taken.with(cells);
  }

  /** Scores where a condition holds, or does not, and else a number far below them. */
  Scores chosen(Node node, Scores taken, int at) {
    if (at == 0 || !into.isConstant(node, 0) || !into.isConstant(node, 3 - at)) {
      return null;
    }
    OnnxTensor other = into.constant(node, 3 - at);
    if (!other.isOneCell() || !(other.cells()[0] <= LEAST_MASK)) {
      return null;
    }
    boolean isKept = at == 1;
    double none = Double.NEGATIVE_INFINITY;
    return added(taken, into.constant(node, 0).map(cell -> (cell != 0) == isKept ? 0 : none));
  }

  /** Why {@link #added} was null. */
  FormatException problem(Node node, OnnxTensor mask, String query) {
    return into.problem(
        node,
        areSummands(mask)
            ? "has a mask of "
                + mask.extents()
                + " for "
                + query
                + ", which is not one for the steps and keys of all examples, or of each head"
            : "has a mask of what are no numbers, or of Inf, which is not finite and not -Inf");
  }

  private static boolean areSummands(OnnxTensor mask) {
    return Arrays.stream(mask.cells())
        .allMatch(cell -> Double.isFinite(cell) || cell == Double.NEGATIVE_INFINITY);
  }

  /** False where what is left out might count then, since it may have been a large number. */
  static boolean mayBeScaled(Scores taken, double factor) {
    boolean isOfNumbers =
        !taken.isCausal()
            && (taken.mask() == null || Arrays.stream(taken.mask()).allMatch(Double::isFinite));
    return isOfNumbers ? Double.isFinite(factor) : factor >= 1 && Double.isFinite(factor);
  }

  /** The numbers of a layer, T x S or heads*T x S; null for one that has no mask or is causal. */
  Layer.Weights ofLayer(Node node, Scores made, long heads) {
    if (made.mask() == null) {
      return null;
    }
    int steps = (int) made.steps();
    int keys = (int) made.keys();
    double[] cells = made.isCausal() ? withCausal(made) : made.mask();
    for (int row = 0; row < heads * steps; row++) {
      double most = DoubleStream.of(cells).skip((long) row * keys).limit(keys).max().orElse(0);
      if (!(most > LEAST_MASK) || most == Double.POSITIVE_INFINITY) {
        // The softmax of nothing is no number, or depends on how many digits scores have.
        throw into.problem(
            node,
            "has a mask that leaves step "
                + (row % steps + 1)
                + " nothing to see, or is of what are no numbers");
      }
    }
    boolean areAlike = true;
    int each = steps * keys;
    for (int i = each; i < cells.length && areAlike; i++) {
      areAlike = cells[i] == cells[i - each];
    }
    return areAlike
        ? new Layer.Weights(steps, keys, Arrays.copyOf(cells, each))
        : new Layer.Weights((int) heads * steps, keys, cells);
  }

  private static double[] withCausal(Scores made) {
    double[] cells = made.mask().clone();
    for (int i = 0; i < cells.length; i++) {
      boolean isSeen = i % made.keys() <= i / made.keys() % made.steps();
      cells[i] = isSeen ? cells[i] : Double.NEGATIVE_INFINITY;
    }
    return cells;
  }

  /**
   * The numbers of a mask for each head, which may be repeated for heads, steps and keys; null
   * where it has other extents, such as a number for each example.
   */
  private double[] ofAllHeads(Scores taken, OnnxTensor mask) {
    Parted query = taken.query();
    int rank = query.groups().length;
    int extra = rank - mask.extents().size();
    if (extra < 0 || !areSummands(mask)) {
      return null;
    }
    // With all extents apart, of which the examples and what lies beside them must be 1.
    List<Long> apart = new ArrayList<>();
    List<Long> wanted = new ArrayList<>();
    long[] shape = query.apart().shape();
    shape[shape.length - 1] = taken.keys();
    for (int i = 0; i < rank; i++) {
      long given = i < extra ? 1 : mask.extents().get(i - extra);
      if (query.groups()[i] > 1 && given != 1) {
        return null;
      }
      for (int atom = query.start(i); atom < query.start(i) + query.groups()[i]; atom++) {
        apart.add(given);
        wanted.add(shape[atom] == ShapeValues.EXAMPLES ? 1 : shape[atom]);
      }
    }
    OnnxTensor same = OnnxTensor.of(apart, mask.cells());
    OnnxTensor all = into.folded().cells().repeated(same, wanted);
    return all == null ? null : all.cells();
  }

  /** Zeros for each step and those before it, and at most so much behind it. */
  private static boolean isCausal(Scores taken, OnnxTensor mask, double most) {
    long steps = taken.steps();
    long keys = taken.keys();
    int rank = mask.extents().size();
    boolean isSquare =
        rank >= 2
            && rank <= taken.query().groups().length
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
}
