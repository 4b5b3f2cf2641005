package dev.reprise.lineage;

import java.util.Arrays;

/**
 * The numbers that one literal of a patch had in the iterations that took it, as segments: an
 * arithmetic progression over the iteration's number (a constant when the step is 0), or seeds that
 * follow from the run's seed base. A loop variable and what is computed from it cost nothing;
 * irregular numbers cost 12 bytes each.
 *
 * <p>Progressions are only kept where they give back the very bits. Appended by one thread, read by
 * others as {@link PathColumn} is: a segment's step matters only for iterations that were appended
 * after it was set.
 */
final class NumberColumn {
  /** Marks a segment of seeds; its step is the number of the draw. */
  private static final int SEEDS = 1;

  private static final int PROGRESSION = 0;

  /** Draws per iteration that are tried when a number looks like a seed. */
  private static final long DRAWS_TRIED = 256;

  /** Seeds have 53 random bits: one in two million is smaller, and is then stored as it is. */
  private static final long SMALLEST_SEED = 1L << 32;

  private final ValueKind kind;
  private volatile long[] firsts = new long[1];
  private volatile long[] froms = new long[1];
  private volatile long[] steps = new long[1];
  private volatile byte[] rules = new byte[1];
  // Written after the segment's content.
  private volatile int size;
  // Set before the size that makes the first segment of seeds visible.
  private volatile boolean seeded;
  private long entriesOfLast;

  NumberColumn(ValueKind kind) {
    this.kind = kind;
  }

  ValueKind kind() {
    return kind;
  }

  /**
   * @param iteration larger than in earlier calls
   * @param bits the integer, the double's bits, or a truth value as 0 or 1
   * @param seeds the bases of the loop's seeds
   * @param draws how many seeds the iteration has drawn, 0 when it draws none
   */
  void append(long iteration, long bits, SeedRule seeds, long draws) {
    int last = size - 1;
    if (last >= 0) {
      if (rules[last] == SEEDS) {
        if (seeds.seed(iteration, steps[last]) == bits) {
          return;
        }
      } else if (entriesOfLast == 1) {
        if (fit(last, iteration, bits)) {
          entriesOfLast = 2;
          return;
        }
      } else if (progression(last, iteration) == bits) {
        entriesOfLast++;
        return;
      }
    }
    begin(iteration, bits, seeds, draws);
  }

  /** Later iterations follow the last rule without being appended one by one. */
  void goOn() {
    entriesOfLast = 2;
  }

  private boolean fit(int segment, long iteration, long bits) {
    long distance = iteration - firsts[segment];
    long from = froms[segment];
    if (kind == ValueKind.DOUBLE) {
      double start = Double.longBitsToDouble(from);
      double step = bits == from ? 0 : (Double.longBitsToDouble(bits) - start) / distance;
      steps[segment] = Double.doubleToRawLongBits(step);
    } else {
      if ((bits - from) % distance != 0) {
        return false;
      }
      steps[segment] = (bits - from) / distance;
    }
    if (progression(segment, iteration) == bits) {
      return true;
    }
    steps[segment] = 0;
    return false;
  }

  private void begin(long iteration, long bits, SeedRule seeds, long draws) {
    if (kind == ValueKind.INTEGER && bits >= SMALLEST_SEED) {
      for (long draw = 1; draw <= Math.min(draws, DRAWS_TRIED); draw++) {
        if (seeds.seed(iteration, draw) == bits) {
          add(iteration, 0, draw, SEEDS);
          return;
        }
      }
    }
    add(iteration, bits, 0, PROGRESSION);
    entriesOfLast = 1;
  }

  /** Adds a segment; for readers of the text form. */
  void add(long first, long from, long step, int rule) {
    int at = size;
    if (at == firsts.length) {
      int capacity = at < 8 ? 2 * at : at + at / 2;
      froms = Arrays.copyOf(froms, capacity);
      steps = Arrays.copyOf(steps, capacity);
      rules = Arrays.copyOf(rules, capacity);
      firsts = Arrays.copyOf(firsts, capacity);
    }
    firsts[at] = first;
    froms[at] = from;
    steps[at] = step;
    rules[at] = (byte) rule;
    if (rule == SEEDS) {
      seeded = true;
    }
    entriesOfLast = 2;
    size = at + 1;
  }

  private long progression(int segment, long iteration) {
    return progression(segment, iteration, froms[segment]);
  }

  private long progression(int segment, long iteration, long from) {
    long distance = iteration - firsts[segment];
    if (kind != ValueKind.DOUBLE) {
      return from + steps[segment] * distance;
    }
    // Not 'from + 0': that would turn -0.0 into 0.0, and NaN bits may change.
    double step = Double.longBitsToDouble(steps[segment]);
    return distance == 0 || step == 0
        ? from
        : Double.doubleToLongBits(Double.longBitsToDouble(from) + step * distance);
  }

  /** The bits in an iteration that took the patch. */
  long at(long iteration, SeedRule seeds) {
    int count = size;
    int segment = Ascending.lastUpTo(firsts, count, iteration);
    return rules[segment] == SEEDS
        ? seeds.seed(iteration, steps[segment])
        : progression(segment, iteration);
  }

  /** The bits in a column of a single progression that starts elsewhere. */
  long lifted(long iteration, long from) {
    return progression(0, iteration, from);
  }

  /** True when the whole column is one progression: its start then is an input of the run. */
  boolean isLiftable() {
    return size == 1 && rules[0] == PROGRESSION;
  }

  boolean usesSeeds() {
    return seeded;
  }

  int segments() {
    return size;
  }

  long first(int segment) {
    return firsts[segment];
  }

  long from(int segment) {
    return froms[segment];
  }

  long step(int segment) {
    return steps[segment];
  }

  boolean isSeeds(int segment) {
    return rules[segment] == SEEDS;
  }

  /** True when both give the same numbers, the starts of liftable ones left out. */
  boolean isSameAs(NumberColumn other) {
    int count = size;
    if (kind != other.kind || count != other.size) {
      return false;
    }
    boolean lifted = isLiftable();
    for (int i = 0; i < count; i++) {
      if (firsts[i] != other.firsts[i]
          || rules[i] != other.rules[i]
          || steps[i] != other.steps[i]
          || (!lifted && froms[i] != other.froms[i])) {
        return false;
      }
    }
    return true;
  }

  void trim() {
    froms = Arrays.copyOf(froms, size);
    steps = Arrays.copyOf(steps, size);
    rules = Arrays.copyOf(rules, size);
    firsts = Arrays.copyOf(firsts, size);
  }

  long bytes() {
    return 56 + 4 * 16 + 25L * firsts.length;
  }
}
