package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads nodes that give the same cells, in their order, another shape. Stateless. */
final class ShapeNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "Flatten", ShapeNodes::flatten,
          "Reshape", ShapeNodes::reshape,
          "Squeeze", ShapeNodes::squeeze,
          "Unsqueeze", ShapeNodes::unsqueeze,
          "Cast", ShapeNodes::cast,
          "Identity", (into, node) -> {});

  /** Numbers that ONNX gives to types: floats of 4, 2 and 8 bytes. */
  private static final List<Long> FLOATS = List.of(1L, 10L, 11L);

  /** Integers of 4 and 8 bytes. */
  private static final List<Long> INTEGERS = List.of(6L, 7L);

  /** Cells of an example. */
  private static final long MOST = Integer.MAX_VALUE;

  private ShapeNodes() {}

  private static void flatten(OnnxImport into, Node node) {
    if (node.integer("axis", 1) != 1 || into.value().place() != 0) {
      throw into.problem(node, "does not leave the examples apart");
    }
    into.layer("flatten");
    into.becomes(into.value().width());
  }

  private static void reshape(OnnxImport into, Node node) {
    long[] wanted = OnnxImport.has(node, 1) ? into.shapes().of(node.inputs().get(1)) : null;
    if (wanted == null) {
      throw into.problem(node, "needs a shape that is constant or follows from the images'");
    }
    boolean isZeroMeant = node.integer("allowzero", 0) != 0 && count(wanted, 0) > 0;
    long[] shape = isZeroMeant ? null : resolved(into, wanted, into.isConstant(node, 1));
    if (shape == null) {
      throw into.problem(node, "does not make rows, sequences or images of each example");
    }
    boolean isFlat = shape.length == 2 && shape[0] == ShapeValues.EXAMPLES;
    if (isFlat && into.extents().length != 1) {
      into.layer("flatten");
    }
    into.becomes(into.value().shaped(ShapeValues.withoutOpen(shape)));
  }

  /** The shape that comes out, with the examples where they are; null when that cannot be told. */
  private static long[] resolved(OnnxImport into, long[] wanted, boolean isConstant) {
    long[] before = ShapeValues.withOpen(into.value().shape());
    int place = into.value().place();
    if (wanted.length <= place) {
      return null;
    }
    long[] shape = wanted.clone();
    for (int i = 0; i < shape.length; i++) {
      if (i == place && shape[i] > 0 && shape[i] == into.examples()) {
        shape[i] = ShapeValues.EXAMPLES;
      } else if (i != place && shape[i] == 0) {
        // Zero stays what it was; a computed one is the number of examples, at another place.
        if (!isConstant || i >= before.length) {
          return null;
        }
        shape[i] = before[i];
      }
      if (shape[i] < -1 && shape[i] != ShapeValues.OPEN) {
        return null;
      }
      // Extents before the examples must stay, or cells of different examples were mixed.
      if (i < place && shape[i] != before[i]) {
        return null;
      }
    }
    return withInferred(wanted, shape, before, place);
  }

  /** Finds the extent that is to follow from the others. */
  private static long[] withInferred(long[] wanted, long[] shape, long[] before, int place) {
    int inferred = indexOf(shape, -1);
    boolean isInferred = inferred >= 0;
    // An open extent that was computed may be another value's. Where it matters that it is the same
    // it must be copied.
    boolean mayMix = isInferred && (inferred == place || place > 0);
    if (mayMix && indexOf(wanted, ShapeValues.OPEN) >= 0) {
      return null;
    }
    long open = count(before, ShapeValues.OPEN) - count(shape, ShapeValues.OPEN);
    long all = product(before);
    long known = product(shape);
    if (known < 1 || all < 1 || count(shape, -1) > 1) {
      return null;
    }
    boolean isSame = open == 0 && known == all;
    boolean fits = isSame;
    if (isInferred && inferred == place) {
      shape[place] = ShapeValues.EXAMPLES;
    } else if (isInferred) {
      fits = open > 0 || open == 0 && all % known == 0;
      shape[inferred] = open > 0 ? ShapeValues.OPEN : all / known;
    }
    return fits && shape[place] == ShapeValues.EXAMPLES ? shape : null;
  }

  private static long count(long[] shape, long extent) {
    return Arrays.stream(shape).filter(found -> found == extent).count();
  }

  private static int indexOf(long[] shape, long extent) {
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == extent) {
        return i;
      }
    }
    return -1;
  }

  /** Of the extents that are known, without the number of examples; -1 is more than can be. */
  private static long product(long[] shape) {
    return Arrays.stream(shape)
        .filter(extent -> extent > 0)
        .reduce(1, (a, b) -> a < 0 || b > MOST || a * b > MOST ? -1 : a * b);
  }

  private static void squeeze(OnnxImport into, Node node) {
    long[] before = into.value().shape();
    long[] axes = into.axes(node);
    List<Long> rest = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      boolean isTaken = axes != null && contains(axes, i, before.length);
      if (isTaken && before[i] != 1 || axes == null) {
        throw into.problem(node, "takes away extents that are not 1, or does not say which");
      }
      if (!isTaken) {
        rest.add(before[i]);
      }
    }
    into.becomes(into.value().shaped(rest.stream().mapToLong(Long::longValue).toArray()));
  }

  private static void unsqueeze(OnnxImport into, Node node) {
    long[] before = into.value().shape();
    long[] axes = into.axes(node);
    if (axes == null) {
      throw into.problem(node, "does not say where extents of 1 come in");
    }
    long[] shape = new long[before.length + axes.length];
    int from = 0;
    for (int i = 0; i < shape.length; i++) {
      boolean isNew = contains(axes, i, shape.length);
      if (!isNew && from == before.length) {
        throw into.problem(node, "has axes " + Arrays.toString(axes));
      }
      shape[i] = isNew ? 1 : before[from++];
    }
    into.becomes(into.value().shaped(shape));
  }

  private static boolean contains(long[] axes, int axis, int rank) {
    return Arrays.stream(axes).anyMatch(given -> given == axis || given + rank == axis);
  }

  static boolean isToIntegers(Node node) {
    return INTEGERS.contains(node.integer("to", 0));
  }

  /** Between floats, or of numbers of rows; {@link InputUses} sees that these are looked up. */
  private static void cast(OnnxImport into, Node node) {
    long type = node.integer("to", 0);
    boolean isInput = into.value().chain().layer() == null;
    if (type == TensorCells.BOOL) {
      into.add(ChoiceNodes.layer("!=", 0));
      into.kinds().areTruths(node.outputs().getFirst());
      return;
    }
    if (isToIntegers(node) && into.kinds().isWholeOrTruth(into.current())) {
      return;
    }
    if (!FLOATS.contains(type) && !(isInput && isToIntegers(node))) {
      throw into.problem(node, "rounds, or makes something else than numbers, which no layer does");
    }
  }
}
