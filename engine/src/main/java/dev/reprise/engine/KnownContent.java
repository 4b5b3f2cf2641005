package dev.reprise.engine;

import dev.reprise.engine.stored.StoredValues;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentMatrix;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import dev.reprise.store.MeasuredCosts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The cells of a matrix that an earlier run has computed, for when something needs them: loaded
 * from the experiment store or computed from what it was made of, whichever is planned to take
 * less.
 *
 * <p>It holds references to the values that the matrix was made of, so the cells can be had
 * whatever becomes of the store and of files that were read. Used by the thread that makes the
 * cells, which has nothing pinned; it claims nothing and waits for no operation, since all these
 * values are complete.
 */
final class KnownContent implements AbsentMatrix.Source {
  /** Absent matrices below one another; a longer chain is made when it is met. */
  static final int MOST_DEPTH = 32;

  private final SessionServices services;
  private final LineageItem item;

  /** Null when it was not worth its bytes. */
  private final Artifact artifact;

  private final Map<Key, Value> inputs;
  private final long costNanos;
  private final boolean isOfOperation;
  private final int depth;

  // Asked for once; two threads would hear the same. 0 until then.
  private volatile long measuredNanos;

  private KnownContent(
      SessionServices services,
      LineageItem item,
      Artifact artifact,
      Map<Key, Value> inputs,
      long costNanos,
      boolean isOfOperation,
      int depth) {
    this.services = services;
    this.item = item;
    this.artifact = artifact;
    this.inputs = inputs;
    this.costNanos = costNanos;
    this.isOfOperation = isOfOperation;
    this.depth = depth;
  }

  /** As the other, of a single operation whose inputs these are: costs are what it takes here. */
  static AbsentMatrix ofOperation(
      SessionServices services,
      LineageItem item,
      Composite.MatrixFacts facts,
      Artifact artifact,
      LineageItem[] items,
      Value[] values) {
    return of(services, item, facts, artifact, items, values, artifact.costNanos(), true);
  }

  /**
   * The matrix of an item, absent; null when it cannot be computed from these values alone without
   * waiting, or on the processor.
   *
   * @param artifact what the store has of it, or null
   * @param items what it was made of; entries may be null
   * @param values of these items, borrowed; entries may be null
   * @param costNanos what computing it took
   */
  static AbsentMatrix of(
      SessionServices services,
      LineageItem item,
      Composite.MatrixFacts facts,
      Artifact artifact,
      LineageItem[] items,
      Value[] values,
      long costNanos) {
    return of(services, item, facts, artifact, items, values, costNanos, false);
  }

  private static AbsentMatrix of(
      SessionServices services,
      LineageItem item,
      Composite.MatrixFacts facts,
      Artifact artifact,
      LineageItem[] items,
      Value[] values,
      long costNanos,
      boolean isOfOperation) {
    if (!services.mayDefer()) {
      return null;
    }
    int depth = 0;
    Map<Key, Value> inputs = new HashMap<>();
    for (int i = 0; i < items.length; i++) {
      int found = items[i] == null || values[i] == null ? 0 : add(items[i], values[i], inputs);
      if (found < 0) {
        return null;
      }
      depth = Math.max(depth, found);
    }
    if (depth >= MOST_DEPTH) {
      return null;
    }
    inputs.values().forEach(Value::retain);
    KnownContent content =
        new KnownContent(services, item, artifact, inputs, costNanos, isOfOperation, depth + 1);
    services.stored().deferred();
    return new AbsentMatrix(facts.shape(), facts.precision(), content);
  }

  /** How deep absent matrices lie in a value; negative when it is still to come. */
  private static int add(LineageItem item, Value given, Map<Key, Value> inputs) {
    Value value = given instanceof Handle handle ? handle.valueOrNull() : given;
    if (value == null) {
      return -1;
    }
    int depth = value instanceof AbsentMatrix absent ? absent.depth() : 0;
    if (value instanceof ListValue list && item.inputCount() > 0) {
      LineageItem[] elements = ElementItems.all(item, list.size());
      for (int i = 0; i < elements.length; i++) {
        int below = add(elements[i], list.elements().get(i), inputs);
        if (below < 0) {
          return below;
        }
        depth = Math.max(depth, below);
      }
    }
    if (!item.isLiteral()) {
      inputs.put(item.key(), value);
    }
    return depth;
  }

  @Override
  public MatrixValue make() {
    try (ContentPlan plan =
        new ContentPlan(services, item, artifact, this::computingNanos, inputs)) {
      return plan.execute();
    } catch (OperandException e) {
      throw new ResourceException(
          "a value that an earlier run has computed cannot be computed again: " + e.getMessage());
    }
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public long nanos() {
    long computing = computingNanos();
    return artifact == null ? computing : Math.min(computing, StoredValues.loadNanos(artifact));
  }

  /** What computing it takes: an operation on the processor, where it would be computed now. */
  private long computingNanos() {
    if (!isOfOperation) {
      return costNanos;
    }
    if (measuredNanos == 0) {
      MeasuredCosts costs = services.stored().costsOf(List.of(item)).get(item.key());
      long known = costs == null ? 0 : costs.on(DeviceClasses.CPU);
      measuredNanos = known > 0 ? known : Math.max(1, costNanos);
    }
    return measuredNanos;
  }

  @Override
  public void close() {
    inputs.values().forEach(Value::release);
  }
}
