package dev.reprise.runtime.cpu.cell;

/** Bit operators over the operands as 32-bit integers. */
final class BitLoops {
  private BitLoops() {}

  /** Bits set in both. */
  static final class BitAnd extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return (int) a & (int) b;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a[i] & (int) b[i];
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a[i] & (int) b;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a & (int) b[i];
      }
    }
  }

  /** Bits set in either. */
  static final class BitOr extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return (int) a | (int) b;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a[i] | (int) b[i];
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a[i] | (int) b;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a | (int) b[i];
      }
    }
  }

  /** Bits set in one. */
  static final class BitXor extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return (int) a ^ (int) b;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a[i] ^ (int) b[i];
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a[i] ^ (int) b;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a ^ (int) b[i];
      }
    }
  }

  /** a shifted b bits up; -2^31, which is R's integer for "not available", becomes NaN. */
  static final class ShiftLeft extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      int shifted = (int) a << (int) b;
      return shifted == Integer.MIN_VALUE ? Double.NaN : shifted;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = cell(a[i], b[i]);
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = cell(a[i], b);
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = cell(a, b[i]);
      }
    }
  }

  /** a shifted b bits down, keeping the sign. */
  static final class ShiftRight extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return (int) a >> (int) b;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a[i] >> (int) b[i];
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a[i] >> (int) b;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (int) a >> (int) b[i];
      }
    }
  }
}
