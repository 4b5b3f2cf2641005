package dev.reprise.engine.file;

import dev.reprise.engine.value.Describe;
import dev.reprise.formats.MatrixRows;
import dev.reprise.formats.onnx.Layer;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The layers of a network as a value of the language: a list of lists, each with the element {@code
 * layer}, its kind, and then weights and settings by name.
 */
final class LayerLists {
  private static final String KIND = "layer";

  private LayerLists() {}

  /**
   * A list that the caller owns.
   *
   * @param matrices makes a matrix of weights, with one reference
   */
  static ListValue toList(List<Layer> layers, Function<Layer.Weights, Value> matrices) {
    List<Value> values = new ArrayList<>();
    try {
      for (Layer layer : layers) {
        values.add(toList(layer, matrices));
      }
    } catch (RuntimeException | Error e) {
      values.forEach(Value::release);
      throw e;
    }
    return new ListValue(List.of(), values);
  }

  private static ListValue toList(Layer layer, Function<Layer.Weights, Value> matrices) {
    List<String> names = new ArrayList<>(List.of(KIND));
    List<Value> values = new ArrayList<>(List.of(Scalar.of(layer.type())));
    try {
      layer
          .weights()
          .forEach((name, weights) -> {
            values.add(matrices.apply(weights));
            names.add(name);
          });
      layer
          .branches()
          .forEach((name, branch) -> {
            values.add(toList(branch, matrices));
            names.add(name);
          });
    } catch (RuntimeException | Error e) {
      values.forEach(Value::release);
      throw e;
    }
    layer
        .settings()
        .forEach((name, setting) -> {
          values.add(setting);
          names.add(name);
        });
    return new ListValue(names, values);
  }

  /** Weights as a matrix that the caller owns. */
  static DenseMatrix cells(Layer.Weights weights, Allocator allocator) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, weights.rows(), weights.cols());
    int at = 0;
    for (int r = 0; r < weights.rows(); r++) {
      for (int c = 0; c < weights.cols(); c++) {
        matrix.set(r, c, weights.cells()[at++]);
      }
    }
    return matrix;
  }

  /** The layers that a list describes; weights are copied. */
  static List<Layer> of(ListValue list, HostMemory memory) {
    List<Layer> layers = new ArrayList<>();
    for (Value element : list.elements()) {
      layers.add(layer(element, layers.size() + 1, memory));
    }
    return layers;
  }

  private static Layer layer(Value element, int number, HostMemory memory) {
    int at = element instanceof ListValue list ? list.indexOf(KIND) : -1;
    if (at < 0
        || !(((ListValue) element).elements().get(at) instanceof Scalar kind)
        || kind.type() != ValueType.STRING) {
      throw new OperandException(
          "a network is a list of layers, but element "
              + number
              + " is "
              + Describe.one(element)
              + "; write list(list(layer=\"affine\", W=W, b=b), list(layer=\"relu\"), ...)");
    }
    ListValue parts = (ListValue) element;
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    Map<String, Scalar> settings = new LinkedHashMap<>();
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      switch (parts.elements().get(i)) {
        case MatrixValue matrix -> weights.put(parts.names().get(i), weights(matrix, memory));
        case Scalar setting -> settings.put(parts.names().get(i), setting);
        case ListValue branch -> branches.put(parts.names().get(i), of(branch, memory));
        default ->
            throw new OperandException(
                "layer "
                    + number
                    + " of the network has "
                    + Describe.one(parts.elements().get(i))
                    + " as \""
                    + parts.names().get(i)
                    + "\", but layers have matrices, scalars and lists of layers");
      }
    }
    settings.remove(KIND);
    return new Layer(kind.asString(), weights, settings, branches);
  }

  private static Layer.Weights weights(MatrixValue matrix, HostMemory memory) {
    MatrixOperand cells = memory.run(matrix::pinHost);
    try {
      MatrixRows rows = new MatrixRows(cells);
      int count = Math.toIntExact(cells.rows());
      int width = Math.toIntExact(cells.cols());
      double[] copy = new double[Math.multiplyExact(count, width)];
      for (int r = 0; r < count; r++) {
        System.arraycopy(rows.row(r), 0, copy, r * width, width);
      }
      return new Layer.Weights(count, width, copy);
    } finally {
      matrix.unpin();
    }
  }
}
