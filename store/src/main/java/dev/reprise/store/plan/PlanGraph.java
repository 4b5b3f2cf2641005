package dev.reprise.store.plan;

import java.util.Arrays;

/**
 * The operations that a program is known to need, as numbers: what each costs to compute, what its
 * value costs to load from the places that have it, and which values are wanted.
 *
 * <p>Operations are numbered in the order in which they were added; inputs come before their
 * consumers, so ascending numbers are an order of execution. The graph only grows; costs and wants
 * may change at any time. Costs are whole nanoseconds, and all of them together stay below {@link
 * #LARGEST_TOTAL}, so that no sum over a graph overflows.
 *
 * <p>A value that is at hand is offered at cost 0.
 *
 * <p>Not safe for several threads.
 */
public final class PlanGraph {
  /** The load cost of a value that no place has. */
  public static final long NO_ARTIFACT = Long.MAX_VALUE;

  /** All costs of a graph together, in nanoseconds: 36 years. */
  public static final long LARGEST_TOTAL = 1L << 60;

  private static final int NOWHERE = -1;

  private final int tiers;
  private int size;
  private long totalNanos;
  private long[] computeNanos = new long[16];

  /** Of node i in tier t at i * tiers + t. */
  private long[] offers;

  /** The least of a node's offers. */
  private long[] loadNanos = new long[16];

  /** Inputs of node i are those from inputStart[i] to inputStart[i + 1]; each once. */
  private int[] inputStart = new int[17];

  private int[] inputs = new int[32];
  private int[] wanted = new int[4];
  private int wantedCount;

  /** Where a node stands in {@link #wanted}. */
  private int[] wantedAt = new int[16];

  /**
   * @param tiers how many kinds of places may have a value, for example memory, disk and a server
   */
  public PlanGraph(int tiers) {
    if (tiers < 1) {
      throw new IllegalArgumentException("a graph needs at least one tier, found " + tiers);
    }
    this.tiers = tiers;
    this.offers = new long[16 * tiers];
  }

  /**
   * Whole nanoseconds of a measured or estimated time.
   *
   * @throws IllegalArgumentException for what is no time: NaN, infinite, negative or too large
   */
  public static long nanos(double seconds) {
    double nanos = Math.rint(seconds * 1e9);
    if (!(nanos >= 0 && nanos <= LARGEST_TOTAL)) {
      throw new IllegalArgumentException(
          "a cost must be between 0 and " + LARGEST_TOTAL / 1e9 + " seconds, found " + seconds);
    }
    return (long) nanos;
  }

  /**
   * Adds an operation that nobody wants yet and whose value no place has.
   *
   * @param inputs numbers of earlier operations; one that appears twice counts once
   * @return its number
   */
  public int add(long computeNanos, int... inputs) {
    for (int input : inputs) {
      if (input < 0 || input >= size) {
        throw new IllegalArgumentException(
            "operation " + size + " cannot have input " + input + ": inputs are added first");
      }
    }
    account(0, computeNanos);
    int node = size;
    grow(node, inputs.length);
    this.computeNanos[node] = computeNanos;
    Arrays.fill(offers, node * tiers, (node + 1) * tiers, NO_ARTIFACT);
    loadNanos[node] = NO_ARTIFACT;
    wantedAt[node] = NOWHERE;
    int end = inputStart[node];
    for (int input : inputs) {
      if (!contains(inputStart[node], end, input)) {
        this.inputs[end++] = input;
      }
    }
    inputStart[node + 1] = end;
    size++;
    return node;
  }

  private boolean contains(int from, int end, int input) {
    for (int k = from; k < end; k++) {
      if (inputs[k] == input) {
        return true;
      }
    }
    return false;
  }

  private void grow(int node, int moreInputs) {
    if (node == computeNanos.length) {
      int capacity = 2 * node;
      computeNanos = Arrays.copyOf(computeNanos, capacity);
      offers = Arrays.copyOf(offers, Math.multiplyExact(capacity, tiers));
      loadNanos = Arrays.copyOf(loadNanos, capacity);
      inputStart = Arrays.copyOf(inputStart, capacity + 1);
      wantedAt = Arrays.copyOf(wantedAt, capacity);
    }
    int end = inputStart[node] + moreInputs;
    if (end > inputs.length) {
      inputs = Arrays.copyOf(inputs, Math.max(end, 2 * inputs.length));
    }
  }

  /** Replaces what computing costs. */
  public void recost(int node, long computeNanos) {
    check(node);
    account(this.computeNanos[node], computeNanos);
    this.computeNanos[node] = computeNanos;
  }

  /** Says that a tier has the value and what loading it from there costs; replaces what it was. */
  public void offer(int node, int tier, long loadNanos) {
    check(node, tier);
    long earlier = offers[node * tiers + tier];
    account(earlier == NO_ARTIFACT ? 0 : earlier, loadNanos);
    setOffer(node, tier, loadNanos);
  }

  /** Says that a tier does not have the value, or no longer. */
  public void withdraw(int node, int tier) {
    check(node, tier);
    long earlier = offers[node * tiers + tier];
    account(earlier == NO_ARTIFACT ? 0 : earlier, 0);
    setOffer(node, tier, NO_ARTIFACT);
  }

  private void setOffer(int node, int tier, long nanos) {
    offers[node * tiers + tier] = nanos;
    long least = NO_ARTIFACT;
    for (int t = 0; t < tiers; t++) {
      least = Math.min(least, offers[node * tiers + t]);
    }
    loadNanos[node] = least;
  }

  /** Says that the value must be loaded or computed. */
  public void want(int node) {
    check(node);
    if (wantedAt[node] == NOWHERE) {
      if (wantedCount == wanted.length) {
        wanted = Arrays.copyOf(wanted, 2 * wantedCount);
      }
      wantedAt[node] = wantedCount;
      wanted[wantedCount++] = node;
    }
  }

  /** Takes {@link #want} back. */
  public void unwant(int node) {
    check(node);
    int at = wantedAt[node];
    if (at != NOWHERE) {
      int last = wanted[--wantedCount];
      wanted[at] = last;
      wantedAt[last] = at;
      wantedAt[node] = NOWHERE;
    }
  }

  private void account(long earlier, long now) {
    if (now < 0) {
      throw new IllegalArgumentException("a cost must not be negative, found " + now + " ns");
    }
    long rest = totalNanos - earlier;
    if (now > LARGEST_TOTAL - rest) {
      throw new IllegalArgumentException(
          "a cost of " + now + " ns brings all costs to more than " + LARGEST_TOTAL + " ns");
    }
    totalNanos = rest + now;
  }

  private void check(int node) {
    if (node < 0 || node >= size) {
      throw new IndexOutOfBoundsException("no operation " + node + " among " + size);
    }
  }

  private void check(int node, int tier) {
    check(node);
    if (tier < 0 || tier >= tiers) {
      throw new IndexOutOfBoundsException("no tier " + tier + " among " + tiers);
    }
  }

  /** How many operations there are. */
  public int size() {
    return size;
  }

  /** What computing the value costs, its inputs given. */
  public long computeNanos(int node) {
    check(node);
    return computeNanos[node];
  }

  /** What loading from the cheapest tier costs, or {@link #NO_ARTIFACT}. */
  public long loadNanos(int node) {
    check(node);
    return loadNanos[node];
  }

  /** The cheapest tier that has the value, the first of several; -1 if none has. */
  public int cheapestTier(int node) {
    check(node);
    for (int t = 0; t < tiers; t++) {
      if (offers[node * tiers + t] == loadNanos[node] && loadNanos[node] != NO_ARTIFACT) {
        return t;
      }
    }
    return NOWHERE;
  }

  /** Whether the value must be loaded or computed. */
  public boolean isWanted(int node) {
    check(node);
    return wantedAt[node] != NOWHERE;
  }

  /** The inputs of an operation, each once. */
  public int[] inputs(int node) {
    check(node);
    return Arrays.copyOfRange(inputs, inputStart[node], inputStart[node + 1]);
  }

  int wantedCount() {
    return wantedCount;
  }

  int wanted(int position) {
    return wanted[position];
  }

  /** Position of the first edge of a node; edges of node i end where those of i + 1 start. */
  int firstEdge(int node) {
    return inputStart[node];
  }

  /** The input that an edge leads to. */
  int edgeInput(int edge) {
    return inputs[edge];
  }
}
