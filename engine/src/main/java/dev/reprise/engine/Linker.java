package dev.reprise.engine;

import dev.reprise.language.Position;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.BlockAccess;
import dev.reprise.language.program.Determinism;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.RepeatableBlocks;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.LiteralName;
import dev.reprise.lineage.RunLoop;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.cell.ScalarBinary;
import dev.reprise.runtime.cpu.cell.ScalarFunctions;
import dev.reprise.runtime.cpu.cell.ScalarUnary;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Binds compiled procedures to steps: looks up kernels and scalar functions once, and lays
 * constants behind the slots so that every operand is an index into one array.
 */
final class Linker {
  private final OpcodeIndex opcodes;
  private final Precision precision;
  private final ProductPrecision products;
  private final Consumer<String> expected;
  private final ValueTrap trap;
  private final FusionScope fusion;
  private final boolean findsRegions;
  private final boolean findsLoops;

  /**
   * @param precision the width of all matrices that the program makes
   * @param products to what products round their operands
   * @param expected is told each opcode that is linked, so that its device can prepare
   * @param trap checks results of scalar functions; null when nothing is trapped
   * @param fusion which operations may be computed in the loop of another
   * @param findsRegions whether calls and blocks are looked up as a whole
   * @param findsLoops whether loops of the main program are, too: they are executed once in a
   *     process, so only what other processes have left answers for them
   */
  Linker(
      OpcodeIndex opcodes,
      Precision precision,
      ProductPrecision products,
      Consumer<String> expected,
      ValueTrap trap,
      FusionScope fusion,
      boolean findsRegions,
      boolean findsLoops) {
    this.opcodes = opcodes;
    this.precision = precision;
    this.products = products;
    this.expected = expected;
    this.trap = trap;
    this.fusion = fusion;
    this.findsRegions = findsRegions;
    this.findsLoops = findsLoops;
  }

  /**
   * @param calledAs the name under which the program finds the procedure
   */
  LinkedProcedure link(Procedure procedure, String calledAs) {
    LineageItem[] constantItems = new LineageItem[procedure.constants().size()];
    for (int i = 0; i < constantItems.length; i++) {
      Scalar constant = procedure.constants().get(i);
      constantItems[i] = LineageItem.literal(constant);
    }
    return new ProcedureLinker(procedure).link(calledAs, constantItems);
  }

  private final class ProcedureLinker {
    private final Procedure procedure;

    /** Results of the innermost parfor whose body is being linked, and those its body reads. */
    private Set<Integer> readResults = Set.of();

    /** Results of all parfors around the code that is being linked. */
    private Set<Integer> results = Set.of();

    /** Slots that change while the innermost loop around runs; null outside of loops. */
    private Set<Integer> changing;

    /** Loops of the procedure so far. */
    private int loops;

    ProcedureLinker(Procedure procedure) {
      this.procedure = procedure;
    }

    LinkedProcedure link(String calledAs, LineageItem[] constantItems) {
      LinkedCode[] defaults =
          procedure.parameters().stream()
              .map(p -> p.defaultValue() == null ? null : code(p.defaultValue(), null))
              .toArray(LinkedCode[]::new);
      if (!findsRegions) {
        Node[] body = traced(nodes(procedure.body()));
        return new LinkedProcedure(procedure, calledAs, null, constantItems, body, defaults);
      }
      boolean hasEffects = Determinism.isCertainlyNone(procedure.body(), procedure.constants());
      // The body of a function that is never reused as a whole may have parts that are.
      Node[] body =
          !isFunction() && findsLoops
              ? loops(procedure.body())
              : isFunction() && hasEffects ? parts(procedure.body()) : nodes(procedure.body());
      Region region = Region.of(procedure, hasEffects);
      return new LinkedProcedure(
          procedure, calledAs, region, constantItems, traced(body), defaults);
    }

    private boolean isFunction() {
      return !procedure.name().equals("main");
    }

    /** A call of a function ends with its trace being stored. */
    private Node[] traced(Node[] body) {
      return isFunction() ? new Node[] {CallBody.of(procedure, body)} : body;
    }

    /** Blocks that may be executed often, cut into regions where that may pay. */
    private Node[] parts(List<Block> blocks) {
      if (!findsRegions) {
        return nodes(blocks);
      }
      List<Node> all = new ArrayList<>();
      for (RepeatableBlocks.Part part : RepeatableBlocks.split(blocks, procedure, results)) {
        Node[] inner = nodes(part.blocks());
        if (part.repeatable()) {
          BlockAccess access = BlockAccess.of(part.blocks());
          all.add(new RegionNode(Region.of(part.blocks(), access, procedure), inner));
        } else {
          all.addAll(List.of(inner));
        }
      }
      return all.toArray(Node[]::new);
    }

    /** Blocks of which the loops are regions, each one by itself. */
    private Node[] loops(List<Block> blocks) {
      Node[] nodes = nodes(blocks);
      for (int i = 0; i < nodes.length; i++) {
        List<Block> alone = List.of(blocks.get(i));
        if (!(alone.getFirst() instanceof Block.Straight)
            && !(alone.getFirst() instanceof Block.If)
            && RepeatableBlocks.split(alone, procedure, results).getFirst().repeatable()) {
          Region region = Region.ofLoop(alone, BlockAccess.of(alone), procedure);
          nodes[i] = new RegionNode(region, new Node[] {nodes[i]});
        }
      }
      return nodes;
    }

    private Node[] nodes(List<Block> blocks) {
      return blocks.stream().map(this::node).toArray(Node[]::new);
    }

    // Chains of instanceof rather than pattern switches: those link at run time, which takes a
    // short program longer than all the rest of its linking.

    private Node node(Block block) {
      if (block instanceof Block.Straight straight) {
        return straight(straight.instructions());
      }
      if (block instanceof Block.If branch) {
        return new ControlNodes.If(
            code(branch.predicate(), branch.position()),
            parts(branch.then()),
            parts(branch.otherwise()));
      }
      if (block instanceof Block.While loop) {
        Node[] body = body(block, loop.body());
        LinkedCode predicate = code(loop.predicate(), loop.position());
        return new ControlNodes.While(predicate, body, trace(loop, predicate, body));
      }
      return block instanceof Block.For loop ? loop(loop) : parFor((Block.ParFor) block);
    }

    private ControlNodes.For loop(Block.For loop) {
      Node[] body = body(loop, loop.body());
      return new ControlNodes.For(
          loop.variable(),
          code(loop.from(), loop.position()),
          code(loop.to(), loop.position()),
          loop.step() == null ? null : code(loop.step(), loop.position()),
          body,
          trace(loop, null, body));
    }

    private LoopTrace trace(Block loop, LinkedCode predicate, Node[] body) {
      return LoopTrace.of(
          loopName(),
          procedure.slotCount(),
          WrittenSlots.of(loop),
          LoopTrace.mayDraw(loop),
          predicate,
          body);
    }

    private String loopName() {
      return procedure.name() + "#" + ++loops;
    }

    private Node[] body(Block loop, List<Block> body) {
      if (!fusion.keepsInvariants()) {
        return parts(body);
      }
      Set<Integer> outer = changing;
      changing = new HashSet<>();
      WrittenSlots.collect(loop, changing);
      Node[] nodes = parts(body);
      changing = outer;
      return nodes;
    }

    private ParForNode parFor(Block.ParFor block) {
      Map<String, LinkedCode> options = new LinkedHashMap<>();
      block.options().forEach((name, code) -> options.put(name, code(code, block.position())));
      Set<Integer> outer = readResults;
      readResults = new TreeSet<>(outer);
      for (int slot : block.readResults()) {
        readResults.add(slot);
      }
      Set<Integer> outerResults = results;
      results = new TreeSet<>(outerResults);
      for (int slot : block.results()) {
        results.add(slot);
      }
      ControlNodes.For loop = loop(block.loop());
      readResults = outer;
      results = outerResults;
      return new ParForNode(
          loopName(),
          loop,
          options,
          block.results(),
          WrittenSlots.of(block.loop()),
          new RunLoop(procedure.slotCount(), block.results()),
          block.position());
    }

    private LinkedCode code(Block.Code code, Position position) {
      int operand = operand(code.operand());
      boolean temporary = code.operand() >= 0 && procedure.slotNames().get(code.operand()) == null;
      return new LinkedCode(straight(code.instructions()), operand, temporary, position);
    }

    private StraightNode straight(List<Instruction> instructions) {
      Step[] steps = instructions.stream().map(this::step).toArray(Step[]::new);
      fusion.wrap(instructions, steps, procedure, changing);
      return new StraightNode(steps);
    }

    private int operand(int operand) {
      return operand >= 0 ? operand : procedure.slotCount() + ~operand;
    }

    private int[] operands(int[] operands) {
      int[] mapped = new int[operands.length];
      for (int i = 0; i < mapped.length; i++) {
        mapped[i] = operand(operands[i]);
      }
      return mapped;
    }

    private Step step(Instruction instruction) {
      if (instruction instanceof Instruction.Compute compute) {
        return compute(compute);
      }
      if (instruction instanceof Instruction.Copy copy) {
        return new Steps.Copy(copy, operand(copy.from()), named(copy));
      }
      Instruction.Call call = (Instruction.Call) instruction;
      return new CallStep(
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
      LinkedOperation operation = linked(compute.operation(), compute.position());
      if (!compute.reusable()) {
        operation = operation.unmarked();
      }
      expected.accept(operation.name());
      int[] inputs = operands(compute.inputs());
      String name = operation.name();
      return switch (compute.operation().opcode().evaluation()) {
        case EFFECT ->
            switch (name) {
              case "eval" -> new EvalStep(compute, operation, inputs);
              case "warmstart" -> new WarmStartStep(compute, operation, inputs);
              default -> new EffectStep(compute, operation, inputs, Effects.find(name));
            };
        case SOURCE ->
            name.equals("resume")
                ? new ResumeStep(compute, operation, inputs)
                : new ReadStep(compute, operation, inputs);
        case STRUCTURE ->
            switch (name) {
              case "listAssign" ->
                  assign(compute, operation, inputs, ofCells("leftIndex", compute));
              case "listIndex" ->
                  new SubscriptStep(compute, operation, inputs, ofCells("rightIndex", compute));
              case "append" ->
                  new AppendStep(compute, operation, inputs, ofCells("cbind", compute));
              case "as.list" -> new AsListStep(compute, operation, inputs);
              default -> new StructureStep(compute, operation, inputs);
            };
        case KERNEL -> kernel(compute, operation, inputs);
      };
    }

    private Step plan(Instruction.Compute plan) {
      int[] inputs = operands(plan.inputs());
      Step[] plain = plan.plain().stream().map(this::compute).toArray(Step[]::new);
      return PlanSteps.of(
          plan,
          inputs,
          plain,
          operation -> {
            LinkedOperation linked = linked(operation, plan.position());
            return plan.reusable() ? linked : linked.unmarked();
          });
    }

    private LinkedOperation linked(Operation operation, Position position) {
      return LinkedOperation.of(inPrecision(operation).at(position), opcodes);
    }

    /** Only {@code X += e} assigns a result of a parfor as a whole; see the compiler's check. */
    private boolean isSum(Instruction.Compute compute) {
      return compute.operation().name().equals("+")
          && compute.outputs()[0] == compute.inputs()[0]
          && results.contains(compute.outputs()[0]);
    }

    /** Operations on cells carry the session's precision; it is part of their keys. */
    private Operation inPrecision(Operation operation) {
      return switch (operation.opcode().evaluation()) {
        case KERNEL, SOURCE -> operation.withPrecision(precision).withProducts(products);
        case STRUCTURE, EFFECT -> operation;
      };
    }

    /** What an operation on lists means when its target turns out to be a matrix or frame. */
    private LinkedOperation ofCells(String name, Instruction.Compute compute) {
      Operation operation =
          new Operation(OperationTable.standard().get(name)).at(compute.position());
      return LinkedOperation.of(inPrecision(operation), opcodes);
    }

    private AssignStep assign(
        Instruction.Compute compute,
        LinkedOperation operation,
        int[] inputs,
        LinkedOperation ofRows) {
      boolean readInParFor = readResults.contains(compute.outputs()[0]);
      return new AssignStep(compute, operation, inputs, readInParFor, ofRows);
    }

    private Step kernel(Instruction.Compute compute, LinkedOperation operation, int[] inputs) {
      switch (operation.name()) {
        case "leftIndex" -> {
          return assign(compute, operation, inputs, null);
        }
        case "as.matrix", "as.scalar", "as.frame" -> {
          return new CastStep(compute, operation, inputs);
        }
        case "toString" -> {
          return new ToStringStep(compute, operation, inputs);
        }
        default -> {}
      }
      if (operation.operation().opcode().seedParameter() >= 0) {
        return new Steps.Seeded(compute, operation, inputs);
      }
      ScalarBinary binary = inputs.length == 2 ? binary(operation.operation()) : null;
      if (binary != null && isSum(compute)) {
        return new SumStep(compute, operation, inputs, binary);
      }
      if (binary != null) {
        return new Steps.Binary(compute, operation, inputs, binary);
      }
      ScalarUnary unary = inputs.length == 1 ? unary(operation.operation()) : null;
      return unary != null
          ? new Steps.Unary(compute, operation, inputs, unary)
          : new Steps.Kernel(compute, operation, inputs);
    }
  }

  private ScalarBinary binary(Operation operation) {
    ScalarBinary function = ScalarFunctions.binary(operation.name());
    return function == null || trap == null ? function : trap.checked(operation, function);
  }

  private ScalarUnary unary(Operation operation) {
    ScalarUnary function = ScalarFunctions.unary(operation.name());
    return function == null || trap == null ? function : trap.checked(operation, function);
  }
}
