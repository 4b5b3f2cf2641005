package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Chooses between two operands by a test: cell by cell when anything is a matrix, else one scalar.
 * All matrices have equal shapes; one of a single cell is taken as its number beside others.
 * Everything but zero is true, also NaN.
 */
final class IfElseKernel implements Kernel {
  private static final long CHUNK = 1 << 15;

  private final Parallel parallel;
  private final Precision precision;

  /** Of matrices of that precision; chooses among doubles in either, and rounds what is chosen. */
  IfElseKernel(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix shaped = null;
    for (int i = 0; i < 3; i++) {
      if (!(inputs[i] instanceof Scalar)) {
        DenseMatrix matrix = Arguments.matrix(operation, inputs, i, precision);
        shaped = shaped == null ? matrix : larger(shaped, matrix);
      }
    }
    return new Operand[] {shaped == null ? scalar(inputs) : matrix(inputs, shaped, context)};
  }

  private static DenseMatrix larger(DenseMatrix one, DenseMatrix other) {
    if (other.shape().isScalarLike() || other.shape().equals(one.shape())) {
      return one;
    }
    if (!one.shape().isScalarLike()) {
      throw new OperandException(
          "'ifelse' needs matrices of equal shapes, but got "
              + one.shape()
              + " and "
              + other.shape());
    }
    return other;
  }

  /** The chosen scalar; an integer becomes a double when the other choice is one. */
  private static Scalar scalar(Operand[] inputs) {
    boolean test = ((Scalar) inputs[0]).asBoolean();
    Scalar chosen = (Scalar) inputs[test ? 1 : 2];
    Scalar other = (Scalar) inputs[test ? 2 : 1];
    return chosen instanceof IntegerScalar(long n) && other instanceof DoubleScalar
        ? new DoubleScalar(n)
        : chosen;
  }

  private DenseMatrix matrix(Operand[] inputs, DenseMatrix shaped, ExecutionContext context) {
    Object[] sources = new Object[3];
    for (int i = 0; i < 3; i++) {
      sources[i] =
          inputs[i] instanceof DenseMatrix m
              ? m.shape().equals(shaped.shape()) ? m.segment() : (Double) m.get(0, 0)
              : (Double) ((Scalar) inputs[i]).asDouble();
    }
    DenseMatrix out =
        DenseMatrix.allocate(context.allocator(), shaped.rows(), shaped.cols(), precision);
    parallel.forRange(
        context, out.cells(), CHUNK, (from, to) -> choose(sources, out.segment(), from, to));
    return out;
  }

  private void choose(Object[] sources, MemorySegment out, long from, long to) {
    int width = (int) Math.min(to - from, BinaryLoop.BLOCK);
    double[] test = block(sources[0], width);
    double[] yes = block(sources[1], width);
    double[] no = block(sources[2], width);
    // Not one of the others: a scalar fills its block once for all.
    double[] chosen = new double[width];
    CellBlocks blocks = new CellBlocks(precision, width);
    for (long i = from; i < to; i += width) {
      int count = (int) Math.min(width, to - i);
      load(blocks, sources[0], i, test, count);
      load(blocks, sources[1], i, yes, count);
      load(blocks, sources[2], i, no, count);
      choose(test, yes, no, chosen, count);
      blocks.store(chosen, 0, out, i, count);
    }
  }

  static void choose(double[] test, double[] yes, double[] no, double[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = test[i] != 0 ? yes[i] : no[i];
    }
  }

  private static double[] block(Object source, int width) {
    double[] block = new double[width];
    if (source instanceof Double value) {
      Arrays.fill(block, value);
    }
    return block;
  }

  private static void load(CellBlocks blocks, Object source, long from, double[] block, int count) {
    if (source instanceof MemorySegment segment) {
      blocks.load(segment, from, block, 0, count);
    }
  }
}
