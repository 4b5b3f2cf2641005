package dev.reprise.engine.replay;

import dev.reprise.engine.device.DeviceClasses;
import dev.reprise.engine.stored.StoreLookup;
import dev.reprise.lineage.LineageItem;
import dev.reprise.store.MeasuredCosts;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What an operation takes on the processor, in nanoseconds, as earlier runs have measured it: asked
 * of the store when it is needed. Thread-safe.
 */
public final class OperationCost implements LongSupplier {
  private final StoreLookup lookup;
  private final LineageItem item;
  private final long unmeasuredNanos;

  // Asked for once; two threads would hear the same. 0 until then.
  private volatile long nanos;

  /**
   * @param unmeasuredNanos what it is taken to cost where nobody has measured it
   */
  public OperationCost(StoreLookup lookup, LineageItem item, long unmeasuredNanos) {
    this.lookup = lookup;
    this.item = item;
    this.unmeasuredNanos = unmeasuredNanos;
  }

  @Override
  public long getAsLong() {
    if (nanos == 0) {
      MeasuredCosts costs = lookup.costsOf(List.of(item)).get(item.key());
      long known = costs == null ? 0 : costs.on(DeviceClasses.CPU);
      nanos = known > 0 ? known : Math.max(1, unmeasuredNanos);
    }
    return nanos;
  }
}
