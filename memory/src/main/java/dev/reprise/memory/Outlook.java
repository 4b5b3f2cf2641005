package dev.reprise.memory;

import dev.reprise.runtime.Value;
import java.util.List;

/**
 * What would leave memory next, in that order, if somebody asked for room now.
 *
 * @param moving values that would go to disk
 * @param dropping values that would be dropped
 * @param bytes of all of them
 */
public record Outlook(List<Value> moving, List<Value> dropping, long bytes) {
  static final Outlook NOTHING = new Outlook(List.of(), List.of(), 0);

  public Outlook {
    moving = List.copyOf(moving);
    dropping = List.copyOf(dropping);
  }
}
