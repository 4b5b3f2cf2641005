package dev.reprise.engine.call;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.step.Steps;
import dev.reprise.engine.value.Describe;
import dev.reprise.engine.value.ElementItems;
import dev.reprise.engine.value.ElementNames;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code eval(function, arguments...)}: a call whose function is known only now. One list argument
 * stands for its elements, passed by name when they are named. The called function's operations are
 * traced, not the call.
 */
public final class EvalStep extends Steps.OperationStep {
  private final Functions functions;
  private final List<String> names;

  public EvalStep(
      Functions functions,
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs) {
    super(instruction, operation, inputs);
    this.functions = functions;
    this.names = ElementNames.of(operation.operation().attributes(), inputs.length - 1);
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value name = context.completed(activation, inputs[0]);
    if (!(name instanceof Scalar scalar)) {
      throw new OperandException("'eval' needs a function name, but got " + Describe.one(name));
    }
    LinkedProcedure callee = functions.require(scalar.asString());
    int[] operands = Arrays.copyOfRange(inputs, 1, inputs.length);
    Value[] arguments = gather(activation, operands);
    LineageItem[] items = Invocation.items(activation, operands);
    List<String> given = names;
    boolean single = operands.length == 1;
    Value only = single ? context.completed(activation, operands[0]) : null;
    if (only instanceof ListValue list && !takesOneList(callee)) {
      arguments = list.elements().toArray(Value[]::new);
      items = items == null ? null : ElementItems.all(items[0], list.size());
      given = listNames(list);
    }
    Invocation.call(
        context,
        activation,
        callee,
        Invocation.match(callee, given),
        arguments,
        items,
        outputs,
        position());
    releaseDead(activation);
  }

  private static boolean takesOneList(LinkedProcedure callee) {
    var parameters = callee.procedure().parameters();
    return parameters.size() == 1
        && parameters.getFirst().type() == dev.reprise.language.program.Procedure.DeclaredType.LIST;
  }

  private static List<String> listNames(ListValue list) {
    List<String> given = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String name = list.isNamed() ? list.names().get(i) : "";
      given.add(name.isEmpty() ? null : name);
    }
    return given;
  }
}
