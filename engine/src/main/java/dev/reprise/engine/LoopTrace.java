package dev.reprise.engine;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.RunBuilder;
import dev.reprise.lineage.RunLoop;
import dev.reprise.lineage.Seeds;
import java.util.List;

/**
 * What a loop does about its trace and its seeds: each iteration draws its seeds from a base of its
 * own, and ends by being stored as one more iteration of a run (see {@link RunBuilder}). Stateless
 * but for the patches that all executions of the loop share.
 */
final class LoopTrace {
  private final String name;
  private final RunLoop loop;
  private final boolean draws;

  private LoopTrace(String name, RunLoop loop, boolean draws) {
    this.name = name;
    this.loop = loop;
    this.draws = draws;
  }

  /**
   * @param name as checkpoints know the loop, see {@link SeedTrail}
   * @param written slots that the loop may write or clear
   * @param draws whether an iteration may draw seeds
   */
  static LoopTrace of(String name, int slots, int[] written, boolean draws) {
    return new LoopTrace(name, new RunLoop(slots, written), draws);
  }

  /** True when an iteration of the loop may draw a seed; a call may do anything. */
  static boolean mayDraw(Block block) {
    if (block instanceof Block.Straight straight) {
      return draws(straight.instructions());
    }
    if (block instanceof Block.If branch) {
      return draws(branch.predicate().instructions())
          || anyDraws(branch.then())
          || anyDraws(branch.otherwise());
    }
    if (block instanceof Block.While loop) {
      return draws(loop.predicate().instructions()) || anyDraws(loop.body());
    }
    // The bounds of the loop itself are computed before it is entered, those of inner ones inside.
    return !(block instanceof Block.For loop)
        || anyDraws(loop.body())
        || draws(loop.from().instructions())
        || draws(loop.to().instructions())
        || (loop.step() != null && draws(loop.step().instructions()));
  }

  private static boolean anyDraws(List<Block> blocks) {
    for (Block block : blocks) {
      if (mayDraw(block)) {
        return true;
      }
    }
    return false;
  }

  private static boolean draws(List<Instruction> instructions) {
    for (Instruction instruction : instructions) {
      if (!(instruction instanceof Instruction.Compute compute)) {
        if (instruction instanceof Instruction.Call) {
          return true;
        }
      } else if (compute.operation().opcode().seedParameter() >= 0
          || compute.operation().name().equals("eval")) {
        return true;
      }
    }
    return false;
  }

  /** Enters a loop without a variable. */
  Entry enter(ControlContext context, Activation activation) {
    return enter(context, activation, 0, 0);
  }

  /** Enters the loop; seeds are the same whether or not anything is traced. */
  Entry enter(ControlContext context, Activation activation, double from, double step) {
    boolean deduplicates = activation.isTraced() && context.run.session().config().dedup();
    return new Entry(context, activation, deduplicates, from, step);
  }

  /**
   * One execution of the loop: {@link #finish} after its last iteration, {@link #leave} in any
   * case. After an exception the trace is dropped; the seeds are those of the loop around again.
   */
  final class Entry {
    private final ControlContext context;
    private final SeedSource seeds;
    private final Activation activation;
    // Replaced when the trace is cut; null when nothing is stored.
    private RunBuilder builder;
    private final long seedBase;
    private final long outerBase;
    private final long outerCount;
    // What the first iteration's seeds follow from; not 0 when a checkpoint is resumed.
    private final long first;
    private long ended;
    private int cutsSeen;
    private boolean began;
    private boolean drew;

    private Entry(
        ControlContext context,
        Activation activation,
        boolean deduplicates,
        double from,
        double step) {
      this.context = context;
      this.seeds = context.seeds;
      this.activation = activation;
      this.first = draws ? context.trail.enter(name, seeds, from, step) : 0;
      this.seedBase = draws ? seeds.peek() : 0;
      this.outerBase = seeds.base();
      this.outerCount = seeds.count();
      this.builder =
          deduplicates
              ? new RunBuilder(loop, context.scope, seedBase, first, activation.items)
              : null;
      this.cutsSeen = activation.cuts;
      context.storedLoops += deduplicates ? 1 : 0;
    }

    void begin(long iteration) {
      if (draws) {
        note();
        began = true;
        context.trail.begin(first + iteration);
        seeds.restart(Seeds.childBase(seedBase, first + iteration));
      }
    }

    void end() {
      if (builder != null) {
        builder.end(activation.items, draws ? seeds.count() : 0);
      }
      ended++;
      if (activation.hasMadeManyItems()) {
        context.run.session().lineage().look(context, activation);
      }
      if (activation.cuts != cutsSeen) {
        beginAgain();
      }
    }

    /** The traces were cut, here or inside: what this loop has stored so far is given up, too. */
    private void beginAgain() {
      if (builder != null) {
        builder.finish(activation.items);
        context.run.session().lineage().look(context, activation);
        builder = new RunBuilder(loop, context.scope, seedBase, first + ended, activation.items);
      }
      cutsSeen = activation.cuts;
    }

    /** A loop that drew nothing leaves no mark: it may be skipped when its results are known. */
    private void note() {
      drew |= began && seeds.count() > 0;
    }

    void finish() {
      if (builder != null) {
        builder.finish(activation.items);
      }
      // The most that the loop has made, before what follows gives it up.
      if (activation.isTraced() && activation.hasMadeItems()) {
        context.run.session().lineage().look(context, activation);
      }
    }

    void leave() {
      context.storedLoops -= builder == null ? 0 : 1;
      if (draws) {
        note();
        context.trail.leave();
        seeds.resume(outerBase, outerCount + (drew ? 1 : 0));
      }
    }
  }
}
