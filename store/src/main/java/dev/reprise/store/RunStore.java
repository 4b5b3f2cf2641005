package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.remote.RemoteStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** An experiment store as a run sees it: in a folder, or on a team's server. Thread-safe. */
public interface RunStore extends AutoCloseable {
  /** Estimated work of an operation below which asking a folder costs more than computing may. */
  double FOLDER_ASKING_NANOS = 100_000;

  /**
   * Opens a store. In the place of one on a full disk, where it cannot be opened, the run gets one
   * that has and takes nothing.
   *
   * @param tell takes what a person should know once, such as that a server does not answer
   * @throws StoreException when it cannot be opened and somebody must do something about it
   */
  static RunStore open(StoreConfig wanted, Consumer<String> tell) {
    if (wanted.server() != null) {
      return RemoteStore.open(wanted.server(), wanted.readOnly(), tell);
    }
    try {
      return ExperimentStore.open(wanted);
    } catch (StoreException e) {
      if (!e.isLackOfRoom()) {
        throw e;
      }
      tell.accept(e.getMessage() + "; this run finds and keeps nothing");
      return new AbsentStore(wanted.folder(), e);
    }
  }

  /** Where it is, for people. */
  String name();

  boolean isReadOnly();

  /** Estimated work of an operation from which on asking pays. */
  default double worthAskingNanos() {
    return FOLDER_ASKING_NANOS;
  }

  /** True as long as no other run has left anything, so that asking is in vain. */
  default boolean isBarren() {
    return false;
  }

  /** The artifact of a key, or null. */
  Artifact find(Key key);

  /** What is known of the costs of values by their lineage keys; those unknown are left out. */
  default Map<Key, MeasuredCosts> costsOf(Collection<Key> vertices) {
    return Map.of();
  }

  /** The file of an artifact that does not hold its content itself; for messages. */
  Path fileOf(Artifact artifact);

  /**
   * All bytes of an artifact, valid until the arena is closed; not to be written.
   *
   * @throws java.nio.file.NoSuchFileException when its content is gone
   */
  MemorySegment contentOf(Artifact artifact, Arena arena) throws IOException;

  /**
   * The table that an artifact is, if its cells lie in pieces; null when {@link #contentOf} has all
   * of it.
   */
  default TableContent tableOf(Artifact artifact) throws IOException {
    return null;
  }

  /**
   * What a content that does not lie inline begins with, sealed by a fingerprint of its own, so
   * that it is as good as the content; null when only all of the content would tell.
   */
  default byte[] headerOf(Artifact artifact) {
    return null;
  }

  /** What a whole call or block left, by the key of the call, or null. */
  byte[] region(Key key);

  /**
   * Models that runs which have ended scored by a name and left with their lineage, the best first;
   * of equal ones the oldest.
   *
   * @throws StoreException when it cannot tell
   */
  default List<ScoredModel> models(String score, int most) {
    return List.of();
  }

  /** The text of a trace as {@link TraceBytes} has it, or null. */
  default byte[] trace(long run, String name) {
    return null;
  }

  /** Answers about all that it has; usable until the store is closed. */
  ExperimentSource experiments();

  /**
   * Claims the computation of a key among processes; null when another one is at it, or the store
   * is read only.
   */
  StoreClaim tryClaim(Key key);

  /**
   * Begins to record a run.
   *
   * @param queueBytes most that values which wait to be written may take
   * @return null when the store is read only
   */
  RunLog begin(RunFacts facts, long queueBytes);

  /** Lets other processes see that this one uses the store, until it is closed. */
  default void announcePresence() {}

  /**
   * Announces that this process writes what a run has left until the store is closed, so that
   * others may wait for it.
   *
   * @return false when there is too little room, or nobody would know
   */
  default boolean announceWriter(long bytes) {
    return false;
  }

  /**
   * Waits for other processes that write what runs have left.
   *
   * @return false when they still do after that time
   */
  default boolean awaitWriters(long nanos) {
    return true;
  }

  /** Leaves a note for who opens the store next. */
  default void leaveNote(String text) {}

  /** What others have left as notes, once; null when there is nothing. */
  default String takeNote() {
    return null;
  }

  /** Why it is not asked any more, although it was opened; null while all is well. */
  default StoreException problem() {
    return null;
  }

  @Override
  void close();
}
