package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final MovedCells cells;

  FoldedNodes(OnnxImport into) {
    this.into = into;
    long given = into.model().constants().values().stream().mapToLong(MovedCells::cells).sum();
    this.cells = new MovedCells(given);
  }

  /** Takes constants to other places. */
  MovedCells cells() {
    return cells;
  }

  /** Adds what a node puts out to the constants, if all that it takes is known; else false. */
  boolean read(Node node) {
    if (readForExamples(node)) {
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
    put(node.outputs().getFirst(), made);
    return true;
  }

  /**
   * A constant that is repeated for each example, which is one that layers can put beside values;
   * false for all other nodes.
   */
  boolean readForExamples(Node node) {
    if (!node.operator().equals("Expand") || node.inputs().size() != 2) {
      return false;
    }
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
    OnnxTensor made = cells.expanded(tensor, vector(ones));
    if (made == null || made.extents().size() != shape.length) {
      return false;
    }
    put(node.outputs().getFirst(), made);
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
    if (!cells.fits(extents)) {
      return null;
    }
    List<OnnxTensor> inputs = new ArrayList<>();
    double[] places =
        IntStream.range(0, (int) MovedCells.product(extents)).asDoubleStream().toArray();
    inputs.add(OnnxTensor.of(extents, places));
    for (String name : node.inputs().subList(1, node.inputs().size())) {
      OnnxTensor known = name.isEmpty() ? null : known(node, name);
      if (known == null && !name.isEmpty()) {
        return null;
      }
      inputs.add(known);
    }
    return switch (node.operator()) {
      case "GatherND" -> cells.gatheredNd(node, inputs.getFirst(), inputs.get(1));
      case "Pad" -> cells.bordered(node, inputs);
      default -> computed(node, inputs);
    };
  }

  private void put(String name, OnnxTensor made) {
    into.model().constants().put(name, made);
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

  private OnnxTensor computed(Node node, List<OnnxTensor> inputs) {
    OnnxTensor first = inputs.getFirst();
    String operator = node.operator();
    if (UNARY.containsKey(operator)) {
      return cells.fits(first.extents()) ? first.map(UNARY.get(operator)) : null;
    }
    if (BINARY.containsKey(operator)) {
      return inputs.size() == 2 ? binary(node, first, inputs.get(1)) : null;
    }
    return switch (operator) {
      case "Cast" -> cast(node, first);
      case "Shape" ->
          node.attributes().isEmpty()
                  || node.integer("start", 0) == 0 && node.integer("end", 99) == 99
              ? vector(first.extents().stream().mapToDouble(Long::doubleValue).toArray())
              : null;
      case "Where" -> inputs.size() == 3 ? chosen(inputs) : null;
      case "Expand" -> inputs.size() == 2 ? cells.expanded(first, inputs.get(1)) : null;
      case "Range" -> inputs.size() == 3 ? range(node, inputs) : null;
      case "Trilu" -> cells.triangle(node, inputs);
      case "GatherND" -> inputs.size() == 2 ? cells.gatheredNd(node, first, inputs.get(1)) : null;
      case "Transpose" -> cells.transposed(node, first);
      case "Reshape" -> inputs.size() == 2 ? reshaped(node, first, inputs.get(1)) : null;
      case "Unsqueeze", "Squeeze" -> squeezed(node, inputs);
      case "Concat" -> inputs.contains(null) ? null : cells.joined(node, inputs);
      case "Gather" -> inputs.size() == 2 ? cells.gathered(node, first, inputs.get(1)) : null;
      case "Slice" -> cells.sliced(node, inputs);
      case "ConstantOfShape" -> filled(node, first);
      default -> null;
    };
  }

  private static OnnxTensor vector(double... cells) {
    return OnnxTensor.of(List.of((long) cells.length), cells);
  }

  /** Extents may become floats of any size; floats whole numbers where that is no near thing. */
  private OnnxTensor cast(Node node, OnnxTensor tensor) {
    long type = node.integer("to", 0);
    boolean isTruth = type == 9;
    if (!cells.fits(tensor.extents())) {
      return null;
    }
    if (TensorCells.rounded(type).isPresent()) {
      return tensor.map(TensorCells.rounded(type).get());
    }
    boolean isNear = Arrays.stream(tensor.cells()).anyMatch(FoldedNodes::isNearWhole);
    if (!isTruth && (!ShapeNodes.isToIntegers(node) || isNear)) {
      return null;
    }
    return tensor.map(cell -> isTruth ? (cell == 0 ? 0 : 1) : (double) (long) cell);
  }

  /** Computed in other floats, it might be on the other side of a whole number. */
  private static boolean isNearWhole(double cell) {
    double distance = Math.abs(cell - Math.rint(cell));
    return distance > 0 && distance < 1e-2 * Math.max(1, Math.abs(cell));
  }

  private OnnxTensor binary(Node node, OnnxTensor a, OnnxTensor b) {
    boolean isOfDividend = node.operator().equals("Mod") && node.integer("fmod", 0) != 0;
    DoubleBinaryOperator operator = isOfDividend ? (x, y) -> x % y : BINARY.get(node.operator());
    OnnxTensor made = broadcast(a, b, operator);
    if (made == null || !node.operator().equals("Div")) {
      return made;
    }
    int type = into.types().common(node.inputs());
    if (type == 0) {
      boolean areWhole = Arrays.stream(made.cells()).allMatch(cell -> cell == Math.rint(cell));
      return areWhole ? made : null;
    }
    return TensorCells.isWhole(type)
        ? made.map(cell -> cell < 0 ? Math.ceil(cell) : Math.floor(cell))
        : made;
  }

  private OnnxTensor broadcast(OnnxTensor a, OnnxTensor b, DoubleBinaryOperator operator) {
    List<Long> extents = MovedCells.together(a.extents(), b.extents());
    if (extents == null || !cells.fits(extents)) {
      return null;
    }
    int[] ofA = MovedCells.places(a.extents(), extents);
    int[] ofB = MovedCells.places(b.extents(), extents);
    double[] cells = new double[ofA.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = operator.applyAsDouble(a.cells()[ofA[i]], b.cells()[ofB[i]]);
    }
    return OnnxTensor.of(extents, cells);
  }

  private OnnxTensor chosen(List<OnnxTensor> inputs) {
    List<Long> some = MovedCells.together(inputs.get(1).extents(), inputs.get(2).extents());
    List<Long> extents =
        some == null ? null : MovedCells.together(inputs.getFirst().extents(), some);
    if (extents == null || !cells.fits(extents)) {
      return null;
    }
    int[] which = MovedCells.places(inputs.getFirst().extents(), extents);
    int[] ofA = MovedCells.places(inputs.get(1).extents(), extents);
    int[] ofB = MovedCells.places(inputs.get(2).extents(), extents);
    double[] cells = new double[which.length];
    for (int i = 0; i < cells.length; i++) {
      boolean isFirst = inputs.getFirst().cells()[which[i]] != 0;
      cells[i] = isFirst ? inputs.get(1).cells()[ofA[i]] : inputs.get(2).cells()[ofB[i]];
    }
    return OnnxTensor.of(extents, cells);
  }

  private OnnxTensor range(Node node, List<OnnxTensor> inputs) {
    if (inputs.stream().anyMatch(input -> input == null || !input.isOneCell())) {
      return null;
    }
    double start = inputs.getFirst().cells()[0];
    double step = inputs.get(2).cells()[0];
    // The length has the type of the bounds, the quotient is a double in each.
    double length =
        TensorCells.rounded(into.types().common(node.inputs()))
            .orElse(cell -> cell)
            .applyAsDouble(inputs.get(1).cells()[0] - start);
    double count = Math.max(0, Math.ceil(length / step));
    if (!(count <= MovedCells.MOST_CELLS) || !cells.fits(List.of((long) count))) {
      return null;
    }
    return vector(IntStream.range(0, (int) count).mapToDouble(i -> start + i * step).toArray());
  }

  private static OnnxTensor reshaped(Node node, OnnxTensor tensor, OnnxTensor shape) {
    List<Long> extents = new ArrayList<>();
    for (double cell : shape.cells()) {
      int i = extents.size();
      boolean isSame =
          cell == 0 && node.integer("allowzero", 0) == 0 && i < tensor.extents().size();
      extents.add(isSame ? tensor.extents().get(i) : (long) cell);
    }
    int open = extents.indexOf(-1L);
    long known = MovedCells.product(extents.stream().filter(extent -> extent != -1).toList());
    if (open >= 0 && known > 0) {
      extents.set(open, MovedCells.cells(tensor) / known);
    }
    boolean fits = extents.stream().allMatch(extent -> extent >= 0);
    return fits && MovedCells.product(extents) == MovedCells.cells(tensor)
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
    List<Long> places =
        Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).boxed().toList();
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
    return MovedCells.product(extents) == MovedCells.cells(tensor)
        ? OnnxTensor.of(extents, tensor.cells())
        : null;
  }

  private OnnxTensor filled(Node node, OnnxTensor shape) {
    List<Long> extents = Arrays.stream(shape.cells()).mapToObj(cell -> (long) cell).toList();
    if (extents.stream().anyMatch(extent -> extent < 0) || !cells.fits(extents)) {
      return null;
    }
    Object value = node.attributes().get("value");
    double cell = value instanceof OnnxTensor tensor && tensor.isOneCell() ? tensor.cells()[0] : 0;
    double[] made = new double[(int) MovedCells.product(extents)];
    Arrays.fill(made, cell);
    return OnnxTensor.of(extents, made);
  }

  private boolean split(Node node, List<OnnxTensor> inputs) {
    OnnxTensor whole = inputs.getFirst();
    int axis = MovedCells.axis(node, whole.extents().size(), 0);
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
    if (!fits || !cells.fits(whole.extents())) {
      return false;
    }
    long from = 0;
    long[] steps = MovedCells.steps(whole.extents());
    for (int i = 0; i < count; i++) {
      List<Long> extents = new ArrayList<>(whole.extents());
      extents.set(axis, sizes.get(i));
      OnnxTensor part =
          MovedCells.taken(whole, extents, MovedCells.places(extents, steps, from * steps[axis]));
      if (OnnxImport.hasOutput(node, i)) {
        put(node.outputs().get(i), part);
      }
      from += sizes.get(i);
    }
    return true;
  }
}
