package dev.reprise.engine.control;

import dev.reprise.engine.value.Describe;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What messages say of the operands that an operation has: types, shapes and numbers, none of the
 * memory. Immutable, so it tells what an operation had long after its variables have other values.
 */
public final class OperandForms {
  private static final OperandForms NONE = new OperandForms(List.of());

  /** In the order of the operands, without those that were left out. */
  private final List<Supplier<String>> forms;

  private OperandForms(List<Supplier<String>> forms) {
    this.forms = forms;
  }

  /** Those of values that are there, now or later. */
  public static OperandForms of(Value[] operands) {
    if (operands.length == 0) {
      return NONE;
    }
    List<Supplier<String>> forms = new ArrayList<>(operands.length);
    for (Value operand : operands) {
      if (!Describe.isLeftOut(operand)) {
        forms.add(Describe.form(operand));
      }
    }
    return new OperandForms(forms);
  }

  /** The operation as a call, in brackets behind a space; nothing when it has no operands. */
  String text(Step step) {
    return this == NONE
        ? ""
        : forms.stream()
            .map(Supplier::get)
            .collect(Collectors.joining(", ", " [" + step.describe() + "(", ")]"));
  }
}
