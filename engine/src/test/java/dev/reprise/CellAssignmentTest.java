package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cells are set alike in place, in a copy because somebody else holds the matrix, and of frames.
 */
class CellAssignmentTest {
  private static final String IN_PLACE = "X = matrix(0, 3, 3)\n";
  private static final String COPIED = "X = matrix(0, 3, 3)\nY = X\n";

  @ParameterizedTest
  @ValueSource(strings = {IN_PLACE, COPIED})
  void anIndexThatIsNoNumberIsSaidToBeThat(String target) {
    String script = target + "n = 0 / 0\nX[n, 1] = 5\nprint(sum(X))";
    assertThat(Scripts.failure(Scripts.config(), script))
        .hasMessageContaining("needs a whole number as 'rowLower', but got the double NaN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X = as.frame(matrix(0, 3, 3))", "X = list(1, 2, 3)"})
  void anIndexOfAFrameOrListThatIsNoNumberIsSaidToBeThat(String target) {
    String script = target + "\nn = 0 / 0\nX[n] = 5\nprint(length(X))";
    assertThat(Scripts.failure(Scripts.config(), script))
        .hasMessageContaining("index must be a whole number, not NaN");
  }

  @ParameterizedTest
  @ValueSource(strings = {IN_PLACE, COPIED})
  void aMatrixOfOneCellIsAnIndex(String target) {
    String script = target + "n = matrix(2, 1, 1)\nX[n, 1] = 5\nprint(as.scalar(X[2, 1]))";
    assertThat(Scripts.output(script)).isEqualTo("5.0\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {IN_PLACE, COPIED})
  void aRangeThatIsTooLargeIsSaid(String target) {
    String script = target + "X[2, 3:4] = matrix(1, 1, 2)\nprint(sum(X))";
    assertThat(Scripts.failure(Scripts.config(), script))
        .hasMessageContaining("column index 3:4 is out of range for a value of shape 3x3");
  }
}
