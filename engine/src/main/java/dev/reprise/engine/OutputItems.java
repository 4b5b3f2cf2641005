package dev.reprise.engine;

import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;

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
      operations[i] =
          new Operation(
              OperationTable.standard().get("output"), Attributes.of("index", Integer.toString(i)));
    }
    return new OutputItems(operations);
  }

  /** Binds the elements of the bundle; takes over the caller's reference to it. */
  void bind(
      ControlContext context,
      Activation activation,
      int[] outputs,
      Value bundle,
      LineageItem item) {
    Value complete = bundle instanceof Handle handle ? context.await(handle) : bundle;
    try {
      ListValue list = (ListValue) complete;
      for (int i = 0; i < outputs.length; i++) {
        if (outputs[i] >= 0) {
          Value element = list.elements().get(i);
          element.retain();
          activation.bind(
              outputs[i], element, item == null ? null : LineageItem.of(operations[i], item));
        }
      }
    } finally {
      bundle.release();
    }
  }
}
