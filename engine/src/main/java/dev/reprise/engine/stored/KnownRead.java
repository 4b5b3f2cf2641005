package dev.reprise.engine.stored;

import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import java.util.function.Supplier;

/**
 * The content of a file that an earlier run has read, for when something needs it: loaded from the
 * experiment store, or read again where the store has lost it. It is the content by whose
 * fingerprint the value was found, whatever becomes of the file. Used by the thread that makes the
 * value, which has nothing pinned.
 */
public final class KnownRead implements AbsentValue.Source {
  private final StoredValues stored;
  private final LineageItem item;
  private final Artifact artifact;
  private final Supplier<Value> reading;

  private KnownRead(
      StoredValues stored, LineageItem item, Artifact artifact, Supplier<Value> reading) {
    this.stored = stored;
    this.item = item;
    this.artifact = artifact;
    this.reading = reading;
  }

  /**
   * The value, absent; null when the store does not tell what it looks like.
   *
   * @param reading reads the file, and refuses another content than that of the item
   */
  public static AbsentValue<?> of(
      StoredValues stored, LineageItem item, Artifact artifact, Supplier<Value> reading) {
    KnownForm form = KnownForm.of(stored.lookup(), artifact);
    if (form == null) {
      return null;
    }
    stored.counts().deferred();
    return form.absent(new KnownRead(stored, item, artifact, reading));
  }

  @Override
  public Value make() {
    Value value = stored.loading().deferred(item, artifact);
    return value == null ? again() : value;
  }

  /** Reads the file, and offers what the store has lost. */
  private Value again() {
    long start = System.nanoTime();
    Value value;
    try {
      value = reading.get();
    } catch (OperandException e) {
      throw new ResourceException(
          "what an earlier run has read is gone from the experiment store, and cannot be read"
              + " again: "
              + e.getMessage());
    }
    stored.counts().computedAfterAll();
    Offers offers = stored.offers();
    offers.offer(item, value, offers.cost(System.nanoTime() - start));
    return value;
  }

  @Override
  public int depth() {
    return 1;
  }

  @Override
  public long nanos() {
    return Loading.nanos(artifact);
  }

  @Override
  public void close() {
    // It holds nothing but what it says.
  }
}
