package dev.reprise.runtime.cpu.cell;

import static dev.reprise.runtime.cpu.cell.Layout.CELL;

import java.lang.foreign.MemorySegment;

/**
 * An element-wise function of two fp64 operands, as one tight loop per combination of array and
 * scalar. Stateless. The output may be one of the input arrays.
 *
 * <p>The array loops run over blocks that were copied out of off-heap memory: the compiler turns
 * loops over arrays into vector code, but not loops over two segments that might overlap. Operators
 * as cheap as an addition gain more from reading the segments directly, once that is compiled: see
 * {@link DirectOperators}.
 */
abstract class BinaryLoop {
  /** Cells per block: three blocks fit into the first-level cache. */
  static final int BLOCK = 1024;

  abstract double cell(double a, double b);

  abstract void arrays(double[] a, double[] b, double[] out, int n);

  abstract void arrayScalar(double[] a, double b, double[] out, int n);

  abstract void scalarArray(double a, double[] b, double[] out, int n);

  /** {@code out = a op b} over n cells; offsets in bytes. */
  void segments(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, long n) {
    int width = (int) Math.min(n, BLOCK);
    double[] x = new double[width];
    double[] y = new double[width];
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      MemorySegment.copy(a, CELL, atA + 8 * i, x, 0, count);
      MemorySegment.copy(b, CELL, atB + 8 * i, y, 0, count);
      arrays(x, y, x, count);
      MemorySegment.copy(x, 0, out, CELL, atOut + 8 * i, count);
    }
  }

  /** {@code out = a op b} over n cells with a fixed right operand; offsets in bytes. */
  void segmentScalar(MemorySegment a, long atA, double b, MemorySegment out, long atOut, long n) {
    double[] x = new double[(int) Math.min(n, BLOCK)];
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      MemorySegment.copy(a, CELL, atA + 8 * i, x, 0, count);
      arrayScalar(x, b, x, count);
      MemorySegment.copy(x, 0, out, CELL, atOut + 8 * i, count);
    }
  }

  /** {@code out = a op b} over n cells with a fixed left operand; offsets in bytes. */
  void scalarSegment(double a, MemorySegment b, long atB, MemorySegment out, long atOut, long n) {
    double[] y = new double[(int) Math.min(n, BLOCK)];
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      MemorySegment.copy(b, CELL, atB + 8 * i, y, 0, count);
      scalarArray(a, y, y, count);
      MemorySegment.copy(y, 0, out, CELL, atOut + 8 * i, count);
    }
  }
}
