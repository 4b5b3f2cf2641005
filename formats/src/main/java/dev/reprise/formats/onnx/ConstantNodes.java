package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Computes small constants of others, as PyTorch's older exporter writes the sizes of a border:
 * zeros, put behind the sizes, as a matrix of pairs, turned and in the opposite order; or an extent
 * that is made a vector.
 */
final class ConstantNodes {
  /** Sizes, not weights. */
  private static final int MOST = 64;

  /** A small file must not fill memory. */
  private static final int MOST_EQUAL = 1 << 16;

  private final Map<String, OnnxTensor> constants;

  ConstantNodes(Map<String, OnnxTensor> constants) {
    this.constants = constants;
  }

  /** Adds what a node puts out to the constants, if that is one; else false. */
  boolean read(Node node) {
    List<OnnxTensor> inputs = node.inputs().stream().map(constants::get).toList();
    boolean areKnown = !inputs.isEmpty() && inputs.stream().allMatch(ConstantNodes::isSmall);
    if (!areKnown) {
      return false;
    }
    OnnxTensor made =
        switch (node.operator()) {
          case "ConstantOfShape" -> filled(node, inputs.getFirst());
          case "Concat" -> joined(inputs);
          case "Reshape" -> inputs.size() == 2 ? reshaped(inputs.getFirst(), inputs.get(1)) : null;
          case "Slice" -> inputs.size() == 5 ? reversed(inputs) : null;
          case "Transpose" -> turned(node, inputs.getFirst());
          case "Cast" -> ShapeNodes.isToIntegers(node) ? inputs.getFirst() : null;
          case "Unsqueeze" -> inputs.getFirst().extents().isEmpty() ? one(inputs, 1L) : null;
          case "Squeeze" -> inputs.getFirst().isOneCell() ? one(inputs) : null;
          default -> null;
        };
    if (made != null) {
      constants.put(node.outputs().getFirst(), made);
    }
    return made != null;
  }

  private static boolean isSmall(OnnxTensor tensor) {
    boolean isKnown = tensor != null && tensor.extents().size() < 3;
    return isKnown
        && tensor.extents().stream().allMatch(extent -> extent >= 0 && extent <= MOST)
        && tensor.extents().stream().reduce(1L, (a, b) -> a * b) <= MOST
        && Arrays.stream(tensor.cells()).allMatch(cell -> cell == Math.rint(cell));
  }

  private static OnnxTensor filled(Node node, OnnxTensor shape) {
    Object value = node.attributes().get("value");
    double cell = value instanceof OnnxTensor tensor && tensor.isOneCell() ? tensor.cells()[0] : 0;
    boolean isVector =
        shape.cells().length == 1 && shape.cells()[0] >= 0 && shape.cells()[0] <= MOST;
    return isVector
        ? vector(DoubleStream.generate(() -> cell).limit((long) shape.cells()[0]).toArray())
        : null;
  }

  /** Adds numbers that are all equal, in a shape that nodes have computed; false for others. */
  boolean fill(Node node, long[] shape) {
    boolean isFilled =
        node.operator().equals("ConstantOfShape")
            && shape != null
            && shape.length == 1
            && shape[0] > 0
            && shape[0] <= MOST_EQUAL
            && node.attributes().get("value") instanceof OnnxTensor tensor
            && tensor.isOneCell();
    if (isFilled) {
      double[] cells = new double[(int) shape[0]];
      Arrays.fill(cells, ((OnnxTensor) node.attributes().get("value")).cells()[0]);
      constants.put(node.outputs().getFirst(), vector(cells));
    }
    return isFilled;
  }

  private static OnnxTensor vector(double[] cells) {
    return OnnxTensor.of(List.of((long) cells.length), cells);
  }

  private static OnnxTensor one(List<OnnxTensor> inputs, Long... extents) {
    return OnnxTensor.of(List.of(extents), inputs.getFirst().cells());
  }

  private static OnnxTensor joined(List<OnnxTensor> parts) {
    boolean areVectors = parts.stream().allMatch(part -> part.extents().size() == 1);
    return areVectors
        ? vector(parts.stream().flatMapToDouble(part -> Arrays.stream(part.cells())).toArray())
        : null;
  }

  /** To a vector, or to a matrix of a known number of columns. */
  private static OnnxTensor reshaped(OnnxTensor tensor, OnnxTensor shape) {
    double[] cells = tensor.cells();
    double[] wanted = shape.cells();
    if (wanted.length == 1 && (wanted[0] == -1 || wanted[0] == cells.length)) {
      return vector(cells);
    }
    boolean isMatrix = wanted.length == 2 && wanted[0] == -1 && wanted[1] > 0;
    long cols = isMatrix ? (long) wanted[1] : 1;
    return isMatrix && cells.length % cols == 0
        ? OnnxTensor.of(List.of(cells.length / cols, cols), cells)
        : null;
  }

  /** All rows of a matrix from the last one on. */
  private static OnnxTensor reversed(List<OnnxTensor> inputs) {
    OnnxTensor matrix = inputs.getFirst();
    boolean isAll =
        matrix.extents().size() == 2
            && inputs.stream().skip(1).allMatch(OnnxTensor::isOneCell)
            && inputs.get(1).cells()[0] == -1
            && inputs.get(2).cells()[0] < -MOST
            && inputs.get(3).cells()[0] == 0
            && inputs.get(4).cells()[0] == -1;
    if (!isAll) {
      return null;
    }
    int cols = matrix.extents().get(1).intValue();
    double[] cells = new double[matrix.cells().length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = matrix.cells()[(cells.length / cols - 1 - i / cols) * cols + i % cols];
    }
    return OnnxTensor.of(matrix.extents(), cells);
  }

  private static OnnxTensor turned(Node node, OnnxTensor matrix) {
    List<Long> order = node.integers("perm");
    if (matrix.extents().size() != 2 || order != null && !order.equals(List.of(1L, 0L))) {
      return null;
    }
    Layer.Weights turned = matrix.matrix().transposed();
    return OnnxTensor.of(matrix.extents().reversed(), turned.cells());
  }
}
