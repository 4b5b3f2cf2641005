package dev.reprise.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random programs of branches within branches, against maps that each path copies. */
class ReversibleMapTest {
  private static final int KEYS = 6;
  private static final int DEEPEST = 4;

  @Test
  void whatIsThereIsWhatCopiedMapsHold() {
    for (int seed = 0; seed < 500; seed++) {
      new History(seed, new Random(seed), new ReversibleMap<>()).path(new HashMap<>(), DEEPEST);
    }
  }

  private record History(int seed, Random random, ReversibleMap<Integer, Integer> map) {

    /** Walks along a path, and changes the values as they should be. */
    void path(Map<Integer, Integer> values, int depth) {
      Map<Integer, Integer> before = new HashMap<>(values);
      int beginning = map.mark();
      Set<Integer> touched = new HashSet<>();
      int steps = random.nextInt(8);
      for (int step = 0; step < steps; step++) {
        int key = random.nextInt(KEYS);
        switch (random.nextInt(depth > 0 ? 4 : 2)) {
          case 0 -> {
            int value = random.nextInt(3);
            assertThat(map.put(key, value)).as("seed %d", seed).isEqualTo(values.put(key, value));
            touched.add(key);
          }
          case 1 -> {
            assertThat(map.remove(key)).as("seed %d", seed).isEqualTo(values.remove(key));
            touched.add(key);
          }
          default -> excursion(values, depth - 1);
        }
        assertIs(values);
      }
      Map<Integer, Integer> changed = map.changedSince(beginning);
      assertThat(touched).as("seed %d", seed).containsAll(changed.keySet());
      for (int key = 0; key < KEYS; key++) {
        Integer then = changed.containsKey(key) ? changed.get(key) : values.get(key);
        assertThat(then).as("seed %d, key %d", seed, key).isEqualTo(before.get(key));
      }
    }

    /** A path that is taken back. */
    private void excursion(Map<Integer, Integer> values, int depth) {
      int mark = map.mark();
      Map<Integer, Integer> there = new HashMap<>(values);
      path(there, depth);
      Map<Integer, Integer> changed = map.takeBack(mark);
      for (int key = 0; key < KEYS; key++) {
        Integer end = changed.containsKey(key) ? changed.get(key) : values.get(key);
        assertThat(end).as("seed %d, key %d", seed, key).isEqualTo(there.get(key));
      }
    }

    private void assertIs(Map<Integer, Integer> values) {
      assertThat(map.keys()).as("seed %d", seed).isEqualTo(values.keySet());
      for (int key = 0; key < KEYS; key++) {
        assertThat(map.get(key)).as("seed %d, key %d", seed, key).isEqualTo(values.get(key));
      }
    }
  }
}
