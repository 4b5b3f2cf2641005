package dev.reprise.store;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * What may be kept if time is left for it at the end of a run: those first that save most for the
 * time that writing takes. Bounded by bytes; what is worth least leaves first. For one thread.
 */
final class WaitingOffers<T extends WaitingOffers.Offered> {

  /** Something that may be written. */
  interface Offered {
    long costNanos();

    long bytes();
  }

  private record Ranked<T>(T offer, double worth, long number) {}

  private final long mostBytes;
  private final TreeSet<Ranked<T>> offers =
      new TreeSet<>(
          Comparator.<Ranked<T>>comparingDouble(Ranked::worth).thenComparingLong(Ranked::number));
  private long bytes;
  private long count;

  WaitingOffers(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Adds an offer.
   *
   * @param writeNanos what writing it would take
   */
  void add(T offer, long writeNanos) {
    // Of equals the earlier one is worth more: others may have found it by now.
    offers.add(new Ranked<>(offer, (double) offer.costNanos() / writeNanos, -count++));
    bytes += offer.bytes();
  }

  /**
   * Takes out what is worth least when there is too much; else null.
   *
   * @param limit bytes that may stay, if that is less than the limit of all
   */
  T overflow(long limit) {
    return bytes > Math.min(limit, mostBytes) ? taken(offers.pollFirst()) : null;
  }

  /** Takes out what is worth most; null when nothing is left. */
  T best() {
    return taken(offers.pollLast());
  }

  private T taken(Ranked<T> ranked) {
    if (ranked == null) {
      return null;
    }
    bytes -= ranked.offer().bytes();
    return ranked.offer();
  }
}
