package dev.reprise.cache;

import java.util.Locale;

/** The eviction policies by name, as {@code --policy} gives them. */
public enum Policy {
  LRU,
  DAGHEIGHT,
  COSTNSIZE,
  BENEFIT;

  /** The ranking that belongs to the name. */
  public VictimRanking ranking() {
    return switch (this) {
      case LRU -> new LeastRecentlyUsed();
      case DAGHEIGHT -> new DagHeight();
      case COSTNSIZE -> new CostAndSize();
      case BENEFIT -> new Benefit();
    };
  }

  /** The name in options and reports. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
