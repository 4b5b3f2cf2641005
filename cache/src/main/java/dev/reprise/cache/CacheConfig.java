package dev.reprise.cache;

import java.util.Objects;

/**
 * How a cache behaves.
 *
 * @param policy which entries go first
 * @param budgetBytes most bytes that entries may hold together, whether or not the program holds
 *     the same values too
 * @param enabled when false every probe is a claim of its own and nothing is kept
 * @param ghostEntries how many evicted keys are remembered with their counts
 * @param tags which values its look-ups may find
 */
public record CacheConfig(
    Policy policy, long budgetBytes, boolean enabled, int ghostEntries, TagClass tags) {
  /** About 100 bytes each. */
  private static final int DEFAULT_GHOSTS = 65_536;

  public CacheConfig {
    Objects.requireNonNull(tags);
    if (budgetBytes < 0 || ghostEntries < 0) {
      throw new IllegalArgumentException("negative budget");
    }
  }

  public CacheConfig(Policy policy, long budgetBytes, boolean enabled, int ghostEntries) {
    this(policy, budgetBytes, enabled, ghostEntries, TagClass.DEFAULT);
  }

  public CacheConfig(Policy policy, long budgetBytes, boolean enabled) {
    this(policy, budgetBytes, enabled, DEFAULT_GHOSTS);
  }

  public CacheConfig(Policy policy, long budgetBytes) {
    this(policy, budgetBytes, true);
  }

  /** The same for look-ups of another class. */
  public CacheConfig withTags(TagClass wanted) {
    return new CacheConfig(policy, budgetBytes, enabled, ghostEntries, wanted);
  }
}
