package dev.reprise.engine.link;

import dev.reprise.engine.call.CallBody;
import dev.reprise.engine.call.Functions;
import dev.reprise.engine.call.LinkedProcedure;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.level.RegionNode;
import dev.reprise.engine.loop.LoopNodes;
import dev.reprise.engine.loop.LoopTrace;
import dev.reprise.engine.node.BranchNode;
import dev.reprise.engine.node.LinkedCode;
import dev.reprise.engine.node.StraightNode;
import dev.reprise.engine.operation.OperationLinker;
import dev.reprise.engine.parfor.ParForNode;
import dev.reprise.engine.region.Region;
import dev.reprise.language.Position;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.BlockAccess;
import dev.reprise.language.program.Determinism;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.RepeatableBlocks;
import dev.reprise.lineage.RunCall;
import dev.reprise.lineage.RunLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Binds compiled procedures to nodes of {@linkplain StepLinker steps}, in regions where these are
 * looked up as a whole, and lays constants behind the slots so that every operand is an index into
 * one array.
 */
public final class Linker implements Functions.Linking {
  private final OperationLinker operations;
  private final Machinery machinery;
  private final FusionScope fusion;
  private final boolean findsRegions;
  private final boolean findsLoops;

  /**
   * @param machinery what executes; calls and blocks are looked up as a whole if that can be
   * @param fusion which operations may be computed in the loop of another
   * @param findsLoops whether loops of the main program are, too: they are executed once in a
   *     process, so only what other processes have left answers for them
   */
  public Linker(
      OperationLinker operations, Machinery machinery, FusionScope fusion, boolean findsLoops) {
    this.operations = operations;
    this.machinery = machinery;
    this.fusion = fusion;
    this.findsRegions = machinery.levels() != null;
    this.findsLoops = findsLoops;
  }

  @Override
  public LinkedProcedure link(Procedure procedure, String calledAs, Functions functions) {
    return new ProcedureLinker(procedure, functions).link(calledAs);
  }

  private final class ProcedureLinker {
    private final Procedure procedure;

    /** Binds the instructions of the code that is being linked. */
    private StepLinker steps;

    /** Slots that change while the innermost loop around runs; null outside of loops. */
    private Set<Integer> changing;

    /** Loops of the procedure so far. */
    private int loops;

    ProcedureLinker(Procedure procedure, Functions functions) {
      this.procedure = procedure;
      this.steps = StepLinker.of(operations, machinery, functions, procedure);
    }

    LinkedProcedure link(String calledAs) {
      LinkedCode[] defaults =
          procedure.parameters().stream()
              .map(p -> p.defaultValue() == null ? null : code(p.defaultValue(), null))
              .toArray(LinkedCode[]::new);
      if (!findsRegions) {
        Node[] body = traced(nodes(procedure.body()));
        return new LinkedProcedure(procedure, calledAs, null, null, body, defaults);
      }
      boolean hasEffects = Determinism.isCertainlyNone(procedure.body(), procedure.constants());
      // The body of a function that is never reused as a whole may have parts that are.
      Node[] body =
          !isFunction() && findsLoops
              ? loops(procedure.body())
              : isFunction() && hasEffects ? parts(procedure.body()) : nodes(procedure.body());
      Region region = Region.of(procedure, hasEffects);
      return new LinkedProcedure(
          procedure, calledAs, region, machinery.levels(), traced(body), defaults);
    }

    private boolean isFunction() {
      return !procedure.name().equals("main");
    }

    /** A call of a function ends with its trace being stored. */
    private Node[] traced(Node[] body) {
      if (!isFunction()) {
        return body;
      }
      RunCall call = new RunCall(procedure.slotCount(), WrittenSlots.of(procedure.body()));
      return new Node[] {new CallBody(body, call)};
    }

    /** Blocks that may be executed often, cut into regions where that may pay. */
    private Node[] parts(List<Block> blocks) {
      if (!findsRegions) {
        return nodes(blocks);
      }
      List<Node> all = new ArrayList<>();
      for (RepeatableBlocks.Part part : split(blocks)) {
        Node[] inner = nodes(part.blocks());
        if (part.repeatable()) {
          BlockAccess access = BlockAccess.of(part.blocks());
          all.add(
              new RegionNode(
                  Region.of(part.blocks(), access, procedure), machinery.levels(), inner));
        } else {
          all.addAll(List.of(inner));
        }
      }
      return all.toArray(Node[]::new);
    }

    private List<RepeatableBlocks.Part> split(List<Block> blocks) {
      return RepeatableBlocks.split(blocks, procedure, steps.results().assigned());
    }

    /** Blocks of which the loops are regions, each one by itself. */
    private Node[] loops(List<Block> blocks) {
      Node[] nodes = nodes(blocks);
      for (int i = 0; i < nodes.length; i++) {
        List<Block> alone = List.of(blocks.get(i));
        if (!(alone.getFirst() instanceof Block.Straight)
            && !(alone.getFirst() instanceof Block.If)
            && split(alone).getFirst().repeatable()) {
          Region region = Region.ofLoop(alone, BlockAccess.of(alone), procedure);
          nodes[i] = new RegionNode(region, machinery.levels(), new Node[] {nodes[i]});
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
        return new BranchNode(
            code(branch.predicate(), branch.position()),
            parts(branch.then()),
            parts(branch.otherwise()));
      }
      if (block instanceof Block.While loop) {
        Node[] body = body(block, loop.body());
        LinkedCode predicate = code(loop.predicate(), loop.position());
        return new LoopNodes.While(predicate, body, trace(loop, predicate, body));
      }
      return block instanceof Block.For loop ? loop(loop) : parFor((Block.ParFor) block);
    }

    private LoopNodes.For loop(Block.For loop) {
      Node[] body = body(loop, loop.body());
      return new LoopNodes.For(
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
          LoopTrace.mayDraw(loop, procedure.constants()),
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
      StepLinker outer = steps;
      steps = outer.in(block);
      LoopNodes.For loop = loop(block.loop());
      steps = outer;
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
      int operand = steps.operand(code.operand());
      boolean temporary = code.operand() >= 0 && procedure.slotNames().get(code.operand()) == null;
      return new LinkedCode(straight(code.instructions()), operand, temporary, position);
    }

    private StraightNode straight(List<Instruction> instructions) {
      Step[] linked = instructions.stream().map(steps::step).toArray(Step[]::new);
      fusion.wrap(instructions, linked, procedure, machinery, changing);
      return new StraightNode(linked);
    }
  }
}
