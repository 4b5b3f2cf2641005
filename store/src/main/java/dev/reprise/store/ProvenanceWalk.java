package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Provenance.Ancestor;
import dev.reprise.store.Provenance.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Walks the graph around one value. */
public final class ProvenanceWalk {
  private static final Comparator<Value> LATEST_FIRST =
      Comparator.comparingLong(Value::lastRun).reversed().thenComparing(Value::lineage);

  /** Operands of values above that wait for their turn. */
  private static final int MOST_OPEN = 50_000;

  private final GraphTables tables;

  public ProvenanceWalk(GraphTables tables) {
    this.tables = tables;
  }

  /**
   * Lineages that begin with these digits: values of the graph, else what a trace or an artifact
   * has; two are as good as many.
   *
   * @param digits hexadecimal, 32 at most
   */
  public List<Key> lineages(String digits) {
    List<Key> values = between(digits, tables::values);
    return values.isEmpty() ? between(digits, tables::others) : values;
  }

  private interface Range {
    List<Key> of(Key least, Key greatest, int limit);
  }

  private static List<Key> between(String digits, Range range) {
    // By its beginning, since keys are what the table is ordered by.
    String rest = "0".repeat(2 * Keys.LENGTH - digits.length());
    return range.of(Key.parse(digits + rest), Key.parse(digits + rest.replace('0', 'f')), 2);
  }

  /**
   * What is known of a value; null when it is not in the graph.
   *
   * @param most values below, and values made of it
   */
  public Provenance of(Key key, int most) {
    Value value = tables.value(key);
    if (value == null) {
      return null;
    }
    List<Ancestor> below = below(key, most);
    // A server has its keys in another order.
    List<Value> users = tables.users(key, most).stream().sorted(LATEST_FIRST).toList();
    List<Key> all =
        Stream.of(Stream.of(value), below.stream().map(Ancestor::value), users.stream())
            .flatMap(each -> each)
            .map(Value::lineage)
            .toList();
    Set<Key> kept =
        tables.artifactsOf(all).stream().map(ArtifactEntry::lineage).collect(Collectors.toSet());
    return new Provenance(
        withKept(value, kept),
        below.stream()
            .map(each -> new Ancestor(each.depth(), withKept(each.value(), kept)))
            .toList(),
        users.stream().map(each -> withKept(each, kept)).toList());
  }

  private static Value withKept(Value value, Set<Key> kept) {
    return new Value(
        value.lineage(),
        value.operation(),
        value.bytes(),
        value.costNanos(),
        value.runs(),
        value.firstRun(),
        value.lastRun(),
        kept.contains(value.lineage()));
  }

  private record Open(int depth, Key key) {}

  private List<Ancestor> below(Key top, int most) {
    List<Ancestor> all = new ArrayList<>();
    Set<Key> seen = new HashSet<>();
    Deque<Open> open = new ArrayDeque<>();
    pushOperands(top, 1, most, open);
    while (!open.isEmpty() && all.size() < most) {
      Open next = open.pop();
      Value value = seen.add(next.key) ? tables.value(next.key) : null;
      if (value != null) {
        all.add(new Ancestor(next.depth, value));
        pushOperands(next.key, next.depth + 1, most, open);
      }
    }
    return all;
  }

  private void pushOperands(Key key, int depth, int most, Deque<Open> open) {
    for (Key operand : tables.operands(key, most).reversed()) {
      open.push(new Open(depth, operand));
    }
    // Those at the bottom would come last of all, after far more than anybody has asked for.
    while (open.size() > MOST_OPEN) {
      open.removeLast();
    }
  }
}
