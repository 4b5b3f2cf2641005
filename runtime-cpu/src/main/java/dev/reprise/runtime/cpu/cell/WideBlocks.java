package dev.reprise.runtime.cpu.cell;

import java.util.function.Supplier;

/**
 * Room for two blocks as doubles, for operations over floats that have loops over doubles only;
 * taken when first needed. Belongs to one thread.
 */
public final class WideBlocks {
  private final Supplier<double[]> source;
  private double[] first;
  private double[] second;

  /**
   * @param source of arrays that hold a block each
   */
  public WideBlocks(Supplier<double[]> source) {
    this.source = source;
  }

  /** The block as doubles, until this is called again. */
  double[] first(float[] block, int n) {
    if (first == null) {
      first = source.get();
    }
    widen(block, first, n);
    return first;
  }

  /** As {@link #first}, for a second operand. */
  double[] second(float[] block, int n) {
    if (second == null) {
      second = source.get();
    }
    widen(block, second, n);
    return second;
  }

  /** Turns floats into doubles. */
  public static void widen(float[] floats, double[] doubles, int n) {
    for (int i = 0; i < n; i++) {
      doubles[i] = floats[i];
    }
  }

  /** Rounds doubles to floats. */
  static void narrow(double[] doubles, float[] floats, int n) {
    for (int i = 0; i < n; i++) {
      floats[i] = (float) doubles[i];
    }
  }
}
