package dev.reprise.runtime.cpu.cell;

/**
 * Operations that floats need no doubles for: the sum, difference, product or quotient of two
 * floats, rounded to a double and then to a float, is the same rounded once, since a double has
 * more than twice the digits of a float and two more (Figueroa 1995, When is double rounding
 * innocuous?). The smaller and the larger of two floats is one of them.
 *
 * <p>A number that is no float, such as 0.1, makes them compute in double.
 */
final class FloatOperators {
  private FloatOperators() {}

  /** True for a number that a float holds exactly; not for NaN, which costs nothing. */
  private static boolean isFloat(double number) {
    return (float) number == number;
  }

  /** Sum. */
  static final class Add implements FloatBinary {
    @Override
    public void arrays(float[] a, float[] b, float[] out, int n, WideBlocks wide) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] + b[i];
      }
    }

    @Override
    public void arrayScalar(float[] a, double b, float[] out, int n, WideBlocks wide) {
      if (isFloat(b)) {
        arrayFloat(a, (float) b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (a[i] + b);
      }
    }

    private static void arrayFloat(float[] a, float b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] + b;
      }
    }

    @Override
    public void scalarArray(double a, float[] b, float[] out, int n, WideBlocks wide) {
      if (isFloat(a)) {
        floatArray((float) a, b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (a + b[i]);
      }
    }

    private static void floatArray(float a, float[] b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a + b[i];
      }
    }
  }

  /** Difference. */
  static final class Subtract implements FloatBinary {
    @Override
    public void arrays(float[] a, float[] b, float[] out, int n, WideBlocks wide) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] - b[i];
      }
    }

    @Override
    public void arrayScalar(float[] a, double b, float[] out, int n, WideBlocks wide) {
      if (isFloat(b)) {
        arrayFloat(a, (float) b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (a[i] - b);
      }
    }

    private static void arrayFloat(float[] a, float b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] - b;
      }
    }

    @Override
    public void scalarArray(double a, float[] b, float[] out, int n, WideBlocks wide) {
      if (isFloat(a)) {
        floatArray((float) a, b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (a - b[i]);
      }
    }

    private static void floatArray(float a, float[] b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a - b[i];
      }
    }
  }

  /** Product. */
  static final class Multiply implements FloatBinary {
    @Override
    public void arrays(float[] a, float[] b, float[] out, int n, WideBlocks wide) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] * b[i];
      }
    }

    @Override
    public void arrayScalar(float[] a, double b, float[] out, int n, WideBlocks wide) {
      if (isFloat(b)) {
        arrayFloat(a, (float) b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (a[i] * b);
      }
    }

    private static void arrayFloat(float[] a, float b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] * b;
      }
    }

    @Override
    public void scalarArray(double a, float[] b, float[] out, int n, WideBlocks wide) {
      if (isFloat(a)) {
        floatArray((float) a, b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (a * b[i]);
      }
    }

    private static void floatArray(float a, float[] b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a * b[i];
      }
    }
  }

  /** Quotient. */
  static final class Divide implements FloatBinary {
    @Override
    public void arrays(float[] a, float[] b, float[] out, int n, WideBlocks wide) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] / b[i];
      }
    }

    @Override
    public void arrayScalar(float[] a, double b, float[] out, int n, WideBlocks wide) {
      if (isFloat(b)) {
        arrayFloat(a, (float) b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (a[i] / b);
      }
    }

    private static void arrayFloat(float[] a, float b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] / b;
      }
    }

    @Override
    public void scalarArray(double a, float[] b, float[] out, int n, WideBlocks wide) {
      if (isFloat(a)) {
        floatArray((float) a, b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (a / b[i]);
      }
    }

    private static void floatArray(float a, float[] b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a / b[i];
      }
    }
  }

  /** The smaller; NaN if either is. */
  static final class Min implements FloatBinary {
    @Override
    public void arrays(float[] a, float[] b, float[] out, int n, WideBlocks wide) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.min(a[i], b[i]);
      }
    }

    @Override
    public void arrayScalar(float[] a, double b, float[] out, int n, WideBlocks wide) {
      if (isFloat(b)) {
        arrayFloat(a, (float) b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (Math.min(a[i], b));
      }
    }

    private static void arrayFloat(float[] a, float b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.min(a[i], b);
      }
    }

    @Override
    public void scalarArray(double a, float[] b, float[] out, int n, WideBlocks wide) {
      if (isFloat(a)) {
        floatArray((float) a, b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (Math.min(a, b[i]));
      }
    }

    private static void floatArray(float a, float[] b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.min(a, b[i]);
      }
    }
  }

  /** The larger; NaN if either is. */
  static final class Max implements FloatBinary {
    @Override
    public void arrays(float[] a, float[] b, float[] out, int n, WideBlocks wide) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.max(a[i], b[i]);
      }
    }

    @Override
    public void arrayScalar(float[] a, double b, float[] out, int n, WideBlocks wide) {
      if (isFloat(b)) {
        arrayFloat(a, (float) b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (Math.max(a[i], b));
      }
    }

    private static void arrayFloat(float[] a, float b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.max(a[i], b);
      }
    }

    @Override
    public void scalarArray(double a, float[] b, float[] out, int n, WideBlocks wide) {
      if (isFloat(a)) {
        floatArray((float) a, b, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = (float) (Math.max(a, b[i]));
      }
    }

    private static void floatArray(float a, float[] b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.max(a, b[i]);
      }
    }
  }
}
