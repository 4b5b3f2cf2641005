package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * Computes nodes whose inputs are all known: weights that are cut or turned, masks of attention,
 * numbers of positions, as exporters leave them. A quotient whose type is not known is computed
 * where it is a whole number alone, since whole numbers are divided in another way than floats.
 */
final class FoldedNodes {
  /** Cells that are computed in all, beside those of the constants: small files stay small. */
  private static final long MOST_CELLS = 1 << 23;

  private static final List<String> OF_SHAPES =
      List.of("Expand", "ConstantOfShape", "Reshape", "Slice", "Tile", "Split");

  private static final Map<String, DoubleUnaryOperator> UNARY =
      Map.ofEntries(
          Map.entry("Neg", cell -> 0 - cell),
          Map.entry("Abs", Math::abs),
          Map.entry("Sqrt", Math::sqrt),
          Map.entry("Exp", Math::exp),
          Map.entry("Log", Math::log),
          Map.entry("Sin", Math::sin),
          Map.entry("Cos", Math::cos),
          Map.entry("Reciprocal", cell -> 1 / cell),
          Map.entry("Floor", Math::floor),
          Map.entry("Ceil", Math::ceil),
          Map.entry("Not", cell -> cell == 0 ? 1 : 0));

  private static final Map<String, DoubleBinaryOperator> BINARY =
      Map.ofEntries(
          Map.entry("Add", (a, b) -> a + b),
          Map.entry("Sub", (a, b) -> a - b),
          Map.entry("Mul", (a, b) -> a * b),
          Map.entry("Div", (a, b) -> a / b),
          Map.entry("Mod", (a, b) -> a - Math.floor(a / b) * b),
          Map.entry("Pow", Math::pow),
          Map.entry("Max", Math::max),
          Map.entry("Min", Math::min),
          Map.entry("Equal", (a, b) -> a == b ? 1 : 0),
          Map.entry("Less", (a, b) -> a < b ? 1 : 0),
          Map.entry("LessOrEqual", (a, b) -> a <= b ? 1 : 0),
          Map.entry("Greater", (a, b) -> a > b ? 1 : 0),
          Map.entry("GreaterOrEqual", (a, b) -> a >= b ? 1 : 0),
          Map.entry("And", (a, b) -> a != 0 && b != 0 ? 1 : 0),
          Map.entry("Or", (a, b) -> a != 0 || b != 0 ? 1 : 0));

  private final OnnxImport into;
  private final Map<String, Boolean> areWhole = new HashMap<>();
  private long left;

  FoldedNodes(OnnxImport into) {
    this.into = into;
    long given = into.model().constants().values().stream().mapToLong(FoldedNodes::cells).sum();
    this.left = MOST_CELLS + 4 * given;
  }

  private static long cells(OnnxTensor tensor) {
    return product(tensor.extents());
  }

  /** Of extents, a number beyond all that fits where it is more. */
  private static long product(List<Long> extents) {
    return extents.stream()
        .reduce(1L, (a, b) -> b < 0 || a > MOST_CELLS * 64 || b > MOST_CELLS * 64 ? Long.MAX_VALUE / 4 : a * b);
  }

  /** Adds what a node puts out to the constants, if all that it takes is known; else false. */
  boolean read(Node node) {
    if (node.operator().equals("Expand") && node.inputs().size() == 2 && forExamples(node)) {
      return true;
    }
    List<OnnxTensor> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      OnnxTensor known = name.isEmpty() ? null : known(node, name);
      if (known == null && !name.isEmpty()) {
        return false;
      }
      inputs.add(known);
    }
    if (inputs.isEmpty() || inputs.getFirst() == null) {
      return false;
    }
    if (node.operator().equals("Split")) {
      return split(node, inputs);
    }
    OnnxTensor made = computed(node, inputs);
    if (made == null) {
      return false;
    }
    put(node.outputs().getFirst(), made, whole(node, inputs));
    return true;
  }

  /** A constant that is repeated for each example, which is one that layers can put beside values. */
  private boolean forExamples(Node node) {
    OnnxTensor tensor = into.model().constants().get(node.inputs().getFirst());
    long[] shape = into.shapes().of(node.inputs().get(1));
    boolean isOfExamples =
        shape != null
            && !into.isConstant(node, 1)
            && Arrays.stream(shape).filter(extent -> extent == ShapeValues.EXAMPLES).count() == 1
            && Arrays.stream(shape).allMatch(extent -> extent >= 0);
    if (tensor == null || !isOfExamples) {
      return false;
    }
    double[] ones =
        Arrays.stream(shape)
            .mapToDouble(extent -> extent == ShapeValues.EXAMPLES ? 1 : extent)
            .toArray();
    OnnxTensor made = expanded(tensor, vector(ones));
    if (made == null || made.extents().size() != shape.length) {
      return false;
    }
    put(node.outputs().getFirst(), made, isWhole(node.inputs().getFirst()));
    into.concats().noteForExamples(node.outputs().getFirst());
    return true;
  }

  /**
   * The places in a value from which a node takes cells, from 0, in the shape of what it puts out.
   *
   * @param extents of the value, the node's first input
   * @return null where that is not known
   */
  OnnxTensor moved(Node node, List<Long> extents) {
    if (!fits(extents)) {
      return null;
    }
    List<OnnxTensor> inputs = new ArrayList<>();
    double[] places = IntStream.range(0, (int) product(extents)).asDoubleStream().toArray();
    inputs.add(OnnxTensor.of(extents, places));
    for (String name : node.inputs().subList(1, node.inputs().size())) {
      OnnxTensor known = name.isEmpty() ? null : known(node, name);
      if (known == null && !name.isEmpty()) {
        return null;
      }
      inputs.add(known);
    }
    return switch (node.operator()) {
      case "GatherND" -> gatheredNd(inputs.getFirst(), inputs.get(1));
      case "Pad" -> bordered(node, inputs);
      default -> computed(node, inputs);
    };
  }

  private OnnxTensor gatheredNd(OnnxTensor from, OnnxTensor indices) {
    int rank = indices.extents().size();
    if (rank == 0 || indices.extents().getLast() > from.extents().size()) {
      return null;
    }
    int indexed = indices.extents().getLast().intValue();
    List<Long> behind = from.extents().subList(indexed, from.extents().size());
    List<Long> extents = new ArrayList<>(indices.extents().subList(0, rank - 1));
    extents.addAll(behind);
    if (indexed == 0 || !fits(extents)) {
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

  /** Borders that mirror, repeat or go on with cells; not those of constants. */
  private OnnxTensor bordered(Node node, List<OnnxTensor> inputs) {
    OnnxTensor from = inputs.getFirst();
    int rank = from.extents().size();
    String mode = node.text("mode", "constant");
    boolean isStated = inputs.size() > 1 && inputs.get(1) != null;
    List<Long> attribute = node.integers("pads");
    double[] pads =
        isStated
            ? inputs.get(1).cells()
            : attribute == null ? null : attribute.stream().mapToDouble(Long::doubleValue).toArray();
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

  private void put(String name, OnnxTensor made, Boolean isWhole) {
    into.model().constants().put(name, made);
    areWhole.put(name, isWhole);
  }

  private OnnxTensor known(Node node, String name) {
    OnnxTensor constant = into.model().constants().get(name);
    if (constant != null) {
      return constant;
    }
    long[] shape = into.shapes().numbers(name);
    if (shape == null || Arrays.stream(shape).anyMatch(extent -> extent < 1)) {
      return null;
    }
    boolean isNumber = shape.length == 1 && !OF_SHAPES.contains(node.operator());
    List<Long> extents = isNumber ? List.of() : List.of((long) shape.length);
    return OnnxTensor.of(extents, Arrays.stream(shape).asDoubleStream().toArray());
  }

  /** Whether a value is of whole numbers; null where that is not known. */
  private Boolean isWhole(String name) {
    OnnxTensor tensor = into.model().constants().get(name);
    if (tensor == null) {
      return into.shapes().areFloats(name) ? Boolean.FALSE : Boolean.TRUE;
    }
    return tensor.isWhole().orElse(areWhole.get(name));
  }

  private Boolean whole(Node node, List<OnnxTensor> inputs) {
    String operator = node.operator();
    if (operator.equals("Cast")) {
      return !TensorCells.rounded(node.integer("to", 0)).isPresent();
    }
    String typed = operator.equals("Where") ? node.inputs().get(1) : node.inputs().getFirst();
    return inputs.isEmpty() ? null : isWhole(typed);
  }

  /** Takes cells from what may still be computed; false where that is too little. */
  private boolean fits(List<Long> extents) {
    long cells = product(extents);
    if (cells > left) {
      return false;
    }
    left -= cells;
    return true;
  }

  private OnnxTensor computed(Node node, List<OnnxTensor> inputs) {
    OnnxTensor first = inputs.getFirst();
    String operator = node.operator();
    if (UNARY.containsKey(operator)) {
      return fits(first.extents()) ? first.map(UNARY.get(operator)) : null;
    }
    if (BINARY.containsKey(operator)) {
      return inputs.size() == 2 ? binary(node, first, inputs.get(1)) : null;
    }
    return switch (operator) {
      case "Cast" -> cast(node, first);
      case "Shape" ->
          node.attributes().isEmpty() || node.integer("start", 0) == 0 && node.integer("end", 99) == 99
              ? vector(first.extents().stream().mapToDouble(Long::doubleValue).toArray())
              : null;
      case "Where" -> inputs.size() == 3 ? chosen(inputs) : null;
      case "Expand" -> inputs.size() == 2 ? expanded(first, inputs.get(1)) : null;
      case "Range" -> inputs.size() == 3 ? range(inputs) : null;
      case "Trilu" -> triangle(node, inputs);
      case "GatherND" -> inputs.size() == 2 ? gatheredNd(first, inputs.get(1)) : null;
      case "Transpose" -> transposed(node, first);
      case "Reshape" -> inputs.size() == 2 ? reshaped(node, first, inputs.get(1)) : null;
      case "Unsqueeze", "Squeeze" -> squeezed(node, inputs);
      case "Concat" -> inputs.contains(null) ? null : joined(node, inputs);
      case "Gather" -> inputs.size() == 2 ? gathered(node, first, inputs.get(1)) : null;
      case "Slice" -> sliced(node, inputs);
      case "ConstantOfShape" -> filled(node, first);
      default -> null;
    };
  }

  private static OnnxTensor vector(double... cells) {
    return OnnxTensor.of(List.of((long) cells.length), cells);
  }

  private OnnxTensor cast(Node node, OnnxTensor tensor) {
    long type = node.integer("to", 0);
    boolean isTruth = type == 9;
    if (!isTruth && !ShapeNodes.isToIntegers(node) || !fits(tensor.extents())) {
      return null;
    }
    return tensor.map(cell -> isTruth ? (cell == 0 ? 0 : 1) : (double) (long) cell);
  }

  private OnnxTensor binary(Node node, OnnxTensor a, OnnxTensor b) {
    DoubleBinaryOperator operator = BINARY.get(node.operator());
    OnnxTensor made = broadcast(a, b, operator);
    if (made == null || !node.operator().equals("Div")) {
      return made;
    }
    if (Arrays.stream(made.cells()).allMatch(cell -> cell == Math.rint(cell))) {
      return made;
    }
    Boolean isWhole = isWhole(node.inputs().getFirst());
    Boolean other = isWhole(node.inputs().get(1));
    if (Boolean.TRUE.equals(isWhole) && Boolean.TRUE.equals(other)) {
      return made.map(cell -> cell < 0 ? Math.ceil(cell) : Math.floor(cell));
    }
    boolean areFloats = Boolean.FALSE.equals(isWhole) || Boolean.FALSE.equals(other);
    return areFloats ? made : null;
  }

  /** The extents of two values together; null where they do not fit. */
  private static List<Long> together(List<Long> a, List<Long> b) {
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

  private OnnxTensor broadcast(OnnxTensor a, OnnxTensor b, DoubleBinaryOperator operator) {
    List<Long> extents = together(a.extents(), b.extents());
    if (extents == null || !fits(extents)) {
      return null;
    }
    int[] ofA = places(a.extents(), extents);
    int[] ofB = places(b.extents(), extents);
    double[] cells = new double[ofA.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = operator.applyAsDouble(a.cells()[ofA[i]], b.cells()[ofB[i]]);
    }
    return OnnxTensor.of(extents, cells);
  }

  private OnnxTensor chosen(List<OnnxTensor> inputs) {
    List<Long> some = together(inputs.get(1).extents(), inputs.get(2).extents());
    List<Long> extents = some == null ? null : together(inputs.getFirst().extents(), some);
    if (extents == null || !fits(extents)) {
      return null;
    }
    int[] which = places(inputs.getFirst().extents(), extents);
    int[] ofA = places(inputs.get(1).extents(), extents);
    int[] ofB = places(inputs.get(2).extents(), extents);
    double[] cells = new double[which.length];
    for (int i = 0; i < cells.length; i++) {
      boolean isFirst = inputs.getFirst().cells()[which[i]] != 0;
      cells[i] = isFirst ? inputs.get(1).cells()[ofA[i]] : inputs.get(2).cells()[ofB[i]];
    }
    return OnnxTensor.of(extents, cells);
  }

  private OnnxTensor expanded(OnnxTensor tensor, OnnxTensor shape) {
    List<Long> wanted = Arrays.stream(shape.cells()).mapToObj(cell -> (long) cell).toList();
    List<Long> extents =
        wanted.stream().allMatch(extent -> extent > 0) ? together(tensor.extents(), wanted) : null;
    return extents == null || !fits(extents) ? null : taken(tensor, extents, places(tensor.extents(), extents));
  }

  /** Repeated to be of these extents; null where it does not fit them. */
  OnnxTensor repeated(OnnxTensor tensor, List<Long> extents) {
    boolean fits = extents.equals(together(tensor.extents(), extents));
    return fits && fits(extents) ? taken(tensor, extents, places(tensor.extents(), extents)) : null;
  }

  private static OnnxTensor taken(OnnxTensor from, List<Long> extents, int[] places) {
    double[] cells = new double[places.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = from.cells()[places[i]];
    }
    return OnnxTensor.of(extents, cells);
  }

  /** For each cell of larger extents which one of the smaller ones' it is. */
  private static int[] places(List<Long> small, List<Long> large) {
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
  private static int[] places(List<Long> extents, long[] steps, long first) {
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

  private static long[] steps(List<Long> extents) {
    long[] steps = new long[extents.size()];
    long step = 1;
    for (int i = steps.length - 1; i >= 0; i--) {
      steps[i] = step;
      step *= extents.get(i);
    }
    return steps;
  }

  private OnnxTensor range(List<OnnxTensor> inputs) {
    if (inputs.stream().anyMatch(input -> input == null || !input.isOneCell())) {
      return null;
    }
    double start = inputs.getFirst().cells()[0];
    double step = inputs.get(2).cells()[0];
    double count = Math.max(0, Math.ceil((inputs.get(1).cells()[0] - start) / step));
    if (!(count <= MOST_CELLS) || !fits(List.of((long) count))) {
      return null;
    }
    return vector(IntStream.range(0, (int) count).mapToDouble(i -> start + i * step).toArray());
  }

  private OnnxTensor triangle(Node node, List<OnnxTensor> inputs) {
    OnnxTensor whole = inputs.getFirst();
    boolean isUpper = node.integer("upper", 1) != 0;
    double diagonal = inputs.size() > 1 && inputs.get(1) != null ? inputs.get(1).cells()[0] : 0;
    int rank = whole.extents().size();
    if (rank < 2 || !fits(whole.extents())) {
      return null;
    }
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

  private OnnxTensor transposed(Node node, OnnxTensor tensor) {
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

  private static OnnxTensor reshaped(Node node, OnnxTensor tensor, OnnxTensor shape) {
    List<Long> extents = new ArrayList<>();
    for (double cell : shape.cells()) {
      int i = extents.size();
      boolean isSame = cell == 0 && node.integer("allowzero", 0) == 0 && i < tensor.extents().size();
      extents.add(isSame ? tensor.extents().get(i) : (long) cell);
    }
    int open = extents.indexOf(-1L);
    long known = product(extents.stream().filter(extent -> extent != -1).toList());
    if (open >= 0 && known > 0) {
      extents.set(open, cells(tensor) / known);
    }
    boolean fits = extents.stream().allMatch(extent -> extent >= 0);
    return fits && product(extents) == cells(tensor)
        ? OnnxTensor.of(extents, tensor.cells())
        : null;
  }

  private OnnxTensor squeezed(Node node, List<OnnxTensor> inputs) {
    OnnxTensor tensor = inputs.getFirst();
    long[] axes = into.axes(node);
    boolean isMore = node.operator().equals("Unsqueeze");
    int rank = tensor.extents().size() + (isMore && axes != null ? axes.length : 0);
    if (axes == null || Arrays.stream(axes).anyMatch(axis -> axis < -rank || axis >= rank)) {
      return null;
    }
    List<Long> places = Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).boxed().toList();
    List<Long> extents = new ArrayList<>();
    int from = 0;
    for (long i = 0; i < rank; i++) {
      boolean isNamed = places.contains(i);
      if (isNamed && isMore) {
        extents.add(1L);
      } else if (from >= tensor.extents().size() || isNamed && tensor.extents().get(from) != 1) {
        return null;
      } else if (isNamed) {
        from++;
      } else {
        extents.add(tensor.extents().get(from++));
      }
    }
    return product(extents) == cells(tensor) ? OnnxTensor.of(extents, tensor.cells()) : null;
  }

  private static int axis(Node node, int rank, long fallback) {
    long axis = node.integer("axis", fallback);
    axis = axis < 0 ? axis + rank : axis;
    return axis >= 0 && axis < rank ? (int) axis : -1;
  }

  private OnnxTensor joined(Node node, List<OnnxTensor> parts) {
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

  private OnnxTensor gathered(Node node, OnnxTensor from, OnnxTensor indices) {
    int axis = axis(node, from.extents().size(), 0);
    return axis < 0 ? null : gathered(from, axis, indices);
  }

  private OnnxTensor gathered(OnnxTensor from, int axis, OnnxTensor indices) {
    long extent = from.extents().get(axis);
    List<Long> extents = new ArrayList<>(from.extents().subList(0, axis));
    extents.addAll(indices.extents());
    List<Long> behind = from.extents().subList(axis + 1, from.extents().size());
    extents.addAll(behind);
    boolean areThere =
        Arrays.stream(indices.cells()).allMatch(i -> i == Math.rint(i) && i >= -extent && i < extent);
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

  private OnnxTensor sliced(Node node, List<OnnxTensor> inputs) {
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
    if (end.length != first.length || axes.length != first.length || by != null && by.length != first.length) {
      return null;
    }
    for (int i = 0; i < first.length; i++) {
      int axis = (int) (axes[i] < 0 ? axes[i] + rank : axes[i]);
      long step = by == null ? 1 : (long) by[i];
      if (axis < 0 || axis >= rank || step == 0) {
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

  private OnnxTensor filled(Node node, OnnxTensor shape) {
    List<Long> extents = Arrays.stream(shape.cells()).mapToObj(cell -> (long) cell).toList();
    if (extents.stream().anyMatch(extent -> extent < 0) || !fits(extents)) {
      return null;
    }
    Object value = node.attributes().get("value");
    double cell = value instanceof OnnxTensor tensor && tensor.isOneCell() ? tensor.cells()[0] : 0;
    double[] cells = new double[(int) product(extents)];
    Arrays.fill(cells, cell);
    return OnnxTensor.of(extents, cells);
  }

  private boolean split(Node node, List<OnnxTensor> inputs) {
    OnnxTensor whole = inputs.getFirst();
    int axis = axis(node, whole.extents().size(), 0);
    int count = node.outputs().size();
    if (axis < 0) {
      return false;
    }
    long extent = whole.extents().get(axis);
    List<Long> sizes = node.integers("split");
    if (inputs.size() > 1 && inputs.get(1) != null) {
      sizes = Arrays.stream(inputs.get(1).cells()).mapToObj(cell -> (long) cell).toList();
    } else if (sizes == null) {
      long each = Math.ceilDiv(extent, count);
      sizes = IntStream.range(0, count).mapToObj(i -> Math.min(each, extent - i * each)).toList();
    }
    boolean fits =
        sizes.size() == count
            && sizes.stream().allMatch(size -> size > 0 && size <= extent)
            && sizes.stream().mapToLong(Long::longValue).sum() == extent;
    if (!fits || !fits(whole.extents())) {
      return false;
    }
    long from = 0;
    long[] steps = steps(whole.extents());
    for (int i = 0; i < count; i++) {
      List<Long> extents = new ArrayList<>(whole.extents());
      extents.set(axis, sizes.get(i));
      OnnxTensor part = taken(whole, extents, places(extents, steps, from * steps[axis]));
      if (OnnxImport.hasOutput(node, i)) {
        put(node.outputs().get(i), part, isWhole(node.inputs().getFirst()));
      }
      from += sizes.get(i);
    }
    return true;
  }
}
