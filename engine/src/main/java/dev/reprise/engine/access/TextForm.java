package dev.reprise.engine.access;

import dev.reprise.engine.control.ControlContext;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.List;
import java.util.function.Function;

/** Values as text: {@code print}, {@code toString}, and string concatenation. */
public final class TextForm {
  public static final Operation TO_STRING =
      new Operation(OperationTable.standard().get("toString"));

  private TextForm() {}

  public static String of(ControlContext context, Value value) {
    // Before the switch, which links at run time: most programs print texts only.
    if (value instanceof Scalar scalar) {
      return scalar.asString();
    }
    return switch (value) {
      case ListValue list -> list(list, element -> of(context, element));
      case Handle handle -> of(context, context.await(handle));
      default ->
          ((Scalar)
                  context.run.resources().kernels().run(TO_STRING, defaults(value), context.kernel))
              .asString();
    };
  }

  /** Operands of {@code toString(value)} with every option left out. */
  public static Value[] defaults(Value value) {
    Opcode opcode = TO_STRING.opcode();
    Value[] inputs = new Value[opcode.parameters().size()];
    inputs[0] = value;
    for (int i = 1; i < inputs.length; i++) {
      inputs[i] = opcode.parameters().get(i).defaultValue();
    }
    return inputs;
  }

  public static String list(ListValue list, Function<Value, String> textOf) {
    StringBuilder text = new StringBuilder("List containing:\n[");
    List<Value> elements = list.elements();
    for (int i = 0; i < elements.size(); i++) {
      text.append(i == 0 ? "" : ", ");
      Value element = elements.get(i);
      switch (element) {
        case Scalar scalar -> text.append(scalar.asString());
        case ListValue nested -> text.append(list(nested, textOf));
        default -> {
          String shown = textOf.apply(element);
          text.append(shown.startsWith("# FRAME") ? "\n" : "\nMatrix:\n").append(shown);
        }
      }
    }
    return text.append(']').toString();
  }
}
