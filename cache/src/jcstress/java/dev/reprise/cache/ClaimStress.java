package dev.reprise.cache;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.reprise.lineage.Key;
import dev.reprise.memory.Handle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** The races of the claim protocol on real hardware, each with the outcomes that it may have. */
public final class ClaimStress {
  private static final Key KEY = new Key(1, 1);

  private ClaimStress() {}

  private static LineageCache newCache() {
    return new LineageCache(new CacheConfig(Policy.LRU, 1000), CacheEvents.NONE);
  }

  private static String name(Probe probe) {
    return probe.getClass().getSimpleName();
  }

  /** A waiter that remembers the claim it was given. */
  private static final class Heir implements Waiter {
    private final Handle handle = new Handle(null, null);
    private volatile Claim claim;

    @Override
    public Handle handle() {
      return handle;
    }

    @Override
    public void takeOver(Claim claim) {
      this.claim = claim;
    }
  }

  /** Two threads that need one value. */
  @JCStressTest
  @Outcome(id = "Claim, InFlight", expect = ACCEPTABLE, desc = "the first owns")
  @Outcome(id = "InFlight, Claim", expect = ACCEPTABLE, desc = "the second owns")
  @Outcome(expect = FORBIDDEN, desc = "none or two owners")
  @State
  public static class OneOwner {
    private final LineageCache cache = newCache();

    @Actor
    public void first(LL_Result result) {
      result.r1 = name(cache.probe(KEY, Heir::new));
    }

    @Actor
    public void second(LL_Result result) {
      result.r2 = name(cache.probe(KEY, Heir::new));
    }
  }

  /** A subscription races with completion. */
  @JCStressTest
  @Outcome(id = "Hit, 3", expect = ACCEPTABLE, desc = "looked after completion")
  @Outcome(id = "InFlight, 3", expect = ACCEPTABLE, desc = "subscribed and woken")
  @Outcome(expect = FORBIDDEN, desc = "lost, or references out of balance")
  @State
  public static class SubscribeWhileCompleting {
    private final LineageCache cache = newCache();
    private final Claim claim = (Claim) cache.probe(KEY, Heir::new);
    private final CountedValue value = new CountedValue(8);
    private final Heir waiter = new Heir();

    @Actor
    public void owner() {
      claim.complete(value, 1, true);
    }

    @Actor
    public void prober(LL_Result result) {
      result.r1 = name(cache.probe(KEY, () -> waiter));
    }

    @Arbiter
    public void count(LL_Result result) {
      boolean lost = result.r1.equals("InFlight") && waiter.handle.valueOrNull() != value;
      result.r2 = lost ? "lost" : value.references();
    }
  }

  /** A subscription races with the owner giving up. */
  @JCStressTest
  @Outcome(id = "Claim", expect = ACCEPTABLE, desc = "forgotten first, claimed anew")
  @Outcome(id = "InFlight", expect = ACCEPTABLE, desc = "subscribed first, took over")
  @Outcome(expect = FORBIDDEN, desc = "a waiter without an owner")
  @State
  public static class SubscribeWhileAbandoning {
    private final LineageCache cache = newCache();
    private final Claim claim = (Claim) cache.probe(KEY, Heir::new);
    private final Heir waiter = new Heir();

    @Actor
    public void owner() {
      claim.abandon();
    }

    @Actor
    public void prober(L_Result result) {
      result.r1 = name(cache.probe(KEY, () -> waiter));
    }

    @Arbiter
    public void check(L_Result result) {
      if (result.r1.equals("InFlight") && waiter.claim == null) {
        result.r1 = "lost";
      }
    }
  }

  /** Two threads try to end one claim. */
  @JCStressTest
  @Outcome(id = "ended, refused", expect = ACCEPTABLE, desc = "completed")
  @Outcome(id = "refused, ended", expect = ACCEPTABLE, desc = "failed")
  @Outcome(expect = FORBIDDEN, desc = "ended twice or never")
  @State
  public static class EndOnce {
    private final LineageCache cache = newCache();
    private final Claim claim = (Claim) cache.probe(KEY, Heir::new);

    @Actor
    public void completes(LL_Result result) {
      result.r1 = attempt(() -> claim.complete(new CountedValue(8), 1, true));
    }

    @Actor
    public void fails(LL_Result result) {
      result.r2 = attempt(() -> claim.fail(new ArithmeticException()));
    }

    private static String attempt(Runnable end) {
      try {
        end.run();
        return "ended";
      } catch (IllegalStateException refused) {
        return "refused";
      }
    }
  }

  /** A hit races with eviction. */
  @JCStressTest
  @Outcome(id = "Hit, 1", expect = ACCEPTABLE, desc = "the prober holds the value")
  @Outcome(id = "Claim, 0", expect = ACCEPTABLE, desc = "evicted first, the value is gone")
  @Outcome(expect = FORBIDDEN, desc = "a dead value handed out, or one leaked")
  @State
  public static class HitWhileEvicting {
    private final LineageCache cache = newCache();
    private final CountedValue value = new CountedValue(8);

    public HitWhileEvicting() {
      cache.putIfAbsent(KEY, value, 1, 1);
      value.release();
    }

    @Actor
    public void evicts() {
      cache.clear();
    }

    @Actor
    public void prober(LL_Result result) {
      result.r1 = name(cache.probe(KEY, Heir::new));
    }

    @Arbiter
    public void count(LL_Result result) {
      result.r2 = value.references();
    }
  }

  /** The last release of a handle races with its completion. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "the value died with the handle")
  @Outcome(expect = FORBIDDEN, desc = "leaked, or released twice")
  @State
  public static class ReleaseWhileCompletingHandle {
    private final Handle handle = new Handle(null, null);
    private final CountedValue value = new CountedValue(8);

    @Actor
    public void completes() {
      handle.complete(value);
    }

    @Actor
    public void releases() {
      handle.release();
    }

    @Arbiter
    public void count(L_Result result) {
      result.r1 = value.references();
    }
  }
}
