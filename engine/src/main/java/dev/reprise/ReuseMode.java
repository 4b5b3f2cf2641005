package dev.reprise;

/** How much of earlier work may be reused; option {@code --reuse}. */
public enum ReuseMode {
  /** No tracing, no cache. */
  NONE,
  /** Lineage is traced, nothing is reused. */
  TRACE,
  /** Whole operations are reused. */
  FULL,
  /** As FULL, and from parts of a value that were computed before. */
  PARTIAL,
  /** As FULL, and whole calls and blocks. */
  MULTILEVEL,
  /** All of these; the default. */
  HYBRID;

  /** {@return whether values have lineage} */
  public boolean traces() {
    return this != NONE;
  }

  /** {@return whether values are looked up in the cache and kept there} */
  public boolean reuses() {
    return this != NONE && this != TRACE;
  }

  /** {@return whether a value may be put together from cached parts} */
  public boolean reusesParts() {
    return this == PARTIAL || this == HYBRID;
  }

  /** {@return whether whole function calls and blocks are looked up} */
  public boolean reusesLevels() {
    return this == MULTILEVEL || this == HYBRID;
  }
}
