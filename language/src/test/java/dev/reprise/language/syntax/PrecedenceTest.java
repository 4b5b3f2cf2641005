package dev.reprise.language.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrecedenceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "-a ^ 2; (-(a ^ 2))",
        "2 ^ 3 ^ 2; (2 ^ (3 ^ 2))",
        "2 ^ -b * c; ((2 ^ (-b)) * c)",
        "-a %*% b; ((-a) %*% b)",
        "a %*% b ^ c; (a %*% (b ^ c))",
        "a %% p %*% B; (a %% (p %*% B))",
        "a * b %% c; (a * (b %% c))",
        "a %/% b %% c; ((a %/% b) %% c)",
        "a + b * c - d; ((a + (b * c)) - d)",
        "a / b * c; ((a / b) * c)",
        "a < b + 1; (a < (b + 1))",
        "a == b != c; ((a == b) != c)",
        "!a == b; (!(a == b))",
        "!a & b; ((!a) & b)",
        "a & !b == c; (a & (!(b == c)))",
        "a | b & c; (a | (b & c))",
        "a || b && c; (a | (b & c))",
        "- -a; (-(-a))",
        "a - -b; (a - (-b))",
        "(a + b) * c; ((a + b) * c)",
        "a - b - c; ((a - b) - c)",
        "1 - .5e-1 * 10L; (1 - (0.05 * 10))"
      })
  void operatorsBindAsInTheTable(String text, String tree) {
    assertThat(Trees.parenthesised(text)).isEqualTo(tree);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"X[1:nrow(X)/2,]", "X[2:nrow(b)+1, a:b]", "X[,]", "X[i,]", "L[1:n-1]"})
  void rangeColonIsLoosest(String text) {
    Expression.Index index =
        (Expression.Index)
            ((Statement.Assign) Trees.read("x = " + text).statements().getFirst()).value();
    assertThat(index.subscripts())
        .allSatisfy(s -> assertThat(s.isAll() || s.lower() != null).isTrue());
    String expected = text.replace("/", " / ").replace("+", " + ").replace("-", " - ");
    assertThat(ExpressionPrinter.print(index).replace(" ", ""))
        .isEqualTo(expected.replace(" ", ""));
  }
}
