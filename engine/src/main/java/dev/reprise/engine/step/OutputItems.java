package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.stored.OutputsOfOne;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;

/**
 * Splits the result of an operation with several outputs, each traced as {@code output{index=i}}.
 */
final class OutputItems {
  private final Operation[] operations;

  private OutputItems(Operation[] operations) {
    this.operations = operations;
  }

  /** Null for an opcode with a single output, whose result needs no splitting. */
  static OutputItems of(Opcode opcode, int count) {
    if (opcode.outputs() == 1) {
      return null;
    }
    Operation[] operations = new Operation[count];
    for (int i = 0; i < count; i++) {
      operations[i] = OutputsOfOne.operation(i);
    }
    return new OutputItems(operations);
  }

  /**
   * Binds the elements of the bundle; takes over the caller's reference to it.
   *
   * @param made the operation that makes it
   * @param inputs operands of that
   */
  void bind(
      ControlContext context,
      Activation activation,
      int[] outputs,
      Value bundle,
      LineageItem item,
      Operation made,
      Value[] inputs) {
    boolean onDevices = context.run.resources().accelerators().isOpen();
    if (onDevices && bundle instanceof Handle handle && handle.meta() != null && !handle.isDone()) {
      bindLater(activation, outputs, handle, item, made, inputs);
    } else {
      bindNow(context, activation, outputs, bundle, item);
    }
  }

  /** An accelerator may be computing the bundle: nobody waits for it here. */
  private void bindLater(
      Activation activation,
      int[] outputs,
      Handle bundle,
      LineageItem item,
      Operation made,
      Value[] inputs) {
    Handle[] elements = new Handle[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      if (outputs[i] >= 0) {
        Meta known = i == 0 ? bundle.meta() : made.opcode().result(i).infer(made, inputs);
        elements[i] = new Handle(bundle.origin(), known);
        elements[i].routed(bundle.route());
      }
    }
    // Only now: a variable that gets a result may hold an operand.
    for (int i = 0; i < outputs.length; i++) {
      if (elements[i] != null) {
        elements[i].retain();
        activation.bind(outputs[i], elements[i], item(i, item));
      }
    }
    bundle.whenDone(() -> split(bundle, elements));
  }

  private LineageItem item(int output, LineageItem bundle) {
    return bundle == null ? null : LineageItem.of(operations[output], bundle);
  }

  /** By the thread that has completed the bundle; gives back the references to all of them. */
  private static void split(Handle bundle, Handle[] elements) {
    try {
      for (int i = 0; i < elements.length; i++) {
        if (elements[i] != null) {
          pass(bundle, i, elements[i]);
        }
      }
    } finally {
      bundle.release();
    }
  }

  private static void pass(Handle bundle, int output, Handle element) {
    try {
      if (bundle.valueOrNull() instanceof ListValue list) {
        Value value = list.elements().get(output);
        value.retain();
        element.complete(value);
      } else {
        element.fail(bundle.errorOrNull());
      }
    } finally {
      element.release();
    }
  }

  private void bindNow(
      ControlContext context,
      Activation activation,
      int[] outputs,
      Value bundle,
      LineageItem item) {
    Value complete = context.awaited(bundle);
    try {
      ListValue list = (ListValue) complete;
      for (int i = 0; i < outputs.length; i++) {
        if (outputs[i] >= 0) {
          Value element = list.elements().get(i);
          element.retain();
          activation.bind(outputs[i], element, item(i, item));
        }
      }
    } finally {
      bundle.release();
    }
  }
}
