package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.operation.Operation;

/**
 * The sizes of an LSTM layer, which follow from its operands: {@code X} is examples x (steps *
 * features), the weights {@code W} are (features + units) x (4 units), in the order of the gates
 * input, forget, output, candidate.
 *
 * @param precision of all operands
 */
record LstmShape(long examples, int steps, int features, int units, Precision precision) {
  /** Examples are handled in so many blocks at most, each by one task through all steps. */
  private static final long BLOCKS = 16;

  private static final long LEAST_EXAMPLES = 8;

  /** Columns of weights that are transposed together: what lies together in memory. */
  private static final int TURNED_TOGETHER = 16;

  /** The sizes that operands of that precision describe. */
  static LstmShape of(Operation operation, Operand[] inputs, Precision precision) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix weights = Arguments.matrix(operation, inputs, 1, precision);
    long units = Arguments.matrix(operation, inputs, 3, precision).cols();
    long features = weights.rows() - units;
    if (units == 0
        || weights.cols() != 4 * units
        || features < 1
        || 4 * units > Integer.MAX_VALUE) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs weights of shape (features + units) x (4 units), and got "
              + weights.shape()
              + " for the "
              + units
              + " units that 'out0' has columns");
    }
    if (x.cols() == 0
        || x.cols() % features != 0
        || x.cols() / features * 4 * units > Integer.MAX_VALUE) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs an input with "
              + features
              + " columns per step (the rows of the weights less the units), but got "
              + x.shape());
    }
    LstmShape shape =
        new LstmShape(
            x.rows(), (int) (x.cols() / features), (int) features, (int) units, precision);
    shape.matrix(operation, inputs, 2, 1, shape.gates());
    shape.matrix(operation, inputs, 3, shape.examples, units);
    shape.matrix(operation, inputs, 4, shape.examples, units);
    return shape;
  }

  /** The operand, which must have this shape. */
  DenseMatrix matrix(Operation operation, Operand[] inputs, int at, long rows, long cols) {
    DenseMatrix matrix = Arguments.matrix(operation, inputs, at, precision);
    if (matrix.rows() != rows || matrix.cols() != cols) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs '"
              + operation.opcode().parameters().get(at).name()
              + "' of shape "
              + rows
              + "x"
              + cols
              + " ("
              + examples
              + " examples, "
              + steps
              + " steps, "
              + features
              + " features, "
              + units
              + " units), but got "
              + matrix.shape());
    }
    return matrix;
  }

  /** A new matrix of the operands' precision. */
  DenseMatrix result(Scratch scratch, long rows, long cols) {
    return scratch.matrix(rows, cols, precision);
  }

  /** Rows of so many cells of a matrix that follow each other, some cells apart. */
  static Blas.Block rows(DenseMatrix matrix, long firstCell, int apart) {
    return new Blas.Block(matrix.segment(), firstCell, apart);
  }

  /** The weights of the outputs, transposed: (4 units) x units. */
  DenseMatrix outputWeightsTurned(DenseMatrix weights, Scratch scratch) {
    DenseMatrix turned = result(scratch, gates(), units);
    int width = TURNED_TOGETHER;
    double[] tile = new double[units * width];
    double[] column = new double[units];
    CellBlocks blocks = new CellBlocks(precision, Math.max(units, width));
    for (int gate = 0; gate < gates(); gate += width) {
      int count = Math.min(width, gates() - gate);
      for (int unit = 0; unit < units; unit++) {
        long at = (long) (features + unit) * gates() + gate;
        blocks.load(weights.segment(), at, tile, unit * width, count);
      }
      for (int i = 0; i < count; i++) {
        for (int unit = 0; unit < units; unit++) {
          column[unit] = tile[unit * width + i];
        }
        blocks.store(column, 0, turned.segment(), (long) (gate + i) * units, units);
      }
    }
    return turned;
  }

  int gates() {
    return 4 * units;
  }

  /**
   * Whether products over several steps take one example after the other, all of its steps at once,
   * and not step after step: whichever has more rows. Not where rows lie too far from each other.
   */
  boolean goesByExample() {
    return steps >= Math.min(examples, block()) && examples * gates() <= Integer.MAX_VALUE;
  }

  /** Examples per task. */
  long block() {
    return Math.max(LEAST_EXAMPLES, (examples + BLOCKS - 1) / BLOCKS);
  }
}
