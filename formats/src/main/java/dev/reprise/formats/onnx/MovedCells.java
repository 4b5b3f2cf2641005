package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Constants whose cells are taken to other places: turned, cut, repeated, put together. All of them
 * together may have so many cells, so that small files do not fill memory; what would be beyond
 * that is null, as is what does not fit.
 */
final class MovedCells {
  /** Cells that are made in all, beside those of the constants: small files stay small. */
  static final long MOST_CELLS = 1 << 23;

  private long left;

  /**
   * @param given cells of the model's constants
   */
  MovedCells(long given) {
    this.left = MOST_CELLS + 4 * given;
  }

  /** Takes cells from what may still be computed; false where that is too little. */
  boolean fits(List<Long> extents) {
    long cells = product(extents);
    if (cells > left) {
      return false;
    }
    left -= cells;
    return true;
  }

  static long cells(OnnxTensor tensor) {
    return product(tensor.extents());
  }

  /** Of extents, a number beyond all that fits where it is more. */
  static long product(List<Long> extents) {
    return extents.stream()
        .reduce(
            1L,
            (a, b) ->
                b < 0 || a > MOST_CELLS * 64 || b > MOST_CELLS * 64 ? Long.MAX_VALUE / 4 : a * b);
  }

  /** The extents of two values together; null where they do not fit. */
  static List<Long> together(List<Long> a, List<Long> b) {
    int rank = Math.max(a.size(), b.size());
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      long x = i < rank - a.size() ? 1 : a.get(i - rank + a.size());
      long y = i < rank - b.size() ? 1 : b.get(i - rank + b.size());
      if (x != y && x != 1 && y != 1) {
        return null;
      }
      all.add(x == 1 ? y : x);
    }
    return all;
  }

  OnnxTensor expanded(OnnxTensor tensor, OnnxTensor shape) {
    List<Long> wanted = Arrays.stream(shape.cells()).mapToObj(cell -> (long) cell).toList();
    List<Long> extents =
        wanted.stream().allMatch(extent -> extent > 0) ? together(tensor.extents(), wanted) : null;
    return extents == null || !fits(extents)
        ? null
        : taken(tensor, extents, places(tensor.extents(), extents));
  }

  /** Repeated to be of these extents; null where it does not fit them. */
  OnnxTensor repeated(OnnxTensor tensor, List<Long> extents) {
    boolean fits = extents.equals(together(tensor.extents(), extents));
    return fits && fits(extents) ? taken(tensor, extents, places(tensor.extents(), extents)) : null;
  }

  static OnnxTensor taken(OnnxTensor from, List<Long> extents, int[] places) {
    double[] cells = new double[places.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = from.cells()[places[i]];
    }
    return OnnxTensor.of(extents, cells);
  }

  /** For each cell of larger extents which one of the smaller ones' it is. */
  static int[] places(List<Long> small, List<Long> large) {
    int extra = large.size() - small.size();
    long[] steps = new long[large.size()];
    long step = 1;
    for (int i = large.size() - 1; i >= extra; i--) {
      steps[i] = small.get(i - extra) == 1 ? 0 : step;
      step *= small.get(i - extra);
    }
    return places(large, steps, 0);
  }

  /** For each cell of some extents its place, given how far apart neighbours of each extent lie. */
  static int[] places(List<Long> extents, long[] steps, long first) {
    int[] places = new int[(int) product(extents)];
    long[] at = new long[extents.size()];
    long place = first;
    for (int i = 0; i < places.length; i++) {
      places[i] = (int) place;
      for (int axis = extents.size() - 1; axis >= 0; axis--) {
        place += steps[axis];
        if (++at[axis] < extents.get(axis)) {
          break;
        }
        place -= at[axis] * steps[axis];
        at[axis] = 0;
      }
    }
    return places;
  }

  static long[] steps(List<Long> extents) {
    long[] steps = new long[extents.size()];
    long step = 1;
    for (int i = steps.length - 1; i >= 0; i--) {
      steps[i] = step;
      step *= extents.get(i);
    }
    return steps;
  }

  OnnxTensor triangle(Node node, List<OnnxTensor> inputs) {
    OnnxTensor whole = inputs.getFirst();
    boolean isUpper = node.integer("upper", 1) != 0;
    OnnxTensor k = inputs.size() > 1 ? inputs.get(1) : null;
    int rank = whole.extents().size();
    if (rank < 2 || k != null && !k.isOneCell() || !fits(whole.extents())) {
      return null;
    }
    double diagonal = k == null ? 0 : k.cells()[0];
    long cols = whole.extents().get(rank - 1);
    long rows = whole.extents().get(rank - 2);
    double[] cells = whole.cells().clone();
    for (int i = 0; i < cells.length; i++) {
      double above = i % cols - i / cols % rows - diagonal;
      if (isUpper ? above < 0 : above > 0) {
        cells[i] = 0;
      }
    }
    return OnnxTensor.of(whole.extents(), cells);
  }

  OnnxTensor transposed(Node node, OnnxTensor tensor) {
    int rank = tensor.extents().size();
    List<Long> order = node.integers("perm");
    List<Long> all = IntStream.range(0, rank).mapToObj(Long::valueOf).toList();
    if (order == null) {
      order = all.reversed();
    }
    if (!order.stream().sorted().toList().equals(all) || !fits(tensor.extents())) {
      return null;
    }
    long[] steps = steps(tensor.extents());
    List<Long> extents = order.stream().map(i -> tensor.extents().get(i.intValue())).toList();
    long[] moved = order.stream().mapToLong(i -> steps[i.intValue()]).toArray();
    return taken(tensor, extents, places(extents, moved, 0));
  }

  static int axis(Node node, int rank, long fallback) {
    long axis = node.integer("axis", fallback);
    axis = axis < 0 ? axis + rank : axis;
    return axis >= 0 && axis < rank ? (int) axis : -1;
  }

  OnnxTensor joined(Node node, List<OnnxTensor> parts) {
    List<Long> first = parts.getFirst().extents();
    int axis = axis(node, first.size(), 0);
    long all = 0;
    for (OnnxTensor part : parts) {
      List<Long> same = new ArrayList<>(part.extents());
      if (axis < 0 || same.size() != first.size()) {
        return null;
      }
      all += same.set(axis, first.get(axis));
      if (!same.equals(first)) {
        return null;
      }
    }
    List<Long> extents = new ArrayList<>(first);
    extents.set(axis, all);
    if (!fits(extents)) {
      return null;
    }
    int outer = (int) product(first.subList(0, axis));
    double[] cells = new double[(int) product(extents)];
    int at = 0;
    for (int i = 0; i < outer; i++) {
      for (OnnxTensor part : parts) {
        int run = part.cells().length / outer;
        System.arraycopy(part.cells(), i * run, cells, at, run);
        at += run;
      }
    }
    return OnnxTensor.of(extents, cells);
  }

  OnnxTensor gathered(Node node, OnnxTensor from, OnnxTensor indices) {
    int axis = axis(node, from.extents().size(), 0);
    return axis < 0 ? null : gathered(from, axis, indices);
  }

  OnnxTensor gathered(OnnxTensor from, int axis, OnnxTensor indices) {
    long extent = from.extents().get(axis);
    List<Long> extents = new ArrayList<>(from.extents().subList(0, axis));
    extents.addAll(indices.extents());
    List<Long> behind = from.extents().subList(axis + 1, from.extents().size());
    extents.addAll(behind);
    boolean areThere =
        Arrays.stream(indices.cells())
            .allMatch(i -> i == Math.rint(i) && i >= -extent && i < extent);
    if (!areThere || !fits(extents)) {
      return null;
    }
    int run = (int) product(behind);
    int outer = (int) product(from.extents().subList(0, axis));
    double[] cells = new double[(int) product(extents)];
    int at = 0;
    for (int i = 0; i < outer; i++) {
      for (double index : indices.cells()) {
        long place = i * extent + (long) (index < 0 ? index + extent : index);
        System.arraycopy(from.cells(), (int) place * run, cells, at, run);
        at += run;
      }
    }
    return OnnxTensor.of(extents, cells);
  }

  OnnxTensor gatheredNd(Node node, OnnxTensor from, OnnxTensor indices) {
    int rank = indices.extents().size();
    if (rank == 0
        || node.integer("batch_dims", 0) != 0
        || indices.extents().getLast() > from.extents().size()) {
      return null;
    }
    int indexed = indices.extents().getLast().intValue();
    List<Long> behind = from.extents().subList(indexed, from.extents().size());
    List<Long> extents = new ArrayList<>(indices.extents().subList(0, rank - 1));
    extents.addAll(behind);
    if (indexed == 0 || product(extents) == 0 || !fits(extents)) {
      return null;
    }
    long[] steps = steps(from.extents());
    int run = (int) product(behind);
    double[] cells = new double[(int) product(extents)];
    for (int i = 0; i < cells.length / run; i++) {
      long place = 0;
      for (int axis = 0; axis < indexed; axis++) {
        double given = indices.cells()[i * indexed + axis];
        long extent = from.extents().get(axis);
        if (given != Math.rint(given) || given < -extent || given >= extent) {
          return null;
        }
        place += (long) (given < 0 ? given + extent : given) * steps[axis];
      }
      System.arraycopy(from.cells(), (int) place, cells, i * run, run);
    }
    return OnnxTensor.of(extents, cells);
  }

  OnnxTensor sliced(Node node, List<OnnxTensor> inputs) {
    OnnxTensor from = inputs.getFirst();
    int rank = from.extents().size();
    if (inputs.size() < 3 || inputs.subList(1, 3).contains(null)) {
      return null;
    }
    double[] first = inputs.get(1).cells();
    double[] end = inputs.get(2).cells();
    double[] axes =
        inputs.size() > 3 && inputs.get(3) != null
            ? inputs.get(3).cells()
            : IntStream.range(0, first.length).asDoubleStream().toArray();
    double[] by = inputs.size() > 4 && inputs.get(4) != null ? inputs.get(4).cells() : null;
    List<Long> extents = new ArrayList<>(from.extents());
    long[] steps = steps(from.extents());
    long start = 0;
    if (end.length != first.length
        || axes.length != first.length
        || by != null && by.length != first.length) {
      return null;
    }
    for (int i = 0; i < first.length; i++) {
      int axis = (int) (axes[i] < 0 ? axes[i] + rank : axes[i]);
      long step = by == null ? 1 : (long) by[i];
      if (axis < 0 || axis >= rank || step == 0 || from.extents().get(axis) == 0) {
        return null;
      }
      long extent = from.extents().get(axis);
      boolean isBack = step < 0;
      long most = isBack ? extent - 1 : extent;
      long a = (long) Math.clamp(first[i] < 0 ? first[i] + extent : first[i], 0, most);
      long b = (long) Math.clamp(end[i] < 0 ? end[i] + extent : end[i], isBack ? -1 : 0, most);
      extents.set(axis, Math.max(0, Math.ceilDiv(b - a, step)));
      start += a * steps[axis];
      steps[axis] *= step;
    }
    boolean isEmpty = product(extents) == 0;
    return isEmpty || !fits(extents) ? null : taken(from, extents, places(extents, steps, start));
  }

  /** Borders that mirror, repeat or go on with cells; not those of constants. */
  OnnxTensor bordered(Node node, List<OnnxTensor> inputs) {
    OnnxTensor from = inputs.getFirst();
    int rank = from.extents().size();
    String mode = node.text("mode", "constant");
    boolean isStated = inputs.size() > 1 && inputs.get(1) != null;
    List<Long> attribute = node.integers("pads");
    double[] pads =
        isStated
            ? inputs.get(1).cells()
            : attribute == null
                ? null
                : attribute.stream().mapToDouble(Long::doubleValue).toArray();
    boolean hasAxes = inputs.size() > 3 && inputs.get(3) != null;
    if (pads == null || pads.length != 2 * rank || hasAxes || mode.equals("constant")) {
      return null;
    }
    List<Long> extents = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      long extent = from.extents().get(axis);
      double most = mode.equals("reflect") ? extent - 1 : mode.equals("wrap") ? extent : 1 << 10;
      double more = Math.max(pads[axis], pads[axis + rank]);
      if (!(more <= most) || !(Math.min(pads[axis], pads[axis + rank]) >= 0)) {
        return null;
      }
      extents.add(extent + (long) pads[axis] + (long) pads[axis + rank]);
    }
    if (!fits(extents)) {
      return null;
    }
    OnnxTensor made = from;
    for (int axis = 0; axis < rank && made != null; axis++) {
      long extent = from.extents().get(axis);
      long first = (long) pads[axis];
      double[] index = new double[extents.get(axis).intValue()];
      for (int i = 0; i < index.length; i++) {
        long at = i - first;
        index[i] =
            switch (mode) {
              case "edge" -> Math.clamp(at, 0L, extent - 1);
              case "wrap" -> Math.floorMod(at, extent);
              default -> at < 0 ? -at : at >= extent ? 2 * (extent - 1) - at : at;
            };
      }
      made = gathered(made, axis, OnnxTensor.of(List.of((long) index.length), index));
    }
    return List.of("edge", "wrap", "reflect").contains(mode) ? made : null;
  }
}
