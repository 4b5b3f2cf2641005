package dev.reprise.engine.link;

import dev.reprise.engine.call.CallStep;
import dev.reprise.engine.call.EvalStep;
import dev.reprise.engine.call.Functions;
import dev.reprise.engine.call.TransformStep;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.device.NumberFormula;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.operation.OperationLinker;
import dev.reprise.engine.parfor.ParForResults;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.step.AppendStep;
import dev.reprise.engine.step.AsListStep;
import dev.reprise.engine.step.AssignStep;
import dev.reprise.engine.step.CastStep;
import dev.reprise.engine.step.CellsStep;
import dev.reprise.engine.step.EffectStep;
import dev.reprise.engine.step.Effects;
import dev.reprise.engine.step.PlanSteps;
import dev.reprise.engine.step.ReadStep;
import dev.reprise.engine.step.ResumeStep;
import dev.reprise.engine.step.Steps;
import dev.reprise.engine.step.StructureStep;
import dev.reprise.engine.step.SubscriptStep;
import dev.reprise.engine.step.SumStep;
import dev.reprise.engine.step.ToStringStep;
import dev.reprise.engine.step.WarmStartStep;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.LiteralName;
import dev.reprise.runtime.cpu.cell.ScalarBinary;
import dev.reprise.runtime.cpu.cell.ScalarUnary;
import java.util.BitSet;
import java.util.List;

/** Binds the instructions of a procedure, or of a parfor in it, to steps. */
final class StepLinker {
  private final OperationLinker operations;
  private final Machinery machinery;
  private final Functions functions;
  private final Procedure procedure;
  private final BitSet numbersForMatrices;
  private final ParForResults results;

  private StepLinker(
      OperationLinker operations,
      Machinery machinery,
      Functions functions,
      Procedure procedure,
      BitSet numbersForMatrices,
      ParForResults results) {
    this.operations = operations;
    this.machinery = machinery;
    this.functions = functions;
    this.procedure = procedure;
    this.numbersForMatrices = numbersForMatrices;
    this.results = results;
  }

  /** That of instructions outside of parfors. */
  static StepLinker of(
      OperationLinker operations, Machinery machinery, Functions functions, Procedure procedure) {
    return new StepLinker(
        operations,
        machinery,
        functions,
        procedure,
        NumbersForMatrices.of(procedure),
        ParForResults.NONE);
  }

  /** That of instructions in the body of a parfor which is here. */
  StepLinker in(Block.ParFor loop) {
    return new StepLinker(
        operations, machinery, functions, procedure, numbersForMatrices, results.in(loop));
  }

  /** What the parfors around assign. */
  ParForResults results() {
    return results;
  }

  /** Where an operand is found at run time: constants lie behind the slots. */
  int operand(int operand) {
    return operand >= 0 ? operand : procedure.slotCount() + ~operand;
  }

  private int[] operands(int[] operands) {
    int[] mapped = new int[operands.length];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = operand(operands[i]);
    }
    return mapped;
  }

  Step step(Instruction instruction) {
    if (instruction instanceof Instruction.Compute compute) {
      return compute(compute);
    }
    if (instruction instanceof Instruction.Copy copy) {
      return new Steps.Copy(copy, operand(copy.from()), named(copy));
    }
    Instruction.Call call = (Instruction.Call) instruction;
    return new CallStep(
        functions,
        call,
        operands(call.arguments().stream().mapToInt(Instruction.Argument::operand).toArray()));
  }

  /** A constant with the variable's name as a note, or null. */
  private LineageItem named(Instruction.Copy copy) {
    String name = procedure.slotNames().get(copy.to());
    return copy.from() >= 0 || name == null
        ? null
        : LineageItem.literal(
            procedure.constants().get(~copy.from()),
            List.of(new LiteralName(name, copy.position())));
  }

  private Step compute(Instruction.Compute compute) {
    if (!compute.plain().isEmpty()) {
      return plan(compute);
    }
    LinkedOperation operation = operations.link(compute.operation(), compute.position());
    if (!compute.reusable()) {
      operation = operation.unmarked();
    }
    if (NumberFormula.isExact(operation.name()) && isForMatrices(compute)) {
      operation = operation.feedingMatrices();
    }
    operations.expect(operation);
    int[] inputs = operands(compute.inputs());
    String name = operation.name();
    return switch (compute.operation().opcode().evaluation()) {
      case EFFECT ->
          switch (name) {
            case "eval" -> new EvalStep(functions, compute, operation, inputs);
            case "warmstart" -> new WarmStartStep(compute, operation, inputs);
            default ->
                new EffectStep(
                    machinery.files(),
                    machinery.checkpoints(),
                    compute,
                    operation,
                    inputs,
                    Effects.find(name));
          };
      case SOURCE ->
          name.equals("resume")
              ? new ResumeStep(machinery.checkpoints(), compute, operation, inputs)
              : new ReadStep(machinery.files(), compute, operation, inputs);
      case STRUCTURE ->
          switch (name) {
            case "listAssign" ->
                assign(compute, operation, inputs, ofCells("leftIndex", compute), null);
            case "listIndex" ->
                new SubscriptStep(
                    machinery.pipeline(),
                    compute,
                    operation,
                    inputs,
                    ofCells("rightIndex", compute));
            case "append" ->
                new AppendStep(
                    machinery.pipeline(), compute, operation, inputs, ofCells("cbind", compute));
            case "as.list" -> new AsListStep(compute, operation, inputs);
            default -> new StructureStep(compute, operation, inputs);
          };
      case KERNEL -> kernel(compute, operation, inputs);
    };
  }

  private boolean isForMatrices(Instruction.Compute compute) {
    int made = compute.outputs()[0];
    return made >= 0 && numbersForMatrices.get(made);
  }

  private Step plan(Instruction.Compute plan) {
    int[] inputs = operands(plan.inputs());
    Step[] plain = plan.plain().stream().map(this::compute).toArray(Step[]::new);
    return PlanSteps.of(
        machinery.pipeline(),
        plan,
        inputs,
        plain,
        operation -> {
          LinkedOperation linked = operations.link(operation, plan.position());
          return plan.reusable() ? linked : linked.unmarked();
        });
  }

  /** Only {@code X += e} assigns a result of a parfor as a whole; see the compiler's check. */
  private boolean isSum(Instruction.Compute compute) {
    return compute.operation().name().equals("+")
        && compute.outputs()[0] == compute.inputs()[0]
        && results.assigned().contains(compute.outputs()[0]);
  }

  private LinkedOperation ofCells(String name, Instruction.Compute compute) {
    return operations.ofCells(name, compute.position());
  }

  private AssignStep assign(
      Instruction.Compute compute,
      LinkedOperation operation,
      int[] inputs,
      LinkedOperation ofRows,
      LinkedOperation ofElements) {
    boolean readInParFor = results.read().contains(compute.outputs()[0]);
    return new AssignStep(
        machinery.pipeline(), compute, operation, inputs, readInParFor, ofRows, ofElements);
  }

  private Step kernel(Instruction.Compute compute, LinkedOperation operation, int[] inputs) {
    Pipeline pipeline = machinery.pipeline();
    switch (operation.name()) {
      case "leftIndex" -> {
        return assign(compute, operation, inputs, null, ofCells("listAssign", compute));
      }
      case "rightIndex" -> {
        return new CellsStep(pipeline, compute, operation, inputs, ofCells("listIndex", compute));
      }
      case "as.matrix", "as.scalar", "as.frame" -> {
        return new CastStep(pipeline, compute, operation, inputs);
      }
      case "transformencode", "transformapply" -> {
        return new TransformStep(
            pipeline,
            functions,
            compute,
            operation,
            inputs,
            ofCells("transformFunctions", compute),
            ofCells("rightIndex", compute),
            ofCells("leftIndex", compute));
      }
      case "toString" -> {
        return new ToStringStep(pipeline, compute, operation, inputs);
      }
      default -> {}
    }
    if (operation.operation().opcode().seedParameter() >= 0) {
      return new Steps.Seeded(pipeline, compute, operation, inputs);
    }
    ScalarBinary binary = inputs.length == 2 ? operations.binary(operation.operation()) : null;
    if (binary != null && isSum(compute)) {
      return new SumStep(pipeline, compute, operation, inputs, binary);
    }
    if (binary != null) {
      return new Steps.Binary(pipeline, compute, operation, inputs, binary);
    }
    ScalarUnary unary = inputs.length == 1 ? operations.unary(operation.operation()) : null;
    return unary != null
        ? new Steps.Unary(pipeline, compute, operation, inputs, unary)
        : new Steps.Kernel(pipeline, compute, operation, inputs);
  }
}
