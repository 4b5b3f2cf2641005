package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Shapes that a model computes from that of a value, as PyTorch writes {@code x.view(x.size(0),
 * -1)}: Shape, then Gather or Slice, Unsqueeze and Concat, and at the end a Reshape. The number of
 * examples, which is known only later, stands in such a shape as {@link #EXAMPLES}, which is also
 * what Reshape calls the extent that stays.
 */
final class ShapeValues {
  /** For the number of examples. */
  static final long EXAMPLES = 0;

  /**
   * For an extent that is known only later, such as the number of steps; -1 in a shape is what
   * Reshape is to find.
   */
  static final long OPEN = Long.MIN_VALUE;

  /** Plus a factor: so many times the number of examples, as of heads that lie beside examples. */
  private static final long TIMES = Long.MIN_VALUE / 2;

  /** Extents whose product is a long, too. */
  private static final long MOST = Integer.MAX_VALUE;

  /** Whole numbers up to here are floats, too; less than the shapes of all models. */
  private static final long MOST_AS_FLOAT = 1 << 24;

  private static final long YES = TIMES - 1;
  private static final long NO = TIMES - 2;

  private static final List<Long> FLOATS = List.of(1L, 11L);
  private static final long WHOLE = 7;
  private static final List<Long> INTEGERS = List.of(6L, WHOLE);

  private final Map<String, OnnxTensor> constants;
  private final Map<String, long[]> known = new HashMap<>();

  /** The types of those of {@link #known} that were made other than whole numbers of 8 bytes. */
  private final Map<String, Long> types = new HashMap<>();

  ShapeValues(Map<String, OnnxTensor> constants) {
    this.constants = constants;
  }

  /**
   * Computes what a node puts out, if it is a part of a shape.
   *
   * @param shapes of all that layers have made so far, by its name; null for what they have not
   * @return false for nodes of all other kinds
   */
  boolean read(Node node, Function<String, long[]> shapes) {
    long[] shape =
        switch (node.operator()) {
          case "Shape" -> shape(node, shapeOf(node.inputs().getFirst(), shapes));
          case "Gather" -> gathered(node);
          case "Slice" -> sliced(node);
          case "Unsqueeze", "Squeeze", "Reshape" -> known.get(node.inputs().getFirst());
          case "Cast" -> cast(node);
          case "Concat" -> joined(node.inputs());
          case "Mul", "Add", "Sub", "Div", "Mod" -> computed(node);
          case "Equal" -> compared(node);
          case "Where" -> chosen(node);
          default -> null;
        };
    if (shape == null) {
      return false;
    }
    if (node.operator().equals("Cast")) {
      types.put(node.outputs().getFirst(), node.integer("to", 0));
    } else if (!node.operator().equals("Shape")) {
      node.inputs().stream()
          .filter(types::containsKey)
          .findFirst()
          .ifPresent(name -> types.put(node.outputs().getFirst(), types.get(name)));
    }
    known.put(node.outputs().getFirst(), shape);
    return true;
  }

  /** Of extents by their name; 0 for what is none. */
  int type(String name) {
    return known.containsKey(name) ? types.getOrDefault(name, WHOLE).intValue() : 0;
  }

  private boolean areFloats(String name) {
    return FLOATS.contains(types.getOrDefault(name, WHOLE));
  }

  /** The same numbers in a type that has them all; null in others. */
  private long[] cast(Node node) {
    long[] shape = known.get(node.inputs().getFirst());
    long type = node.integer("to", 0);
    boolean areFloats = FLOATS.contains(type);
    boolean isSame =
        shape != null
            && Arrays.stream(shape).noneMatch(ShapeValues::isTruth)
            && (areFloats || INTEGERS.contains(type))
            && (!areFloats || Arrays.stream(shape).allMatch(extent -> extent < MOST_AS_FLOAT));
    return isSame ? shape : null;
  }

  /** A shape of a value, whose open extents are -1, with {@link #OPEN} instead. */
  static long[] withOpen(long[] shape) {
    return Arrays.stream(shape).map(extent -> extent == -1 ? OPEN : extent).toArray();
  }

  static long[] withoutOpen(long[] shape) {
    return Arrays.stream(shape).map(extent -> extent == OPEN ? -1 : extent).toArray();
  }

  /** Positions or axes by their name; null when there are none, or they are known only later. */
  long[] numbers(String name) {
    long[] computed = constants.containsKey(name) ? null : known.get(name);
    boolean isLater =
        computed != null
            && Arrays.stream(computed)
                .anyMatch(extent -> extent == OPEN || isTruth(extent) || factor(extent) > 0);
    return isLater ? null : of(name);
  }

  /** A shape by its name, computed or constant; null when there is none of whole numbers. */
  long[] of(String name) {
    OnnxTensor constant = constants.get(name);
    if (constant == null) {
      return known.get(name);
    }
    long[] cells = new long[constant.cells().length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (long) constant.cells()[i];
      if (cells[i] != constant.cells()[i]) {
        return null;
      }
    }
    return cells;
  }

  /** So many times the number of examples. */
  static long times(long factor) {
    return factor == 1 ? EXAMPLES : TIMES + factor;
  }

  /** How many times the number of examples an extent is; 0 for those that are no multiples. */
  static long factor(long extent) {
    boolean isTimes = extent > TIMES && extent <= TIMES + MOST;
    return extent == EXAMPLES ? 1 : isTimes ? extent - TIMES : 0;
  }

  /** Of a value that layers make, or of several extents. */
  private long[] shapeOf(String name, Function<String, long[]> shapes) {
    long[] extents = known.get(name);
    return extents != null && extents.length > 1 ? new long[] {extents.length} : shapes.apply(name);
  }

  /** All extents, or from one to another. */
  private static long[] shape(Node node, long[] whole) {
    if (whole == null) {
      return null;
    }
    long[] shape = withOpen(whole);
    int from = bound(node.integer("start", 0), shape.length);
    int to = Math.max(from, bound(node.integer("end", shape.length), shape.length));
    return Arrays.copyOfRange(shape, from, to);
  }

  private long[] gathered(Node node) {
    long[] shape = known.get(node.inputs().getFirst());
    long[] positions = numbers(node.inputs().get(1));
    if (shape == null || positions == null) {
      return null;
    }
    long[] taken = new long[positions.length];
    for (int i = 0; i < taken.length; i++) {
      long position = positions[i] < 0 ? positions[i] + shape.length : positions[i];
      if (position < 0 || position >= shape.length) {
        return null;
      }
      taken[i] = shape[(int) position];
    }
    return taken;
  }

  /** One run of extents, step by step. */
  private long[] sliced(Node node) {
    long[] shape = known.get(node.inputs().getFirst());
    if (shape == null || node.inputs().size() < 3) {
      return null;
    }
    long[] first = numbers(node.inputs().get(1));
    long[] end = numbers(node.inputs().get(2));
    long[] step = node.inputs().size() > 4 ? numbers(node.inputs().get(4)) : new long[] {1};
    if (first == null || end == null || step == null || first.length != 1 || step.length != 1) {
      return null;
    }
    if (end.length != 1 || step[0] != 1) {
      return null;
    }
    int from = bound(first[0], shape.length);
    int to = Math.max(from, bound(end[0], shape.length));
    return Arrays.copyOfRange(shape, from, to);
  }

  private static int bound(long given, int length) {
    return (int) Math.clamp(given < 0 ? given + length : given, 0L, length);
  }

  private static boolean isTruth(long extent) {
    return extent == YES || extent == NO;
  }

  /** Which of two shapes' extents are equal; where one may be the number of examples, -1 is not. */
  private long[] compared(Node node) {
    boolean isComputed = node.inputs().stream().anyMatch(known::containsKey);
    long[] a = isComputed ? of(node.inputs().getFirst()) : null;
    long[] b = a == null ? null : of(node.inputs().getLast());
    if (b == null || a.length != b.length) {
      return null;
    }
    long[] equal = new long[a.length];
    for (int i = 0; i < a.length; i++) {
      boolean areKnown = a[i] > 0 && b[i] > 0 || a[i] == -1 || b[i] == -1;
      boolean isOpen = a[i] == OPEN || b[i] == OPEN;
      if (!areKnown || isOpen) {
        return null;
      }
      // Not 0, which stands for the number of examples.
      equal[i] = a[i] == b[i] ? YES : NO;
    }
    return equal;
  }

  /** Extents of one shape or another. */
  private long[] chosen(Node node) {
    long[] which = node.inputs().size() == 3 ? known.get(node.inputs().getFirst()) : null;
    long[] a = which == null ? null : of(node.inputs().get(1));
    long[] b = a == null ? null : of(node.inputs().get(2));
    if (b == null || a.length != which.length || b.length != which.length) {
      return null;
    }
    long[] taken = new long[which.length];
    for (int i = 0; i < taken.length; i++) {
      if (which[i] != YES && which[i] != NO) {
        return null;
      }
      taken[i] = which[i] == YES ? a[i] : b[i];
    }
    return taken;
  }

  /** Of two extents, at most one of them a multiple of the number of examples. */
  private long[] computed(Node node) {
    boolean isComputed = node.inputs().stream().anyMatch(known::containsKey);
    long[] a = isComputed ? of(node.inputs().getFirst()) : null;
    long[] b = a == null ? null : of(node.inputs().getLast());
    if (b == null || a.length != 1 || b.length != 1) {
      return null;
    }
    if (factor(a[0]) > 0 || factor(b[0]) > 0) {
      return ofExamples(node.operator(), a[0], b[0]);
    }
    if (a[0] < 1 || b[0] < 1) {
      return null;
    }
    boolean areFloats = node.inputs().stream().anyMatch(this::areFloats);
    if (areFloats && node.operator().equals("Div") && a[0] % b[0] != 0) {
      return null;
    }
    long result =
        switch (node.operator()) {
          case "Mul" -> a[0] * b[0];
          case "Div" -> a[0] / b[0];
          case "Add" -> a[0] + b[0];
          case "Mod" -> a[0] % b[0];
          default -> a[0] - b[0];
        };
    // Zero would stand for the number of examples, and less for what is not known.
    long most = areFloats ? MOST_AS_FLOAT : MOST;
    boolean isKnown = result > 0 && a[0] < most && b[0] < most && (!areFloats || result < most);
    return isKnown ? new long[] {result} : null;
  }

  private static long[] ofExamples(String operator, long a, long b) {
    boolean isFirst = factor(a) > 0;
    long factor = isFirst ? factor(a) : factor(b);
    long other = isFirst ? b : a;
    if (other < 1 || other > MOST) {
      return null;
    }
    if (operator.equals("Mul") && factor * other <= MOST) {
      return new long[] {times(factor * other)};
    }
    boolean isPart = operator.equals("Div") && isFirst && factor % other == 0;
    return isPart ? new long[] {times(factor / other)} : null;
  }

  private long[] joined(List<String> names) {
    long[] all = {};
    boolean isComputed = false;
    for (String name : names) {
      long[] part = of(name);
      if (part == null) {
        return null;
      }
      isComputed |= known.containsKey(name);
      long[] longer = Arrays.copyOf(all, all.length + part.length);
      System.arraycopy(part, 0, longer, all.length, part.length);
      all = longer;
    }
    return isComputed ? all : null;
  }
}
