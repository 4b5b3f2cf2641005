package dev.reprise.store;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a store is and what it may take.
 *
 * @param folder made when it is not there; null for a server's store
 * @param server null for a folder
 * @param budgetBytes most that artifacts may take on disk; files shared by several count once. A
 *     server keeps its own
 * @param readOnly whether nothing is added; a folder that cannot be written is read only in any
 *     case
 * @param writingShare the part of a run's time that writing may take
 * @param warmStart whether {@code warmstart} of scripts may return the best earlier model
 * @param afterwards whether writing may be left for when the run is over, because nobody waits for
 *     the session to be closed; of a folder
 * @param restNanos for so long a run writes nothing at first, if it may be left for afterwards and
 *     no other uses the store
 * @param leastCostNanos what computing a value, or executing a call, counts as at least
 */
public record StoreConfig(
    Path folder,
    ServerAddress server,
    long budgetBytes,
    boolean readOnly,
    double writingShare,
    boolean warmStart,
    boolean afterwards,
    long restNanos,
    long leastCostNanos) {
  /** Room for artifacts unless somebody says otherwise. */
  public static final long DEFAULT_BUDGET_BYTES = 20L << 30;

  /** What writing may take of a run's time unless somebody says otherwise. */
  public static final double DEFAULT_WRITING_SHARE = 0.01;

  /**
   * Opening a store and writing for the first time, by code that is cold, takes about 0.4 s of
   * processor time.
   */
  private static final long REST_NANOS = 30_000_000_000L;

  /**
   * Looks at the numbers.
   *
   * @throws IllegalArgumentException when there is a folder and a server, or neither, or a number
   *     is negative
   */
  public StoreConfig {
    if ((folder == null) == (server == null)) {
      throw new IllegalArgumentException("a store is either in a folder or on a server");
    }
    if (budgetBytes < 0) {
      throw new IllegalArgumentException("the store's budget must not be negative: " + budgetBytes);
    }
    if (!(writingShare >= 0)) {
      throw new IllegalArgumentException(
          "the share of writing must not be negative: " + writingShare);
    }
    if (restNanos < 0) {
      throw new IllegalArgumentException("a store cannot rest for " + restNanos + " ns");
    }
    if (leastCostNanos < 0) {
      throw new IllegalArgumentException("a cost must not be negative: " + leastCostNanos);
    }
  }

  /**
   * A store in a folder, with what holds unless somebody says otherwise.
   *
   * @param folder made when it is not there
   * @return its configuration
   */
  public static StoreConfig of(Path folder) {
    Draft draft = new Draft();
    draft.folder = Objects.requireNonNull(folder);
    return draft.config();
  }

  /**
   * A team's store, with what holds unless somebody says otherwise.
   *
   * @param server that has it
   * @return its configuration
   */
  public static StoreConfig of(ServerAddress server) {
    Draft draft = new Draft();
    draft.server = Objects.requireNonNull(server);
    return draft.config();
  }

  /**
   * A store that takes more, or less, of a disk.
   *
   * @param bytes most that artifacts may take
   * @return the new configuration; this one is as before
   * @throws IllegalArgumentException when it is negative
   */
  public StoreConfig withBudgetBytes(long bytes) {
    Draft draft = new Draft(this);
    draft.budgetBytes = bytes;
    return draft.config();
  }

  /**
   * A store in a folder that keeps more, or less, of what a run computes.
   *
   * @param share the part of a run's time that writing may take
   * @return the new configuration; this one is as before
   * @throws IllegalArgumentException when it is negative
   */
  public StoreConfig withWritingShare(double share) {
    Draft draft = new Draft(this);
    draft.writingShare = share;
    return draft.config();
  }

  /**
   * A store for which whatever took less has taken so long. Measured times tell what is worth
   * keeping, and whether a value is loaded or computed; with an hour, everything that the store is
   * asked for is kept and loaded, on any machine and whatever else that does.
   *
   * @param nanos that anything counts as at least
   * @return the new configuration; this one is as before
   * @throws IllegalArgumentException when it is negative
   */
  public StoreConfig withLeastCostNanos(long nanos) {
    Draft draft = new Draft(this);
    draft.leastCostNanos = nanos;
    return draft.config();
  }

  /** {@return a store to which nothing is added} */
  public StoreConfig asReadOnly() {
    Draft draft = new Draft(this);
    draft.readOnly = true;
    return draft.config();
  }

  /** {@return a store from whose models the trainings of a run may begin} */
  public StoreConfig withWarmStart() {
    Draft draft = new Draft(this);
    draft.warmStart = true;
    return draft.config();
  }

  /** {@return a store that is mostly written when runs are over; a server's is written as ever} */
  public StoreConfig writtenAfterwards() {
    Draft draft = new Draft(this);
    draft.afterwards = folder != null;
    return draft.config();
  }

  /**
   * A store that rests for so long at first where it is {@linkplain #writtenAfterwards written
   * afterwards}, unless other processes use it or much waits to be written: with an hour, a run
   * that is alone writes nothing before it has ended, however slow the machine is.
   *
   * @param nanos for which a run writes nothing at first
   * @return the new configuration; this one is as before
   * @throws IllegalArgumentException when it is negative
   */
  public StoreConfig withRestNanos(long nanos) {
    Draft draft = new Draft(this);
    draft.restNanos = nanos;
    return draft.config();
  }

  /** A copy whose options may still change. */
  private static final class Draft {
    private Path folder;
    private ServerAddress server;
    private long budgetBytes;
    private boolean readOnly;
    private double writingShare;
    private boolean warmStart;
    private boolean afterwards;
    private long restNanos;
    private long leastCostNanos;

    /** What holds unless somebody says otherwise, of a store that is nowhere yet. */
    Draft() {
      budgetBytes = DEFAULT_BUDGET_BYTES;
      writingShare = DEFAULT_WRITING_SHARE;
      restNanos = REST_NANOS;
    }

    Draft(StoreConfig from) {
      folder = from.folder;
      server = from.server;
      budgetBytes = from.budgetBytes;
      readOnly = from.readOnly;
      writingShare = from.writingShare;
      warmStart = from.warmStart;
      afterwards = from.afterwards;
      restNanos = from.restNanos;
      leastCostNanos = from.leastCostNanos;
    }

    StoreConfig config() {
      return new StoreConfig(
          folder,
          server,
          budgetBytes,
          readOnly,
          writingShare,
          warmStart,
          afterwards,
          restNanos,
          leastCostNanos);
    }
  }
}
