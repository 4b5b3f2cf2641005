package dev.reprise.runtime.cpu.cell;

import java.lang.foreign.MemorySegment;

/**
 * An element-wise function of one operand from floats to floats: every cell is what the loop over
 * doubles computes, rounded. Stateless. The output may be the input array.
 */
interface FloatUnary {
  void array(float[] x, float[] out, int n, WideBlocks wide);

  /** As {@link UnaryLoop#floats}. */
  default boolean segment(MemorySegment x, long atX, MemorySegment out, long atOut, long n) {
    return false;
  }

  /** By way of doubles. */
  record Widened(UnaryLoop loop) implements FloatUnary {
    @Override
    public boolean segment(MemorySegment x, long atX, MemorySegment out, long atOut, long n) {
      return loop.floats(x, atX, out, atOut, n);
    }

    @Override
    public void array(float[] x, float[] out, int n, WideBlocks wide) {
      double[] block = wide.first(x, n);
      loop.array(block, block, n);
      WideBlocks.narrow(block, out, n);
    }
  }
}
