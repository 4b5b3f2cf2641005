package dev.reprise.runtime.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/** Numbers in the ways in which they lie that sorting and dealing them may trip over. */
public final class Samples {
  private Samples() {}

  /**
   * So many numbers.
   *
   * @param name what a failure shows
   */
  public record Sample(String name, double[] values) {
    @Override
    public String toString() {
      return name + " of " + values.length;
    }
  }

  /** One sample of each kind. */
  public static List<Sample> of(int n) {
    Random random = new Random(n);
    List<Sample> samples = new ArrayList<>();
    add(samples, n, "uniform", i -> random.nextDouble());
    add(samples, n, "normal", i -> random.nextGaussian());
    add(samples, n, "wide", i -> Math.exp(1400 * (random.nextDouble() - 0.5)));
    add(samples, n, "wide of both signs", i -> i % 2 * 2 - Math.exp(700 * random.nextDouble()));
    add(samples, n, "tiny", i -> random.nextInt(1000) * Double.MIN_VALUE);
    add(samples, n, "huge", i -> (random.nextDouble() - 0.5) * Double.MAX_VALUE * 2);
    add(samples, n, "ties", i -> (random.nextInt(40) - 20) / 8.0);
    add(samples, n, "zeros of both signs", i -> random.nextBoolean() ? 0.0 : -0.0);
    add(samples, n, "small and both zeros", i -> (random.nextInt(3) - 1) * 0.0 + i % 5 / 7 * i);
    add(samples, n, "equal", i -> 3);
    add(samples, n, "ascending", i -> i / 3);
    add(samples, n, "descending", i -> -i / 3);
    add(samples, n, "waves", i -> i % 997 / 997.0);
    add(samples, n, "one far away", i -> i == n / 2 ? 1e300 : random.nextDouble());
    add(samples, n, "infinities", i -> random.nextInt(9) == 0 ? 1.0 / (i % 2 * -0.0) : i % 100);
    add(samples, n, "some NaN", i -> random.nextInt(50) == 0 ? Double.NaN : random.nextGaussian());
    add(samples, n, "NaN", i -> Double.NaN);
    add(samples, n, "one NaN", i -> i == n - 1 ? Double.NaN : random.nextDouble());
    add(samples, n, "any bits", i -> Double.longBitsToDouble(random.nextLong()));
    add(samples, n, "one far away in front", i -> i == 0 ? 1e300 : random.nextDouble());
    add(samples, n, "one far away at the end", i -> i == n - 1 ? -1e300 : random.nextDouble());
    for (int at : new int[] {0, 1, 2, 3, n - 2}) {
      String butForTwo = " but for cell " + at + " and the next one";
      add(samples, n, "ascending" + butForTwo, i -> swapped(i, at));
      add(samples, n, "descending" + butForTwo, i -> -swapped(i, at));
    }
    return samples;
  }

  /** The number, but for two that stand in for each other. */
  public static int swapped(int i, int at) {
    return i == at ? i + 1 : i == at + 1 ? i - 1 : i;
  }

  private static void add(List<Sample> samples, int n, String name, IntToDoubleFunction number) {
    double[] values = new double[n];
    Arrays.setAll(values, number);
    samples.add(new Sample(name, values));
  }
}
