package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** One subscript means an element of a list, and a row of a matrix or frame. */
class OneSubscriptTest {
  @Test
  void rowsOfAMatrixAreReadAndAssigned() {
    String script =
        """
        X = matrix(seq(1, 6), 3, 2)
        X[2] = X[1] * 10
        v = X[, 1]
        v[3] = 7
        print(sum(X[2:3]) + " " + sum(v) + " " + as.scalar(v[3]))
        """;
    assertThat(Scripts.output(script)).isEqualTo("41.0 18.0 7.0\n");
  }

  @Test
  void anotherVariableKeepsItsRows() {
    String script = "X = matrix(1, 2, 2)\nY = X\nX[1] = matrix(5, 1, 2)\nprint(sum(Y) + sum(X))";
    assertThat(Scripts.output(script)).isEqualTo("16.0\n");
  }

  @Test
  void theIterationsOfAParForAssignTheirRows() {
    String script =
        "R = matrix(0, 3, 2)\nparfor (i in 1:3) { R[i] = matrix(i, 1, 2) }\nprint(sum(R[3]))";
    assertThat(Scripts.output(script)).isEqualTo("6.0\n");
  }

  @Test
  void aRowThatIsNotThereIsAnErrorWithItsPlace() {
    assertThat(Scripts.failure(Scripts.config(), "X = matrix(1, 2, 2)\nX[3] = matrix(1, 1, 2)"))
        .hasMessageContaining(":2:1: error: row index 3 is out of range");
    assertThat(Scripts.failure(Scripts.config(), "x = 3\nprint(x[1])"))
        .hasMessageContaining("an index needs a matrix, a frame or a list, but got");
  }

  @Test
  void aListHasOneColumn() {
    for (String use : new String[] {"x = L[1, 2]", "L[1, 2] = 3", "x = L[1:2, 1:2]"}) {
      assertThat(Scripts.failure(Scripts.config(), "L = list(a=1, b=2)\n" + use))
          .hasMessageContaining("error: a list has one column; L[i] is its element at a position");
    }
  }
}
