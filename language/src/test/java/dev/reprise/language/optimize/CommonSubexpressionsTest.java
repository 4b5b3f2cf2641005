package dev.reprise.language.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommonSubexpressionsTest {

  @Test
  void equalExpressionsAreComputedOnce() {
    assertThat(
            listing(
                """
                X = rand()
                a = sum(exp(X + 1)) * 2
                b = exp(X + 1)
                print(a + sum(b))
                """))
        .containsSubsequence(
            "_2 = +(X, 1)", "_3 = exp(_2)", "_4 = sum(_3)", "a = *(_4, 2)", "b = _3")
        .filteredOn(line -> line.contains("exp"))
        .hasSize(1);
  }

  /** Each is on the value before it; compared pair by pair they would take minutes. */
  @Test
  void aHundredThousandStatementsInARowAreCompared() {
    StringBuilder script = new StringBuilder("v0 = rand()\n");
    for (int i = 1; i <= 100_000; i++) {
      script.append("v%d = v%d + 1\n".formatted(i, i - 1));
    }
    script.append("w = v9 + 1\nprint(sum(v100000 + w))");
    assertThat(listing(script.toString())).contains("w = v10");
  }

  /** As above; these all have an operand in common. */
  @Test
  void aHundredThousandStatementsOnOneValueAreCompared() {
    StringBuilder script = new StringBuilder("X = rand()\n");
    for (int i = 1; i <= 100_000; i++) {
      script.append("v%d = X + %d\n".formatted(i, i));
    }
    script.append("w = X + 9\nprint(sum(v100000 + w + v9))");
    assertThat(listing(script.toString())).contains("w = v9");
  }

  @Test
  void aVariableThatChangedInBetweenIsAnotherOperand() {
    assertThat(listing("X = rand()\na = X + 1\nX = a * 2\nb = X + 1\nprint(sum(a + b))"))
        .contains("a = +(X, 1)", "b = +(X, 1)");
  }

  @Test
  void aResultThatWasOverwrittenIsComputedAgain() {
    assertThat(listing("X = rand()\na = X + 1\na = a * 2\nb = X + 1\nprint(sum(a + b))"))
        .contains("a = +(X, 1)", "b = +(X, 1)");
  }

  @Test
  void randomNumbersAreNeverEqualUnlessTheirSeedIs() {
    assertThat(listing("a = rand()\nb = rand()\nprint(sum(a + b))"))
        .noneMatch(line -> line.equals("b = a"));
    assertThat(listing("a = rand(seed=7)\nb = rand(seed=7)\nprint(sum(a + b))")).contains("b = a");
    assertThat(listing("a = rand(seed=-1)\nb = rand(seed=-1)\nprint(sum(a + b))"))
        .noneMatch(line -> line.equals("b = a"));
  }

  @Test
  void transformsAreEqualUnlessTheirSpecMayHaveFunctions() {
    String script =
        """
        F = read("f", data_type="frame")
        M = read("m", data_type="frame")
        a = transformapply(target=F, meta=M, spec="%1$s")
        b = transformapply(target=F, meta=M, spec="%1$s")
        print(sum(a + b))
        """;
    assertThat(listing(script.formatted("{ids:true, recode:[1]}"))).contains("b = a");
    for (String key : new String[] {"udf", "'\\\\u0075df'"}) {
      String spec = "{" + key + ":{name:f, ids:[1]}}";
      assertThat(listing(script.formatted(spec)))
          .as(spec)
          .filteredOn(line -> line.contains("transformapply("))
          .hasSize(2);
    }
  }

  @Test
  void readingTwiceReadsTwice() {
    assertThat(listing("a = read(\"f\")\nb = read(\"f\")\nprint(sum(a + b))"))
        .filteredOn(line -> line.contains("read("))
        .hasSize(2);
  }

  @Test
  void branchesAndLoopsAreSeparate() {
    String script =
        """
        X = rand()
        a = sum(X * 2)
        for (i in 1:3) { print(sum(X * 2)) }
        print(a)
        """;
    assertThat(listing(script)).filteredOn(line -> line.contains("*(X, 2)")).hasSize(2);
  }

  private static List<String> listing(String script) {
    return Optimized.listing(script, Optimized.EXACT, 1);
  }
}
