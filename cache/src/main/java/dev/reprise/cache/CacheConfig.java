package dev.reprise.cache;

/**
 * How a cache behaves.
 *
 * @param policy which entries go first
 * @param budgetBytes most bytes that entries may hold together, whether or not the program holds
 *     the same values too
 * @param enabled when false every probe is a claim of its own and nothing is kept
 * @param ghostEntries how many evicted keys are remembered with their counts
 */
public record CacheConfig(Policy policy, long budgetBytes, boolean enabled, int ghostEntries) {
  /** About 100 bytes each. */
  private static final int DEFAULT_GHOSTS = 65_536;

  public CacheConfig {
    if (budgetBytes < 0 || ghostEntries < 0) {
      throw new IllegalArgumentException("negative budget");
    }
  }

  public CacheConfig(Policy policy, long budgetBytes, boolean enabled) {
    this(policy, budgetBytes, enabled, DEFAULT_GHOSTS);
  }

  public CacheConfig(Policy policy, long budgetBytes) {
    this(policy, budgetBytes, true);
  }
}
