package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A store in a folder before it has a database, which takes a while to make and is of no use before
 * something is written:
 *
 * <pre>
 *   folders, locks --open, once--> ExperimentStore, which has the locks from then on
 * </pre>
 *
 * <p>Other processes see it by its locks, and may make the database themselves meanwhile.
 * Thread-safe.
 */
public final class NewStore {
  private final StoreConfig config;
  private final StoreLocks locks;

  private NewStore(StoreConfig config) {
    this.config = config;
    StoreFolder place = new StoreFolder(config.folder());
    place.make();
    this.locks = place.locks();
  }

  /**
   * Makes the folders, which takes no time beside making the database.
   *
   * @throws StoreException when there cannot be a store
   */
  public static NewStore in(StoreConfig config) {
    return new NewStore(config);
  }

  /** True when there is a database in a folder, so that no store is to be made. */
  public static boolean isMade(Path folder) {
    return new StoreFolder(folder).hasGraph();
  }

  public String name() {
    return config.folder().toString();
  }

  /**
   * Opens the store, making its database unless another process has; to be called once.
   *
   * @throws StoreException when that is not possible
   */
  public ExperimentStore open() {
    return ExperimentStore.open(config, locks);
  }

  /** As {@link RunStore#tryClaim}. */
  public StoreClaim tryClaim(Key key) {
    return locks.tryClaim(key);
  }

  /** As {@link RunStore#announcePresence}. */
  public void announcePresence() {
    locks.announcePresence();
  }

  /** As {@link RunStore#announceWriter}. */
  public boolean announceWriter(long bytes) {
    return locks.announceWriter(bytes);
  }

  /** As {@link RunStore#awaitWriters}. */
  public boolean awaitWriters(long nanos) {
    return locks.awaitWriters(nanos);
  }

  /** As {@link RunStore#leaveNote}. */
  public void leaveNote(String text) {
    new StoreNote(config.folder()).leave(text);
  }

  /** As {@link RunStore#takeNote}. */
  public String takeNote() {
    return new StoreNote(config.folder()).take();
  }

  /** True when another process uses the store, or has made its database. */
  boolean isShared() {
    return locks.isShared() || isMade(config.folder());
  }

  /** True when the folder was removed, or emptied. */
  boolean isGone() {
    return locks.areGone();
  }

  /** Keeps a whole run where it is found without the database; best effort. */
  void keepProgram(Key key, Program program) {
    try {
      new RecalledPrograms(config.folder()).keep(key, program);
    } catch (IOException e) {
      // The graph will have it.
    }
  }

  /**
   * Begins to record a run: the thread that writes waits for the database, the run does not. When
   * it cannot be opened, nothing is kept, and the log says so.
   *
   * @param opening opens the store, or waits until it is open, or throws {@link StoreException}
   */
  public RunLog begin(Supplier<ExperimentStore> opening, RunFacts facts, long queueBytes) {
    return new RunLog(new LateTarget(this, opening, facts), queueBytes, WritingPace.of(config));
  }

  /** Gives up the locks of a store that was not opened. */
  public void close() {
    locks.close();
  }
}
