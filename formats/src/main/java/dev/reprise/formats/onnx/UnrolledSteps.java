package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Which step of which sequence a value is, where steps are taken one by one: from the first on, or
 * from the last on of a sequence that a Slice has turned round, which no layer does by itself.
 */
final class UnrolledSteps {

  /**
   * One step.
   *
   * @param source what makes the sequence
   * @param isTurned whether steps are counted from the last one on
   * @param number from 0
   * @param count of all steps of the sequence
   */
  record Step(Chain source, boolean isTurned, long number, long count) {
    boolean isLast() {
      return number == count - 1;
    }

    boolean isOfThoseOf(Step other) {
      return source == other.source && isTurned == other.isTurned;
    }
  }

  /**
   * A sequence that is turned round, or some of its steps, whose extents are steps, examples and
   * numbers; of one step that of steps may have gone.
   */
  private record Turned(Value of, long from, long to) {
    Step step() {
      return new Step(of.chain(), true, from, of.extents()[0]);
    }
  }

  private final OnnxImport into;
  private final Map<String, Turned> turned = new HashMap<>();

  UnrolledSteps(OnnxImport into) {
    this.into = into;
  }

  /** Notes what a node puts out, if that is turned round; else false. */
  boolean read(Node node) {
    Turned made =
        switch (node.operator()) {
          case "Slice" -> sliced(node);
          case "Squeeze" -> squeezed(node);
          default -> null;
        };
    if (made != null) {
      turned.put(node.outputs().getFirst(), made);
    }
    return made != null;
  }

  boolean isTurned(String name) {
    return turned.containsKey(name);
  }

  private Turned sliced(Node node) {
    String name = node.inputs().getFirst();
    long[] bounds = bounds(node);
    if (bounds == null) {
      return null;
    }
    Turned before = turned.get(name);
    if (before != null) {
      boolean isPart =
          bounds[3] == 1
              && bounds[2] == 0
              && before.from == 0
              && bounds[0] >= 0
              && bounds[1] > bounds[0]
              && bounds[1] <= before.to;
      return isPart ? new Turned(before.of, bounds[0], bounds[1]) : null;
    }
    Value whole = into.value(name);
    boolean isTurned =
        whole != null
            && whole.place() == 1
            && whole.extents().length == 2
            && whole.width() > 0
            && bounds[2] == 0
            && bounds[3] == -1
            && (bounds[0] == -1 || bounds[0] >= whole.extents()[0] - 1)
            && bounds[1] < -whole.extents()[0];
    return isTurned ? new Turned(whole, 0, whole.extents()[0]) : null;
  }

  /** First, end, axis and step of a slice along one axis; null for others. */
  private long[] bounds(Node node) {
    long[] bounds = {0, 0, 0, 1};
    for (int i = 0; i < bounds.length; i++) {
      boolean isStated = OnnxImport.has(node, i + 1);
      long[] given = isStated ? into.shapes().numbers(node.inputs().get(i + 1)) : null;
      boolean isOne = given != null && given.length == 1;
      if (isStated != isOne || !isStated && i < 3) {
        return null;
      }
      bounds[i] = isStated ? given[0] : bounds[i];
    }
    return bounds;
  }

  private Turned squeezed(Node node) {
    Turned before = turned.get(node.inputs().getFirst());
    boolean isOne = before != null && before.to == before.from + 1;
    return isOne && Arrays.equals(into.axes(node), new long[] {0}) ? before : null;
  }

  /** The step of so many numbers that a value is; null for all others. */
  Step of(String name, long width) {
    Turned back = turned.get(name);
    if (back != null) {
      boolean isOne = back.to == back.from + 1 && back.of.last() == width;
      return isOne ? back.step() : null;
    }
    Value x = into.value(name);
    Layer taken = x == null ? null : x.chain().layer();
    boolean isStep =
        taken != null
            && (Arrays.equals(x.shape(), new long[] {ShapeValues.EXAMPLES, width})
                || Arrays.equals(x.shape(), new long[] {1, ShapeValues.EXAMPLES, width}));
    if (!isStep) {
      return null;
    }
    Chain source = x.chain().before();
    long all = into.widthOf(source);
    long first = all < 1 || all % width != 0 ? -1 : first(taken, all, width);
    boolean isWhole = first >= 0 && first % width == 0;
    return isWhole ? new Step(source, false, first / width, all / width) : null;
  }

  /** The first of a step's columns, from 0; -1 for what is no step. */
  private static long first(Layer taken, long all, long width) {
    if (taken.type().equals("last_step") && taken.settings().get("D").asLong() == width) {
      return all - width;
    }
    if (!taken.type().equals(Layer.COLUMNS)) {
      return -1;
    }
    long from = taken.settings().get("from").asLong() - 1;
    return taken.settings().get("to").asLong() == from + width ? from : -1;
  }
}
