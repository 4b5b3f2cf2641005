package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Of which variables the value behind a place of a loop's body contains, at the end of the body,
 * the one that they had at that place.
 *
 * <p>Most are not written behind it, or made further by each block that writes them, which is found
 * out once for all places. What goes through other variables in between ({@code Y = X; ...; X = Y +
 * 1}) shows only when all blocks behind the place are passed, which is done for so many at most.
 */
final class FurtherMade {
  /**
   * Else a body of n blocks takes n times n steps. One of 2,000 loops between which {@code X} was
   * made anew compiled in 0.1 s with this bound, and in 0.3 s without (2 cores).
   */
  private static final int MOST_BLOCKS = 64;

  private final List<Block> blocks;

  /** Those that the loop hands from one iteration to the next. */
  private final BitSet lasting;

  /** Whether {@link #lastAnew} is known, which is found out when somebody asks. */
  private boolean known;

  /** By variable the last place of a block that does not make it further by itself. */
  private final Map<Integer, Integer> lastAnew = new HashMap<>();

  FurtherMade(List<Block> blocks, BitSet lasting) {
    this.blocks = blocks;
    this.lasting = lasting;
  }

  /** Takes out variables of which what they hold behind a block may be no part of the end. */
  void keepIn(BitSet variables, int block) {
    variables.and(lasting);
    if (variables.isEmpty()) {
      return;
    }
    if (!known) {
      lookAtAll();
      known = true;
    }
    BitSet anew = new BitSet();
    for (int slot = variables.nextSetBit(0); slot >= 0; slot = variables.nextSetBit(slot + 1)) {
      anew.set(slot, lastAnew.getOrDefault(slot, -1) > block);
    }
    variables.andNot(anew);
    List<Block> behind = blocks.subList(block + 1, blocks.size());
    if (!anew.isEmpty() && behind.size() <= MOST_BLOCKS) {
      variables.or(madeFurther(anew, behind));
    }
  }

  private static BitSet madeFurther(BitSet variables, List<Block> blocks) {
    Contents end = Contents.atBeginning(variables);
    end.pass(blocks);
    BitSet further = new BitSet();
    for (int slot = variables.nextSetBit(0); slot >= 0; slot = variables.nextSetBit(slot + 1)) {
      further.set(slot, end.contains(slot, slot));
    }
    return further;
  }

  private void lookAtAll() {
    for (int i = 0; i < blocks.size(); i++) {
      BitSet written = new BitSet();
      Writes.of(List.of(blocks.get(i)), written);
      written.and(lasting);
      BitSet further = madeFurther(written, List.of(blocks.get(i)));
      written.andNot(further);
      for (int slot = written.nextSetBit(0); slot >= 0; slot = written.nextSetBit(slot + 1)) {
        lastAnew.put(slot, i);
      }
    }
  }
}
