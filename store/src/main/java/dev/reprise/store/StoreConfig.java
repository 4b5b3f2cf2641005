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
 */
public record StoreConfig(
    Path folder,
    ServerAddress server,
    long budgetBytes,
    boolean readOnly,
    double writingShare,
    boolean warmStart,
    boolean afterwards) {
  /** Room for artifacts unless somebody says otherwise. */
  public static final long DEFAULT_BUDGET_BYTES = 20L << 30;

  public static final double DEFAULT_WRITING_SHARE = 0.01;

  public StoreConfig {
    if ((folder == null) == (server == null)) {
      throw new IllegalArgumentException("a store is either in a folder or on a server");
    }
    if (budgetBytes < 0) {
      throw new IllegalArgumentException("the store's budget must not be negative: " + budgetBytes);
    }
  }

  private StoreConfig(Path folder, ServerAddress server) {
    this(folder, server, DEFAULT_BUDGET_BYTES, false, DEFAULT_WRITING_SHARE, false, false);
  }

  public static StoreConfig of(Path folder) {
    return new StoreConfig(Objects.requireNonNull(folder), null);
  }

  public static StoreConfig of(ServerAddress server) {
    return new StoreConfig(null, Objects.requireNonNull(server));
  }

  public StoreConfig withBudgetBytes(long bytes) {
    return new StoreConfig(folder, server, bytes, readOnly, writingShare, warmStart, afterwards);
  }

  /** A store in a folder that keeps more, or less, of what a run computes. */
  public StoreConfig withWritingShare(double share) {
    if (!(share >= 0)) {
      throw new IllegalArgumentException("the share of writing must not be negative: " + share);
    }
    return new StoreConfig(folder, server, budgetBytes, readOnly, share, warmStart, afterwards);
  }

  public StoreConfig asReadOnly() {
    return new StoreConfig(folder, server, budgetBytes, true, writingShare, warmStart, afterwards);
  }

  /** A store from whose models the trainings of a run may begin. */
  public StoreConfig withWarmStart() {
    return new StoreConfig(folder, server, budgetBytes, readOnly, writingShare, true, afterwards);
  }

  /** A store that is mostly written when runs are over; a server's is written as ever. */
  public StoreConfig writtenAfterwards() {
    return new StoreConfig(
        folder, server, budgetBytes, readOnly, writingShare, warmStart, folder != null);
  }
}
