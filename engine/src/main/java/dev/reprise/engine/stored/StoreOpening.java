package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.NewStore;
import dev.reprise.store.RunFacts;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * Opens the store of a session. One that is there is opened at once, since the session asks it
 * first of all; a new one has nothing to tell, and is made while the session goes on, or when it
 * has ended if nobody waits for that:
 *
 * <pre>
 *   session   folders, locks --> compile, run: nothing is found, changes are queued --------> ...
 *   thread             \--> build's identity, database: the queue is written from now on
 *
 *   session   folders, locks --> compile, run: likewise --> the command ends
 *   who needs it first                                          \--> build's identity, database
 * </pre>
 *
 * <p>Nobody waits for the database but the thread that writes, and who has waited for a value of
 * another process. Who needs a key waits for the build's identity, which takes a while in the first
 * run of a build only. When the database cannot be made, the session keeps nothing and says so
 * once; so when there is a store, or is to be one, on a disk without any room. Thread-safe.
 */
final class StoreOpening {
  /** How long a run waits for what others are writing down that have ended before it began. */
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private final StoreConfig config;
  private final FutureTask<Key> contract;
  private final FutureTask<? extends RunStore> opening;

  /** The same, of a new store; null of one that was there. */
  private final FutureTask<ExperimentStore> making;

  /** A new store before it is open; null of one that was there. */
  private final NewStore place;

  /**
   * @param tell takes notes for the person who runs the session
   * @throws StoreException when a store that is there cannot be opened, or no new one can be, for
   *     another reason than a full disk
   */
  StoreOpening(StoreConfig config, BuildMemo build, Consumer<String> tell) {
    this.config = config;
    this.contract = new FutureTask<>(() -> NumericContract.key(build));
    NewStore absent = absent(config);
    if (absent != null) {
      this.place = absent;
      this.making = new FutureTask<>(() -> made(absent, tell));
      this.opening = making;
      place.announcePresence();
      tellNote(place.takeNote(), tell);
      if (!config.afterwards()) {
        Thread.ofPlatform()
            .name("reprise-store-open")
            .daemon()
            .start(() -> {
              contract.run();
              making.run();
            });
      }
    } else {
      this.place = null;
      this.making = null;
      this.opening = new FutureTask<>(() -> RunStore.open(config, tell));
      // Either may fail, which must be now and not in the middle of the run.
      contract();
      store().announcePresence();
      store().awaitWriters(PATIENCE_NANOS);
      tellNote(store().takeNote(), tell);
    }
  }

  /** A store that is to be made; null when it is there, or not to be made. */
  private static NewStore absent(StoreConfig config) {
    if (config.readOnly() || config.folder() == null || NewStore.isMade(config.folder())) {
      return null;
    }
    NewStore store = roomFor(config);
    if (store == null) {
      return null;
    }
    // The run that makes it may just have ended.
    store.awaitWriters(PATIENCE_NANOS);
    if (NewStore.isMade(config.folder())) {
      store.close();
      return null;
    }
    return store;
  }

  /** Null when the disk is full, which whoever opens the store now tells. */
  private static NewStore roomFor(StoreConfig config) {
    try {
      return NewStore.in(config);
    } catch (StoreException e) {
      if (e.isLackOfRoom()) {
        return null;
      }
      throw e;
    }
  }

  private static void tellNote(String note, Consumer<String> tell) {
    if (note != null) {
      tell.accept(note);
    }
  }

  private static ExperimentStore made(NewStore place, Consumer<String> tell) {
    try {
      return place.open();
    } catch (StoreException e) {
      tell.accept(e.getMessage() + "; this run keeps nothing");
      throw e;
    }
  }

  /** True when the store is made for this session, so that it has nothing to tell. */
  boolean isNew() {
    return making != null;
  }

  /** True as soon as nobody has to wait for the store. */
  boolean isOver() {
    return opening.isDone();
  }

  /** Where it is, for people. */
  String name() {
    return isNew() ? place.name() : store().name();
  }

  /** Estimated work of an operation from which on asking pays. */
  double worthAskingNanos() {
    return isNew() ? RunStore.FOLDER_ASKING_NANOS : store().worthAskingNanos();
  }

  /** By whose numbers values are made. */
  Key contract() {
    return result(contract);
  }

  /**
   * Waits for the store to be open.
   *
   * @throws StoreException when it cannot be opened
   */
  RunStore store() {
    return result(opening);
  }

  /** True when a process may claim what it computes; waits for no database. */
  boolean takesClaims() {
    return isNew() || !store().isReadOnly();
  }

  /** As {@link RunStore#tryClaim}; waits for no database. */
  StoreClaim tryClaim(Key key) {
    return isNew() ? place.tryClaim(key) : store().tryClaim(key);
  }

  /** As {@link RunStore#announceWriter}; waits for no database. */
  boolean announceWriter(long bytes) {
    return isNew() ? place.announceWriter(bytes) : store().announceWriter(bytes);
  }

  /** As {@link RunStore#leaveNote}; waits for no database. */
  void leaveNote(String text) {
    if (isNew()) {
      place.leaveNote(text);
    } else {
      store().leaveNote(text);
    }
  }

  /** Whether writing may be left for when the run is over. */
  boolean isWrittenAfterwards() {
    return config.afterwards();
  }

  /** Begins to record a run; null when nothing is added to the store. */
  RunLog begin(RunFacts facts, long queueBytes) {
    return isNew()
        ? place.begin(() -> result(making), facts, queueBytes)
        : store().begin(facts, queueBytes);
  }

  /**
   * Closes the store; one that nobody has needed is not made.
   *
   * @throws StoreException when it could not be opened, which has been told
   */
  void close() {
    if (isNew() && config.afterwards() && !isOver()) {
      place.close();
    } else {
      store().close();
    }
  }

  /** Does the task, unless another thread does. */
  private static <T> T result(FutureTask<T> task) {
    boolean interrupted = false;
    task.run();
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("the store cannot be opened", e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
