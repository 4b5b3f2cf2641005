package dev.reprise.runtime.cpu.cell;

/**
 * An element-wise function of one operand from floats to floats: every cell is what the loop over
 * doubles computes, rounded. Stateless. The output may be the input array.
 */
interface FloatUnary {
  void array(float[] x, float[] out, int n, WideBlocks wide);

  /** By way of doubles. */
  record Widened(UnaryLoop loop) implements FloatUnary {
    @Override
    public void array(float[] x, float[] out, int n, WideBlocks wide) {
      double[] block = wide.first(x, n);
      loop.array(block, block, n);
      WideBlocks.narrow(block, out, n);
    }
  }
}
