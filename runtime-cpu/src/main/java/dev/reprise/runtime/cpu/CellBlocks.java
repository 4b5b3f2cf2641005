package dev.reprise.runtime.cpu;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Brings cells of either width to doubles in arrays and back, for kernels that compute in double on
 * blocks that fit into the first cache. Positions are counted in cells.
 *
 * <p>Belongs to one thread.
 */
public final class CellBlocks {
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /** Null for doubles. */
  private final float[] floats;

  /**
   * @param precision of the cells in memory
   * @param most cells that are brought at once
   */
  public CellBlocks(Precision precision, int most) {
    this.floats = precision == Precision.FP32 ? new float[most] : null;
  }

  /** Copies {@code n} cells into the array, from its index {@code to} on. */
  public void load(MemorySegment cells, long at, double[] into, int to, int n) {
    if (floats == null) {
      MemorySegment.copy(cells, DOUBLE, Double.BYTES * at, into, to, n);
    } else {
      MemorySegment.copy(cells, FLOAT, Float.BYTES * at, floats, 0, n);
      widen(floats, into, to, n);
    }
  }

  /** Copies {@code n} doubles of the array, from its index {@code from} on, to cells, rounded. */
  public void store(double[] values, int from, MemorySegment cells, long at, int n) {
    if (floats == null) {
      MemorySegment.copy(values, from, cells, DOUBLE, Double.BYTES * at, n);
    } else {
      narrow(values, from, floats, n);
      MemorySegment.copy(floats, 0, cells, FLOAT, Float.BYTES * at, n);
    }
  }

  private static void widen(float[] floats, double[] into, int to, int n) {
    for (int i = 0; i < n; i++) {
      into[to + i] = floats[i];
    }
  }

  private static void narrow(double[] values, int from, float[] floats, int n) {
    for (int i = 0; i < n; i++) {
      floats[i] = (float) values[from + i];
    }
  }
}
