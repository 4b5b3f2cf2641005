package dev.reprise.engine.value;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValue;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values from which something can be computed without waiting, by the keys of their items; elements
 * of lists, too. Literals are left out, since their items say what they are.
 *
 * @param byKey borrowed
 * @param depth how many absent values lie below one another in them
 */
public record CompleteInputs(Map<Key, Value> byKey, int depth) {
  /**
   * The values of these items; null when one is still to come.
   *
   * @param items entries may be null
   * @param values of these items, borrowed; entries may be null
   */
  public static CompleteInputs of(LineageItem[] items, Value[] values) {
    Map<Key, Value> byKey = new HashMap<>();
    int depth = 0;
    for (int i = 0; i < items.length; i++) {
      int found = items[i] == null || values[i] == null ? 0 : add(items[i], values[i], byKey);
      if (found < 0) {
        return null;
      }
      depth = Math.max(depth, found);
    }
    return new CompleteInputs(byKey, depth);
  }

  /**
   * The operands of an operation; null when one is still to come.
   *
   * @param item of the operation, with as many inputs as it has operands
   * @param values of these, borrowed
   */
  public static CompleteInputs ofOperands(LineageItem item, Value[] values) {
    return of(operandsOf(item), values);
  }

  /** The items of an operation's operands. */
  public static LineageItem[] operandsOf(LineageItem item) {
    LineageItem[] operands = new LineageItem[item.inputCount()];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = item.input(i);
    }
    return operands;
  }

  /** How deep absent values lie in a value; negative when it is still to come. */
  private static int add(LineageItem item, Value given, Map<Key, Value> byKey) {
    Value value = given instanceof Handle handle ? handle.valueOrNull() : given;
    if (value == null) {
      return -1;
    }
    int depth = value instanceof AbsentValue<?> absent ? absent.depth() : 0;
    if (value instanceof ListValue list && item.inputCount() > 0) {
      LineageItem[] items = ElementItems.all(item, list.size());
      List<Value> elements = list.elements();
      for (int i = 0; i < items.length; i++) {
        int below = add(items[i], elements.get(i), byKey);
        if (below < 0) {
          return below;
        }
        depth = Math.max(depth, below);
      }
    }
    if (!item.isLiteral()) {
      byKey.put(item.key(), value);
    }
    return depth;
  }

  /** Estimated nanoseconds until all of them are there. */
  public long nanos() {
    long nanos = 0;
    for (Value value : byKey.values()) {
      nanos += value instanceof AbsentValue<?> absent ? absent.nanos() : 0;
    }
    return nanos;
  }

  /** Sees that all of them are there; see {@link AbsentValue#make()}. */
  public void make() {
    byKey.values().forEach(AbsentValue::make);
  }

  /** The value of an item among them, with a reference for the receiver; null for others. */
  public Value atHand(LineageItem item) {
    Value value = byKey.get(item.key());
    if (value != null) {
      value.retain();
    }
    return value;
  }

  /** Takes one more reference to each of the values. */
  public void retain() {
    byKey.values().forEach(Value::retain);
  }

  /** Gives one reference to each of the values back. */
  public void release() {
    byKey.values().forEach(Value::release);
  }
}
