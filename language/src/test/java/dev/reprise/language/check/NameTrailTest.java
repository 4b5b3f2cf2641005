package dev.reprise.language.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random programs of branches within branches, against sets that each path copies. */
class NameTrailTest {
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");
  private static final int DEEPEST = 4;

  @Test
  void theNamesAreThoseOfCopiedSets() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      Set<String> names = some(random);
      new History(seed, random, new NameTrail(names)).path(new HashSet<>(names), DEEPEST);
    }
  }

  private static Set<String> some(Random random) {
    Set<String> some = new HashSet<>();
    for (String name : NAMES) {
      if (random.nextBoolean()) {
        some.add(name);
      }
    }
    return some;
  }

  private record History(int seed, Random random, NameTrail trail) {

    /** Walks along a path, and changes the set of its names as it should be. */
    void path(Set<String> names, int depth) {
      int steps = random.nextInt(6);
      for (int step = 0; step < steps; step++) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        switch (random.nextInt(depth > 0 ? 4 : 2)) {
          case 0 -> assertThat(trail.add(name)).as("seed %d", seed).isEqualTo(names.add(name));
          case 1 -> {
            trail.remove(name);
            names.remove(name);
          }
          case 2 -> choice(names, depth - 1);
          default -> excursion(names, depth - 1);
        }
        assertNamesAre(names);
      }
    }

    /** A path that is taken back; what it changed. */
    private Map<String, Boolean> excursion(Set<String> names, int depth) {
      int mark = trail.mark();
      Set<String> then = new HashSet<>(names);
      path(then, depth);
      Map<String, Boolean> changed = trail.takeBack(mark);
      assertNamesAre(names);
      for (String name : NAMES) {
        assertThat(changed.getOrDefault(name, names.contains(name)))
            .as("seed %d, %s", seed, name)
            .isEqualTo(then.contains(name));
      }
      return changed;
    }

    private void choice(Set<String> names, int depth) {
      int mark = trail.mark();
      Map<String, Boolean> changed = excursion(names, depth);
      Set<String> then = new HashSet<>(names);
      changed.forEach((name, isIn) -> {
        if (isIn) {
          then.add(name);
        } else {
          then.remove(name);
        }
      });
      Set<String> before = Set.copyOf(names);
      path(names, depth);
      if (random.nextBoolean()) {
        trail.intersect(mark, changed);
        names.retainAll(then);
      } else {
        assertThat(trail.unite(mark, changed))
            .as("seed %d", seed)
            .isEqualTo(!before.containsAll(names));
        names.addAll(then);
      }
    }

    private void assertNamesAre(Set<String> names) {
      assertThat(trail.names()).as("seed %d", seed).isEqualTo(names);
      for (String name : NAMES) {
        assertThat(trail.contains(name)).as("seed %d", seed).isEqualTo(names.contains(name));
      }
    }
  }
}
