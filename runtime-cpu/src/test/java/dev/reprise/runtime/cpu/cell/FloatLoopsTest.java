package dev.reprise.runtime.cpu.cell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Loops over floats give what loops over doubles give, rounded. */
class FloatLoopsTest {
  private static final int BLOCK = 1024;
  private static final float[] SPECIAL = {
    0,
    -0f,
    1,
    -1,
    3,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1 + 0x1p-23f,
    16777216
  };

  private static final double[] NUMBERS = {
    0, -0.0, 1, 0.9, 0.1, -0.01, 2, 1e-300, 1e300, 0x1p-149, 0x1p-150, Double.NaN, 1 + 0x1p-24
  };

  private final Random random = new Random(20261201);
  private final WideBlocks wide = new WideBlocks(() -> new double[BLOCK]);

  /** All exponents alike, so that sums, products and quotients end below, at and above floats. */
  private float cell(int spread) {
    if (random.nextInt(20) == 0) {
      return SPECIAL[random.nextInt(SPECIAL.length)];
    }
    return spread == 0
        ? Float.intBitsToFloat(random.nextInt())
        : Math.scalb(1 + random.nextFloat(), random.nextInt(spread) - spread / 2);
  }

  private float[] block(int spread) {
    float[] block = new float[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      block[i] = cell(spread);
    }
    return block;
  }

  private static double[] widened(float[] block) {
    double[] wide = new double[block.length];
    WideBlocks.widen(block, wide, block.length);
    return wide;
  }

  private static void assertRounded(String what, float[] found, double[] wanted) {
    for (int i = 0; i < found.length; i++) {
      if (Float.floatToIntBits(found[i]) != Float.floatToIntBits((float) wanted[i])) {
        assertThat(found[i]).as("%s, cell %d", what, i).isEqualTo((float) wanted[i]);
        throw new AssertionError(what + ": zeros of different signs at " + i);
      }
    }
  }

  @Test
  void operationsOfTwoFloatsAreThoseOfTheirDoublesRounded() {
    assertThat(FloatLoops.binary().keySet()).isEqualTo(Loops.binary().keySet());
    new TreeMap<>(FloatLoops.binary())
        .forEach((opcode, loop) -> {
          BinaryLoop doubles = Loops.binary().get(opcode);
          int rounds = loop instanceof FloatBinary.Widened ? 12 : 600;
          for (int round = 0; round < rounds; round++) {
            float[] a = block(round % 3 * 20);
            float[] b = block(round % 3 * 20);
            double[] wanted = new double[BLOCK];
            doubles.arrays(widened(a), widened(b), wanted, BLOCK);
            float[] out = new float[BLOCK];
            loop.arrays(a, b, out, BLOCK, wide);
            assertRounded(opcode, out, wanted);
            loop.arrays(a, b, a, BLOCK, wide);
            assertRounded(opcode + " in place", a, wanted);
          }
        });
  }

  @Test
  void numbersAreNotRounded() {
    new TreeMap<>(FloatLoops.binary())
        .forEach((opcode, loop) -> {
          BinaryLoop doubles = Loops.binary().get(opcode);
          for (double number : NUMBERS) {
            float[] a = block(random.nextInt(3) * 20);
            double[] wanted = new double[BLOCK];
            float[] out = new float[BLOCK];
            doubles.arrayScalar(widened(a), number, wanted, BLOCK);
            loop.arrayScalar(a, number, out, BLOCK, wide);
            assertRounded(opcode + " " + number, out, wanted);
            doubles.scalarArray(number, widened(a), wanted, BLOCK);
            loop.scalarArray(number, a, a, BLOCK, wide);
            assertRounded(number + " " + opcode, a, wanted);
          }
        });
  }

  @Test
  void functionsOfFloatsAreThoseOfTheirDoublesRounded() {
    assertThat(FloatLoops.unary().keySet()).isEqualTo(Loops.unary().keySet());
    new TreeMap<>(FloatLoops.unary())
        .forEach((opcode, loop) -> {
          for (int round = 0; round < 120; round++) {
            float[] x = block(round % 3 * 20);
            double[] wanted = new double[BLOCK];
            Loops.unary().get(opcode).array(widened(x), wanted, BLOCK);
            float[] out = new float[BLOCK];
            loop.array(x, out, BLOCK, wide);
            assertRounded(opcode, out, wanted);
            loop.array(x, x, BLOCK, wide);
            assertRounded(opcode + " in place", x, wanted);
          }
        });
  }

  /** Quotients below the smallest normal float, where a float has fewer digits. */
  @Test
  void quotientsAndProductsOfFewDigitsAreRoundedOnce() {
    float[] out = new float[BLOCK];
    double[] wanted = new double[BLOCK];
    for (int round = 0; round < 600; round++) {
      float[] a = new float[BLOCK];
      float[] b = new float[BLOCK];
      for (int i = 0; i < BLOCK; i++) {
        a[i] = Math.scalb(1 + random.nextFloat(), -100 - random.nextInt(26));
        b[i] = Math.scalb(1 + random.nextFloat(), 10 + random.nextInt(40));
      }
      Loops.binary().get("/").arrays(widened(a), widened(b), wanted, BLOCK);
      FloatLoops.binary().get("/").arrays(a, b, out, BLOCK, wide);
      assertRounded("/", out, wanted);
      for (int i = 0; i < BLOCK; i++) {
        b[i] = 1 / b[i];
      }
      Loops.binary().get("*").arrays(widened(a), widened(b), wanted, BLOCK);
      FloatLoops.binary().get("*").arrays(a, b, out, BLOCK, wide);
      assertRounded("*", out, wanted);
    }
  }
}
