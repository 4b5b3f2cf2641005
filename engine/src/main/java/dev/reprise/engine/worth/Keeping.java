package dev.reprise.engine.worth;

import dev.reprise.cache.Claim;
import dev.reprise.cache.LineageCache;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValue;
import dev.reprise.runtime.Value;

/**
 * Decides which computed values the cache keeps: those that their instruction's {@link SiteAccount}
 * can pay for. Waiters of a claim get the value all the same. Thread-safe.
 */
public final class Keeping {
  private final boolean everything;
  private final RepeatedKeys notKept = new RepeatedKeys();

  private Keeping(boolean everything) {
    this.everything = everything;
  }

  /** Keeps what pays. */
  public static Keeping whatPays() {
    return new Keeping(false);
  }

  /** Keeps all values, for looking at policies of eviction. */
  public static Keeping everything() {
    return new Keeping(true);
  }

  /**
   * Supplies the value of a claim, which ends whatever happens, and keeps it if that pays.
   *
   * @param work estimated nanoseconds of the operation
   * @param nanos measured ones
   */
  public void complete(
      Claim claim, SiteAccount account, LineageItem item, double work, Value value, long nanos) {
    long cost = cost(work, value, nanos);
    account.made(value);
    try (claim) {
      if (pays(account, item.keyHigh(), item.keyLow(), work, value.bytes())) {
        claim.keep(value, cost, item.height(), account.credit(work));
      } else {
        claim.complete(value, cost, item.height(), false);
      }
    }
  }

  /** What was put off costs its work when it is needed. */
  private static long cost(double work, Value value, long nanos) {
    return AbsentValue.isThere(value) ? nanos : Math.max(nanos, (long) work);
  }

  /**
   * Whether a value that is about to be computed as a part of something else should rather be
   * computed by itself and kept: it was asked for before, and its account can pay for it.
   */
  public boolean paysAtLast(SiteAccount account, LineageItem item, double work, long bytes) {
    if (!notKept.isRepeated(item.keyHigh(), item.keyLow())) {
      return false;
    }
    account.saves(work);
    return everything || account.canPay(work, bytes);
  }

  /** True when {@link #paysAtLast} is likely to say yes; asks without being noticed. */
  public boolean seemsToPayAtLast(SiteAccount account, LineageItem item, double work, long bytes) {
    return notKept.isNoted(item.keyHigh(), item.keyLow())
        && (everything || account.canPay(work, bytes));
  }

  /** Keeps a value that nobody has claimed, if that pays. The caller keeps its reference. */
  public void keep(
      LineageCache cache,
      SiteAccount account,
      LineageItem item,
      double work,
      Value value,
      long nanos) {
    account.made(value);
    if (everything || account.pays(work, value.bytes())) {
      long cost = cost(work, value, nanos);
      cache.putIfAbsent(item.key(), value, cost, item.height(), account.credit(work));
    }
  }

  /** False when looking the value of an instruction up is likely to be in vain, as so often. */
  public boolean isWorthAsking(SiteAccount account, LineageItem item, double work) {
    return !asksForSample(account, work) || Asking.isSampled(item.keyLow());
  }

  /** True when values of so much work are looked up as a sample only. */
  public boolean asksForSample(SiteAccount account, double work) {
    return !everything && !account.asksForAll(work);
  }

  /** True when all values that a loop carries on are looked up. */
  public boolean asksForAllCarried(SiteAccount account) {
    return everything || account.asking().isPatientWithCarried();
  }

  /** True when such values are not looked up, of so much work and memory, unless all are. */
  public boolean skipsCarried(SiteAccount account, double work, long bytes) {
    return !account.asksForCarried(work) || !account.canPay(work, bytes);
  }

  /** True when everything is looked up and kept. */
  public boolean isOfEverything() {
    return everything;
  }

  /** Whether what a region left, in so many bytes that the cache does not have yet, is kept. */
  public boolean pays(SiteAccount account, Key key, double work, long bytes) {
    return pays(account, key.high(), key.low(), work, bytes);
  }

  private boolean pays(SiteAccount account, long high, long low, double work, long bytes) {
    if (everything) {
      return true;
    }
    if (notKept.isNoted(high, low)) {
      account.saves(work);
    }
    boolean pays = account.pays(work, bytes);
    if (!pays) {
      notKept.isRepeated(high, low);
    }
    return pays;
  }
}
