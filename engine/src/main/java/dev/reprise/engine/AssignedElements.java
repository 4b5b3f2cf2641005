package dev.reprise.engine;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Evaluation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * The items of the elements of a list that was built in place and then changed by assignments to
 * single elements: {@code args = list(X = X); args["lr"] = 0.1}. A search over hyper-parameters
 * hands its arguments over like this, and what they have in common must look the same.
 */
final class AssignedElements {
  /** A list that a loop fills with more is looked at as a whole. */
  private static final int MOST_ASSIGNMENTS = 64;

  /** Of the operations on structures those that give a number. */
  private static final Set<String> NUMBERS = Set.of("nrow", "ncol", "length");

  private final List<String> names;

  /** Null for an element of which the trace does not say what it is. */
  private final List<LineageItem> items = new ArrayList<>();

  private AssignedElements(LineageItem made) {
    for (int i = 0; i < made.inputCount(); i++) {
      items.add(made.input(i));
    }
    List<String> given = ElementNames.of(made.operation().attributes(), items.size());
    boolean named = given.stream().anyMatch(name -> name != null);
    this.names = new ArrayList<>();
    for (int i = 0; named && i < given.size(); i++) {
      names.add(given.get(i) == null ? "" : given.get(i));
    }
  }

  /** The item of the element at a zero-based position, or null when the trace does not say. */
  static LineageItem at(LineageItem list, int index) {
    List<LineageItem> items = of(list);
    return items != null && index < items.size() ? items.get(index) : null;
  }

  private static List<LineageItem> of(LineageItem list) {
    Deque<LineageItem> assignments = new ArrayDeque<>();
    LineageItem made = list;
    while (!made.isLiteral() && made.name().equals("listAssign")) {
      if (assignments.size() == MOST_ASSIGNMENTS) {
        return null;
      }
      assignments.push(made);
      made = made.input(0);
    }
    if (made.isLiteral() || !made.name().equals("list")) {
      return null;
    }
    AssignedElements elements = new AssignedElements(made);
    for (LineageItem assignment : assignments) {
      if (!elements.apply(assignment)) {
        return null;
      }
    }
    return elements.items;
  }

  /** As {@link Lists#assign}; false when the trace does not say which element is replaced. */
  private boolean apply(LineageItem assignment) {
    Scalar place = assignment.input(2).literalOrNull();
    boolean single =
        assignment.inputCount() == 3
            || (assignment.input(3).isLiteral() && assignment.input(3).literalOrNull().isAbsent());
    if (place == null || place.isAbsent() || !single) {
      return false;
    }
    LineageItem value = assignment.input(1);
    if (place.type() == ValueType.STRING && !names.contains(place.asString())) {
      while (names.size() < items.size()) {
        names.add("");
      }
      names.add(place.asString());
      return items.add(value);
    }
    long at =
        place.type() == ValueType.STRING ? names.indexOf(place.asString()) : place.asLong() - 1;
    if (at < 0 || at >= items.size()) {
      return false;
    }
    items.set((int) at, isNoList(value) ? value : null);
    return true;
  }

  /** A list of one would stand for its element. */
  private static boolean isNoList(LineageItem value) {
    return value.isLiteral()
        || value.operation().opcode().evaluation() == Evaluation.KERNEL
        || NUMBERS.contains(value.name());
  }
}
