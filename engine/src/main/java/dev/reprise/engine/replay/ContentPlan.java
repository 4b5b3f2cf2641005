package dev.reprise.engine.replay;

import dev.reprise.engine.device.DeviceClasses;
import dev.reprise.engine.stored.Loading;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import dev.reprise.store.MeasuredCosts;
import dev.reprise.store.plan.Action;
import dev.reprise.store.plan.MinCutPlanner;
import dev.reprise.store.plan.Plan;
import dev.reprise.store.plan.PlanGraph;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How the cells of one value come to be: the exact minimum of loading and computing over the
 * lineage between it and the values that are at hand. For one thread.
 *
 * <pre>
 *   value wanted --- operations that may be computed, or loaded where the store has them
 *                        \--- values at hand: free, or what it costs to make them if they are absent
 * </pre>
 */
public final class ContentPlan implements AutoCloseable {
  /** Beyond so many operations the value is loaded if it can be, and computed otherwise. */
  private static final int MOST_OPERATIONS = 2_000;

  /** What an operation is taken to cost that nobody has measured: less than what is asked for. */
  private static final long UNMEASURED_NANOS = 50_000;

  /** Loading that is worth neither a plan nor a look at what computing takes. */
  public static final long CHEAP_NANOS = 500_000;

  private static final int TIERS = 1;

  private final Sources sources;
  private final StoredValues stored;
  private final LineageItem output;
  private final Artifact artifact;
  private final LongSupplier costNanos;
  private final Map<Key, Value> inputs;

  /** Values that were loaded for the plan, with a reference each. */
  private final Map<Key, Value> loaded = new HashMap<>();

  /**
   * @param artifact of the output, or null
   * @param costNanos what computing the output takes, all together; asked when it is needed
   * @param inputs values at hand, borrowed
   */
  ContentPlan(
      Sources sources,
      LineageItem output,
      Artifact artifact,
      LongSupplier costNanos,
      Map<Key, Value> inputs) {
    this.sources = sources;
    this.stored = sources.resources().stored();
    this.output = output;
    this.artifact = artifact;
    this.costNanos = costNanos;
    this.inputs = inputs;
  }

  /** The value; the caller owns one reference. */
  Value execute() {
    if (artifact != null && Loading.nanos(artifact) <= CHEAP_NANOS) {
      Value value = stored.loading().deferred(output, artifact);
      if (value != null) {
        return value;
      }
      return replaced();
    }
    Graph graph = new Graph();
    boolean known = graph.add();
    if (!known && artifact != null || known && graph.loadsOutput()) {
      Value value = stored.loading().deferred(output, artifact);
      if (value != null) {
        return value;
      }
      graph.lost(output.key());
      if (known) {
        graph.loadInputs();
      }
      return replaced();
    }
    if (known) {
      graph.loadInputs();
    }
    return computed();
  }

  /** Computes what the store has lost, and offers it again. */
  private Value replaced() {
    Value value = computed();
    stored.offers().offer(output, value, costNanos.getAsLong());
    return value;
  }

  private Value computed() {
    stored.counts().computedAfterAll();
    return new Recomputation(sources, this::atHand).of(output);
  }

  private Value atHand(LineageItem item) {
    Value value = inputs.get(item.key());
    if (value == null) {
      value = loaded.get(item.key());
    }
    if (value != null) {
      value.retain();
      return value;
    }
    return fromCache(item);
  }

  /**
   * With a reference, or null. The outputs of one operation lie in the cache as a list, also those
   * that are to come: the one that is made here must not be made of itself.
   */
  private Value fromCache(LineageItem item) {
    Value value = sources.resources().cache().peek(item.key());
    if (value instanceof ListValue list && !AbsentValue.isThere(list)) {
      value.release();
      return null;
    }
    return value;
  }

  @Override
  public void close() {
    loaded.values().forEach(Value::release);
  }

  /** The operations as the planner sees them. */
  private final class Graph {
    private final PlanGraph graph = new PlanGraph(TIERS);
    private final Map<Key, Integer> numbers = new HashMap<>();
    private final Map<Integer, LineageItem> items = new HashMap<>();
    private final Map<Integer, Artifact> artifacts = new HashMap<>();

    private record Visit(LineageItem item, int[] next) {}

    /** Adds everything below the output, inputs first; false when that is too much to look at. */
    boolean add() {
      Deque<Visit> open = new ArrayDeque<>();
      open.push(new Visit(output, new int[1]));
      while (!open.isEmpty()) {
        Visit visit = open.peek();
        LineageItem item = visit.item();
        if (numbers.containsKey(item.key())) {
          open.pop();
        } else if (addKnown(item)) {
          open.pop();
        } else if (visit.next()[0] < item.inputCount()) {
          open.push(new Visit(item.input(visit.next()[0]++), new int[1]));
          if (open.size() > MOST_OPERATIONS) {
            return false;
          }
        } else {
          open.pop();
          addOperation(item);
          if (graph.size() > MOST_OPERATIONS) {
            return false;
          }
        }
      }
      cost();
      graph.want(numbers.get(output.key()));
      return true;
    }

    /** Adds what needs no operation; false for others. */
    private boolean addKnown(LineageItem item) {
      if (item.isLiteral()) {
        free(item, 0);
        return true;
      }
      Value value = inputs.get(item.key());
      if (value == null && !item.sameAs(output)) {
        value = fromCache(item);
        if (value != null) {
          value.release();
        }
      }
      if (value != null) {
        free(item, value instanceof AbsentValue<?> absent ? absent.nanos() : 0);
      }
      return value != null;
    }

    private void free(LineageItem item, long nanos) {
      int node = graph.add(nanos);
      numbers.put(item.key(), node);
    }

    private void addOperation(LineageItem item) {
      int[] from = new int[item.inputCount()];
      for (int i = 0; i < from.length; i++) {
        from[i] = numbers.get(item.input(i).key());
      }
      boolean last = item.sameAs(output);
      int node = graph.add(UNMEASURED_NANOS, from);
      numbers.put(item.key(), node);
      items.put(node, item);
      Artifact kept = last ? artifact : stored.lookup().artifact(item);
      if (kept != null) {
        graph.offer(node, 0, Loading.nanos(kept));
        artifacts.put(node, kept);
      }
    }

    /** Gives operations the costs that were measured where they would be computed: here. */
    private void cost() {
      Map<Key, MeasuredCosts> measured = stored.lookup().costsOf(items.values());
      items.forEach((node, item) -> {
        MeasuredCosts costs = measured.get(item.key());
        long known = costs == null ? 0 : costs.on(DeviceClasses.CPU);
        long nanos = known > 0 ? known : UNMEASURED_NANOS;
        graph.recost(
            node,
            item.sameAs(output) ? Math.min(nanos, Math.max(1, costNanos.getAsLong())) : nanos);
      });
    }

    boolean loadsOutput() {
      return artifact != null
          && new MinCutPlanner().plan(graph).action(numbers.get(output.key())) == Action.LOAD;
    }

    /** An artifact turned out to be damaged or gone. */
    void lost(Key key) {
      Integer node = numbers.get(key);
      if (node != null) {
        graph.withdraw(node, 0);
        artifacts.remove(node);
      }
    }

    /** Loads what the plan says, planning again for each that cannot be loaded. */
    void loadInputs() {
      boolean complete = false;
      while (!complete) {
        Plan plan = new MinCutPlanner().plan(graph);
        complete = true;
        for (int node : plan.nodes(Action.LOAD).toArray()) {
          Artifact kept = artifacts.get(node);
          LineageItem item = items.get(node);
          if (kept == null || loaded.containsKey(item.key()) || item.sameAs(output)) {
            continue;
          }
          Value value = stored.loading().deferred(item, kept);
          if (value == null) {
            lost(item.key());
            complete = false;
          } else {
            loaded.put(item.key(), value);
          }
        }
      }
    }
  }
}
