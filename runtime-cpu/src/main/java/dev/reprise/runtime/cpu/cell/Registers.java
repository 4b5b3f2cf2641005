package dev.reprise.runtime.cpu.cell;

/**
 * What steps over blocks read and write: arrays of doubles in fp64, of floats in fp32, and numbers
 * that are the same for every cell. Belongs to one thread.
 */
public final class Registers {
  /** By register; null in fp32. */
  public final double[][] doubles;

  /** By register; null in fp64. */
  public final float[][] floats;

  public final double[] scalars;

  /** Null in fp64. */
  final WideBlocks wide;

  private Registers(double[][] doubles, float[][] floats, double[] scalars, WideBlocks wide) {
    this.doubles = doubles;
    this.floats = floats;
    this.scalars = scalars;
    this.wide = wide;
  }

  /** Registers of doubles; the arrays are read and written. */
  public static Registers ofDoubles(double[][] registers, double[] scalars) {
    return new Registers(registers, null, scalars, null);
  }

  /** Registers of floats; the arrays are read and written. */
  public static Registers ofFloats(float[][] registers, double[] scalars, WideBlocks wide) {
    return new Registers(null, registers, scalars, wide);
  }
}
