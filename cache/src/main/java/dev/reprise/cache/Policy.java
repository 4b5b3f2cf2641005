package dev.reprise.cache;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The eviction policies by name, as {@code --policy} gives them. */
public enum Policy {
  LRU,
  DAGHEIGHT,
  COSTNSIZE,
  BENEFIT;

  /**
   * The policy with a {@linkplain #label label}.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Policy named(String label) {
    for (Policy policy : values()) {
      if (policy.label().equals(label)) {
        return policy;
      }
    }
    String known = Arrays.stream(values()).map(Policy::label).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("no eviction policy '" + label + "'; there are " + known);
  }

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
