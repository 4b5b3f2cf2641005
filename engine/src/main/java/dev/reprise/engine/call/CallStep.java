package dev.reprise.engine.call;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Step;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.LiteralName;
import dev.reprise.runtime.Scalar;
import java.util.List;

/** A call of a user or library function. */
public final class CallStep extends Step {
  private final Functions functions;
  private final String function;
  private final List<String> names;
  private final int[] inputs;
  private final int[] outputs;

  /**
   * @param named items of the constants among the arguments, with the parameters' names as notes;
   *     null where there is none
   */
  private record Target(LinkedProcedure procedure, int[] argumentOf, LineageItem[] named) {}

  // Filled at the first call, by any thread with the same content.
  private Target target;

  public CallStep(Functions functions, Instruction.Call instruction, int[] inputs) {
    super(instruction.position(), instruction.releases());
    this.functions = functions;
    this.function = instruction.function();
    this.names = instruction.arguments().stream().map(Instruction.Argument::name).toList();
    this.inputs = inputs;
    this.outputs = instruction.outputs();
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Target known = target;
    if (known == null) {
      LinkedProcedure procedure = functions.require(function);
      int[] argumentOf = Invocation.match(procedure, names);
      known = new Target(procedure, argumentOf, named(procedure, argumentOf, activation));
      target = known;
    }
    Invocation.call(
        context,
        activation,
        known.procedure,
        known.argumentOf,
        gather(activation, inputs),
        items(activation, known.named),
        outputs,
        position());
    releaseDead(activation);
  }

  private LineageItem[] named(LinkedProcedure callee, int[] argumentOf, Activation activation) {
    LineageItem[] named = new LineageItem[inputs.length];
    for (int p = 0; p < argumentOf.length; p++) {
      int argument = argumentOf[p];
      if (argument >= 0 && inputs[argument] >= activation.layout.slotCount()) {
        String name = callee.procedure().parameters().get(p).name();
        Scalar constant = (Scalar) activation.values[inputs[argument]];
        named[argument] = LineageItem.literal(constant, List.of(new LiteralName(name, position())));
      }
    }
    return named;
  }

  private LineageItem[] items(Activation activation, LineageItem[] named) {
    LineageItem[] items = Invocation.items(activation, inputs);
    if (items != null) {
      for (int i = 0; i < named.length; i++) {
        items[i] = named[i] == null ? items[i] : named[i];
      }
    }
    return items;
  }

  @Override
  public String describe() {
    return function;
  }

  @Override
  public int[] inputs() {
    return inputs;
  }
}
