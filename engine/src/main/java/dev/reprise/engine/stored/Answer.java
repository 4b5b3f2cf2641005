package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.StoreClaim;

/**
 * The answer of the store to one operation: the value, or the duty to compute it. Used by the
 * thread that asked, and from the launch on by the one on which the operation ends.
 */
public final class Answer implements AutoCloseable {
  private final Offers offers;
  private final LineageItem item;
  private final Key key;
  private final Value value;

  /** True for what the store has, so that it need not be kept again. */
  private final boolean isKept;

  /** Null when nobody else is kept from computing the same. */
  private StoreClaim claim;

  // By the thread on which the operation ends, or which started it there.
  private DeviceCost measured;
  private boolean isOffered;

  private Answer(
      Offers offers, LineageItem item, Key key, Value value, boolean isKept, StoreClaim claim) {
    this.offers = offers;
    this.item = item;
    this.key = key;
    this.value = value;
    this.isKept = isKept;
    this.claim = claim;
  }

  /** What the store has, with a reference for the receiver. */
  static Answer found(Offers offers, LineageItem item, Key key, Value value) {
    return new Answer(offers, item, key, value, true, null);
  }

  /** The duty to compute what the store has, since that takes less. */
  static Answer refused(Offers offers, LineageItem item, Key key) {
    return new Answer(offers, item, key, null, true, null);
  }

  /**
   * The duty to compute what the store does not have.
   *
   * @param claim ended with the duty; may be null
   */
  static Answer missed(Offers offers, LineageItem item, Key key, StoreClaim claim) {
    return new Answer(offers, item, key, null, false, claim);
  }

  /** With a reference for the receiver; null when the value is to be computed. */
  public Value value() {
    return value;
  }

  /**
   * Notes what the kernel took; in place of a value that was put together there is nothing to note.
   * An accelerator tells after the value was offered, when it has ended.
   *
   * @param device class of the device
   */
  public void took(String device, long nanos) {
    DeviceCost cost = DeviceCost.measured(device, offers.cost(nanos));
    if (isOffered) {
      offers.measured(item, cost);
    } else {
      measured = cost;
    }
  }

  /** Offers what was computed; the caller keeps its reference. */
  public void computed(Value result, long nanos) {
    StoreClaim held = claim;
    claim = null;
    isOffered = true;
    offers.offer(item, key, result, offers.cost(nanos), measured, isKept, held);
  }

  /** Gives the duty back without a value, if it has not ended. */
  @Override
  public void close() {
    if (claim != null) {
      claim.close();
      claim = null;
    }
  }
}
