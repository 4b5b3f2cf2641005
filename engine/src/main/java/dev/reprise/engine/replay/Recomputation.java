package dev.reprise.engine.replay;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.Trace;
import dev.reprise.runtime.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Computes the value of an item on the processor from what is at hand: each item once, inputs
 * before their users, down to values that are known already. For one thread; waits for nobody and
 * claims nothing.
 */
final class Recomputation {
  /** Items that are looked at one by one; beyond, loops are executed without making items. */
  private static final int MOST_ITEMS = 50_000;

  private final Replayer replayer;
  private final Function<LineageItem, Value> atHand;

  private final List<LineageItem> order = new ArrayList<>();
  private final Map<Key, Value> values = new HashMap<>();
  private final Map<Key, Integer> uses = new HashMap<>();

  /**
   * @param sources whose processor computes
   * @param atHand the value of an item with a reference for the receiver, or null
   */
  Recomputation(Sources sources, Function<LineageItem, Value> atHand) {
    this.replayer = new Replayer(sources, sources.resources().kernels()::runOnHost);
    this.atHand = atHand;
  }

  /**
   * The value; the caller owns one reference.
   *
   * @throws dev.reprise.runtime.OperandException when an input cannot be brought back
   */
  Value of(LineageItem output) {
    try {
      return collect(output) ? compute(output) : replayer.evaluate(Trace.of(output));
    } finally {
      values.values().forEach(Value::release);
    }
  }

  private record Visit(LineageItem item, int[] next) {}

  /** Finds what must be computed, in order; false when that is too much to look at. */
  private boolean collect(LineageItem output) {
    Map<Key, Boolean> seen = new HashMap<>();
    Deque<Visit> open = new ArrayDeque<>();
    seen.put(output.key(), true);
    open.push(new Visit(output, new int[1]));
    while (!open.isEmpty()) {
      Visit visit = open.peek();
      LineageItem item = visit.item();
      if (visit.next()[0] < item.inputCount()) {
        LineageItem input = item.input(visit.next()[0]++);
        uses.merge(input.key(), 1, Integer::sum);
        if (seen.put(input.key(), true) == null && !isKnown(input)) {
          open.push(new Visit(input, new int[1]));
        }
      } else {
        open.pop();
        order.add(item);
        if (order.size() > MOST_ITEMS) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isKnown(LineageItem item) {
    Value value = item.isLiteral() ? item.literalOrNull() : atHand.apply(item);
    if (value == null) {
      return false;
    }
    values.put(item.key(), value);
    return true;
  }

  private Value compute(LineageItem output) {
    for (LineageItem item : order) {
      Value[] inputs = new Value[item.inputCount()];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = values.get(item.input(i).key());
      }
      values.put(item.key(), replayer.evaluate(item, inputs));
      for (int i = 0; i < inputs.length; i++) {
        Key used = item.input(i).key();
        if (uses.merge(used, -1, Integer::sum) == 0) {
          values.remove(used).release();
        }
      }
    }
    return values.remove(output.key());
  }
}
