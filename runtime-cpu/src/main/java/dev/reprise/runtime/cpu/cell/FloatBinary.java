package dev.reprise.runtime.cpu.cell;

/**
 * An element-wise function of two operands from floats to floats: every cell is what the loop over
 * doubles computes, rounded. Numbers are doubles and are not rounded. Stateless. The output may be
 * one of the input arrays.
 */
interface FloatBinary {
  void arrays(float[] a, float[] b, float[] out, int n, WideBlocks wide);

  void arrayScalar(float[] a, double b, float[] out, int n, WideBlocks wide);

  void scalarArray(double a, float[] b, float[] out, int n, WideBlocks wide);

  /** By way of doubles. */
  record Widened(BinaryLoop loop) implements FloatBinary {
    @Override
    public void arrays(float[] a, float[] b, float[] out, int n, WideBlocks wide) {
      double[] x = wide.first(a, n);
      loop.arrays(x, wide.second(b, n), x, n);
      WideBlocks.narrow(x, out, n);
    }

    @Override
    public void arrayScalar(float[] a, double b, float[] out, int n, WideBlocks wide) {
      double[] x = wide.first(a, n);
      loop.arrayScalar(x, b, x, n);
      WideBlocks.narrow(x, out, n);
    }

    @Override
    public void scalarArray(double a, float[] b, float[] out, int n, WideBlocks wide) {
      double[] y = wide.first(b, n);
      loop.scalarArray(a, y, y, n);
      WideBlocks.narrow(y, out, n);
    }
  }
}
