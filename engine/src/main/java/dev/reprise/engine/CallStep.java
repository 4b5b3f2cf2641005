package dev.reprise.engine;

import dev.reprise.language.program.Instruction;
import java.util.List;

/** A call of a user or library function. */
final class CallStep extends Step {
  private final String function;
  private final List<String> names;
  private final int[] inputs;
  private final int[] outputs;

  private record Target(LinkedProcedure procedure, int[] argumentOf) {}

  // Filled at the first call, by any thread with the same content.
  private Target target;

  CallStep(Instruction.Call instruction, int[] inputs) {
    super(instruction.position(), instruction.releases());
    this.function = instruction.function();
    this.names = instruction.arguments().stream().map(Instruction.Argument::name).toList();
    this.inputs = inputs;
    this.outputs = instruction.outputs();
  }

  @Override
  void run(ControlContext context, Activation activation) {
    Target known = target;
    if (known == null) {
      LinkedProcedure procedure = context.run.functions().require(function);
      known = new Target(procedure, Invocation.match(procedure, names));
      target = known;
    }
    Invocation.call(
        context,
        activation,
        known.procedure,
        known.argumentOf,
        gather(activation, inputs),
        Invocation.items(activation, inputs),
        outputs,
        position());
    releaseDead(activation);
  }

  @Override
  String describe() {
    return function;
  }

  @Override
  int[] inputs() {
    return inputs;
  }
}
