package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code [re, im] = stft(re, im, windowSize, overlap)}: the Fourier transforms of windows of each
 * row, side by side. Windows begin every {@code windowSize - overlap} cells; the last one is filled
 * up with zeros.
 *
 * <pre>
 *   row      1 2 3 4 5 6 7          windowSize 4, overlap 2
 *   windows  1 2 3 4
 *                3 4 5 6
 *                    5 6 7 0
 * </pre>
 */
final class WindowedFourierKernel implements Kernel {

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix re = Arguments.matrix(operation, inputs, 0);
    DenseMatrix im = FourierKernel.imaginaryOrNull(operation, inputs, re);
    long size = cells(operation, inputs, 2);
    long overlap = cells(operation, inputs, 3);
    if (size < 1 || size > FourierLine.MOST || overlap < 0 || overlap >= size) {
      throw new OperandException(
          "'stft' needs windows of 1 to "
              + FourierLine.MOST
              + " cells that overlap by at least 0 cells and less than their size, but got size "
              + size
              + " and overlap "
              + overlap);
    }
    if (re.cols() < 1) {
      throw new OperandException("'stft' needs rows with cells, but got shape " + re.shape());
    }
    int n = (int) size;
    long step = size - overlap;
    long windows = re.cols() <= size ? 1 : 1 + (re.cols() - size + step - 1) / step;
    if (windows > Integer.MAX_VALUE / size) {
      throw new OperandException(
          "'stft' would make "
              + windows
              + " windows of "
              + size
              + " cells for each row, too many for a matrix");
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix outRe = scratch.matrix(re.rows(), windows * size);
      DenseMatrix outIm = scratch.matrix(re.rows(), windows * size);
      FourierLine transform = FourierLine.of(n, false);
      double[] x = new double[n];
      double[] y = new double[n];
      for (long row = 0; row < re.rows(); row++) {
        for (long window = 0; window < windows; window++) {
          long from = window * step;
          for (int i = 0; i < n; i++) {
            boolean inside = from + i < re.cols();
            long at = row * re.cols() + from + i;
            x[i] = inside ? re.segment().getAtIndex(JAVA_DOUBLE, at) : 0;
            y[i] = inside && im != null ? im.segment().getAtIndex(JAVA_DOUBLE, at) : 0;
          }
          transform.apply(x, y);
          long to = (row * windows + window) * n;
          for (int i = 0; i < n; i++) {
            outRe.segment().setAtIndex(JAVA_DOUBLE, to + i, x[i]);
            outIm.segment().setAtIndex(JAVA_DOUBLE, to + i, y[i]);
          }
        }
      }
      return new Operand[] {scratch.keep(outRe), scratch.keep(outIm)};
    }
  }

  /** A number of cells, which is not cut: a window of 3.9 cells is likely one of 4. */
  private static long cells(Operation operation, Operand[] inputs, int at) {
    Scalar given = Arguments.scalar(operation, inputs, at);
    double number = given.asDouble();
    if (number != Math.rint(number)) {
      throw new OperandException(
          "'stft' needs a whole number of cells as '"
              + operation.opcode().parameters().get(at).name()
              + "', but got "
              + given.asString());
    }
    return given.asLong();
  }
}
