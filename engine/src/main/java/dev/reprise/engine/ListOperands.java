package dev.reprise.engine;

import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists where a kernel takes matrices: a list of one element stands for the element, and {@code
 * cbind}, {@code rbind} and {@code as.matrix} of a list take all its elements.
 */
final class ListOperands {
  private ListOperands() {}

  static Value[] flatten(Operation operation, Value[] inputs) {
    boolean any = false;
    for (Value input : inputs) {
      any |= input instanceof ListValue;
    }
    return any ? flattenLists(operation, inputs) : inputs;
  }

  private static Value[] flattenLists(Operation operation, Value[] inputs) {
    List<Value> flat = new ArrayList<>();
    for (Value input : inputs) {
      if (input instanceof ListValue list && (spreads(operation) || list.size() == 1)) {
        flat.addAll(List.of(flatten(operation, list.elements().toArray(Value[]::new))));
      } else {
        flat.add(input);
      }
    }
    return flat.toArray(Value[]::new);
  }

  private static boolean spreads(Operation operation) {
    return switch (operation.name()) {
      case "cbind", "rbind" -> true;
      default -> false;
    };
  }
}
