package dev.reprise.language.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Scripts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random affine accesses, compared with the cells that the iterations really touch. */
class ParForSoundnessTest {

  /** {@code i * ofI + j * ofJ + offset}, up to {@code width} further. */
  private record Affine(int ofI, int ofJ, int offset, int width) {
    int at(int i, int j) {
      return ofI * i + ofJ * j + offset;
    }

    String text() {
      String lower = "i * " + ofI + " + j * " + ofJ + " + " + offset;
      return width == 0 ? lower : "(" + lower + "):(" + lower + " + " + width + ")";
    }
  }

  private record Loop(int from, int to, int step, int innerFrom, int innerTo, boolean triangular) {
    List<int[]> iterations(int i) {
      List<int[]> all = new ArrayList<>();
      for (int j = innerFrom; j <= (triangular ? i : innerTo); j++) {
        all.add(new int[] {i, j});
      }
      return all;
    }
  }

  @Test
  void loopWhoseIterationsMeetIsNeverAccepted() {
    int independent = 0;
    int accepted = 0;
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      Loop loop = loop(random);
      Affine row = affine(random);
      Affine column = affine(random);
      boolean reads = random.nextBoolean();
      Affine readRow = random.nextBoolean() ? row : affine(random);
      Affine readColumn = random.nextBoolean() ? column : affine(random);
      String script = script(loop, row, column, reads ? readRow : null, readColumn);
      boolean meets =
          meets(loop, row, column, row, column)
              || (reads && meets(loop, row, column, readRow, readColumn));
      boolean isAccepted = Scripts.errors(script).isEmpty();
      assertThat(isAccepted && meets).as("seed %s\n%s", seed, script).isFalse();
      independent += meets ? 0 : 1;
      accepted += isAccepted ? 1 : 0;
    }
    // Most loops that are independent are seen to be; the rest would need more than one dimension.
    assertThat((double) accepted / independent).isGreaterThan(0.6);
  }

  private static Loop loop(Random random) {
    int from = random.nextInt(3);
    boolean triangular = random.nextInt(4) == 0;
    int innerFrom = triangular ? from : random.nextInt(3);
    return new Loop(
        from,
        from + 1 + random.nextInt(6),
        1 + random.nextInt(3),
        innerFrom,
        innerFrom + random.nextInt(4),
        triangular);
  }

  private static Affine affine(Random random) {
    return new Affine(
        random.nextInt(11) - 3,
        random.nextInt(7) - 2,
        random.nextInt(5),
        random.nextInt(3) == 0 ? random.nextInt(3) : 0);
  }

  private static String script(
      Loop loop, Affine row, Affine column, Affine readRow, Affine readColumn) {
    String value =
        readRow == null ? "1" : "sum(R[" + readRow.text() + ", " + readColumn.text() + "])";
    String inner = loop.innerFrom + ":" + (loop.triangular ? "i" : "" + loop.innerTo);
    return "R = matrix(0, 9, 9)\nparfor (i in seq("
        + loop.from
        + ", "
        + loop.to
        + ", "
        + loop.step
        + ")) {\n  for (j in "
        + inner
        + ") {\n    R["
        + row.text()
        + ", "
        + column.text()
        + "] = "
        + value
        + "\n  }\n}\nprint(sum(R))\n";
  }

  private static boolean meets(
      Loop loop, Affine row, Affine column, Affine otherRow, Affine otherColumn) {
    Map<Integer, Set<Long>> written = new HashMap<>();
    Map<Integer, Set<Long>> touched = new HashMap<>();
    for (int i = loop.from; i <= loop.to; i += loop.step) {
      written.put(i, cells(loop, i, row, column));
      touched.put(i, cells(loop, i, otherRow, otherColumn));
    }
    for (int a : written.keySet()) {
      for (int b : touched.keySet()) {
        if (a != b && written.get(a).stream().anyMatch(touched.get(b)::contains)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Set<Long> cells(Loop loop, int i, Affine row, Affine column) {
    Set<Long> cells = new HashSet<>();
    for (int[] at : loop.iterations(i)) {
      for (int r = 0; r <= row.width; r++) {
        for (int c = 0; c <= column.width; c++) {
          cells.add((row.at(at[0], at[1]) + r) * 100_000L + column.at(at[0], at[1]) + c);
        }
      }
    }
    return cells;
  }
}
