package dev.reprise.runtime.cpu.fusion;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Cells of one precision in memory and in arrays: doubles for fp64, floats for fp32. Positions are
 * counted in cells. Stateless.
 *
 * @param <A> arrays of such cells
 */
abstract sealed class CellType<A> {
  static final CellType<double[]> DOUBLES = new Doubles();
  static final CellType<float[]> FLOATS = new Floats();

  private final ValueLayout layout;

  private CellType(ValueLayout layout) {
    this.layout = layout;
  }

  /** A new array of zeros. */
  abstract A array(int n);

  /** So many arrays, none of which is there yet. */
  abstract A[] arrays(int n);

  /** Fills part of an array with one cell of a vector. */
  abstract void repeat(MemorySegment vector, long at, A into, int from, int to);

  final void load(MemorySegment cells, long at, A into, int to, int n) {
    MemorySegment.copy(cells, layout, layout.byteSize() * at, into, to, n);
  }

  /** Copies the first cells of an array to memory. */
  final void store(A block, MemorySegment cells, long at, int n) {
    MemorySegment.copy(block, 0, cells, layout, layout.byteSize() * at, n);
  }

  private static final class Doubles extends CellType<double[]> {
    private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

    Doubles() {
      super(CELL);
    }

    @Override
    double[] array(int n) {
      return new double[n];
    }

    @Override
    double[][] arrays(int n) {
      return new double[n][];
    }

    @Override
    void repeat(MemorySegment vector, long at, double[] into, int from, int to) {
      Arrays.fill(into, from, to, vector.getAtIndex(CELL, at));
    }
  }

  private static final class Floats extends CellType<float[]> {
    private static final ValueLayout.OfFloat CELL = ValueLayout.JAVA_FLOAT;

    Floats() {
      super(CELL);
    }

    @Override
    float[] array(int n) {
      return new float[n];
    }

    @Override
    float[][] arrays(int n) {
      return new float[n][];
    }

    @Override
    void repeat(MemorySegment vector, long at, float[] into, int from, int to) {
      Arrays.fill(into, from, to, vector.getAtIndex(CELL, at));
    }
  }
}
