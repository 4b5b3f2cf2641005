package dev.reprise.engine.loop;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.CarriedValues;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.CountedNumbers;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.node.LinkedCode;
import dev.reprise.engine.seed.SeedSource;
import dev.reprise.engine.seed.SeedTrail;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.CalledFunctions;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.RunBuilder;
import dev.reprise.lineage.RunLoop;
import dev.reprise.lineage.Seeds;
import dev.reprise.runtime.Scalar;
import java.util.List;

/**
 * What a loop does about its trace and its seeds: each iteration draws its seeds from a base of its
 * own, and ends by being stored as one more iteration of a run (see {@link RunBuilder}). Stateless
 * but for the patches that all executions of the loop share.
 */
public final class LoopTrace {
  /** Iterations that are always left to the interpreter: a short loop would only pay for more. */
  private static final int FIRST_RECORDED = 32;

  /** Fewer where an earlier execution was long and recorded. */
  private static final int FIRST_AGAIN = 2;

  private final String name;
  private final RunLoop loop;
  private final int[] written;
  private final boolean draws;

  // Null for a loop all of whose iterations need their items.
  private final RecordedBody recordable;

  /** Each time that recording was in vain, as many times longer until it is tried again. */
  private static final int MORE_PATIENCE = 16;

  private static final int MOST_PATIENCE = 1 << 20;

  // Iterations of all executions that are left to the interpreter after recording was in vain, and
  // how many of them are to come; racy, but who misses a change tries once more.
  private int patience = FIRST_RECORDED;
  private int rest;

  // How many iterations of the next execution are left to the interpreter; likewise.
  private int unrecordedNext = FIRST_RECORDED;

  private LoopTrace(
      String name, RunLoop loop, int[] written, boolean draws, RecordedBody recordable) {
    this.name = name;
    this.loop = loop;
    this.written = written;
    this.draws = draws;
    this.recordable = recordable;
  }

  /**
   * @param name as checkpoints know the loop, see {@link SeedTrail}
   * @param written slots that the loop may write or clear
   * @param draws whether an iteration may draw seeds
   * @param predicate of a while loop, else null
   */
  public static LoopTrace of(
      String name, int slots, int[] written, boolean draws, LinkedCode predicate, Node[] body) {
    RecordedBody recordable = RecordedBody.of(predicate, body, written);
    return new LoopTrace(name, new RunLoop(slots, written), written, draws, recordable);
  }

  /** True when an iteration of the loop may draw a seed; a call may do anything. */
  public static boolean mayDraw(Block block, List<Scalar> constants) {
    if (block instanceof Block.Straight straight) {
      return draws(straight.instructions(), constants);
    }
    if (block instanceof Block.If branch) {
      return draws(branch.predicate().instructions(), constants)
          || anyDraws(branch.then(), constants)
          || anyDraws(branch.otherwise(), constants);
    }
    if (block instanceof Block.While loop) {
      return draws(loop.predicate().instructions(), constants) || anyDraws(loop.body(), constants);
    }
    // The bounds of the loop itself are computed before it is entered, those of inner ones inside.
    return !(block instanceof Block.For loop)
        || anyDraws(loop.body(), constants)
        || draws(loop.from().instructions(), constants)
        || draws(loop.to().instructions(), constants)
        || (loop.step() != null && draws(loop.step().instructions(), constants));
  }

  private static boolean anyDraws(List<Block> blocks, List<Scalar> constants) {
    for (Block block : blocks) {
      if (mayDraw(block, constants)) {
        return true;
      }
    }
    return false;
  }

  private static boolean draws(List<Instruction> instructions, List<Scalar> constants) {
    for (Instruction instruction : instructions) {
      if (!(instruction instanceof Instruction.Compute compute)) {
        if (instruction instanceof Instruction.Call) {
          return true;
        }
      } else if (compute.operation().opcode().seedParameter() >= 0
          || CalledFunctions.mayBeNamedIn(compute, constants)) {
        return true;
      }
    }
    return false;
  }

  /** Enters a loop without a variable. */
  Entry enter(ControlContext context, Activation activation) {
    return enter(context, activation, -1, 0, 0);
  }

  /**
   * Enters the loop; seeds are the same whether or not anything is traced.
   *
   * @param variable of the loop, -1 for none
   */
  Entry enter(
      ControlContext context, Activation activation, int variable, double from, double step) {
    boolean deduplicates = activation.isTraced() && context.run.resources().config().dedup();
    return new Entry(context, activation, variable, deduplicates, from, step);
  }

  /**
   * One execution of the loop: {@link #finish} after its last iteration, {@link #leave} in any
   * case. After an exception the trace is dropped; the seeds are those of the loop around again.
   */
  final class Entry {
    private final ControlContext context;
    private final SeedSource seeds;
    private final Activation activation;
    private final int variable;
    private final CarriedValues.Loop carried;

    // Replaced when the trace is cut; null when nothing is stored.
    private RunBuilder builder;

    // Null until the loop has gone on for a while, and after recording was given up.
    private LoopRecorder recorder;

    // Iterations until recording is tried, if none are to rest; negative when it never is.
    private int unrecorded;

    // The recorder runs the iteration.
    private boolean recorded;

    // What holds for the iteration of the loop around.
    private final boolean outerSampled;
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
        int variable,
        boolean deduplicates,
        double from,
        double step) {
      this.context = context;
      this.seeds = context.seeds;
      this.activation = activation;
      this.outerSampled = activation.sampled;
      this.carried = context.carried.enter(activation);
      this.first = draws ? context.trail.enter(name, seeds, from, step) : 0;
      this.drew = draws && context.trail.hasDrawn();
      this.seedBase = draws ? seeds.peek() : 0;
      this.outerBase = seeds.base();
      this.outerCount = seeds.count();
      if (activation.items != null) {
        CountedNumbers.markFirst(activation, activation.items, written);
      }
      this.builder = deduplicates ? builder(first) : null;
      this.cutsSeen = activation.cuts;
      context.storedLoops += deduplicates ? 1 : 0;
      this.variable = variable;
      waitForRecording();
    }

    private RunBuilder builder(long iteration) {
      return context.storedLoops > (builder == null ? 0 : 1)
          ? RunBuilder.within(loop, context.scope, seedBase, iteration, activation.items)
          : new RunBuilder(loop, context.scope, seedBase, iteration, activation.items);
    }

    /** What is recorded of the loop so far, if anything, is about another builder and items. */
    private void waitForRecording() {
      boolean mayRecord =
          builder != null && recordable != null && !(recordable.writes && context.writes != null);
      unrecorded = mayRecord ? unrecordedNext : -1;
      recorder = null;
      recorded = false;
    }

    private void leaveRecording() {
      if (recorder != null) {
        recorder.leave();
        hasLeft();
      }
    }

    /** Recording that was of use once will be tried soon when the loop is executed again. */
    private void hasLeft() {
      unrecordedNext = recorder.recorded() > FIRST_RECORDED ? FIRST_AGAIN : FIRST_RECORDED;
      if (recorder.hasRecorded()) {
        patience = FIRST_RECORDED;
      }
    }

    void begin(long iteration) {
      carried.begin(activation, first + iteration);
      if (draws) {
        note();
        began = true;
        context.trail.begin(first + iteration);
        seeds.restart(Seeds.childBase(seedBase, first + iteration));
      }
      if (recorder != null) {
        beginRecorded(iteration);
      } else if (unrecorded >= 0 && !isLeftAlone()) {
        unrecorded = -1;
        recorder = new LoopRecorder(recordable, context, activation, written, variable, builder);
        beginRecorded(iteration);
      }
    }

    /** Counts the iteration if it is left to the interpreter. */
    private boolean isLeftAlone() {
      int resting = rest;
      if (resting > 0) {
        rest = resting - 1;
      }
      if (unrecorded > 0) {
        unrecorded--;
        return true;
      }
      return resting > 0;
    }

    private void beginRecorded(long iteration) {
      recorded = recorder.begin(first + iteration);
      if (!recorded) {
        if (!recorder.hasRecorded()) {
          // What is looked up in each iteration now may be looked up in few of them later.
          patience = Math.min(MOST_PATIENCE, MORE_PATIENCE * patience);
          rest = patience;
          unrecorded = 0;
        }
        hasLeft();
        recorder = null;
      }
    }

    /** The condition of a while loop. */
    boolean test(LinkedCode predicate) {
      return recorded
          ? recorder.test()
          : predicate.condition(LoopNodes.While.WHAT, context, activation);
    }

    /** Gives the variable of a for loop its value. */
    void bind(Scalar value) {
      activation.bind(variable, value, LoopNodes.For.literal(activation, value));
      if (recorded) {
        recorder.bound();
      }
    }

    void run(Node[] body) {
      if (recorded) {
        recorder.run();
      } else {
        Node.runAll(body, context, activation);
      }
    }

    void end() {
      if (recorded) {
        recorder.end(draws ? seeds.count() : 0);
      } else {
        if (activation.items != null) {
          CountedNumbers.mark(activation, activation.items, written);
        }
        if (builder != null) {
          builder.end(activation.items, draws ? seeds.count() : 0);
        }
      }
      ended++;
      carried.ended(activation);
      if (activation.hasMadeManyItems()) {
        leaveRecording();
        context.run.lineage().look(context, activation);
      }
      if (activation.cuts != cutsSeen) {
        beginAgain();
      }
    }

    /** The traces were cut, here or inside: what this loop has stored so far is given up, too. */
    private void beginAgain() {
      leaveRecording();
      if (builder != null) {
        builder.finish(activation.items);
        context.run.lineage().look(context, activation);
        builder = builder(first + ended);
        waitForRecording();
      }
      cutsSeen = activation.cuts;
    }

    /** A loop that drew nothing leaves no mark: it may be skipped when its results are known. */
    private void note() {
      if (!drew && began && seeds.count() > 0) {
        drew = true;
        context.trail.drew();
      }
    }

    void finish() {
      leaveRecording();
      if (builder != null) {
        builder.finish(activation.items);
      }
      // The most that the loop has made, before what follows gives it up.
      if (activation.isTraced() && activation.hasMadeItems()) {
        context.run.lineage().look(context, activation);
      }
    }

    void leave() {
      carried.leave();
      context.storedLoops -= builder == null ? 0 : 1;
      if (draws) {
        note();
        context.trail.leave();
        seeds.resume(outerBase, outerCount + (drew ? 1 : 0));
      }
      activation.sampled = outerSampled;
      leaveRecording();
    }
  }
}
