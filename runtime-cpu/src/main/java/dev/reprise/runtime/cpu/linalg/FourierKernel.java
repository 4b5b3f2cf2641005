package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * Discrete Fourier transforms of complex numbers, given and returned as two matrices: of rows and
 * columns, or of each row by itself. Extents are powers of two; the inverse divides by the number
 * of points.
 */
final class FourierKernel implements Kernel {
  private final boolean inverse;
  private final boolean columnsToo;

  private FourierKernel(boolean inverse, boolean columnsToo) {
    this.inverse = inverse;
    this.columnsToo = columnsToo;
  }

  static void register(KernelTable.Builder table) {
    table.add("fft", new FourierKernel(false, true));
    table.add("ifft", new FourierKernel(true, true));
    table.add("fft_linearized", new FourierKernel(false, false));
    table.add("ifft_linearized", new FourierKernel(true, false));
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix re = Arguments.matrix(operation, inputs, 0);
    DenseMatrix im = Arguments.matrixOrNull(operation, inputs, 1);
    if (im != null && !im.shape().equals(re.shape())) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs real and imaginary parts of one shape, but got "
              + re.shape()
              + " and "
              + im.shape());
    }
    int rows = columnsToo ? powerOfTwo(operation, re, re.rows()) : (int) re.rows();
    int cols = powerOfTwo(operation, re, re.cols());
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix outRe = scratch.matrix(re.rows(), re.cols());
      DenseMatrix outIm = scratch.matrix(re.rows(), re.cols());
      MemorySegment.copy(re.segment(), 0, outRe.segment(), 0, re.bytes());
      if (im == null) {
        outIm.segment().asSlice(0, outIm.bytes()).fill((byte) 0);
      } else {
        MemorySegment.copy(im.segment(), 0, outIm.segment(), 0, im.bytes());
      }
      lines(outRe, outIm, rows, cols, cols, 1);
      if (columnsToo) {
        lines(outRe, outIm, cols, rows, 1, cols);
      }
      return new Operand[] {scratch.keep(outRe), scratch.keep(outIm)};
    }
  }

  private static int powerOfTwo(Operation operation, DenseMatrix x, long extent) {
    if (extent < 1 || extent > 1 << 30 || Long.bitCount(extent) != 1) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs extents that are powers of two, but got shape "
              + x.shape()
              + "; fill up with zeros");
    }
    return (int) extent;
  }

  /** Transforms {@code count} lines of {@code n} cells; line k starts at cell k * jump. */
  private void lines(DenseMatrix re, DenseMatrix im, int count, int n, long jump, long stride) {
    double[] x = new double[n];
    double[] y = new double[n];
    for (int line = 0; line < count; line++) {
      for (int i = 0; i < n; i++) {
        long at = line * jump + i * stride;
        x[i] = re.segment().getAtIndex(JAVA_DOUBLE, at);
        y[i] = im.segment().getAtIndex(JAVA_DOUBLE, at);
      }
      transform(x, y);
      for (int i = 0; i < n; i++) {
        long at = line * jump + i * stride;
        re.segment().setAtIndex(JAVA_DOUBLE, at, inverse ? x[i] / n : x[i]);
        im.segment().setAtIndex(JAVA_DOUBLE, at, inverse ? y[i] / n : y[i]);
      }
    }
  }

  /** Cooley and Tukey's algorithm in place: bit reversal, then butterflies of growing span. */
  private void transform(double[] x, double[] y) {
    int n = x.length;
    for (int i = 1, j = 0; i < n; i++) {
      int bit = n >> 1;
      for (; (j & bit) != 0; bit >>= 1) {
        j ^= bit;
      }
      j ^= bit;
      if (i < j) {
        swap(x, i, j);
        swap(y, i, j);
      }
    }
    for (int span = 1; span < n; span *= 2) {
      for (int k = 0; k < span; k++) {
        double angle = (inverse ? 1 : -1) * Math.PI * k / span;
        butterflies(x, y, k, span, Math.cos(angle), Math.sin(angle));
      }
    }
  }

  private static void butterflies(
      double[] x, double[] y, int first, int span, double cos, double sin) {
    for (int i = first; i < x.length; i += 2 * span) {
      int other = i + span;
      double re = x[other] * cos - y[other] * sin;
      double im = x[other] * sin + y[other] * cos;
      x[other] = x[i] - re;
      y[other] = y[i] - im;
      x[i] += re;
      y[i] += im;
    }
  }

  private static void swap(double[] values, int i, int j) {
    double value = values[i];
    values[i] = values[j];
    values[j] = value;
  }
}
