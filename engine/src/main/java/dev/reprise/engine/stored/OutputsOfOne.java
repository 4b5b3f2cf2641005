package dev.reprise.engine.stored;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;

/**
 * The outputs of one operation that has several, each traced as {@code output{index=i}}. The store
 * keeps each under its own key, so that each is found, and left unloaded, by itself.
 */
public final class OutputsOfOne {
  private OutputsOfOne() {}

  /** True for the item of an operation with several outputs. */
  static boolean isItem(LineageItem item) {
    return item.operation() != null && item.operation().opcode().outputs() > 1;
  }

  /** True when a value is all that such an operation leaves. */
  static boolean isValue(LineageItem item, Value value) {
    return isItem(item)
        && value instanceof ListValue list
        && list.size() == item.operation().opcode().outputs();
  }

  /** The items of all outputs. */
  static LineageItem[] items(LineageItem item) {
    LineageItem[] items = new LineageItem[item.operation().opcode().outputs()];
    for (int i = 0; i < items.length; i++) {
      items[i] = LineageItem.of(operation(i), item);
    }
    return items;
  }

  /** What takes one output, counted from 0, from all of them. */
  public static Operation operation(int output) {
    return new Operation(
        OperationTable.standard().get("output"), Attributes.of("index", Integer.toString(output)));
  }
}
