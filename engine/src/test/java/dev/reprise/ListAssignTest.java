package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code L[i] = x} on lists that one variable holds, which are not copied, and on others. */
class ListAssignTest {
  private static final String FUNCTIONS =
      """
      change = function(list[unknown] L, int k) return (list[unknown] R) {
        L[1] = k
        R = L
        R[2, 1] = k + 1
      }
      """;

  private static final int SHORT = 4000;
  private static final int FACTOR = 4;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for (i in 1:n) L[i] = as.scalar(L[i]) + 1",
        "for (i in 1:(n - 1)) L[i:(i + 1)] = list(i + 1, i + 2)",
        "while (length(L) > 0) [L, x] = remove(L, length(L))",
        "while (length(L) > 0) [L, x] = remove(L, 1)"
      })
  void nothingIsCopiedForEachElement(String change) {
    allocated(change, SHORT);
    long once = allocated(change, SHORT);
    long more = allocated(change, FACTOR * SHORT);
    // Copied each time it were nearly the square of the factor.
    assertThat((double) more / once).as(change).isLessThan(2 * FACTOR);
  }

  /** The memory that all threads take for a script that changes a list: a session has its own. */
  private static long allocated(String change, int size) {
    String script =
        """
        n = %d
        L = list()
        for (i in 1:n) L = append(L, i)
        %s
        print(length(L))
        """
            .formatted(size, change);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getTotalThreadAllocatedBytes();
    Scripts.output(script);
    return threads.getTotalThreadAllocatedBytes() - before;
  }

  @Test
  void longListsAreChangedAtEachPlace() {
    assertThat(
            Scripts.output(
                """
                L = list()
                for (i in 1:20000) L = append(L, 0)
                for (k in 1:4) {
                  for (i in 1:20000) L[i] = as.scalar(L[i]) + k
                }
                print(length(L) + " " + as.scalar(L[1]) + " " + as.scalar(L[20000]))
                for (i in 1:19999) L[i:(i + 1)] = list(i + 1, i + 2)
                print(as.scalar(L[1]) + " " + as.scalar(L[20000]))
                s = 0
                while (length(L) > 0) {
                  [L, x] = remove(L, length(L))
                  s = s + as.scalar(x)
                }
                print(s)
                """))
        .isEqualTo("20000 10 10\n2 20001\n200030000\n");
  }

  @Test
  void whatIsRemovedIsStillThereForOthers() {
    assertThat(
            Scripts.output(
                """
                L = list(a=1, b=2, c=3)
                M = L
                [L, x] = remove(L, "b")
                [K, y] = remove(L, 1)
                [M, L] = remove(M, 3)
                L = append(L, d=4)
                print(toString(names(L)))
                print(toString(names(K)))
                print(toString(names(M)))
                print(as.scalar(x) + " " + as.scalar(y))
                N = L
                L[1:2] = M
                print(toString(L))
                print(toString(N))
                L[1:2] = L
                L[2:2] = N[1]
                print(toString(L))
                """))
        .isEqualTo(
            """
            List containing:
            [c, d]
            List containing:
            [c]
            List containing:
            [a, b]
            2 1
            List containing:
            [1, 2]
            List containing:
            [3, 4]
            List containing:
            [1, 3]
            """);
  }

  @Test
  void aRangeThatDoesNotFitIsNamed() {
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nL[1:2] = 5"))
        .hasMessageContaining("an index needs a matrix, a frame or a list, but got an integer 5");
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nL[2:1] = 5"))
        .hasMessageContaining("an index needs a matrix, a frame or a list, but got an integer 5");
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nL[2:1] = matrix(5, 2, 2)"))
        .hasMessageContaining("an index needs a matrix, a frame or a list, but got a");
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nL[1:2] = list(5, 6, 7)"))
        .hasMessageContaining("a list of 3 does not fit the range 1:2");
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nL[2:1] = list(5, 6)"))
        .hasMessageContaining("a list of 2 does not fit the range 2:1");
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nL[2:3] = list(5, 6)"))
        .hasMessageContaining("list index 3 is out of range");
  }

  @Test
  void aListThatAnotherVariableHoldsStaysAsItIs() {
    assertThat(
            Scripts.output(
                """
                L = list(1, 2)
                M = L
                L[1] = 3
                N = list(a=L, b=0)
                L[2] = 4
                L[1] = L
                K = L[1]
                L[1] = 5
                print(toString(M))
                print(toString(as.list(N["a"])))
                print(toString(as.list(K)))
                print(toString(L))
                """))
        .isEqualTo(
            """
            List containing:
            [1, 2]
            List containing:
            [3, 2]
            List containing:
            [3, 4]
            List containing:
            [5, 4]
            """);
  }

  @Test
  void aPlaceThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nL[3] = 5"))
        .hasMessageContaining("list index 3 is out of range");
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nL[1, 2] = 5"))
        .hasMessageContaining("a list has one column");
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nL[, 1] = 5"))
        .hasMessageContaining("needs a position or a name");
  }

  @Test
  void variablesHoldWhatAModelSays() {
    Random random = new Random(6);
    for (int round = 0; round < 25; round++) {
      assertThatItPrintsWhatTheModelSays(
          new ListProgram(
              random, FUNCTIONS, "list(0, b=0, c=0)", List.of(0, 0, 0), ListAssignTest::step));
    }
  }

  @Test
  void variablesHoldWhatIsLeft() {
    Random random = new Random(7);
    for (int round = 0; round < 25; round++) {
      assertThatItPrintsWhatTheModelSays(
          new ListProgram(
              random, "", "list(1, 2, 3, 4, 5)", List.of(1, 2, 3, 4, 5), ListAssignTest::removal));
    }
  }

  private static void assertThatItPrintsWhatTheModelSays(ListProgram program) {
    for (ReuseMode mode : List.of(ReuseMode.NONE, ReuseMode.HYBRID, ReuseMode.FULL)) {
      for (int threads : new int[] {1, 4}) {
        program.assertThatItPrintsWhatTheModelSays(
            Scripts.config().withReuse(mode).withThreads(threads));
      }
    }
  }

  private static String step(
      Random random, int step, StringBuilder script, String to, String from, List<Integer> list) {
    int at = random.nextInt(list.size());
    switch (random.nextInt(10)) {
      case 0 -> script.append("%s = %s\n".formatted(to, from));
      case 1 -> {
        script.append("%s = change(%s, %d)\n".formatted(to, from, step));
        list.set(0, step);
        list.set(1, step + 1);
      }
      case 2 -> {
        script.append("for (i in 1:3) %s[i] = i + %d\n".formatted(from, step));
        for (int i = 0; i < 3; i++) {
          list.set(i, i + 1 + step);
        }
        return from;
      }
      case 3 -> {
        script.append("parfor (i in 1:3) %s[i] = matrix(i, 2, 2)\n".formatted(from));
        for (int i = 0; i < 3; i++) {
          list.set(i, 4 * (i + 1));
        }
        return from;
      }
      case 4 -> {
        script.append("%s[\"c\"] = list(%d)\n".formatted(from, step));
        list.set(2, step);
        return from;
      }
      case 5 -> {
        script.append("%s[%d] = %s[1]\n".formatted(from, at + 1, from));
        list.set(at, list.getFirst());
        return from;
      }
      case 6 -> {
        script.append("%s[%d:%d] = list(%d, matrix(%d, 2, 2))\n".formatted(from, 2, 3, step, step));
        list.set(1, step);
        list.set(2, 4 * step);
        return from;
      }
      case 7 -> {
        if (list.size() > 3) {
          script.append("[%s, x] = remove(%s, %d)\n".formatted(from, from, list.size()));
          list.removeLast();
        }
        return from;
      }
      case 8 -> {
        script.append("%s[\"n%d\"] = %d\n".formatted(from, step, step));
        list.add(step);
        return from;
      }
      default -> {
        script.append("%s[%d, 1] = matrix(%d, 2, 2)\n".formatted(from, at + 1, step));
        list.set(at, 4 * step);
        return from;
      }
    }
    return to;
  }

  /** A step that removes elements at any place, or something between two such steps. */
  private static String removal(
      Random random, int step, StringBuilder script, String to, String from, List<Integer> list) {
    int at = random.nextInt(list.size());
    switch (list.size() > 3 ? random.nextInt(8) : 3 + random.nextInt(5)) {
      case 0, 1 -> {
        script.append("[%s, x] = remove(%s, %d)\n".formatted(from, from, at + 1));
        list.remove(at);
        return from;
      }
      case 2 -> {
        script.append("[%s, x] = remove(%s, %d)\n".formatted(to, from, at + 1));
        list.remove(at);
      }
      case 3 -> script.append("%s = %s\n".formatted(to, from));
      case 4 -> {
        script.append("%s = append(%s, matrix(%d, 2, 2))\n".formatted(from, from, step));
        list.add(4 * step);
        return from;
      }
      case 5 -> {
        script.append("%s[\"n%d\"] = %d\n".formatted(from, step, step));
        list.add(step);
        return from;
      }
      case 6 -> {
        script.append(
            """
            %1$s["gone"] = 1
            %1$s["next"] = 2
            [%1$s, x] = remove(%1$s, "gone")
            [%1$s, x] = remove(%1$s, "next")
            """
                .formatted(from));
        return from;
      }
      default -> {
        script.append(
            """
            R = list(0, 0, 0)
            parfor (i in 1:3) {
              [K, x] = remove(%1$s, i)
              K[1] = x
              [K, y] = remove(K, 2)
              K = append(K, i)
              s = sum(as.matrix(y))
              for (j in 1:length(K)) s = s + j * sum(as.matrix(K[j]))
              R[i] = s %%%% 1000
            }
            %2$s = R
            """
                .formatted(from, to));
        List<Integer> sums = List.of(left(list, 1), left(list, 2), left(list, 3));
        list.clear();
        list.addAll(sums);
      }
    }
    return to;
  }

  /** What an iteration of the loop in {@link #removal} makes of a list. */
  private static int left(List<Integer> list, int i) {
    List<Integer> left = new ArrayList<>(list);
    int removed = left.remove(i - 1);
    left.set(0, removed);
    int sum = left.remove(1);
    left.add(i);
    for (int j = 0; j < left.size(); j++) {
      sum += (j + 1) * left.get(j);
    }
    return sum % 1000;
  }

  /** The trace says what was assigned, whether or not the list was copied. */
  @Test
  void theLineageIsThatOfACopiedList() {
    String change =
        "L = list(1, 2); for (i in 1:5) { %s L[2] = i * 2; L[1, 1] = i }; print(lineage(L))";
    String alone = Scripts.output(change.formatted(""));
    String copied = Scripts.output(change.formatted("M = L;") + "; print(length(M))");
    assertThat(copied).startsWith(alone.stripTrailing());
  }

  @Test
  void anElementAssignedInPlaceIsFoundAgainByWhatItIs() {
    String script =
        """
        X = rand(rows=200, cols=200, seed=1)
        L = list(X, X, 0)
        for (i in 1:20) {
          L[3] = i
          L["W"] = X
          s = sum(as.matrix(L["W"]) %*% as.matrix(L[2]))
        }
        print(s)
        """;
    Scripts.Outcome full = Scripts.run(Scripts.config().withReuse(ReuseMode.FULL), script);
    Scripts.Outcome none = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script);
    assertThat(full.output()).isEqualTo(none.output());
    assertThat(full.statistics().of("matmul").executed()).isEqualTo(1);
    assertThat(none.statistics().of("matmul").executed()).isEqualTo(20);
    assertThat(full.liveBuffers()).isZero();
  }

  /** The list that a call returned is changed in place, what is kept of the call is not. */
  @Test
  void aCallIsFoundWithTheNamesThatItReturned() {
    String script =
        """
        f = function(matrix[double] X) return (list[unknown] L) {
          s = 0
          for (i in 1:20) s = s + sum(X %*% X * i)
          L = list(a=s, b=2, c=3)
        }
        X = rand(rows=200, cols=200, seed=1)
        L = f(X)
        [L, x] = remove(L, 3)
        L["z"] = 5
        K = f(X)
        print(toString(names(K)))
        """;
    Scripts.Outcome outcome = Scripts.run(Scripts.config().withReuse(ReuseMode.HYBRID), script);
    assertThat(outcome.statistics().functions().hits()).isEqualTo(1);
    assertThat(outcome.output()).isEqualTo("List containing:\n[a, b, c]\n");
  }

  /** A list of one by a new name is its element, in the value and in the trace. */
  @Test
  void whatCameInAsAListOfOneIsFoundAgain() {
    String script =
        """
        X = rand(rows=200, cols=200, seed=1)
        s = sum(X %*% X)
        L = list(a=X)
        L["b"] = L["a"]
        L["c"] = list(X)
        t = sum(as.matrix(L["b"]) %*% as.matrix(L["c"]))
        print(s == t)
        """;
    Scripts.Outcome full = Scripts.run(Scripts.config().withReuse(ReuseMode.FULL), script);
    assertThat(full.output()).isEqualTo("TRUE\n");
    assertThat(full.statistics().of("matmul").executed()).isEqualTo(1);
  }

  @Test
  void anElementTakenByRowAndColumnIsWhatItWas() {
    String script =
        """
        X = rand(rows=200, cols=200, seed=1)
        L = list(a=X, b=X, c=0)
        s = sum(X %*% X)
        for (i in 1:20) {
          t = sum(as.matrix(L[2, 1]) %*% as.matrix(L["a", ]))
          K = L[1:2, 1]
          n = length(K) + length(L[, 1]) + length(L[, ])
          one = list(X)
          c = as.scalar(one[2, 1])
        }
        print((s == t) + " " + n + " " + (c == as.scalar(X[2, 1])))
        """;
    for (ReuseMode mode : List.of(ReuseMode.NONE, ReuseMode.FULL)) {
      Scripts.Outcome outcome = Scripts.run(Scripts.config().withReuse(mode), script);
      assertThat(outcome.output()).isEqualTo("TRUE 8 TRUE\n");
      assertThat(outcome.statistics().of("matmul").executed())
          .isEqualTo(mode == ReuseMode.FULL ? 1 : 21);
      assertThat(outcome.liveBuffers()).isZero();
    }
    assertThatThrownBy(() -> Scripts.output("L = list(1, 2)\nx = L[1, 2]"))
        .hasMessageContaining("a list has one column");
  }
}
