package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Distinct values come in the order of Java's hash set, however full and uneven its bins are. */
class HashOrderTest {
  private final Random random = new Random(20261130);

  @Test
  void anyNumberOfValuesOfMeasurements() {
    for (int count = 0; count < 300; count++) {
      check(count, _ -> random.nextGaussian());
    }
    for (int count : new int[] {767, 768, 769, 1537, 12_289, 100_000, 200_003}) {
      check(count, _ -> random.nextDouble());
    }
  }

  @Test
  void wholeNumbersMeetInFewBins() {
    for (int count : new int[] {8, 9, 12, 13, 24, 25, 48, 49, 100, 1000, 50_000}) {
      check(count, i -> i);
      check(count, i -> -1024.0 * i);
      check(count, _ -> random.nextInt(1 << 20) / 64.0);
    }
  }

  @Test
  void binsThatAreAsLongAsTheyMayBeAndLonger() {
    for (int same = 6; same <= 11; same++) {
      for (int others = 0; others < 70; others += 3) {
        int inOneBin = same;
        // Numbers whose bits differ in the upper ones of the hash alone.
        check(
            same + others,
            i -> i < inOneBin ? Double.longBitsToDouble((long) i << 62 >>> 1 | (long) i << 26) : i);
      }
    }
  }

  @Test
  void whatIsNoNumberAndInfinities() {
    double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, 0, Double.NEGATIVE_INFINITY};
    check(30, i -> i % 5 < odd.length ? odd[i % 5] : i);
  }

  private static void check(int count, IntToDoubleFunction value) {
    Set<Double> firsts = new LinkedHashSet<>();
    Set<Double> wanted = new HashSet<>();
    for (int i = 0; i < count; i++) {
      double next = value.applyAsDouble(i) + 0.0;
      firsts.add(next);
      wanted.add(next);
    }
    double[] values = firsts.stream().mapToDouble(Double::doubleValue).toArray();
    assertThat(HashOrder.of(values))
        .as("%d values", count)
        .isEqualTo(wanted.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
