package dev.reprise.engine;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The items of a list's elements as they were before they went into the list, through {@code list},
 * {@code append}, {@code remove} and ranges, so that folds keep their identity whichever of them
 * are bound.
 */
final class ListTrace {
  private ListTrace() {}

  /** One item per matrix that {@link ListOperands#flatten} finds in the list, in that order. */
  static List<LineageItem> elements(LineageItem item, ListValue list) {
    List<LineageItem> items = ofElements(item, list.size());
    List<LineageItem> flat = new ArrayList<>();
    List<Value> elements = list.elements();
    for (int i = 0; i < elements.size(); i++) {
      Value element = elements.get(i);
      if (element instanceof ListValue inner) {
        flat.addAll(elements(items.get(i), inner));
      } else {
        flat.add(items.get(i));
      }
    }
    return flat;
  }

  private static List<LineageItem> ofElements(LineageItem item, int size) {
    List<LineageItem> found = traced(item);
    return found != null && found.size() == size ? found : List.of(ElementItems.all(item, size));
  }

  /**
   * Null when the trace does not say. Appends are walked in a loop: lists may have been filled by
   * thousands of them.
   */
  private static List<LineageItem> traced(LineageItem item) {
    List<LineageItem> appended = new ArrayList<>();
    LineageItem at = item;
    while (!at.isLiteral() && at.name().equals("listAppend") && at.inputCount() == 2) {
      appended.add(at.input(1));
      at = at.input(0);
    }
    List<LineageItem> first = withoutAppends(at);
    if (first == null) {
      return null;
    }
    List<LineageItem> all = new ArrayList<>(first);
    all.addAll(appended.reversed());
    return all;
  }

  private static List<LineageItem> withoutAppends(LineageItem item) {
    if (item.isLiteral()) {
      return null;
    }
    return switch (item.name()) {
      case "list" -> inputs(item);
      case "output" -> ofOutput(item);
      case "listIndex" -> ofRange(item);
      default -> null;
    };
  }

  private static List<LineageItem> inputs(LineageItem item) {
    List<LineageItem> inputs = new ArrayList<>();
    for (int i = 0; i < item.inputCount(); i++) {
      inputs.add(item.input(i));
    }
    return inputs;
  }

  /** What {@code remove} leaves is its first output. */
  private static List<LineageItem> ofOutput(LineageItem item) {
    LineageItem removal = item.input(0);
    if (item.operation().attributes().getLong("index", -1) != 0
        || removal.isLiteral()
        || !removal.name().equals("listRemove")) {
      return null;
    }
    List<LineageItem> before = traced(removal.input(0));
    int position = position(removal.input(1));
    if (before == null || position < 1 || position > before.size()) {
      return null;
    }
    List<LineageItem> left = new ArrayList<>(before);
    left.remove(position - 1);
    return left;
  }

  private static List<LineageItem> ofRange(LineageItem item) {
    List<LineageItem> source = item.inputCount() == 3 ? traced(item.input(0)) : null;
    int from = position(item.input(1));
    int to = item.inputCount() == 3 ? position(item.input(2)) : -1;
    return source == null || from < 1 || to < from || to > source.size()
        ? null
        : source.subList(from - 1, to);
  }

  private static int position(LineageItem item) {
    Scalar literal = item.literalOrNull();
    return literal == null
            || literal.isAbsent()
            || literal.type() == dev.reprise.runtime.ValueType.STRING
        ? -1
        : (int) literal.asLong();
  }
}
