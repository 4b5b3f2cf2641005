package dev.reprise.formats.onnx;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * A tensor of constants; its cells as doubles, the last extent running fastest. Cells are looked at
 * when they are asked for, so that what a model says of itself is known without its weights. Not
 * thread-safe.
 */
final class OnnxTensor {
  private final String name;
  private final List<Long> extents;
  private final TensorCells source;
  private final int type;
  private double[] cells;

  private OnnxTensor(String name, List<Long> extents, TensorCells source, int type) {
    this.name = name;
    this.type = type;
    this.extents = List.copyOf(extents);
    this.source = source;
  }

  /** Of cells that are known, in a type that is not. */
  static OnnxTensor of(List<Long> extents, double... cells) {
    OnnxTensor tensor = new OnnxTensor("", extents, null, 0);
    tensor.cells = cells;
    return tensor;
  }

  /**
   * @param model the file
   */
  static OnnxTensor read(ProtoInput in, Path model) {
    TensorCells cells = new TensorCells(model);
    Map<String, String> external = new HashMap<>();
    boolean isExternal = false;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.integers(cells.extents);
        case 2 -> cells.type = (int) in.integer();
        case 4 -> in.numbers(cells.numbers, false);
        case 5, 7, 11 -> in.integers(cells.integers);
        case 8 -> cells.name = in.text();
        case 9 -> cells.raw = in.bytes();
        case 10 -> in.numbers(cells.numbers, true);
        case 13 -> entry(in.message(), external);
        case 14 -> isExternal = in.integer() == 1;
        default -> in.skip();
      }
    }
    if (isExternal) {
      cells.external = ExternalData.of(cells.name, external, model);
    }
    return new OnnxTensor(cells.name, cells.extents, cells, cells.type);
  }

  private static void entry(ProtoInput in, Map<String, String> entries) {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> in.skip();
      }
    }
    entries.put(key, value);
  }

  String name() {
    return name;
  }

  List<Long> extents() {
    return extents;
  }

  /** Where the cells lie, if not in the model itself. */
  Optional<ExternalData> external() {
    return source == null ? Optional.empty() : Optional.ofNullable(source.external);
  }

  /** The same in a type of floats, by its number; empty for other types. */
  Optional<OnnxTensor> as(long other) {
    return TensorCells.rounded(other).map(this::map).map(made -> made.typed((int) other));
  }

  /** The same numbers, of a type that has them all. */
  OnnxTensor typed(int other) {
    if (type == other) {
      return this;
    }
    OnnxTensor tensor = new OnnxTensor(name, extents, source, other);
    tensor.cells = cells;
    return tensor;
  }

  /** ONNX's number of the type; 0 where it is not known. */
  int type() {
    return type;
  }

  /** Of other cells in the same places. */
  OnnxTensor map(DoubleUnaryOperator function) {
    return of(extents, Arrays.stream(cells()).map(function).toArray());
  }

  /** Known without looking at the cell. */
  boolean isOneCell() {
    return extents.stream().allMatch(extent -> extent == 1);
  }

  /** Not a copy: nobody writes to them. */
  double[] cells() {
    if (cells == null) {
      cells = source.decoded();
    }
    return cells;
  }

  /** Its first extent as rows, all others together as columns; a vector is one column. */
  Layer.Weights matrix() {
    int rows = extents.isEmpty() ? 1 : extents.getFirst().intValue();
    return new Layer.Weights(rows, rows == 0 ? 0 : cells().length / rows, cells());
  }

  /** Its cells as one column. */
  Layer.Weights column() {
    return new Layer.Weights(cells().length, 1, cells());
  }

  /** Its cells as one row. */
  Layer.Weights row() {
    return new Layer.Weights(1, cells().length, cells());
  }
}
