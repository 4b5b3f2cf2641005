package dev.reprise.runtime.cpu.cell;

/**
 * Functions that floats need no doubles for: their values are floats anyway, or, for the square
 * root, rounding twice does no harm (see {@link FloatOperators}).
 */
final class FloatFunctions {
  private FloatFunctions() {}

  static void negate(float[] x, float[] out, int n, WideBlocks wide) {
    for (int i = 0; i < n; i++) {
      out[i] = -x[i];
    }
  }

  static void absolute(float[] x, float[] out, int n, WideBlocks wide) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.abs(x[i]);
    }
  }

  static void squareRoot(float[] x, float[] out, int n, WideBlocks wide) {
    for (int i = 0; i < n; i++) {
      out[i] = (float) Math.sqrt(x[i]);
    }
  }

  static void floor(float[] x, float[] out, int n, WideBlocks wide) {
    for (int i = 0; i < n; i++) {
      out[i] = (float) Math.floor(x[i]);
    }
  }

  static void ceil(float[] x, float[] out, int n, WideBlocks wide) {
    for (int i = 0; i < n; i++) {
      out[i] = (float) Math.ceil(x[i]);
    }
  }

  static void relu(float[] x, float[] out, int n, WideBlocks wide) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.max(0, x[i]);
    }
  }
}
