package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        "G = tokenize(target=matrix(1, 2, 2), spec=\"{}\")",
        "F = as.frame(\"a\")\nG = tokenize(target=F, spec=matrix(1, 2, 2))",
        "F = as.frame(\"a\")\nG = tokenize(target=F, max_tokens=F,"
            + " spec=\"{algo:split,out:count,tokenize_col:1}\")",
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

  /** Whole numbers that are none: they were 0, or the largest of 64 bits. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          print(sum(rand(rows=3, cols=3, seed=NaN))) | 'rand' needs a whole number of 64 bits as seed, but got NaN
          print(sum(rand(rows=3, cols=3, seed=1e30))) | 'rand' needs a whole number of 64 bits as seed, but got 1.0E30
          print(sum(sample(5, 3, FALSE, Inf))) | 'sample' needs a whole number of 64 bits as seed, but got Infinity
          [a, s] = dropout(matrix(1, 4, 4), 0.5, NaN); print(s) | 'dropout' needs a whole number of 64 bits as seed
          print(sum(dropout_backward(matrix(1, 4, 4), 0.5, NaN))) | needs a whole number as 'drawn', but got the double NaN
          print(sum(embedding_backward(matrix(1, 1, 1), matrix(1, 1, 4), NaN))) | needs a whole number as 'v', but got the double NaN
          for (i in 1:NaN) print(i) | the end of the range must be a finite number of 64 bits, but is NaN
          for (i in -Inf:3) print(i) | the start of the range must be a finite number of 64 bits, but is -Infinity
          for (i in seq(1, 3, NaN)) print(i) | the step of the range must be a finite number of 64 bits, but is NaN
          for (i in seq(1, 3, 0)) print(i) | the step of the range must not be 0
          s = "a"; for (i in 1:s) print(i) | the end of the range must be a number, but is a text "a"
          R = matrix(0, 3, 1); parfor (i in 1:NaN) R[i, 1] = i | the end of the range must be a finite number of 64 bits
          f = function(Integer n) return (Integer m) { m = n }; print(f(NaN)) | 'n' is declared as integer but got NaN
          m = ffTrain(matrix(0, 0, 3), matrix(0, 0, 1), out_activation="logits", loss_fcn="l2") | ffTrain: X has no rows to train on
          m = lenetTrain(matrix(0, 0, 16), matrix(0, 0, 2), matrix(0, 0, 16), matrix(0, 0, 2), 1, 4, 4) | lenetTrain: X has no rows to train on
          [a, b, c, d, e, f, g, h, z] = autoencoder_2layer(matrix(0, 0, 3), 2, 1, 2) | autoencoder_2layer: X has no rows to train on
          f = function(Matrix[Double] X, Matrix[Double] y, Double lr, Integer epochs) return (Matrix[Double] B) { B = y * NaN }; g = function(Matrix[Double] X, Matrix[Double] y, Matrix[Double] B) return (Double l) { l = sum(B) }; X = matrix(1, 3, 3); [B, o] = hyperband(X, X[, 1], X, X[, 1], list("lr"), matrix("0 1", 1, 2), 3, 3, FALSE, "f", "g") | hyperband: no model has a loss that is a number
          metric("loss", 1, NaN) | the step of 'metric' must be a whole number, but is NaN
          """)
  void numbersThatAreNoWholeNumbersAreErrorsOfTheScript(String script, String message) {
    ScriptException failure = Scripts.failure(Scripts.config(), script);
    assertThat(failure.kind()).isIn(ScriptException.Kind.SCRIPT, ScriptException.Kind.STOP);
    assertThat(failure.position()).isNotNull();
    assertThat(failure).hasMessageContaining(message);
  }
}
