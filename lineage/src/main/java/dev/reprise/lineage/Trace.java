package dev.reprise.lineage;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The items behind one or several outputs, each value once, inputs before their users. Immutable;
 * usable from any thread.
 *
 * <p>Items with equal keys are one value, so a trace keeps the first of them. The order is that of
 * a depth-first walk from the outputs and depends on the structure alone. Costs one visit per item
 * and input, 12 to 20 bytes per item, and the computation of all keys.
 */
public final class Trace {
  /** The name of an output that has none. */
  public static final String UNNAMED = "";

  private final Map<String, LineageItem> outputs;
  private LineageItem[] items = new LineageItem[16];
  private int size;
  // Open addressing: position in items plus one, 0 is free; at most half full.
  private int[] slots = new int[64];

  private Trace(Map<String, LineageItem> outputs) {
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("a trace has at least one output");
    }
    this.outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    this.outputs.values().forEach(this::addWithInputs);
  }

  /** The trace of one unnamed output. */
  public static Trace of(LineageItem output) {
    return new Trace(Map.of(UNNAMED, output));
  }

  /** The trace of named outputs, in the order of the map; at least one. */
  public static Trace of(Map<String, LineageItem> outputs) {
    return new Trace(outputs);
  }

  /** Outputs by name, in order; an unnamed one has the name {@link #UNNAMED}. */
  public Map<String, LineageItem> outputs() {
    return outputs;
  }

  /** The first output, usually the only one. */
  public LineageItem output() {
    return outputs.values().iterator().next();
  }

  /** Number of distinct items. */
  public int size() {
    return size;
  }

  /** The item at a zero-based position; its inputs have smaller positions. */
  public LineageItem item(int position) {
    return items[position];
  }

  /** Position of the item with this item's key, or -1. */
  public int indexOf(LineageItem item) {
    return slots[slotOf(item)] - 1;
  }

  /** Depth first; an item waits on the stack under its inputs, marked by a null above it. */
  private void addWithInputs(LineageItem output) {
    LineageItem[] stack = new LineageItem[64];
    int depth = 0;
    stack[depth++] = output;
    while (depth > 0) {
      LineageItem top = stack[--depth];
      if (top == null) {
        add(stack[--depth]);
        continue;
      }
      if (indexOf(top) >= 0) {
        continue;
      }
      int inputs = top.inputCount();
      if (inputs == 0) {
        add(top);
        continue;
      }
      if (depth + inputs + 2 > stack.length) {
        stack = Arrays.copyOf(stack, 2 * stack.length + inputs);
      }
      stack[depth++] = top;
      stack[depth++] = null;
      for (int i = inputs - 1; i >= 0; i--) {
        stack[depth++] = top.input(i);
      }
    }
  }

  private void add(LineageItem item) {
    int slot = slotOf(item);
    if (slots[slot] != 0) {
      return;
    }
    if (size == items.length) {
      items = Arrays.copyOf(items, 2 * size);
    }
    items[size++] = item;
    slots[slot] = size;
    if (2 * size > slots.length) {
      rehash();
    }
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    for (int i = 0; i < size; i++) {
      slots[slotOf(items[i])] = i + 1;
    }
  }

  /** The slot that holds the item's position, or the free one where it belongs. */
  private int slotOf(LineageItem item) {
    int mask = slots.length - 1;
    int slot = (int) item.keyLow() & mask;
    while (slots[slot] != 0 && !items[slots[slot] - 1].sameAs(item)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
