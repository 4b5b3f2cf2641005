package dev.reprise.engine;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;

/**
 * The lineage of a list's elements. Where the list's own trace shows how an element came in, the
 * element keeps the item that it had before, so that passing a matrix through a list does not hide
 * it from reuse.
 */
final class ElementItems {
  private ElementItems() {}

  /** The item of the element at a zero-based position of the list that the item describes. */
  static LineageItem at(LineageItem list, int index) {
    if (list.operation() != null) {
      switch (list.operation().name()) {
        case "list" -> {
          return list.input(index);
        }
        case "listIndex" -> {
          LineageItem selected = ofSingleIndex(list, index);
          if (selected != null) {
            return selected;
          }
        }
        case "listAssign" -> {
          LineageItem assigned = AssignedElements.at(list, index);
          if (assigned != null) {
            return assigned;
          }
        }
        default -> {}
      }
    }
    return LineageItem.of(
        new Operation(OperationTable.standard().get("output"), Attributes.of("index", "" + index)),
        list);
  }

  static LineageItem[] all(LineageItem list, int size) {
    LineageItem[] items = new LineageItem[size];
    for (int i = 0; i < size; i++) {
      items[i] = at(list, i);
    }
    return items;
  }

  /** {@code L[i]} or {@code L["name"]} of a list built in place, with a literal position. */
  private static LineageItem ofSingleIndex(LineageItem indexed, int index) {
    LineageItem source = indexed.input(0);
    Scalar position = indexed.input(1).literalOrNull();
    if (index != 0
        || position == null
        || source.operation() == null
        || !source.operation().name().equals("list")) {
      return null;
    }
    if (position.type() == ValueType.STRING) {
      for (int i = 0; i < source.inputCount(); i++) {
        if (position.asString().equals(source.operation().attributes().get("name." + i))) {
          return source.input(i);
        }
      }
      return null;
    }
    long at = position.asLong();
    return at >= 1 && at <= source.inputCount() ? source.input((int) at - 1) : null;
  }
}
