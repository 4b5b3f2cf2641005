package dev.reprise;

/** How much of earlier work may be reused; option {@code --reuse}. */
public enum ReuseMode {
  /** No tracing, no cache. */
  NONE,
  /** Lineage is traced, nothing is reused. */
  TRACE,
  /** Whole operations are reused. */
  FULL,
  /** As FULL; partial rewrites join with a later version. */
  PARTIAL,
  /** As FULL; function and block reuse join with a later version. */
  MULTILEVEL,
  /** The most that exists; the default. */
  HYBRID;

  public boolean traces() {
    return this != NONE;
  }

  public boolean reuses() {
    return this != NONE && this != TRACE;
  }
}
