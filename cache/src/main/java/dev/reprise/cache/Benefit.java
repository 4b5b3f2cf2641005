package dev.reprise.cache;

import java.util.HashMap;
import java.util.Map;

/**
 * Cost&amp;Size that learns which first uses to believe, and which values are overdue, {@code uses
 * * cost / size * punctuality}.
 *
 * <p>{@code uses} of a value that was asked for again are its probes, hits and misses alike, as in
 * Cost&amp;Size. For one that was computed and never asked for again Cost&amp;Size counts one use;
 * here it is {@code 0.2 + 0.8 * share}, where share is what values of exactly this size have been
 * like so far: the part of them that was asked for again. The results of one statement in a loop
 * mostly have one size, so what a loop makes once per iteration and never looks at again is soon
 * known as such and goes first. A size without history is believed.
 *
 * <p>{@code punctuality} is 1 as long as a value is not overdue: not left alone for longer than
 * lies between its uses on average or, after a first use, than lay between the first two uses of
 * other values of its size. After {@code gap} and more it is {@code (gap / age)^2}. What a program
 * uses, it uses in loops, and so at regular intervals; what it has finished with, however much it
 * saved before, makes room. Time is counted in admissions, so a program that keeps nothing new
 * forgets nothing.
 *
 * <p>The numbers come from replaying recorded traces with budgets of 10, 25 and 50 % of what the
 * programs made. They were chosen on 51 cases of 17 programs and then tried on 138 others, which
 * are other recordings, sizes and programs: of what a clairvoyant plan saves, this saves 0.949 and
 * 0.916, without punctuality 0.913 and 0.883, Cost&amp;Size 0.911 and 0.871. It is worse than
 * Cost&amp;Size by more than 1 % in 3 and 8 cases, by 13.8 % at most. Counting bytes instead of
 * admissions, or the exponents 1 and 3 instead of 2, differ by less than a hundredth.
 *
 * <p>Threads: called under the lock of {@link VictimQueue}, which guards the map.
 */
final class Benefit implements VictimRanking {
  /** A size without history is taken for so many values, all of which were asked for again. */
  private static final double PRIOR = 2;

  /** What a first use is worth at least, so that cost and size decide among the unbelieved. */
  private static final double LEAST = 0.2;

  /** A program with more sizes than that forgets what it learned; some 90 bytes each. */
  private static final int MOST_SIZES = 100_000;

  /** What became of the values of one size. */
  private static final class History {
    private long values;
    private long usedAgain;

    /** Of those, what lay between their first uses. */
    private double gaps;

    double share() {
      return (usedAgain + PRIOR) / (values + PRIOR);
    }

    /** Infinite when nothing is known. */
    double meanGap() {
      return usedAgain == 0 ? Double.POSITIVE_INFINITY : gaps / usedAgain;
    }
  }

  private static final History NONE = new History();

  private final Map<Long, History> historyBySize = new HashMap<>();

  @Override
  public double score(EntryFacts entry, long now) {
    double uses = entry.hits() + entry.misses();
    double gap;
    if (uses > 1) {
      gap = meanGap(entry);
    } else {
      History history = historyBySize.getOrDefault(entry.bytes(), NONE);
      uses = LEAST + (1 - LEAST) * history.share();
      gap = history.meanGap();
    }
    double density = entry.costNanos() / (double) Math.max(entry.bytes(), 1);
    return uses * density * punctuality(gap, now - entry.lastAccess());
  }

  private static double meanGap(EntryFacts entry) {
    double gaps = entry.hits() + entry.misses() - 1.0;
    return (entry.lastAccess() - entry.firstAccess()) / gaps;
  }

  private static double punctuality(double gap, double age) {
    double due = Math.max(gap, 1);
    return age <= due ? 1 : due / age * (due / age);
  }

  @Override
  public boolean scoresMayFall() {
    return true;
  }

  @Override
  public void seen(EntryFacts entry) {
    if (historyBySize.size() >= MOST_SIZES) {
      historyBySize.clear();
    }
    historyBySize.computeIfAbsent(entry.bytes(), size -> new History()).values++;
  }

  @Override
  public void usedAgain(EntryFacts entry) {
    History history = historyBySize.get(entry.bytes());
    // Forgotten sizes begin anew; a value known from before must not make a share above one.
    if (history != null && history.usedAgain < history.values) {
      history.usedAgain++;
      history.gaps += meanGap(entry);
    }
  }
}
