package dev.reprise.runtime.cpu.cell;

import static dev.reprise.runtime.cpu.cell.Layout.CELL;

import java.lang.foreign.MemorySegment;

/**
 * An element-wise function of two fp64 operands, as one tight loop per combination of array and
 * scalar. Stateless. The output may be one of the input arrays.
 *
 * <p>The array loops run over blocks that were copied out of off-heap memory: the compiler turns
 * loops over arrays into vector code, but not loops over two segments that might overlap. Operators
 * as cheap as an addition gain more from reading the segments directly where these come from main
 * memory, once that is compiled: see {@link DirectOperators}.
 */
abstract class BinaryLoop {
  /** Cells per block: three blocks fit into the first-level cache. */
  static final int BLOCK = 1024;

  /** Cells of a block of a short run, whose time would go into making and clearing blocks. */
  private static final int SHORT_BLOCK = 256;

  /**
   * Runs of fewer cells are short. A sum of 1,000 cells takes 2.1 us in blocks of 1,024 and 0.8 us
   * in blocks of 256, one of 6,400 cells 4.7 and 3.5 us; from 20,000 cells on they are equal.
   */
  private static final long LONG_RUN = 1 << 14;

  /** Cells per block of a run of n cells; no more than the run has. */
  static int block(long n) {
    return (int) Math.min(n, n < LONG_RUN ? SHORT_BLOCK : BLOCK);
  }

  abstract double cell(double a, double b);

  abstract void arrays(double[] a, double[] b, double[] out, int n);

  abstract void arrayScalar(double[] a, double b, double[] out, int n);

  abstract void scalarArray(double a, double[] b, double[] out, int n);

  /** {@code out = a op b} over n cells; offsets in bytes. */
  void segments(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, long n) {
    int width = block(n);
    double[] x = new double[width];
    double[] y = new double[width];
    for (long i = 0; i < n; i += width) {
      int count = (int) Math.min(width, n - i);
      MemorySegment.copy(a, CELL, atA + 8 * i, x, 0, count);
      MemorySegment.copy(b, CELL, atB + 8 * i, y, 0, count);
      arrays(x, y, x, count);
      MemorySegment.copy(x, 0, out, CELL, atOut + 8 * i, count);
    }
  }

  /** {@code out = a op b} over n cells with a fixed right operand; offsets in bytes. */
  void segmentScalar(MemorySegment a, long atA, double b, MemorySegment out, long atOut, long n) {
    int width = block(n);
    double[] x = new double[width];
    for (long i = 0; i < n; i += width) {
      int count = (int) Math.min(width, n - i);
      MemorySegment.copy(a, CELL, atA + 8 * i, x, 0, count);
      arrayScalar(x, b, x, count);
      MemorySegment.copy(x, 0, out, CELL, atOut + 8 * i, count);
    }
  }

  /** {@code out = a op b} over n cells with a fixed left operand; offsets in bytes. */
  void scalarSegment(double a, MemorySegment b, long atB, MemorySegment out, long atOut, long n) {
    int width = block(n);
    double[] y = new double[width];
    for (long i = 0; i < n; i += width) {
      int count = (int) Math.min(width, n - i);
      MemorySegment.copy(b, CELL, atB + 8 * i, y, 0, count);
      scalarArray(a, y, y, count);
      MemorySegment.copy(y, 0, out, CELL, atOut + 8 * i, count);
    }
  }
}
