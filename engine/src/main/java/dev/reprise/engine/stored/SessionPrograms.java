package dev.reprise.engine.stored;

import dev.reprise.cache.TagClass;
import dev.reprise.lineage.Key;
import dev.reprise.store.Program;
import dev.reprise.store.RunLog;
import java.util.function.Supplier;

/**
 * Whole runs in the store of a session, by the key of script, arguments and options. They lie in
 * the graph; those under default numerics have a copy beside it, where {@link StoredPrograms} finds
 * them without a session. Thread-safe.
 */
public final class SessionPrograms {
  private final TagClass tags;
  private final StoreKeys keys;
  private final StoreLookup lookup;
  private final Offers offers;
  private final UseCounts counts;

  /**
   * Makes the copy of the run that was kept last; null when there is none to make. Publishes what
   * the run's thread left to the one that closes.
   */
  private volatile Runnable lastCopy;

  /**
   * @param tags of the session's values
   */
  SessionPrograms(
      TagClass tags, StoreKeys keys, StoreLookup lookup, Offers offers, UseCounts counts) {
    this.tags = tags;
    this.keys = keys;
    this.lookup = lookup;
    this.offers = offers;
    this.counts = counts;
  }

  /** What an earlier run noted, or null. */
  public byte[] find(Key key) {
    return lookup.record(key);
  }

  /** Counts a run that was not executed. */
  public void found(Key key, long savedNanos) {
    counts.programs.increment();
    offers.used(keys.of(key));
    counts.savedNanos.add(savedNanos);
  }

  /**
   * Keeps what a run left.
   *
   * @param program called by the thread that writes
   * @param nanos what it has taken
   */
  public void keep(Key key, Supplier<Program> program, long nanos) {
    RunLog open = offers.log();
    if (open == null) {
      return;
    }
    long costNanos = offers.cost(nanos);
    Supplier<byte[]> record = () -> SealedRecord.sealed(program.get().record());
    if (hasCopies()) {
      lastCopy = () -> open.keepProgram(keys.of(key), program.get());
      open.program(keys.of(key), record, program, costNanos);
    } else {
      open.region(keys.of(key), record, costNanos);
    }
  }

  /** Copies a run that the graph has to where those find it who do not open the graph. */
  public void copy(Key key, Supplier<Program> program) {
    RunLog open = offers.log();
    if (open != null && hasCopies()) {
      open.copyProgram(keys.of(key), program);
    }
  }

  private boolean hasCopies() {
    return tags == TagClass.DEFAULT;
  }

  /** Copies the run that was kept last at once, in the thread of the caller. */
  void copyLast() {
    Runnable copy = lastCopy;
    if (copy != null) {
      copy.run();
    }
  }
}
