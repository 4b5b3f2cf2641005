package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code bias_add}, {@code bias_multiply}: one number per channel, added to or multiplied with all
 * cells of that channel. The bias is a column that divides the columns of the input evenly.
 */
final class BiasKernels {
  private static final int BLOCK = 1024;
  private static final long CELLS_PER_TASK = 1 << 15;

  private final Parallel parallel;

  BiasKernels(Parallel parallel) {
    this.parallel = parallel;
  }

  @FunctionalInterface
  private interface Span {
    void apply(MemorySegment in, MemorySegment out, long from, long to, double bias);
  }

  Operand[] add(Operation operation, Operand[] inputs, ExecutionContext context) {
    return run(operation, inputs, context, BiasKernels::addSpan);
  }

  Operand[] multiply(Operation operation, Operand[] inputs, ExecutionContext context) {
    return run(operation, inputs, context, BiasKernels::multiplySpan);
  }

  private Operand[] run(
      Operation operation, Operand[] inputs, ExecutionContext context, Span span) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    DenseMatrix bias = Arguments.matrix(operation, inputs, 1);
    long channels = bias.rows();
    if (bias.cols() != 1 || channels == 0 || x.cols() % channels != 0) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs a column with one number per channel, and as many columns of the input"
              + " for each of them, but got a bias of shape "
              + bias.shape()
              + " for an input of shape "
              + x.shape());
    }
    long cells = x.cols() / channels;
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols());
    parallel.forRange(
        context,
        x.rows() * channels,
        Math.max(1, CELLS_PER_TASK / Math.max(1, cells)),
        (from, to) -> {
          for (long plane = from; plane < to; plane++) {
            double number = bias.segment().getAtIndex(JAVA_DOUBLE, plane % channels);
            span.apply(x.segment(), out.segment(), plane * cells, (plane + 1) * cells, number);
          }
        });
    return new Operand[] {out};
  }

  private static void addSpan(
      MemorySegment in, MemorySegment out, long from, long to, double bias) {
    double[] block = new double[(int) Math.min(BLOCK, to - from)];
    for (long i = from; i < to; i += BLOCK) {
      int n = (int) Math.min(BLOCK, to - i);
      MemorySegment.copy(in, JAVA_DOUBLE, i * Double.BYTES, block, 0, n);
      for (int k = 0; k < n; k++) {
        block[k] += bias;
      }
      MemorySegment.copy(block, 0, out, JAVA_DOUBLE, i * Double.BYTES, n);
    }
  }

  private static void multiplySpan(
      MemorySegment in, MemorySegment out, long from, long to, double bias) {
    double[] block = new double[(int) Math.min(BLOCK, to - from)];
    for (long i = from; i < to; i += BLOCK) {
      int n = (int) Math.min(BLOCK, to - i);
      MemorySegment.copy(in, JAVA_DOUBLE, i * Double.BYTES, block, 0, n);
      for (int k = 0; k < n; k++) {
        block[k] *= bias;
      }
      MemorySegment.copy(block, 0, out, JAVA_DOUBLE, i * Double.BYTES, n);
    }
  }
}
