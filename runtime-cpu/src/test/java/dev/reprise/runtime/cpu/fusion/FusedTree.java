package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.cell.BlockSteps;
import dev.reprise.runtime.cpu.code.CellChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * A random tree of fusable operations with the value that the kernels give; made of leaves or of
 * smaller trees. Owns its matrices until they are released. Belongs to one thread.
 */
final class FusedTree {
  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    2,
    0.5,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    1e-310,
    1e300,
    1e-40,
    -3e38,
    0.1,
    -3.5,
    31,
    800,
    -800
  };

  final UnfusedKernels kernels;
  final Precision precision;
  final FusedExpression.Builder builder;
  final List<Operand> leaves = new ArrayList<>();
  final List<DenseMatrix> made = new ArrayList<>();
  final Random random;
  final int rows;
  final int cols;
  List<String> unary = List.copyOf(new TreeSet<>(BlockSteps.unary()));
  List<String> binary = List.copyOf(new TreeSet<>(BlockSteps.binary()));

  /** The value of the part built last. */
  Operand value;

  /** Number of the node built last. */
  int last;

  /**
   * @param kernels what its value is computed by
   * @param rows of its value, as cols
   */
  FusedTree(UnfusedKernels kernels, Precision precision, Random random, int rows, int cols) {
    this.kernels = kernels;
    this.precision = precision;
    this.builder = new FusedExpression.Builder(precision, 200, 100);
    this.random = random;
    this.rows = rows;
    this.cols = cols;
  }

  /** Only operations that there is machine code for. */
  void keepKnown() {
    unary = unary.stream().filter(CellChain::knows).toList();
    binary = binary.stream().filter(CellChain::knows).toList();
  }

  int two() {
    value = Scalar.of(2.0);
    leaves.add(value);
    return builder.leaf(LeafKind.SCALAR);
  }

  int leaf(boolean mustBeFull) {
    LeafKind kind = mustBeFull ? LeafKind.FULL : LeafKind.values()[random.nextInt(4)];
    if (kind == LeafKind.ROW && rows == 1 || kind == LeafKind.COLUMN && cols == 1) {
      kind = LeafKind.FULL;
    }
    value =
        switch (kind) {
          case FULL -> matrix(rows, cols);
          case ROW -> matrix(1, cols);
          case COLUMN -> matrix(rows, 1);
          case SCALAR -> {
            boolean single = random.nextBoolean() && rows * cols != 1;
            yield single ? matrix(1, 1) : Scalar.of(cell());
          }
        };
    leaves.add(value);
    return builder.leaf(kind);
  }

  DenseMatrix matrix(int r, int c) {
    DenseMatrix matrix = DenseMatrix.allocate(kernels.allocator(), r, c, precision);
    for (int i = 0; i < r; i++) {
      for (int j = 0; j < c; j++) {
        matrix.set(i, j, cell());
      }
    }
    made.add(matrix);
    return matrix;
  }

  double cell() {
    return random.nextInt(3) == 0
        ? SPECIAL[random.nextInt(SPECIAL.length)]
        : random.nextGaussian() * 3;
  }

  /** A node, or a leaf of the full shape when the depth is used up. */
  int part(int depth) {
    if (depth == 0) {
      return leaf(true);
    }
    int choice = random.nextInt(10);
    if (choice < 3) {
      int x = part(depth - 1);
      return node(unary.get(random.nextInt(unary.size())), x, value);
    }
    if (choice == 9 && rows > 1 && cols > 1) {
      return pairs();
    }
    if (choice < 4) {
      int x = random.nextInt(4) > 0 ? part(depth - 1) : scalar();
      Operand first = value;
      // Matrices of one shape only, unlike operators.
      boolean shaped = first instanceof Scalar || random.nextBoolean();
      int y = shaped ? part(depth - 1) : scalar();
      Operand second = value;
      int z = random.nextBoolean() ? part(depth - 1) : scalar();
      return node("ifelse", x, first, y, second, z, value);
    }
    String opcode =
        random.nextInt(3) > 0
            ? List.of("+", "-", "*", "/", "pmin", "pmax").get(random.nextInt(6))
            : binary.get(random.nextInt(binary.size()));
    int x = part(depth - 1);
    Operand first = value;
    if (random.nextInt(8) == 0) {
      return node(opcode, x, first, x, first);
    }
    int y = random.nextBoolean() ? part(depth - 1) : leaf(false);
    return random.nextBoolean()
        ? node(opcode, x, first, y, value)
        : node(opcode, y, value, x, first);
  }

  /** Of a column and a row, so that a tree may have no leaf of the full shape. */
  int pairs() {
    DenseMatrix column = matrix(rows, 1);
    leaves.add(column);
    int x = builder.leaf(LeafKind.COLUMN);
    DenseMatrix row = matrix(1, cols);
    leaves.add(row);
    int y = builder.leaf(LeafKind.ROW);
    return node(random.nextBoolean() ? "-" : "pmax", x, column, y, row);
  }

  int scalar() {
    value = Scalar.of(cell());
    leaves.add(value);
    return builder.leaf(LeafKind.SCALAR);
  }

  /** Operand numbers and values in turn. */
  int node(String opcode, Object... operands) {
    Operand[] inputs = new Operand[operands.length / 2];
    int[] numbers = new int[3];
    for (int i = 0; i < inputs.length; i++) {
      numbers[i] = (Integer) operands[2 * i];
      inputs[i] = (Operand) operands[2 * i + 1];
    }
    value = kernels.execute(precision, opcode, inputs);
    made.add((DenseMatrix) value);
    last = builder.node(FusableOperation.of(opcode), numbers[0], numbers[1], numbers[2]);
    return last;
  }

  void release() {
    made.forEach(matrix -> matrix.buffer().release());
  }
}
