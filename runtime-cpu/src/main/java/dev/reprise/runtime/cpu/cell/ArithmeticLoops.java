package dev.reprise.runtime.cpu.cell;

import static dev.reprise.runtime.cpu.cell.Layout.CELL;

import java.lang.foreign.MemorySegment;

/**
 * The four basic operators, over blocks and with direct access to memory: see {@link
 * DirectOperators}.
 */
final class ArithmeticLoops {
  private ArithmeticLoops() {}

  /** Sum. */
  static class Add extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a + b;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] + b[i];
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] + b;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a + b[i];
      }
    }
  }

  /** The sum, which reads and writes memory directly. */
  static final class DirectAdd extends Add {
    @Override
    void segments(
        MemorySegment a,
        long atA,
        MemorySegment b,
        long atB,
        MemorySegment out,
        long atOut,
        long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a.get(CELL, atA + 8 * i) + b.get(CELL, atB + 8 * i));
      }
    }

    @Override
    void segmentScalar(MemorySegment a, long atA, double b, MemorySegment out, long atOut, long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a.get(CELL, atA + 8 * i) + b);
      }
    }

    @Override
    void scalarSegment(double a, MemorySegment b, long atB, MemorySegment out, long atOut, long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a + b.get(CELL, atB + 8 * i));
      }
    }
  }

  /** Difference. */
  static class Subtract extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a - b;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] - b[i];
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] - b;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a - b[i];
      }
    }
  }

  /** The difference, which reads and writes memory directly. */
  static final class DirectSubtract extends Subtract {
    @Override
    void segments(
        MemorySegment a,
        long atA,
        MemorySegment b,
        long atB,
        MemorySegment out,
        long atOut,
        long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a.get(CELL, atA + 8 * i) - b.get(CELL, atB + 8 * i));
      }
    }

    @Override
    void segmentScalar(MemorySegment a, long atA, double b, MemorySegment out, long atOut, long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a.get(CELL, atA + 8 * i) - b);
      }
    }

    @Override
    void scalarSegment(double a, MemorySegment b, long atB, MemorySegment out, long atOut, long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a - b.get(CELL, atB + 8 * i));
      }
    }
  }

  /** Product. */
  static class Multiply extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a * b;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] * b[i];
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] * b;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a * b[i];
      }
    }
  }

  /** The product, which reads and writes memory directly. */
  static final class DirectMultiply extends Multiply {
    @Override
    void segments(
        MemorySegment a,
        long atA,
        MemorySegment b,
        long atB,
        MemorySegment out,
        long atOut,
        long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a.get(CELL, atA + 8 * i) * b.get(CELL, atB + 8 * i));
      }
    }

    @Override
    void segmentScalar(MemorySegment a, long atA, double b, MemorySegment out, long atOut, long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a.get(CELL, atA + 8 * i) * b);
      }
    }

    @Override
    void scalarSegment(double a, MemorySegment b, long atB, MemorySegment out, long atOut, long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a * b.get(CELL, atB + 8 * i));
      }
    }
  }

  /** Quotient. */
  static class Divide extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a / b;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] / b[i];
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] / b;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a / b[i];
      }
    }
  }

  /** The quotient, which reads and writes memory directly. */
  static final class DirectDivide extends Divide {
    @Override
    void segments(
        MemorySegment a,
        long atA,
        MemorySegment b,
        long atB,
        MemorySegment out,
        long atOut,
        long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a.get(CELL, atA + 8 * i) / b.get(CELL, atB + 8 * i));
      }
    }

    @Override
    void segmentScalar(MemorySegment a, long atA, double b, MemorySegment out, long atOut, long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a.get(CELL, atA + 8 * i) / b);
      }
    }

    @Override
    void scalarSegment(double a, MemorySegment b, long atB, MemorySegment out, long atOut, long n) {
      for (long i = 0; i < n; i++) {
        out.set(CELL, atOut + 8 * i, a / b.get(CELL, atB + 8 * i));
      }
    }
  }
}
