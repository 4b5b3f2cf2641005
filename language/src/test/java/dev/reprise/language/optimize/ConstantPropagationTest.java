package dev.reprise.language.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConstantPropagationTest {

  @Test
  void constantsFollowCopiesAndKeepTheirTypes() {
    assertThat(listing("a = 3\nb = a\nc = b * 2\nd = c / 4\ne = c > 5\nprint(c + \" \" + d + e)"))
        .contains("c = 6", "d = 1.5", "e = TRUE");
  }

  @Test
  void aVariableThatALoopAssignsIsNoConstantInItOrBehindIt() {
    List<String> listing =
        listing("a = 1\nb = 2\nfor (i in 1:3) { a = a + b }\nc = a + b\nprint(c)");
    assertThat(listing).contains("a = +(a, b)", "c = +(a, b)");
  }

  @Test
  void aVariableThatOneBranchAssignsIsUnknownBehindIt() {
    List<String> listing =
        listing("x = sum(rand())\na = 1\nif (x > 1) { a = 2 }\nprint(a + 1)\nprint(x)");
    assertThat(listing).anyMatch(line -> line.endsWith("= +(a, 1)"));
  }

  @Test
  void branchesThatAreNeverTakenGo() {
    assertThat(listing("v = FALSE\nif (v) { print(1) } else { print(2) }\nprint(3)\nprint(4)"))
        .containsExactly("v = FALSE", "print(2)", "print(3)", "print(4)");
    assertThat(listing("print(1)\nwhile (FALSE) { print(2) }\nprint(3)\nprint(4)"))
        .containsExactly("print(1)", "print(3)", "print(4)");
  }

  @Test
  void aConditionThatIsNoTruthValueIsLeftToTheRun() {
    assertThat(listing("v = \"yes\"\nif (v) { print(1) }\nprint(3)\nprint(4)")).contains("if v");
    assertThat(listing("v = 2\nif (v) { print(1) }\nprint(3)\nprint(4)")).contains("if v");
  }

  @Test
  void whatFailsOrOverflowsIsLeftToTheRun() {
    assertThat(listing("a = 9223372036854775807\nb = a + 1\nc = 7 %/% 0\nprint(b + c)"))
        .contains("b = +(a, 1)", "c = %/%(7, 0)");
  }

  @Test
  void whatMakesAnInfinityOrNoNumberIsLeftToTheRun() {
    assertThat(
            listing(
                "a = 1 / 0\nb = 0.5 / 0\nc = Inf - Inf\nd = Inf + 1\ne = NaN * 2\n"
                    + "print(\"\" + a + b + c + d + e)"))
        .contains("a = /(1, 0)", "b = /(0.5, 0)", "d = Infinity", "e = NaN")
        .anyMatch(line -> line.startsWith("c = -("));
  }

  @Test
  void aTargetOfLeftIndexingStaysAVariable() {
    assertThat(listing("X = 5\nX[1, 1] = X\nprint(sum(X))\nprint(2)"))
        .contains("X = leftIndex(X, X, 1, -, 1, -)");
  }

  private static List<String> listing(String script) {
    return Optimized.listing(script, Optimized.EXACT, 1);
  }
}
