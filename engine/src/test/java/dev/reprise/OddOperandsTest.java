package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operands of a kind that an operation does not expect are mistakes of the script, with a place.
 */
class OddOperandsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X = as.frame(matrix(1, 2, 2))\nF = as.frame(\"a\")\nprint(X[, F:\"a\"])",
        "X = matrix(1, 2, 2)\nF = as.frame(\"a\")\nprint(X[F, 1])",
        "X = matrix(1, 2, 2)\nX[1] = 5",
        "F = as.frame(\"a\")\nprint(toString(F, rows=1, sep=matrix(1, 2, 2)))",
        "F = as.frame(\"a\")\nprint(toString(F, decimal=F))",
        "F = as.frame(\"a\")\n[X, M] = transformencode(target=F, spec=matrix(1, 2, 2))",
        "F = as.frame(\"a\")\nX = transformapply(target=F, meta=F, spec=matrix(1, 2, 2))",
        "F = as.frame(\"a\")\nG = transformdecode(target=matrix(1, 1, 1), meta=F, spec=F)",
        "F = as.frame(\"a\")\nX = transformcolmap(target=F, spec=matrix(1, 2, 2))",
        "F = as.frame(\"0\")\n"
            + "X = transformapply(target=F, meta=F, spec=\"{ids:true,hash:[1],K:3}\")",
        "F = cbind(as.frame(\"a\"), as.frame(\"b\"))\n"
            + "[X, M] = transformencode(target=F,"
            + " spec=\"{ids:true,hash:[1],K:2147483647,dummycode:[1]}\")",
        "F = as.frame(\"a\")\nG = map(F, matrix(1, 2, 2))",
        "F = as.frame(\"a\")\nG = map(F, \"(x, y, z) -> x\")",
        "F = as.frame(\"a\")\nG = map(F, \"x -> x.repeat(2000000000)\")",
        "X = cbind(list(), list())\nprint(toString(X))",
        "X = rbind(list(), list())\nprint(toString(X))",
        "print(invcdf(0.5, dist=\"chisq\", df=1/0))",
        "print(invcdf(0.5, dist=\"exp\", rate=1/0))",
        "print(cdf(0.5, dist=\"normal\", mean=0, sd=1/0) + invcdf(0.5, dist=\"f\", df1=1/0,"
            + " df2=1/0))",
      })
  void oddOperandsAreErrorsOfTheScript(String script) {
    ScriptException failure = Scripts.failure(Scripts.config(), script);
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.SCRIPT);
    assertThat(failure.position()).isNotNull();
  }
}
