package dev.reprise.engine;

import dev.reprise.runtime.Value;
import java.util.function.Supplier;

/**
 * What messages say of the operands that an operation has: types, shapes and numbers, none of the
 * memory. Immutable, so it tells what an operation had long after its variables have other values.
 */
final class OperandForms {
  // By operand: null for one that was left out.
  private final Supplier<String>[] forms;

  private OperandForms(Supplier<String>[] forms) {
    this.forms = forms;
  }

  /** Those of values that are there, now or later. */
  @SuppressWarnings("unchecked") // Arrays of generic types cannot be made otherwise.
  static OperandForms of(Value[] operands) {
    Supplier<String>[] forms = new Supplier[operands.length];
    for (int i = 0; i < operands.length; i++) {
      forms[i] = Describe.isLeftOut(operands[i]) ? null : Describe.form(operands[i]);
    }
    return new OperandForms(forms);
  }

  /** The operation as a call, in brackets behind a space; nothing when it has no operands. */
  String text(Step step) {
    if (forms.length == 0) {
      return "";
    }
    StringBuilder text = new StringBuilder(" [").append(step.describe()).append('(');
    int shown = 0;
    for (Supplier<String> form : forms) {
      if (form != null) {
        text.append(shown++ == 0 ? "" : ", ").append(form.get());
      }
    }
    return text.append(")]").toString();
  }
}
