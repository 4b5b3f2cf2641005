package dev.reprise.language.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Scripts;
import org.junit.jupiter.api.Test;

class ProgramPrinterTest {

  @Test
  void printsMainAndTheFunctionsThatItReaches() throws Exception {
    Program program =
        Scripts.compile(
            """
            f = function(matrix[double] X, double eps = 2 * 3) return (double s, double r) {
              s = g(X) + eps; r = 1
            }
            g = function(matrix[double] X) return (double s) { s = sum(X) }
            unused = function() { print("never") }
            X = rand(rows=3, cols=2, seed=7)
            R = matrix(0, 3, 1)
            parfor (i in 1:3, opt=NONE) { R[i, 1] = sum(X[i, ]) }
            if (sum(R) > 1) { [a, b] = f(X) } else { print("no\\tway") }
            """);
    assertThat(ProgramPrinter.print(program))
        .isEqualTo(
            """
            procedure main
              block
                X = rand(3, 2, 0.0, 1.0, 1.0, 7, "uniform", 1.0)
                R = matrix(0, 3, 1, TRUE)
              parfor i from 1
              to 3
                block
                  _3 = rightIndex(X, i, -, -, -)
                  _4 = sum(_3)  ; release _3
                  R = leftIndex(R, _4, i, -, 1, -)  ; release i, _4
                option opt "NONE"
                results R, read in the body none
              if _6
                  _5 = sum(R)  ; release R
                  _6 = >(_5, 1)  ; release _5
                block
                  a, b = call f(X=X)  ; release X, _6, a, b
              else
                block
                  print("no\\tway")  ; release X, _6

            procedure f(matrix X, double eps = ...) -> (double s, double r)
              default eps 6
              block
                _4 = call g(X=X)  ; release X
                s = +(_4, eps)  ; release eps, _4
                r = 1

            procedure g(matrix X) -> (double s)
              block
                s = sum(X)  ; release X
            """);
  }
}
