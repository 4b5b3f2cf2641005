package dev.reprise.runtime.cpu.cell;

import java.lang.foreign.MemorySegment;

/** An element-wise function of one fp64 operand. Stateless. The output may be the input array. */
abstract class UnaryLoop {

  abstract double cell(double x);

  abstract void array(double[] x, double[] out, int n);

  /**
   * {@code out = f(x)} over n floats that are not those of x, rounded; offsets in bytes.
   *
   * @return false when that is not done: then it is done by way of arrays
   */
  boolean floats(MemorySegment x, long atX, MemorySegment out, long atOut, long n) {
    return false;
  }

  /** {@code out = f(x)} over n cells; offsets in bytes. */
  void segment(MemorySegment x, long atX, MemorySegment out, long atOut, long n) {
    int width = BinaryLoop.block(n);
    double[] block = new double[width];
    for (long i = 0; i < n; i += width) {
      int count = (int) Math.min(width, n - i);
      MemorySegment.copy(x, Layout.CELL, atX + 8 * i, block, 0, count);
      array(block, block, count);
      MemorySegment.copy(block, 0, out, Layout.CELL, atOut + 8 * i, count);
    }
  }
}
