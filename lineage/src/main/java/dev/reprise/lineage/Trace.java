package dev.reprise.lineage;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The items behind one or several outputs, each value once, inputs before their users. Immutable;
 * usable from any thread.
 *
 * <p>Items with equal keys are one value, so a trace keeps the first of them. The order is that of
 * a depth-first walk from the outputs and depends on the structure alone. Costs one visit per item
 * and input, 12 to 20 bytes per item, and the computation of all keys, when items are first asked
 * for; loops then appear as their iterations.
 */
public final class Trace {
  /** The name of an output that has none. */
  public static final String UNNAMED = "";

  /** A few hundred megabytes of items. */
  private static final long MOST_EXPANDED = 2_000_000;

  /** A constant such as 0 may be assigned in hundreds of places. */
  private static final int MOST_NAMES = 4;

  private final Map<String, LineageItem> outputs;
  // Filled when first asked for: who only compares or replays needs no items of loops.
  private volatile Items items;

  /** The items in order, and names of literals by position, from all that stand for one value. */
  private record Items(ItemTable table, Map<Integer, Set<LiteralName>> names) {}

  private Trace(Map<String, LineageItem> outputs) {
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("a trace has at least one output");
    }
    this.outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
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

  /**
   * True when loops stand for more items than anybody wants to see or memory to hold: such a trace
   * is compared, written and replayed as loops, and its items are not asked for.
   */
  public boolean isTooLargeToExpand() {
    return TraceProgram.of(outputs).expandedSize() > MOST_EXPANDED;
  }

  private ItemTable table() {
    return items().table;
  }

  private Items items() {
    Items known = items;
    if (known == null) {
      synchronized (this) {
        if (items == null) {
          Filling filling = new Filling();
          outputs.values().forEach(filling::addWithInputs);
          items = new Items(filling.items, filling.names);
        }
        known = items;
      }
    }
    return known;
  }

  /** Number of distinct items. */
  public int size() {
    return table().size();
  }

  /** The item at a zero-based position; its inputs have smaller positions. */
  public LineageItem item(int position) {
    return table().get(position);
  }

  /** Position of the item with this item's key, or -1. */
  public int indexOf(LineageItem item) {
    return table().indexOf(item);
  }

  /** What scripts call the literal at a position, from all that are equal; the first few. */
  public List<LiteralName> literalNames(int position) {
    return List.copyOf(items().names.getOrDefault(position, Set.of()));
  }

  /** The walk that fills a trace. */
  private static final class Filling {
    private final ItemTable items = new ItemTable();
    private final Map<Integer, Set<LiteralName>> names = new HashMap<>();

    private void addNames(int position, LineageItem literal) {
      if (literal.literalNames().isEmpty()) {
        return;
      }
      Set<LiteralName> known = names.computeIfAbsent(position, _ -> new LinkedHashSet<>());
      for (LiteralName name : literal.literalNames()) {
        if (known.size() < MOST_NAMES) {
          known.add(name);
        }
      }
    }

    /** Depth first; an item waits on the stack under its inputs, marked by a null above it. */
    private void addWithInputs(LineageItem output) {
      LineageItem[] stack = new LineageItem[64];
      int depth = 0;
      stack[depth++] = output;
      while (depth > 0) {
        LineageItem top = stack[--depth];
        if (top == null) {
          items.add(stack[--depth]);
          continue;
        }
        int known = items.indexOf(top);
        if (known >= 0) {
          addNames(known, top);
          continue;
        }
        int inputs = top.inputCount();
        if (inputs == 0) {
          items.add(top);
          addNames(items.size() - 1, top);
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
  }
}
