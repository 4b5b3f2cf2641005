package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.RunFacts;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import java.nio.file.Files;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * Opens the store of a session. One that is there is opened at once, since the session asks it
 * first of all; a new one has nothing to tell, and is made while the session goes on:
 *
 * <pre>
 *   session   folders --> compile, run: nothing is found, changes are queued --------> ...
 *   thread             \--> build's identity, database: the queue is written from now on
 * </pre>
 *
 * <p>Nobody waits for the thread but the one that writes, and who has enough to compute to claim it
 * among processes. Who needs a key waits for the build's identity, which takes a while in the first
 * run of a build only. When it fails, it tells so once and the session keeps nothing. Thread-safe.
 */
final class StoreOpening {
  /** How long a run waits for what others are writing down that have ended before it began. */
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private final StoreConfig config;
  private final FutureTask<Key> contract;
  private final FutureTask<? extends RunStore> opening;

  /** The same, of a new store; null of one that was there. */
  private final FutureTask<ExperimentStore> making;

  /**
   * @param tell takes notes for the person who runs the session
   * @throws StoreException when a store that is there cannot be opened, or no new one can be
   */
  StoreOpening(StoreConfig config, BuildMemo build, Consumer<String> tell) {
    this.config = config;
    this.contract = new FutureTask<>(() -> NumericContract.key(build));
    boolean isNew =
        !config.readOnly()
            && config.folder() != null
            && !Files.exists(config.folder().resolve("graph.db"));
    if (isNew) {
      ExperimentStore.makeFolders(config.folder());
      this.making = new FutureTask<>(() -> made(config, tell));
      this.opening = making;
      Thread.ofPlatform()
          .name("reprise-store-open")
          .daemon()
          .start(() -> {
            contract.run();
            making.run();
          });
    } else {
      this.making = null;
      this.opening = new FutureTask<>(() -> RunStore.open(config, tell));
      contract.run();
      opening.run();
      // Either may fail, which must be now and not in the middle of the run.
      contract();
      store().awaitWriters(PATIENCE_NANOS);
      String note = store().takeNote();
      if (note != null) {
        tell.accept(note);
      }
    }
  }

  private static ExperimentStore made(StoreConfig config, Consumer<String> tell) {
    try {
      return ExperimentStore.open(config);
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
    return isNew() ? config.folder().toString() : store().name();
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

  /** Whether writing may be left for when the run is over. */
  boolean isWrittenAfterwards() {
    return config.afterwards();
  }

  /** Begins to record a run; null when nothing is added to the store. */
  RunLog begin(RunFacts facts, long queueBytes) {
    return isNew()
        ? ExperimentStore.beginLater(config, () -> result(making), facts, queueBytes)
        : store().begin(facts, queueBytes);
  }

  private static <T> T result(FutureTask<T> task) {
    boolean interrupted = false;
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
