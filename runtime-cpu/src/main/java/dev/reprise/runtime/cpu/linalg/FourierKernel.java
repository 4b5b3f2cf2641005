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
 * columns, or of each row by itself. The inverse divides by the number of points.
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
    table.add("stft", new WindowedFourierKernel());
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix re = Arguments.matrix(operation, inputs, 0);
    DenseMatrix im = imaginaryOrNull(operation, inputs, re);
    long rows = re.rows();
    int height = columnsToo ? extent(operation, re, rows) : 1;
    int cols = extent(operation, re, re.cols());
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
        lines(outRe, outIm, cols, height, 1, cols);
      }
      return new Operand[] {scratch.keep(outRe), scratch.keep(outIm)};
    }
  }

  /** The imaginary parts, of the shape of the real ones; null when there are none. */
  static DenseMatrix imaginaryOrNull(Operation operation, Operand[] inputs, DenseMatrix re) {
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
    return im;
  }

  private static int extent(Operation operation, DenseMatrix x, long extent) {
    if (extent < 1 || extent > FourierLine.MOST) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' takes lines of 1 to "
              + FourierLine.MOST
              + " cells, but got shape "
              + x.shape());
    }
    return (int) extent;
  }

  /** Transforms {@code count} lines of {@code n} cells; line k starts at cell k * jump. */
  private void lines(DenseMatrix re, DenseMatrix im, long count, int n, long jump, long stride) {
    FourierLine transform = FourierLine.of(n, inverse);
    double[] x = new double[n];
    double[] y = new double[n];
    for (long line = 0; line < count; line++) {
      for (int i = 0; i < n; i++) {
        long at = line * jump + i * stride;
        x[i] = re.segment().getAtIndex(JAVA_DOUBLE, at);
        y[i] = im.segment().getAtIndex(JAVA_DOUBLE, at);
      }
      transform.apply(x, y);
      for (int i = 0; i < n; i++) {
        long at = line * jump + i * stride;
        re.segment().setAtIndex(JAVA_DOUBLE, at, inverse ? x[i] / n : x[i]);
        im.segment().setAtIndex(JAVA_DOUBLE, at, inverse ? y[i] / n : y[i]);
      }
    }
  }
}
