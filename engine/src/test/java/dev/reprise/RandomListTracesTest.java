package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.RandomStatements;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random programs on lists, with names and without, and on lists of lists: with reuse, with traces
 * of loops stored or expanded, and with what other runs have stored, they print the values that
 * they have without reuse, all with one lineage, which replays to what was written.
 */
class RandomListTracesTest {
  @TempDir private Path folder;

  /** A program; ends early with an error in some cases. */
  private static final class Programs extends RandomStatements {
    private static final String FUNCTIONS =
        """
        put = function(list[unknown] L, int k, double z) return (list[unknown] R) {
          R = L
          R[k] = z
          R["put"] = list(z + 1)
          if (length(R) > 4) [R, x] = remove(R, length(R))
          R[length(R)] = matrix(z, 1, 2)
        }
        deep = function(list[unknown] L, int k, double z) return (list[unknown] R) {
          if (k > 0) {
            L[k] = as.matrix(L[k]) * 0.5 + z
            R = deep(L, k - 1, z)
          } else {
            R = L
          }
        }
        scaled = function(list[unknown] L, double z) return (list[unknown] L) {
          for (q in 1:length(L)) L[q] = as.matrix(L[q]) * z
        }
        total = function(list[unknown] L) return (double s) {
          s = 0
          for (q in 1:length(L)) s = s * 0.5 + sum(as.matrix(L[q]))
        }
        """;

    Programs(long seed) {
      super(seed);
    }

    private String flat() {
      return pick("N", "M", "U");
    }

    private String place(String list) {
      return switch (below(9)) {
        case 0, 1 -> "1";
        case 2, 3 -> "2";
        case 4, 5 -> "length(" + list + ")";
        case 6 -> list.equals("U") ? "i %% length(U) + 1" : pick("\"a\"", "\"b\"");
        case 7 -> list.equals("N") ? "as.scalar(kinds[" + pick("1", "2") + "])" : "1";
        default -> "i %% length(" + list + ") + 1";
      };
    }

    private String other(String list) {
      return list.equals("U") ? "as.matrix(M[2]) * j" : "U[1]";
    }

    private String number() {
      return pick("i", "s", "0.5", "3", "s * 0.5 + i", "total(" + flat() + ")");
    }

    private String element() {
      String from = flat();
      return switch (below(10)) {
        case 0, 1 -> number();
        case 2 -> "X + " + pick("i", "s", "1");
        case 3 -> "matrix(" + number() + ", 1, 2)";
        case 4, 5 -> "as.matrix(" + from + "[" + place(from) + "]) * 0.5 + " + number();
        case 6 -> from + "[" + place(from) + "]";
        case 7 -> "list(" + pick("i", "X", "s") + ")";
        case 8 -> "list(" + pick("a", "q") + "=" + pick("i", "X", "s") + ")";
        default -> pick("X", "y");
      };
    }

    @Override
    protected String statement(int depth) {
      String list = flat();
      String other = flat();
      return switch (below(depth > 2 ? 19 : 26)) {
        case 0, 1, 2, 3, 4 -> "%s[%s] = %s\n".formatted(list, place(list), element());
        case 5 ->
            "if (length(%1$s) < %2$s) %1$s[\"%3$s\"] = %4$s\n"
                .formatted(list, pick("5", "70"), pick("c", "d", "", fresh("n")), element());
        case 6 ->
            "if (length(%1$s) < 80) %1$s[\"%3$s\" + %4$s] = %5$s\n"
                .formatted(list, "", "v", pick("i", "(i %% 3)", "1"), element());
        case 7 -> "if (length(%1$s) < 6) %1$s = append(%1$s, %2$s)\n".formatted(list, element());
        case 8 ->
            "if (length(%1$s) < 6) %1$s = append(%1$s, %3$s=%2$s)\n"
                .formatted(list, element(), pick("a", "e", "f"));
        case 9 ->
            "if (length(%1$s) > 3) {\n[%1$s, x] = remove(%1$s, %2$s)\n%3$s[1] = x\n}\n"
                .formatted(list, pick("3", "length(" + list + ")", place(list)), other);
        case 10 -> "%s[1:2] = list(%s, %s)\n".formatted(list, element(), element());
        case 11 ->
            "if (length(%1$s) > 3) %1$s = %1$s[%2$s]\n"
                .formatted(list, pick("1:3", "2:length(" + list + ")", "2:3"));
        case 12 -> "%s = %s\n".formatted(list, other);
        case 13 -> "s = s * 0.5 + sum(as.matrix(%s[%s]))\n".formatted(list, place(list));
        case 14 -> "%s = put(%s, %s, %s)\n".formatted(list, other, pick("1", "2"), pick("i", "s"));
        case 15 -> "%s = deep(%s, 2, %s)\n".formatted(list, other, pick("i", "s", "0.25"));
        case 16 -> "T[%s] = %s\n".formatted(pick("1", "2", "length(T)", "\"y\""), list);
        case 17 ->
            "K = as.list(T[%1$s])\nK[%2$s] = %3$s\nT[%1$s] = K\n"
                .formatted(pick("1", "2", "\"y\""), pick("1", "length(K)", "\"k\""), element());
        case 18 ->
            pick(
                "%s = scaled(%s, 0.5)\n".formatted(list, list),
                "T = append(T, list(%s, %s))\n".formatted(element(), element()),
                "if (length(as.list(T[1])) > 2) %s = as.list(T[1])\n".formatted(list));
        case 19, 20 ->
            "for (j in 1:%s) {\n%s}\n".formatted(pick("2", "3", "i"), statements(depth + 1));
        case 21, 22 ->
            "if (%s) {\n%s} else {\n%s}\n"
                .formatted(
                    pick("i %% 2 == 0", "i > 20", "s > 5", "length(N) > 3"),
                    statements(depth + 1),
                    statements(depth + 1));
        case 23 ->
            "parfor (j in 1:2) {\n%s[j] = %s\n}\n"
                .formatted(list, pick("j", "X + j", "list(s * j)", "list(q=j)", other(list)));
        case 24 ->
            """
            parfor (j in 1:3) {
              K = %1$s
              K[%2$s] = %3$s
              R[j, 1] = total(K)
            }
            """
                .formatted(list, pick("1", "2", "length(K)"), element());
        default -> "w = 0\nwhile (w < i %% 3) {\nw = w + 1\n" + statements(depth + 1) + "}\n";
      };
    }

    String next() {
      StringBuilder text = new StringBuilder(FUNCTIONS);
      text.append(
          """
          X = matrix(seq(1, 4), 2, 2) / 7
          y = rand(rows=2, cols=1, seed=3)
          R = matrix(0, 3, 1)
          s = 1.5
          i = 2
          N = list(a=X, b=2)
          M = list(1, X, %s=y)
          U = list(3, y)
          kinds = names(N)
          T = list(x=list(1, X), y=list(a=y, 2))
          """
              .formatted(pick("c", "a")));
      text.append(statements(0));
      text.append("for (i in 1:%s) {\n".formatted(pick("3", "7", "45", "45", "90")));
      text.append(statements(1)).append(statements(1)).append("}\n");
      text.append(statements(0));
      text.append("for (i in 1:%s) {\n".formatted(pick("2", "40")));
      text.append(statements(1)).append("}\n");
      return text.toString();
    }
  }

  private static final String VALUES =
      """
      print(toString(N))
      print(toString(M))
      print(toString(U))
      print(toString(T))
      print(toString(names(N)))
      print(toString(names(M)))
      print(toString(names(U)))
      print(toString(R))
      print(s)
      S = matrix(total(N) + total(M) * 2 + total(U) * 3 + s + sum(R), 1, 1)
      K = as.list(T[1])
      L = as.list(T[length(T)])
      S = S + sum(as.matrix(K[1])) * 5 + sum(as.matrix(L[length(L)])) * 7
      print(sum(S))
      """;

  private static final String LINEAGE =
      """
      print(lineage(S))
      print(lineage(N))
      print(lineage(T))
      """;

  private String run(SessionConfig config, String script) {
    return Endings.of(config.withWorkingDirectory(folder), script);
  }

  /** Says where the first difference is: lineages are long. */
  private static void assertSame(String expected, String actual, String what) {
    int at = Arrays.mismatch(expected.toCharArray(), actual.toCharArray());
    if (at >= 0) {
      int from = Math.max(0, at - 300);
      assertThat(actual.substring(from, Math.min(actual.length(), at + 100)))
          .as(what)
          .isEqualTo(expected.substring(from, Math.min(expected.length(), at + 100)));
    }
  }

  /** Seeds of programs that found mistakes, and of some more. */
  @ParameterizedTest
  @ValueSource(longs = {1009, 2029, 1, 2})
  void valuesAndLineageAreWhatTheyAreWithoutReuse(long seed) throws IOException {
    assertProgram(seed);
  }

  private void assertProgram(long seed) throws IOException {
    String script = new Programs(seed).next() + VALUES;
    String values = run(Scripts.config().withReuse(ReuseMode.NONE), script);
    SessionConfig hybrid = Scripts.config();
    String all = run(hybrid.withReuse(ReuseMode.TRACE).withDedup(false), script + LINEAGE);
    assertThat(all).as("%d%n%s", seed, script).startsWith(values);
    SessionConfig stored = hybrid.withStore(Scripts.keepingAll(folder.resolve("store" + seed)));
    List<SessionConfig> others =
        List.of(
            hybrid,
            hybrid.withDedup(false),
            hybrid.withReuse(ReuseMode.FULL).withThreads(4),
            hybrid.withVerifyReuse(1),
            stored,
            stored.withDedup(false));
    for (SessionConfig config : others) {
      assertSame(all, run(config, script + LINEAGE), seed + " " + config + "\n" + script);
    }
    if (!values.contains(Endings.MARK)) {
      assertReplay(hybrid, script);
    }
  }

  private void assertReplay(SessionConfig config, String script) throws IOException {
    run(config, script + "write(S, \"S.csv\", format=\"csv\")\n");
    try (Session session = Reprise.session(config.withWorkingDirectory(folder))) {
      session.replay(folder.resolve("S.csv.lineage"), folder.resolve("again.csv"), "csv");
    }
    assertThat(folder.resolve("again.csv"))
        .as(script)
        .hasSameBinaryContentAs(folder.resolve("S.csv"));
  }
}
