package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A column of paths against a list of them. */
class PathColumnTest {
  private static final int[] STRETCHES = {1, 2, 255, 256, 257, 300, 600, 20_000};

  private static PathColumn column(List<Integer> paths, boolean trimmed) {
    PathColumn column = new PathColumn();
    paths.forEach(column::append);
    if (trimmed) {
      column.trim();
    }
    return column;
  }

  private static List<Integer> times(SplittableRandom random) {
    List<Integer> times = new ArrayList<>();
    int stretches = random.nextInt(5);
    for (int s = 0; s < stretches; s++) {
      times.add(STRETCHES[random.nextInt(STRETCHES.length)]);
    }
    return times;
  }

  /** Stretches of two paths that take turns. */
  private static List<Integer> paths(List<Integer> times) {
    List<Integer> paths = new ArrayList<>();
    for (int s = 0; s < times.size(); s++) {
      add(paths, s % 2, times.get(s));
    }
    return paths;
  }

  private static void add(List<Integer> paths, int path, int times) {
    for (int i = 0; i < times; i++) {
      paths.add(path);
    }
  }

  @Test
  void stretchesThatEndElsewhereAreOtherColumnsHoweverMuchIsKeptOfThem() {
    List<Integer> early = new ArrayList<>();
    add(early, 0, 10);
    add(early, 1, 500);
    add(early, 0, 300);
    List<Integer> late = new ArrayList<>();
    add(late, 0, 200);
    add(late, 1, 310);
    add(late, 0, 300);
    for (boolean trimmed : new boolean[] {false, true}) {
      assertThat(column(early, trimmed).isSameAs(column(late, trimmed))).isFalse();
      assertThat(column(late, trimmed).isSameAs(column(early, trimmed))).isFalse();
    }
  }

  @Test
  void columnsAreTheSameWhenTheirPathsAre() {
    for (long seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Integer> times = times(random);
      List<Integer> paths = paths(times);
      // As long as the others, in another order or not.
      Collections.shuffle(times, new Random(seed));
      List<Integer> others = paths(times);
      PathColumn column = column(paths, random.nextBoolean());
      PathColumn other = column(others, random.nextBoolean());
      assertThat(column.length()).isEqualTo(paths.size());
      assertThat(column.isSameAs(other)).as("seed " + seed).isEqualTo(paths.equals(others));
      assertThat(other.isSameAs(column)).as("seed " + seed).isEqualTo(paths.equals(others));
      for (int i = 0; i < paths.size(); i += 97) {
        assertThat(column.at(i)).as("seed " + seed).isEqualTo(paths.get(i));
      }
    }
  }
}
