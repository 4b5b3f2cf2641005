package dev.reprise.engine.region;

import dev.reprise.engine.worth.Asking;
import dev.reprise.engine.worth.SiteAccount;
import dev.reprise.language.Position;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.BlockAccess;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.ProgramFingerprint;
import dev.reprise.lineage.Key;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A function body or a block that may be reused as a whole: what its results depend on, what it
 * changes, and whether asking for them pays.
 *
 * <p>Whether it pays is learned from the estimated work of earlier executions, not from a clock.
 * Threads: {@code fingerprint}, {@code mostWork} and {@code effects} may be written by several
 * control threads at once. All write the same fingerprint; what two learn at once may get lost for
 * one of them, which costs an execution that is not remembered.
 */
public final class Region {

  /** Kinds of regions, with the least estimated work of an execution that is worth remembering. */
  public enum Level {
    /** Asking in vain and publishing take about a microsecond. */
    FUNCTION(20_000),
    /** Blocks are met far more often than calls and found far more rarely. */
    BLOCK(100_000);

    private final long gateNanos;

    Level(long gateNanos) {
      this.gateNanos = gateNanos;
    }
  }

  private static final long UNKNOWN = -1;

  /** Less than that is executed about as fast as a thread that has waited goes on. */
  private static final long WORTH_WAITING_NANOS = 100_000;

  /** Blocks that could not repeat so often, and never could, are not asked for any more. */
  private static final int ENOUGH_EFFECTS = 4;

  private static final int REPEATS = Integer.MIN_VALUE;

  private final Level level;
  private final SiteAccount account;
  private final int[] inputs;
  private final int[] outputs;
  private final boolean[] unread;
  private final boolean isKeptHere;
  private final Position position;
  private final Supplier<Key> fingerprintOf;
  private Key fingerprint;
  private long mostWork = UNKNOWN;

  /** Executions that could not repeat; {@link #REPEATS} once one could. */
  private int effects;

  private Region(
      Level level,
      int[] inputs,
      int[] outputs,
      boolean neverRepeatable,
      boolean isKeptHere,
      Position position,
      Supplier<Key> fingerprintOf) {
    this.level = level;
    int variables = inputs.length + outputs.length;
    this.account =
        level == Level.BLOCK ? SiteAccount.ofBlock(variables) : SiteAccount.ofFunction(variables);
    this.inputs = inputs;
    this.outputs = outputs;
    this.unread = new boolean[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      int slot = outputs[i];
      unread[i] = Arrays.stream(inputs).noneMatch(input -> input == slot);
    }
    this.effects = neverRepeatable ? ENOUGH_EFFECTS : level == Level.FUNCTION ? REPEATS : 0;
    this.isKeptHere = isKeptHere;
    this.position = position;
    this.fingerprintOf = fingerprintOf;
  }

  /**
   * The body of a function, from bound parameters to results that are not converted yet.
   *
   * @param neverRepeatable whether every execution has an effect
   */
  public static Region of(Procedure function, boolean neverRepeatable) {
    return new Region(
        Level.FUNCTION,
        function.parameters().stream().mapToInt(Procedure.Parameter::slot).toArray(),
        function.results().stream().mapToInt(Procedure.Result::slot).toArray(),
        neverRepeatable,
        true,
        null,
        () -> ProgramFingerprint.of(function));
  }

  /** Blocks of a procedure. */
  public static Region of(List<Block> blocks, BlockAccess access, Procedure procedure) {
    return of(blocks, access, procedure, true);
  }

  /** A loop of the main program. */
  public static Region ofLoop(List<Block> loop, BlockAccess access, Procedure procedure) {
    return of(loop, access, procedure, false);
  }

  private static Region of(
      List<Block> blocks, BlockAccess access, Procedure procedure, boolean isKeptHere) {
    return new Region(
        Level.BLOCK,
        access.reads().stream().mapToInt(Integer::intValue).toArray(),
        access.changes().stream().mapToInt(Integer::intValue).toArray(),
        false,
        isKeptHere,
        positionOf(blocks, procedure),
        () -> ProgramFingerprint.of(blocks, procedure.constants()));
  }

  private static Position positionOf(List<Block> blocks, Procedure procedure) {
    Block first = blocks.isEmpty() ? null : blocks.getFirst();
    if (first instanceof Block.Straight straight && !straight.instructions().isEmpty()) {
      return straight.instructions().getFirst().position();
    }
    if (first instanceof Block.If choice) {
      return choice.position();
    }
    if (first instanceof Block.While loop) {
      return loop.position();
    }
    if (first instanceof Block.For loop) {
      return loop.position();
    }
    return first instanceof Block.ParFor loop ? loop.position() : procedure.position();
  }

  /** Whether it is a function or a block. */
  public Level level() {
    return level;
  }

  /** What keeping what its executions left has cost and saved. */
  public SiteAccount account() {
    return account;
  }

  /** Slots that the key is made of; for reading. */
  public int[] inputs() {
    return inputs;
  }

  /** Slots that an execution may leave changed; for reading. */
  public int[] outputs() {
    return outputs;
  }

  /**
   * For each output, whether it is no input: what it held before is not in the key; for reading.
   */
  public boolean[] unread() {
    return unread;
  }

  /** False for what a process executes once: it is kept for other processes alone. */
  public boolean isKeptHere() {
    return isKeptHere;
  }

  /** Where a block begins; null for a function, whose calls have places of their own. */
  public Position position() {
    return position;
  }

  /** What the region is, whatever its inputs hold; made when somebody first asks. */
  public Key fingerprint() {
    Key known = fingerprint;
    if (known == null) {
      known = fingerprintOf.get();
      fingerprint = known;
    }
    return known;
  }

  /** False when asking would cost more than it saves, or would always be in vain. */
  public boolean isWorthAsking() {
    return effects < ENOUGH_EFFECTS && (mostWork >= level.gateNanos || mostWork == UNKNOWN);
  }

  /**
   * False when asking the experiment store would cost much of what it saves.
   *
   * @param leastNanos estimated work from which on asking costs little beside it
   */
  public boolean isWorthRecalling(double leastNanos) {
    return mostWork >= leastNanos || mostWork == UNKNOWN;
  }

  /** True when every execution is asked for, not only a sample: see {@link Asking}. */
  public boolean isAlwaysAsked() {
    return account.asksForAll(mostWork);
  }

  /** True when executions are asked for whose inputs a loop has carried on. */
  public boolean isAskedWithCarried() {
    return account.asksForCarried(mostWork);
  }

  /** True when waiting for somebody else's execution is likely to take less than another one. */
  public boolean isWorthWaiting() {
    return mostWork >= WORTH_WAITING_NANOS || mostWork == UNKNOWN;
  }

  /** True when an execution of that much work is worth remembering. */
  public boolean isWorthKeeping(long work) {
    return work >= level.gateNanos;
  }

  /** Notes whether an execution could be repeated; arguments may decide that for a function. */
  public void learn(boolean repeatable) {
    if (repeatable) {
      effects = REPEATS;
    } else if (effects >= 0 && effects < ENOUGH_EFFECTS) {
      effects++;
    }
  }

  /** Notes the estimated work of an execution. */
  public void learn(long work) {
    if (work > mostWork) {
      mostWork = work;
    }
  }
}
