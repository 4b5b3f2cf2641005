package dev.reprise.cache;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import dev.reprise.lineage.Key;
import dev.reprise.memory.Handle;
import dev.reprise.memory.HandleFailure;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving of probing, completing, failing, giving up and evicting must look as if the
 * operations had run one after the other: then each value is computed once between evictions,
 * nobody waits for ever (Lincheck reports that as a deadlock), and references balance.
 *
 * <p>The sequential specification is this class itself, run by one thread.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
public class ClaimProtocolLincheckTest {
  /**
   * After Lincheck's own limit of some seconds, a machine that pauses looks like a protocol that
   * hangs. It has no public name for this setting.
   */
  private static final long LONGEST_INVOCATION_MILLIS = 120_000;

  /** Computing the value of this key fails, whoever tries. */
  private static final int FAILING = 1;

  private static final int GAVE_UP = -1;
  private static final int FAILED = -2;

  private final LineageCache cache =
      new LineageCache(new CacheConfig(Policy.LRU, 1000), CacheEvents.NONE);
  private final AtomicIntegerArray versions = new AtomicIntegerArray(2);
  private final Queue<Numbered> made = new ConcurrentLinkedQueue<>();

  /** Probes and, as owner or heir, computes the value; returns which computation it was. */
  @Operation
  public int compute(@Param(name = "key") int key) throws InterruptedException {
    return probe(key, (claim, handle) -> supply(key, claim, handle));
  }

  /** Probes and, as owner or heir, gives up. */
  @Operation
  public int giveUp(@Param(name = "key") int key) throws InterruptedException {
    int outcome =
        probe(
            key,
            (claim, handle) -> {
              claim.abandon();
              handle.cancel();
            });
    // Subscribed to a computation that fails, it hears of the error instead.
    return outcome == FAILED ? GAVE_UP : outcome;
  }

  @Operation
  public void evict() {
    cache.clear();
  }

  private int probe(int key, BiConsumer<Claim, Handle> recipe) throws InterruptedException {
    Recipe waiter = new Recipe(recipe);
    switch (cache.probe(new Key(key, key), () -> waiter)) {
      case Hit hit -> {
        int version = ((Numbered) hit.value()).version;
        hit.value().release();
        return version;
      }
      case InFlight inFlight -> {}
      case Claim claim -> waiter.takeOver(claim);
    }
    try {
      return ((Numbered) waiter.handle.await()).version;
    } catch (HandleFailure e) {
      return e.isCancellation() ? GAVE_UP : FAILED;
    } finally {
      waiter.handle.release();
    }
  }

  private void supply(int key, Claim claim, Handle handle) {
    if (key == FAILING) {
      ArithmeticException error = new ArithmeticException();
      claim.fail(error);
      handle.fail(error);
      return;
    }
    Numbered value = new Numbered(versions.incrementAndGet(key));
    made.add(value);
    claim.complete(value, 1, true);
    handle.complete(value);
  }

  /** The value of one computation. */
  private static final class Numbered extends CountedValue {
    private final int version;

    Numbered(int version) {
      super(1);
      this.version = version;
    }
  }

  /** A subscriber that does as owner what it would have done itself. */
  private static final class Recipe implements Waiter {
    private final Handle handle = new Handle(this, null);
    private final BiConsumer<Claim, Handle> recipe;

    Recipe(BiConsumer<Claim, Handle> recipe) {
      this.recipe = recipe;
    }

    @Override
    public Handle handle() {
      return handle;
    }

    @Override
    public void takeOver(Claim claim) {
      recipe.accept(claim, handle);
    }
  }

  /** After each scenario: whoever holds a value is the cache. */
  @Validate
  public void referencesBalance() {
    int references = made.stream().mapToInt(Numbered::references).sum();
    if (references != cache.statistics().entries()) {
      throw new IllegalStateException(references + " references, " + cache.statistics());
    }
  }

  @Test
  void everyInterleavingLooksSequential() {
    new ModelCheckingOptions()
        .invocationTimeout$lincheck(LONGEST_INVOCATION_MILLIS)
        .iterations(6)
        .invocationsPerIteration(100)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(1)
        .addGuarantee(
            forClasses(
                    ConcurrentHashMap.class.getName(),
                    ConcurrentLinkedQueue.class.getName(),
                    LongAdder.class.getName())
                .allMethods()
                .treatAsAtomic())
        .check(ClaimProtocolLincheckTest.class);
  }

  @Test
  void realThreadsLookSequential() {
    new StressOptions()
        .invocationTimeout$lincheck(LONGEST_INVOCATION_MILLIS)
        .iterations(10)
        .invocationsPerIteration(1000)
        .threads(3)
        .actorsPerThread(3)
        .check(ClaimProtocolLincheckTest.class);
  }
}
