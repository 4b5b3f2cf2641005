package dev.reprise;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Functions of the script in the specs of transforms: {@code udf:{name:f, ids:[1]}}. */
class TransformFunctionsTest {
  private static final String DATA =
      """
      F = frame(["1", "b", "4", "d", "6", "b"], rows=3, cols=2, schema=["INT64", "STRING"])
      G = frame(["7", "d", "8", "b"], rows=2, cols=2, schema=["INT64", "STRING"])
      """;

  private static String output(String script) {
    String none = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), DATA + script).output();
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.HYBRID, ReuseMode.FULL}) {
      for (int threads : new int[] {1, 4}) {
        Scripts.Outcome outcome =
            Scripts.run(Scripts.config().withReuse(mode).withThreads(threads), DATA + script);
        assertThat(outcome.output()).as("%s", mode).isEqualTo(none);
        assertThat(outcome.liveBuffers()).isZero();
      }
    }
    return none;
  }

  @Test
  void columnsPassThroughTheFunctionOnceTheyAreEncoded() {
    assertThat(
            output(
                """
                f = function(matrix[double] X) return (matrix[double] Y) {
                  print(nrow(X) + "x" + ncol(X))
                  Y = X * 10 + 1
                }
                s = "{ids:true, recode:[2], udf:{name:f, ids:[2, 1]}}"
                [X, M] = transformencode(target=F, spec=s)
                print(toString(X, decimal=0))
                print(toString(transformapply(target=G, meta=M, spec=s), decimal=0))
                """))
        .isEqualTo(
            """
            3x1
            3x1
            11 11
            41 21
            61 11

            2x1
            2x1
            71 21
            81 11

            """);
  }

  @Test
  void aDummycodedColumnIsGivenWithAllItsColumnsAndNamesWillDo() {
    assertThat(
            output(
                """
                f = function(matrix[double] X) return (matrix[double] Y) {
                  Y = X * seq(1, nrow(X)) + ncol(X)
                }
                s = "{dummycode:[C2], udf:[{name:f, ids:[C2]}, {name:scale, ids:[C1]}]}"
                X = transformencode(target=F, spec=s)
                print(toString(X))
                """))
        .isEqualTo(
            """
            -1.060 3.000 2.000
            0.132 2.000 4.000
            0.927 5.000 2.000

            """);
  }

  @Test
  void whatTheFunctionComputesIsFoundAgainAndItsEffectsAreNotLeftOut() {
    String script =
        DATA
            + """
            f = function(matrix[double] X) return (matrix[double] Y) {
              print("called")
              Y = X %*% matrix(2, rows=1, cols=1)
            }
            s = "{ids:true, recode:[2], udf:{name:f, ids:[1]}}"
            [X, M] = transformencode(target=F, spec=s)
            G = cbind(as.frame(seq(1, 5000)), frame("b", rows=5000, cols=1))
            g = function(frame[unknown] F, frame[unknown] M, string s) return (double y) {
              y = sum(transformapply(target=F, meta=M, spec=s))
            }
            A = transformapply(target=G, meta=M, spec=s)
            B = transformapply(target=G, meta=M, spec=s)
            for (i in 1:60) {
              y = g(G, M, s) + g(G, M, s)
            }
            print(sum(A) + " " + sum(B) + " " + y)
            """;
    SessionConfig eager = Scripts.config().withReuse(ReuseMode.FULL);
    Scripts.Outcome full = Scripts.run(eager, script);
    Scripts.Outcome none = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script);
    assertThat(full.output()).isEqualTo(none.output());
    assertThat(full.output())
        .startsWith("called\n".repeat(123))
        .doesNotContain("called\n".repeat(124));
    assertThat(none.statistics().of("transformapply").executed()).isEqualTo(122);
    assertThat(full.statistics().of("transformapply").executed()).isEqualTo(1);
  }

  @Test
  void drawnNumbersAreNewInEachCallAndTheSameInEachMode() {
    String printed =
        output(
            """
            f = function(matrix[double] X) return (matrix[double] Y) {
              Y = X + rand(rows=nrow(X), cols=1)
            }
            s = "{ids:true, recode:[2], udf:{name:f, ids:[1]}}"
            [X, M] = transformencode(target=F, spec=s)
            A = transformapply(target=F, meta=M, spec=s)
            B = transformapply(target=F, meta=M, spec=s)
            print(sum(A) == sum(B))
            last = 0
            for (i in 1:80) {
              C = transformapply(target=F, meta=M, spec=s)
              if (sum(C) == last) print("drawn again")
              last = sum(C)
            }
            print(last)
            """);
    assertThat(printed).startsWith("FALSE\n").doesNotContain("again");
  }

  @Test
  void theSpecMayBeKnownOnlyThenAndIterationsMayRunAtTheSameTime() {
    assertThat(
            output(
                """
                double = function(matrix[double] X) return (matrix[double] Y) { Y = 2 * X }
                same = function(matrix[double] X) return (matrix[double] Y) { Y = X }
                R = matrix(0, rows=40, cols=1)
                parfor (i in 1:40) {
                  name = "same"
                  if (i %% 2 == 0) name = "double"
                  s = "{ids:true, recode:[2], udf:{name:" + name + ", ids:[1]}}"
                  [X, M] = transformencode(target=F, spec=s)
                  R[i, 1] = sum(X[, 1])
                }
                print(sum(R) + " " + as.scalar(R[1, 1]) + " " + as.scalar(R[40, 1]))
                """))
        .isEqualTo("660.0 11.0 22.0\n");
  }

  @Test
  void anEscapedKeyIsNoOtherKey() {
    for (String key : new String[] {"\"'\" + b + \"u0075df'\"", "\"'u\" + b + \"df'\""}) {
      assertThat(
              output(
                  """
                  f = function(matrix[double] X) return (matrix[double] Y) {
                    print("called")
                    Y = X * 3
                  }
                  g = function(frame[unknown] F, string s) return (matrix[double] X) {
                    [X, M] = transformencode(target=F, spec=s)
                  }
                  # Texts of scripts have no single backslash.
                  b = as.scalar(map(frame("\\\\", rows=1, cols=1), "x -> x.substring(0, 1)"))
                  s = "{recode:[C2], " + %s + ":{name:f, ids:[C1]}}"
                  print(sum(g(F, s)) + sum(g(F, s)))
                  """
                      .formatted(key)))
          .as(key)
          .isEqualTo("called\ncalled\n74.0\n");
    }
  }

  @Test
  void theMatrixIsCopiedOnceHoweverManyColumnsPassThroughFunctions() {
    String script =
        """
        f = function(matrix[double] X) return (matrix[double] Y) { Y = X + 1 }
        F = as.frame(matrix(1, rows=5000, cols=20))
        X = transformencode(target=F, spec="{ids:true, udf:{name:f, ids:[%s]}}")
        print(sum(X))
        """;
    String all = IntStream.rangeClosed(1, 20).mapToObj(String::valueOf).collect(joining(", "));
    SessionConfig config = Scripts.config().withReuse(ReuseMode.NONE).withThreads(1);
    Scripts.Outcome one = Scripts.run(config, script.formatted("1"));
    Scripts.Outcome each = Scripts.run(config, script.formatted(all));
    assertThat(each.output()).isEqualTo("200000.0\n");
    long copy = 5000 * 20 * Double.BYTES;
    assertThat(each.statistics().hostPeakBytes())
        .isLessThan(one.statistics().hostPeakBytes() + copy / 2);
  }

  @Test
  void theTraceIsThatOfAssigningTheColumns() {
    String direct =
        output(
            """
            [X, M] = transformencode(target=F, spec="{ids:true, recode:[2], udf:{name:f, ids:[1]}}")
            f = function(matrix[double] X) return (matrix[double] Y) { Y = X * 3 }
            X[, 2] = X[, 2] * 3
            print(sum(X))
            """);
    assertThat(direct).isEqualTo("45.0\n");
    String text =
        Scripts.output(
            DATA
                + """
                f = function(matrix[double] X) return (matrix[double] Y) { Y = X * 3 }
                [X, M] = transformencode(target=F, spec="{ids:true, udf:{name:f, ids:[1]}, recode:[2]}")
                print(lineage(X))
                """);
    assertThat(text)
        .contains("leftIndex", "rightIndex", " * ")
        .doesNotContain("transformFunctions");
  }

  @Test
  void mistakesAreNamed() {
    String call =
        DATA + "[X, M] = transformencode(target=F, spec=\"{ids:true, recode:[2], %s}\")\n";
    assertThatThrownBy(() -> Scripts.output(call.formatted("udf:{name:f, ids:[1]}")))
        .hasMessageContaining("there is no function 'f'");
    assertThatThrownBy(() -> Scripts.output(call.formatted("udf:{name:my f, ids:[2]}")))
        .hasMessageContaining("there is no function 'my f'");
    assertThatThrownBy(() -> Scripts.output(call.formatted("udf:{name:'my\\n\\\\sf\\r', ids:[2]}")))
        .hasMessageContaining("there is no function 'my\n\\sf\r'");
    assertThatThrownBy(() -> Scripts.output(call.formatted("udf:{name:'', ids:[2]}")))
        .hasMessageContaining("there is no function ''");
    assertThatThrownBy(() -> Scripts.output(call.formatted("udf:{name:f}")))
        .hasMessageContaining("needs a function's name and its columns");
    assertThatThrownBy(() -> Scripts.output(call.formatted("udf:{name:f, ids:[3]}")))
        .hasMessageContaining("names the column 3");
    String wrong = "f = function(matrix[double] X) return (matrix[double] Y) { Y = X[1, ] }\n";
    assertThatThrownBy(() -> Scripts.output(call.formatted("udf:{name:f, ids:[1]}") + wrong))
        .hasMessageContaining(
            "the function 'f' of the transform spec must return a matrix of 3x1, as it gets, but"
                + " returned a matrix 1x1");
    String number = "f = function(matrix[double] X) return (integer y) { y = 2 }\n";
    assertThatThrownBy(() -> Scripts.output(call.formatted("udf:{name:f, ids:[1]}") + number))
        .hasMessageContaining("as it gets, but returned an integer 2");
    String decode =
        "f = function(matrix[double] X) return (matrix[double] Y) { Y = X }\n"
            + "G = transformdecode(target=X, meta=M,"
            + " spec=\"{ids:true, recode:[2], udf:{name:f, ids:[1]}}\")";
    assertThatThrownBy(() -> Scripts.output(call.formatted("udf:{name:f, ids:[1]}") + decode))
        .hasMessageContaining("cannot undo the function 'f'");
  }
}
