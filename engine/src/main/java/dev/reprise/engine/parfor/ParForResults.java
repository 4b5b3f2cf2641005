package dev.reprise.engine.parfor;

import dev.reprise.language.program.Block;
import java.util.Set;
import java.util.TreeSet;

/**
 * Slots that hold results of the parfors around some code.
 *
 * @param assigned results of all of them
 * @param read those that a body also reads
 */
public record ParForResults(Set<Integer> assigned, Set<Integer> read) {
  /** Those of code outside of parfors. */
  public static final ParForResults NONE = new ParForResults(Set.of(), Set.of());

  /** Those of code in a parfor which is here. */
  public ParForResults in(Block.ParFor loop) {
    return new ParForResults(with(assigned, loop.results()), with(read, loop.readResults()));
  }

  private static Set<Integer> with(Set<Integer> slots, int[] others) {
    Set<Integer> all = new TreeSet<>(slots);
    for (int slot : others) {
      all.add(slot);
    }
    return all;
  }
}
