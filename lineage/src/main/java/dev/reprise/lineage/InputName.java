package dev.reprise.lineage;

import dev.reprise.runtime.operation.Parameter;
import java.util.List;

/** How messages call an input of an item: by its parameter where that says more than a number. */
final class InputName {
  /** Operands of operators and products are better known by their place. */
  private static final int MOST_NUMBERED = 2;

  private InputName() {}

  /** As in {@code the seed of rand} or {@code input 2 of *}. */
  static String of(LineageItem user, int position) {
    List<Parameter> parameters = user.operation().opcode().parameters();
    boolean named = parameters.size() > MOST_NUMBERED && position < parameters.size();
    String input = named ? parameters.get(position).name() : "input " + (position + 1);
    return (named ? "the " : "") + input + " of " + user.operation().scriptName();
  }

  /** As in {@code , lm.dml:41}; nothing when the place is not known. */
  static String place(LineageItem item) {
    return item.place() == null ? "" : " (" + item.place().text() + ")";
  }
}
