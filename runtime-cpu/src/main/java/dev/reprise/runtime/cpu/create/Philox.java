package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.cpu.code.RandomNumbers;

/**
 * The counter-based random generator Philox4x32-10: 128 random bits as a function of a 64-bit key
 * and a 128-bit counter, with nothing to remember in between. Not thread-safe (holds work arrays).
 *
 * <p>How the project uses it, on every device. The key is the seed, low word first. Of the four
 * counter words the first two are the block number, low word first, the third is the stream (what
 * the bits are for) and the fourth the draw (0, or counting up where an algorithm may reject). The
 * first two result words, low word first, are 64 bits for cell 2 block of the row-major matrix, the
 * other two for cell 2 block + 1. A uniform number in [0, 1) is the upper 53 of the 64 bits times
 * 2^-53.
 *
 * <p>Source: Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011.
 */
final class Philox {
  /** Uniform cells. */
  public static final int UNIFORM = 0;

  /** Pairs of normal cells. */
  public static final int NORMAL = 1;

  /** Poisson cells; the block is the cell's own number, since each may need several draws. */
  public static final int POISSON = 2;

  /** Whether a cell of a sparse matrix is non-zero. */
  public static final int SPARSITY = 3;

  /** Choices of {@code sample}. */
  public static final int SAMPLE = 4;

  /** Most blocks of one {@link #generate}. */
  public static final int BATCH = 512;

  static final long MASK = 0xffffffffL;
  static final long MULTIPLIER_0 = 0xD2511F53L;
  static final long MULTIPLIER_1 = 0xCD9E8D57L;
  static final long WEYL_0 = 0x9E3779B9L;
  static final long WEYL_1 = 0xBB67AE85L;
  private static final int ROUNDS = RandomNumbers.ROUNDS;

  private final long seed;
  private final int stream;
  private final long[] x0;
  private final long[] x1;
  private final long[] x2;
  private final long[] x3;

  public Philox(long seed, int stream) {
    this(seed, stream, BATCH);
  }

  /**
   * With less memory.
   *
   * @param most blocks of one {@link #generate}
   */
  Philox(long seed, int stream, int most) {
    this.seed = seed;
    this.stream = stream;
    x0 = new long[most];
    x1 = new long[most];
    x2 = new long[most];
    x3 = new long[most];
  }

  /** A uniform number in [0, 1) from 64 random bits. */
  public static double uniform(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }

  /**
   * Writes the bits of {@code count} consecutive blocks, at most {@link #BATCH}: those for even
   * cells to {@code even}, those for odd cells to {@code odd}.
   */
  public void generate(long firstBlock, int count, int draw, long[] even, long[] odd) {
    for (int i = 0; i < count; i++) {
      x0[i] = firstBlock + i & MASK;
      x1[i] = firstBlock + i >>> 32;
      x2[i] = stream & MASK;
      x3[i] = draw & MASK;
    }
    long k0 = seed & MASK;
    long k1 = seed >>> 32;
    for (int round = 0; round < ROUNDS; round++) {
      round(count, k0, k1);
      k0 = k0 + WEYL_0 & MASK;
      k1 = k1 + WEYL_1 & MASK;
    }
    for (int i = 0; i < count; i++) {
      even[i] = x0[i] | x1[i] << 32;
      odd[i] = x2[i] | x3[i] << 32;
    }
  }

  /** One round over all blocks; simple enough for the compiler to make vector code of it. */
  private void round(int count, long k0, long k1) {
    long[] a = x0;
    long[] b = x1;
    long[] c = x2;
    long[] d = x3;
    for (int i = 0; i < count; i++) {
      long p0 = (a[i] & MASK) * MULTIPLIER_0;
      long p1 = (c[i] & MASK) * MULTIPLIER_1;
      a[i] = p1 >>> 32 ^ b[i] ^ k0;
      b[i] = p1 & MASK;
      c[i] = p0 >>> 32 ^ d[i] ^ k1;
      d[i] = p0 & MASK;
    }
  }
}
