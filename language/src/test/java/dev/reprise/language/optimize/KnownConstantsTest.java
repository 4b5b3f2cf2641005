package dev.reprise.language.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random programs of branches within branches, against maps that each path copies. */
class KnownConstantsTest {
  private static final int SLOTS = 6;
  private static final int DEEPEST = 4;

  @Test
  void whatIsKnownIsWhatCopiedMapsHold() {
    for (int seed = 0; seed < 500; seed++) {
      new History(seed, new Random(seed), new KnownConstants()).path(new HashMap<>(), DEEPEST);
    }
  }

  private record History(int seed, Random random, KnownConstants known) {

    /** Walks along a path, and changes the map of its constants as it should be. */
    void path(Map<Integer, Integer> constants, int depth) {
      int steps = random.nextInt(8);
      for (int step = 0; step < steps; step++) {
        int slot = random.nextInt(SLOTS);
        switch (random.nextInt(depth > 0 ? 5 : 3)) {
          case 0 -> {
            int constant = -1 - random.nextInt(3);
            known.put(slot, constant);
            constants.put(slot, constant);
          }
          case 1 -> {
            known.forget(slot);
            constants.remove(slot);
          }
          case 2 -> {
            BitSet slots = BitSet.valueOf(new long[] {random.nextInt(1 << SLOTS)});
            known.forget(slots);
            slots.stream().forEach(constants::remove);
          }
          default -> {
            int mark = known.mark();
            path(new HashMap<>(constants), depth - 1);
            known.takeBack(mark);
          }
        }
        assertKnownAre(constants);
      }
    }

    private void assertKnownAre(Map<Integer, Integer> constants) {
      for (int slot = 0; slot < SLOTS; slot++) {
        assertThat(known.get(slot))
            .as("seed %d, slot %d", seed, slot)
            .isEqualTo(constants.get(slot));
      }
    }
  }
}
