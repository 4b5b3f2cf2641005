package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code append(L, x)} on lists that one variable holds, which are not copied, and on others. */
class ListAppendTest {
  private static final String FUNCTIONS =
      """
      more = function(list[unknown] L, int k) return (list[unknown] R) {
        L = append(L, k)
        R = append(L, k + 1)
      }
      """;

  /** That nothing is copied for it is checked where references are counted: LongerListTest. */
  @Test
  void aListGrowsLong() {
    assertThat(
            Scripts.output(
                """
                L = list()
                for (i in 1:400000) {
                  L = append(L, i)
                }
                print(length(L) + " " + as.scalar(L[400000]))
                """))
        .isEqualTo("400000 400000\n");
  }

  @Test
  void aListThatAnotherVariableHoldsStaysAsItIs() {
    assertThat(
            Scripts.output(
                """
                L = list(1, 2)
                M = L
                L = append(L, 3)
                N = list(a=L, b=0)
                L = append(L, 4)
                L = append(L, L)
                print(length(M) + " " + length(as.list(N[1])) + " " + length(L) + " "
                  + length(as.list(L[5])))
                """))
        .isEqualTo("2 3 5 4\n");
  }

  @Test
  void variablesHoldWhatAModelSays() {
    Random random = new Random(5);
    for (int round = 0; round < 60; round++) {
      ListProgram program =
          new ListProgram(random, FUNCTIONS, "list(0)", List.of(0), ListAppendTest::step);
      for (ReuseMode mode : List.of(ReuseMode.NONE, ReuseMode.FULL)) {
        program.assertThatItPrintsWhatTheModelSays(Scripts.config().withReuse(mode));
      }
    }
  }

  private static String step(
      Random random, int step, StringBuilder script, String to, String from, List<Integer> list) {
    switch (random.nextInt(6)) {
      case 0 -> script.append("%s = %s\n".formatted(to, from));
      case 1 -> {
        script.append("%s = more(%s, %d)\n".formatted(to, from, step));
        list.addAll(List.of(step, step + 1));
      }
      case 2 -> {
        script.append("for (i in 1:3) %s = append(%s, i)\n".formatted(from, from));
        list.addAll(List.of(1, 2, 3));
        return from;
      }
      case 3 -> {
        script.append("%s[1] = %d\n".formatted(from, step));
        list.set(0, step);
        return from;
      }
      default -> {
        script.append("%s = append(%s, matrix(%d, 2, 2))\n".formatted(to, from, step));
        list.add(4 * step);
      }
    }
    return to;
  }

  /** The trace says what was appended, whether or not the list was copied. */
  @Test
  void theLineageIsThatOfACopiedList() {
    String grow = "L = list(1); for (i in 1:5) { %s L = append(L, i * 2) }; print(lineage(L))";
    String alone = Scripts.output(grow.formatted(""));
    String copied = Scripts.output(grow.formatted("M = L;") + "; print(length(M))");
    assertThat(copied).startsWith(alone.stripTrailing());
  }

  @Test
  void whatWasComputedFromAListIsFoundAgain() {
    String script =
        """
        s = 0
        for (k in 1:2) {
          L = list()
          for (i in 1:20) {
            L = append(L, matrix(i, 50, 50))
          }
          s = s + sum(as.matrix(L[20]) %*% as.matrix(L[1]))
        }
        print(s)
        """;
    Scripts.Outcome full = Scripts.run(Scripts.config().withReuse(ReuseMode.FULL), script);
    Scripts.Outcome none = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script);
    assertThat(full.output()).isEqualTo(none.output());
    assertThat(full.liveBuffers()).isZero();
  }
}
