package dev.reprise.language.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnmarkingTest {
  private static final String BEFORE =
      "G = rand(rows=9, cols=9)\nr = rand(rows=9)\nw = r * 2\nc = sum(G)\n";

  @Test
  void whatALoopMakesFromItsOwnLastValueIsNotKept() {
    assertThat(unmarked("for (i in 1:9) { r = 0.5 * (G %*% r) + exp(G) %*% w }\nprint(sum(r))"))
        .containsExactly("G %*% r", "0.5 * (G %*% r)", "(0.5 * (G %*% r)) + (exp(G) %*% w)");
  }

  @Test
  void whatDoesNotDependOnTheLoopStaysMarked() {
    assertThat(unmarked("for (i in 1:9) { r = r + exp(G) %*% w }\nprint(sum(r))"))
        .containsExactly("r + (exp(G) %*% w)");
  }

  @Test
  void aVariableThatIsMadeAnewRepeatsItself() {
    assertThat(unmarked("for (i in 1:9) { r = G %*% w\n z = sum(exp(r))\n print(z) }")).isEmpty();
    assertThat(unmarked("for (i in 1:9) { if (i > c) { r = w }\n r = G %*% r }\nprint(sum(r))"))
        .isEmpty();
  }

  @Test
  void aLoopInALoopIsUnmarkedOnlyWhereTheOuterOneNeverBeginsAnew() {
    assertThat(unmarked("for (e in 1:3) { for (b in 1:4) { r = r - G %*% r } }\nprint(sum(r))"))
        .containsExactly("G %*% r", "r - (G %*% r)");
    assertThat(
            unmarked(
                "for (e in 1:3) { r = w\n for (b in 1:4) { r = r - G %*% r } }\nprint(sum(r))"))
        .isEmpty();
    assertThat(
            unmarked(
                """
                for (e in 1:3) {
                  saved = r
                  for (b in 1:4) { r = r - G %*% r }
                  r = saved
                }
                print(sum(r))
                """))
        .isEmpty();
    assertThat(
            unmarked(
                """
                for (e in 1:3) {
                  saved = r
                  for (b in 1:4) { r = exp(r) }
                  r = exp(saved)
                }
                print(sum(r))
                """))
        .isEmpty();
  }

  @Test
  void anInvariantOfTheInnerLoopIsFoundAgainInIt() {
    assertThat(
            unmarked(
                """
                for (e in 1:3) {
                  for (b in 1:4) { z = b * sum(G %*% r)\n print(z) }
                  r = r + 1
                }
                print(sum(r))
                """))
        .containsExactly("r + 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // The last value before the loop, the value of the last iteration but one.
        "z = G %*% r\nfor (i in 1:9) { r = G %*% r }\nprint(sum(r + z))",
        "q = r\nfor (i in 1:9) { q = r\n r = G %*% r }\nprint(sum(G %*% q))",
        "for (i in 1:9) { if (i > c) { print(sum(G %*% r)) }\n r = G %*% r }\nprint(sum(r))",
      })
  void whatAnotherInstructionMayAskForStaysMarked(String script) {
    assertThat(unmarked(script)).doesNotContain("G %*% r");
  }

  @Test
  void whatAFunctionIsHandedStaysMarked() {
    String f = "f = function(Matrix[Double] A) return (Double s) { s = sum(exp(A)) }\n";
    assertThat(unmarkedIn(f + BEFORE + "for (i in 1:9) { r = G %*% r }\nprint(f(r))")).isEmpty();
    assertThat(unmarkedIn(f + BEFORE + "for (i in 1:9) { r = G %*% r }\nz = r + 1\nprint(f(z))"))
        .isEmpty();
    assertThat(
            unmarkedIn(f + BEFORE + "print(f(r))\nfor (i in 1:9) { r = G %*% r }\nprint(sum(r))"))
        .containsExactly("G %*% r");
  }

  @Test
  void loopsOfFunctionsMayBeEnteredAgainWithTheSameArguments() {
    String f =
        """
        f = function(Matrix[Double] A) return (Matrix[Double] B) {
          B = A
          for (i in 1:9) { B = A %*% B }
        }
        """;
    String script = f + BEFORE + "print(sum(f(G)))";
    try {
      assertThat(Optimized.program(script, Optimized.DEFAULT).function("f").rewrites()).isEmpty();
    } catch (dev.reprise.language.CompileException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aProgramThatMayRunAgainKeepsEverything() {
    Optimization again = new Optimization(true, false, true, false);
    String script = BEFORE + "for (i in 1:9) { r = G %*% r }\nprint(sum(r))";
    assertThat(Optimized.rewrites(script, again)).isEmpty();
  }

  private static List<String> unmarked(String script) {
    return unmarkedIn(BEFORE + script);
  }

  private static List<String> unmarkedIn(String script) {
    return Optimized.program(script, Optimized.DEFAULT).main().rewrites().stream()
        .filter(rewrite -> rewrite.name().equals("unmarked"))
        .map(dev.reprise.language.program.Rewrite::before)
        .toList();
  }
}
