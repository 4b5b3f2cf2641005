package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A list of one stands for its element where one element is asked for, as in SystemDS. */
class ListElementTest {
  @Test
  void aListOfOneIsAppendedAsItsElementWithItsName() {
    String script =
        """
        N = append(list(a=1), list(b=2))
        print(length(N) + " " + as.scalar(N["b"]))
        L = append(append(list(), list(matrix(7, 1, 1))), list(1, 2))
        print(length(L) + " " + sum(as.matrix(L[1])) + " " + length(as.list(L[2])))
        """;
    assertThat(Scripts.output(script)).isEqualTo("2 2\n2 7.0 2\n");
  }

  @Test
  void asListGivesTheListThatAListOfOneHolds() {
    String script =
        """
        M = list(list(1, 5), 3)
        I = as.list(M[1])
        print(length(I) + " " + as.scalar(I[2]) + " " + length(as.list(M[2])))
        """;
    assertThat(Scripts.output(script)).isEqualTo("2 5 1\n");
  }

  @Test
  void aFrameInAListIsNotPrintedAsAMatrix() {
    assertThat(Scripts.output("print(toString(list(frame(\"a\", rows=1, cols=1), 3)))"))
        .contains("[\n# FRAME")
        .doesNotContain("Matrix:");
  }
}
