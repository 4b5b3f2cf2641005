package dev.reprise.engine.worth;

import dev.reprise.ReuseForecast;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts, under the keys of what is computed, how often and at what cost: what reuse would have
 * saved. Keeps keys and numbers, no values and no items. Thread-safe; about 150 bytes per value.
 */
public final class ReuseEstimate {
  private final ConcurrentHashMap<Key, Computed> values = new ConcurrentHashMap<>();

  /**
   * One value.
   *
   * @param repeats computations after the first
   * @param repeatedNanos time that they took
   */
  private record Computed(
      String opcode, String place, long repeats, long repeatedNanos, long bytes) {

    Computed again(long nanos) {
      return new Computed(opcode, place, repeats + 1, repeatedNanos + nanos, bytes);
    }
  }

  private record Statement(String opcode, String place) {}

  /** Notes that a value was computed. */
  public void computed(LineageItem item, long nanos, long bytes) {
    values.compute(
        item.key(), (key, before) -> before == null ? first(item, bytes) : before.again(nanos));
  }

  private static Computed first(LineageItem item, long bytes) {
    String place = item.place() == null ? "" : item.place().text();
    return new Computed(item.name(), place, 0, 0, bytes);
  }

  /** What has been counted so far. */
  public ReuseForecast forecast() {
    Map<Statement, ReuseForecast.Statement> statements = new HashMap<>();
    for (Computed value : values.values()) {
      statements.merge(
          new Statement(value.opcode, value.place), statement(value), ReuseEstimate::sum);
    }
    List<ReuseForecast.Statement> sorted = new ArrayList<>(statements.values());
    sorted.sort(
        Comparator.comparingLong(ReuseForecast.Statement::savedNanos)
            .reversed()
            .thenComparing(ReuseForecast.Statement::place)
            .thenComparing(ReuseForecast.Statement::opcode));
    ReuseForecast.Statement all =
        sorted.stream()
            .reduce(ReuseEstimate::sum)
            .orElse(new ReuseForecast.Statement("", "", 0, 0, 0, 0));
    return new ReuseForecast(
        all.computations(), all.repeated(), all.savedNanos(), all.bytes(), sorted);
  }

  private static ReuseForecast.Statement statement(Computed value) {
    return new ReuseForecast.Statement(
        value.opcode,
        value.place,
        value.repeats + 1,
        value.repeats,
        value.repeatedNanos,
        value.repeats == 0 ? 0 : value.bytes);
  }

  private static ReuseForecast.Statement sum(ReuseForecast.Statement a, ReuseForecast.Statement b) {
    return new ReuseForecast.Statement(
        a.opcode(),
        a.place(),
        a.computations() + b.computations(),
        a.repeated() + b.repeated(),
        a.savedNanos() + b.savedNanos(),
        a.bytes() + b.bytes());
  }
}
