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

  public static final double DEFAULT_WRITING_SHARE = 0.01;

  /**
   * Opening a store and writing for the first time, by code that is cold, takes about 0.4 s of
   * processor time.
   */
  private static final long REST_NANOS = 30_000_000_000L;

  public StoreConfig {
    if ((folder == null) == (server == null)) {
      throw new IllegalArgumentException("a store is either in a folder or on a server");
    }
    if (budgetBytes < 0) {
      throw new IllegalArgumentException("the store's budget must not be negative: " + budgetBytes);
    }
    if (leastCostNanos < 0) {
      throw new IllegalArgumentException("a cost must not be negative: " + leastCostNanos);
    }
  }

  private StoreConfig(Path folder, ServerAddress server) {
    this(
        folder,
        server,
        DEFAULT_BUDGET_BYTES,
        false,
        DEFAULT_WRITING_SHARE,
        false,
        false,
        REST_NANOS,
        0);
  }

  public static StoreConfig of(Path folder) {
    return new StoreConfig(Objects.requireNonNull(folder), null);
  }

  public static StoreConfig of(ServerAddress server) {
    return new StoreConfig(null, Objects.requireNonNull(server));
  }

  public StoreConfig withBudgetBytes(long bytes) {
    return new StoreConfig(
        folder,
        server,
        bytes,
        readOnly,
        writingShare,
        warmStart,
        afterwards,
        restNanos,
        leastCostNanos);
  }

  /** A store in a folder that keeps more, or less, of what a run computes. */
  public StoreConfig withWritingShare(double share) {
    if (!(share >= 0)) {
      throw new IllegalArgumentException("the share of writing must not be negative: " + share);
    }
    return new StoreConfig(
        folder,
        server,
        budgetBytes,
        readOnly,
        share,
        warmStart,
        afterwards,
        restNanos,
        leastCostNanos);
  }

  /**
   * A store for which whatever took less has taken so long. Measured times tell what is worth
   * keeping, and whether a value is loaded or computed; with an hour, everything that the store is
   * asked for is kept and loaded, on any machine and whatever else that does.
   */
  public StoreConfig withLeastCostNanos(long nanos) {
    return new StoreConfig(
        folder,
        server,
        budgetBytes,
        readOnly,
        writingShare,
        warmStart,
        afterwards,
        restNanos,
        nanos);
  }

  public StoreConfig asReadOnly() {
    return new StoreConfig(
        folder,
        server,
        budgetBytes,
        true,
        writingShare,
        warmStart,
        afterwards,
        restNanos,
        leastCostNanos);
  }

  /** A store from whose models the trainings of a run may begin. */
  public StoreConfig withWarmStart() {
    return new StoreConfig(
        folder,
        server,
        budgetBytes,
        readOnly,
        writingShare,
        true,
        afterwards,
        restNanos,
        leastCostNanos);
  }

  /** A store that is mostly written when runs are over; a server's is written as ever. */
  public StoreConfig writtenAfterwards() {
    return new StoreConfig(
        folder,
        server,
        budgetBytes,
        readOnly,
        writingShare,
        warmStart,
        folder != null,
        restNanos,
        leastCostNanos);
  }

  /**
   * A store that rests for so long at first where it is {@linkplain #writtenAfterwards written
   * afterwards}, unless other processes use it or much waits to be written: with an hour, a run
   * that is alone writes nothing before it has ended, however slow the machine is.
   *
   * @throws IllegalArgumentException when it is negative
   */
  public StoreConfig withRestNanos(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("a store cannot rest for " + nanos + " ns");
    }
    return new StoreConfig(
        folder,
        server,
        budgetBytes,
        readOnly,
        writingShare,
        warmStart,
        afterwards,
        nanos,
        leastCostNanos);
  }
}
