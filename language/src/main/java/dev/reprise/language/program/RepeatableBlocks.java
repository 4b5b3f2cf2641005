package dev.reprise.language.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Cuts a sequence of blocks into parts that may be reused as a whole and what stands between them:
 * effects, reads, unseeded random numbers, and assignments to parts of a variable, whose result
 * would have to be copied to be remembered.
 *
 * <pre>
 *   A = ...; B = ...; while (...) {...}   |   R[i, ] = B   |   s = ...; t = ...   |   print(s)
 *              repeatable                       not              repeatable             not
 * </pre>
 *
 * <p>The temporaries that are computed last go with what stands behind: in {@code R[(r - 1) * 4 +
 * i, ] = B} the index would tie the part before it to the values of r and i.
 */
public final class RepeatableBlocks {
  /** Shorter parts are left to their instructions. */
  private static final int LEAST_INSTRUCTIONS = 3;

  private final Procedure procedure;
  private final Set<Integer> excluded;
  private final List<Part> parts = new ArrayList<>();
  private List<Block> open = new ArrayList<>();
  private List<Instruction> line = new ArrayList<>();
  private boolean openIsRepeatable;

  /**
   * Blocks in a row.
   *
   * @param repeatable whether an execution may be remembered; it shows while it runs
   */
  public record Part(List<Block> blocks, boolean repeatable) {}

  private RepeatableBlocks(Procedure procedure, Set<Integer> excluded) {
    this.procedure = procedure;
    this.excluded = excluded;
  }

  /**
   * The parts of blocks of a procedure, in order; together they are the blocks.
   *
   * @param excluded slots whose changes are noted elsewhere: results of a parfor around the blocks
   */
  public static List<Part> split(List<Block> blocks, Procedure procedure, Set<Integer> excluded) {
    RepeatableBlocks split = new RepeatableBlocks(procedure, excluded);
    for (Block block : blocks) {
      if (block instanceof Block.Straight straight) {
        straight.instructions().forEach(split::add);
      } else {
        split.add(block);
      }
    }
    split.closePart();
    return List.copyOf(split.parts);
  }

  private void add(Instruction instruction) {
    Block alone = new Block.Straight(List.of(instruction));
    turn(isRepeatable(alone));
    line.add(instruction);
  }

  private void add(Block block) {
    turn(isRepeatable(block));
    closeLine();
    open.add(block);
  }

  private boolean isRepeatable(Block block) {
    List<Block> alone = List.of(block);
    BlockAccess access = BlockAccess.of(alone);
    return !access.assignsParts()
        && access.changes().stream().noneMatch(excluded::contains)
        && !Determinism.isCertainlyNone(alone, procedure.constants());
  }

  private void turn(boolean repeatable) {
    if (repeatable != openIsRepeatable) {
      List<Instruction> behind = openIsRepeatable ? lastTemporaries() : List.of();
      closePart();
      openIsRepeatable = repeatable;
      line.addAll(behind);
    }
  }

  /** Takes away the instructions at the end of the line that make temporaries only. */
  private List<Instruction> lastTemporaries() {
    int from = line.size();
    while (from > 0 && makesTemporaries(line.get(from - 1))) {
      from--;
    }
    List<Instruction> last = List.copyOf(line.subList(from, line.size()));
    line = new ArrayList<>(line.subList(0, from));
    return last;
  }

  private boolean makesTemporaries(Instruction instruction) {
    for (int slot : instruction.outputs()) {
      if (slot >= 0 && procedure.slotNames().get(slot) != null) {
        return false;
      }
    }
    return !(instruction instanceof Instruction.Call);
  }

  private void closeLine() {
    if (!line.isEmpty()) {
      open.add(new Block.Straight(List.copyOf(line)));
      line = new ArrayList<>();
    }
  }

  private void closePart() {
    closeLine();
    if (!open.isEmpty()) {
      parts.add(new Part(List.copyOf(open), openIsRepeatable && isLong(open)));
      open = new ArrayList<>();
    }
  }

  /** Loops, branches and calls may be long whatever they look like. */
  private static boolean isLong(List<Block> blocks) {
    int instructions = 0;
    for (Block block : blocks) {
      if (!(block instanceof Block.Straight straight)
          || straight.instructions().stream().anyMatch(i -> i instanceof Instruction.Call)) {
        return true;
      }
      instructions += straight.instructions().size();
    }
    return instructions >= LEAST_INSTRUCTIONS;
  }
}
