package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads nodes that take a part of values along an axis: columns of rows, and so channels of images,
 * or of each step. A part of what was put side by side is a part of what it was before, and parts
 * that are put side by side again are one: PyTorch takes the last states of both directions of
 * recurrent layers so.
 */
final class PartNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of("Split", (into, node) -> into.parts().split(node));

  private final OnnxImport into;

  /** Of layers that put values side by side what these are, and of those with columns whose. */
  private final Map<Layer, List<Part>> sources = new IdentityHashMap<>();

  PartNodes(OnnxImport into) {
    this.into = into;
  }

  /** Rows that a chain of layers makes, of so many numbers. */
  record Part(Chain chain, long width) {}

  private void split(Node node) {
    Value whole = into.value();
    long[] shape = whole.shape();
    int axis = axis(node, node.integer("axis", 0), shape.length);
    long[] sizes = sizes(node, shape[axis]);
    long from = 0;
    for (int i = 0; i < sizes.length; i++) {
      into.becomes(whole);
      take(node, axis, from, from + sizes[i]);
      from += sizes[i];
      if (OnnxImport.hasOutput(node, i)) {
        into.put(node.outputs().get(i), into.value());
      }
    }
    into.becomes(whole);
    if (OnnxImport.hasOutput(node, 0)) {
      into.becomes(into.value(node.outputs().getFirst()));
    }
  }

  private long[] sizes(Node node, long extent) {
    int count = node.outputs().size();
    List<Long> attribute = node.integers("split");
    long[] sizes = new long[count];
    if (OnnxImport.has(node, 1)) {
      sizes = into.shapes().numbers(node.inputs().get(1));
    } else if (attribute != null) {
      sizes = attribute.stream().mapToLong(Long::longValue).toArray();
    } else {
      // The last one may be smaller.
      long each = Math.ceilDiv(extent, count);
      Arrays.fill(sizes, each);
      sizes[count - 1] = extent - each * (count - 1);
    }
    boolean fits =
        sizes != null
            && sizes.length == count
            && Arrays.stream(sizes).allMatch(size -> size > 0 && size <= extent)
            && Arrays.stream(sizes).sum() == extent;
    if (!fits) {
      throw into.problem(
          node, "cuts " + into.words() + " into parts whose sizes are not known or do not fit");
    }
    return sizes;
  }

  private int axis(Node node, long given, int rank) {
    long axis = given < 0 ? given + rank : given;
    if (axis < 0 || axis >= rank || axis == into.value().place()) {
      throw into.problem(node, "takes some of the examples, which no layer does");
    }
    return (int) axis;
  }

  /** Positions from one to before another one along an axis of the value at hand. */
  void take(Node node, int axis, long from, long to) {
    Value value = into.value();
    long[] shape = value.shape();
    long before = 1;
    long behind = 1;
    for (int i = 0; i < shape.length; i++) {
      long extent = i == value.place() ? 1 : shape[i];
      before = i < axis && (before != 1 || extent != 1) ? -1 : before;
      behind = i > axis ? (behind < 0 || extent < 0 ? -1 : behind * extent) : behind;
    }
    boolean isOfSteps = before != 1 && axis == shape.length - 1;
    if (shape[axis] < 1 || behind < 0 || before != 1 && !isOfSteps) {
      throw into.problem(
          node,
          "takes a part of a value, "
              + into.words()
              + ", that is neither columns or channels of a known size nor the last step");
    }
    if (isOfSteps && to - from < shape[axis]) {
      RowNodes.addToSteps(into, columns(from, to));
    } else {
      Part whole = new Part(value.chain(), shape[axis] * behind);
      into.becomes(value.with(part(whole, from * behind, to * behind)));
    }
    shape[axis] = to - from;
    into.becomes(into.value().shaped(shape));
  }

  private static Layer columns(long from, long to) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("from", Scalar.of(from + 1));
    settings.put("to", Scalar.of(to));
    return new Layer(Layer.COLUMNS, Map.of(), settings);
  }

  /** Columns from one to before another one. */
  private Chain part(Part of, long from, long to) {
    if (from == 0 && to == of.width) {
      return of.chain;
    }
    Layer layer = of.chain.layer();
    List<Part> before = sources.getOrDefault(layer, List.of());
    if (!before.isEmpty() && layer.type().equals(Layer.COLUMNS)) {
      long first = from(layer);
      return part(before.getFirst(), first + from, first + to);
    }
    long at = 0;
    for (Part one : before) {
      if (from >= at && to <= at + one.width) {
        return part(one, from - at, to - at);
      }
      at += one.width;
    }
    Map<String, Scalar> settings = new LinkedHashMap<>(columns(from, to).settings());
    if (layer == null) {
      // For files that are written.
      settings.put("D", Scalar.of(of.width));
    }
    Layer columns = new Layer(Layer.COLUMNS, Map.of(), settings);
    sources.put(columns, List.of(of));
    return of.chain.with(columns);
  }

  private static long from(Layer columns) {
    return columns.settings().get("from").asLong() - 1;
  }

  /** Notes what a layer puts side by side, whole rows of known widths. */
  void note(Layer concat, List<Part> parts) {
    if (parts.stream().allMatch(part -> part.width > 0)) {
      sources.put(concat, List.copyOf(parts));
    }
  }

  /** The same rows, in which neighbours that were columns of one value are that value's again. */
  List<Part> together(List<Part> parts) {
    List<Part> joined = new ArrayList<>();
    for (Part next : parts) {
      Part last = joined.isEmpty() ? null : joined.getLast();
      Part source = last == null ? null : source(last);
      boolean goesOn =
          source != null
              && isSame(source, source(next))
              && from(last.chain.layer()) + last.width == from(next.chain.layer());
      if (goesOn) {
        long from = from(last.chain.layer());
        long to = from + last.width + next.width;
        joined.set(joined.size() - 1, new Part(part(source, from, to), to - from));
      } else {
        joined.add(next);
      }
    }
    return Collections.unmodifiableList(joined);
  }

  private static boolean isSame(Part a, Part b) {
    return b != null && a.chain == b.chain && a.width == b.width;
  }

  private Part source(Part part) {
    Layer layer = part.chain.layer();
    boolean isColumns = layer != null && layer.type().equals(Layer.COLUMNS);
    List<Part> of = isColumns ? sources.getOrDefault(layer, List.of()) : List.of();
    return of.isEmpty() ? null : of.getFirst();
  }
}
