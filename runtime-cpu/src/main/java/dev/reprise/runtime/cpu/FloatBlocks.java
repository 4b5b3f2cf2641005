package dev.reprise.runtime.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Brings floats in memory to doubles in arrays and back, for kernels that compute in double on
 * blocks that fit into the first cache. Positions are counted in cells.
 *
 * <p>Belongs to one thread.
 */
public final class FloatBlocks {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private final float[] floats;

  /**
   * @param most cells that are brought at once
   */
  public FloatBlocks(int most) {
    this.floats = new float[most];
  }

  /** Copies {@code n} floats into the array, from its index {@code to} on. */
  public void load(MemorySegment cells, long at, double[] into, int to, int n) {
    MemorySegment.copy(cells, FLOAT, Float.BYTES * at, floats, 0, n);
    widen(floats, into, to, n);
  }

  /** Rounds {@code n} doubles of the array, from its index {@code from} on, to floats in memory. */
  public void store(double[] values, int from, MemorySegment cells, long at, int n) {
    narrow(values, from, floats, n);
    MemorySegment.copy(floats, 0, cells, FLOAT, Float.BYTES * at, n);
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
