package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Cells set in a loop are written in place; whoever else holds the frame must not see it. */
class FrameAssignmentTest {
  private static final String FRAME =
      """
      F = as.frame(matrix("1 2 3 4 5 6", rows=3, cols=2))
      F[1, 1] = 10
      F[2, 2] = 20
      """;

  private static String after(String... lines) {
    return Scripts.output(FRAME + String.join("\n", lines));
  }

  @Test
  void manyCellsOfAFrameAreSet() {
    assertThat(
            Scripts.output(
                """
                F = as.frame(matrix(0.5, rows=2000, cols=2))
                for (i in 1:2000) {
                  F[i, 1] = i
                  F[i, 2] = as.scalar(F[i, 1]) * 2
                }
                print(sum(as.matrix(F)))
                """))
        .isEqualTo("6003000.0\n");
  }

  @Test
  void anotherVariableKeepsItsCells() {
    assertThat(
            after(
                "G = F",
                "F[1, 1] = 11",
                "F[1, 1] = 12",
                "print(as.scalar(G[1, 1]) + \" \" + as.scalar(F[1, 1]))"))
        .isEqualTo("10 12\n");
  }

  @Test
  void partsThatShareColumnsKeepTheirCells() {
    assertThat(
            after(
                "G = F[, 1]",
                "H = cbind(F, F)",
                "F[1, 1] = 11",
                "F[1, 1] = 12",
                "print(as.scalar(G[1, 1]) + \" \" + as.scalar(H[1, 3]) + \" \""
                    + " + as.scalar(F[1, 1]))"))
        .isEqualTo("10 10 12\n");
  }

  @Test
  void listsKeepTheirCells() {
    assertThat(
            after(
                "L = list(F, 1)",
                "F[1, 1] = 11",
                "F[1, 1] = 12",
                "G = as.frame(L[1])",
                "G[2, 2] = 21",
                "K = as.frame(L[1])",
                "print(as.scalar(K[1, 1]) + \" \" + as.scalar(K[2, 2]) + \" \""
                    + " + as.scalar(F[1, 1]))"))
        .isEqualTo("10 20 12\n");
  }

  @Test
  void callersKeepTheirCells() {
    assertThat(
            Scripts.output(
                """
                change = function(Frame[Unknown] A) return (Frame[Unknown] B) {
                  A[1, 1] = 11
                  A[1, 1] = 12
                  B = A
                  A[1, 1] = 13
                }
                """
                    + FRAME
                    + """
                    G = change(F)
                    G[1, 2] = 7
                    print(as.scalar(F[1, 1]) + " " + as.scalar(F[1, 2]) + " " + as.scalar(G[1, 1]))
                    """))
        .isEqualTo("10 2 12\n");
  }

  @Test
  void iterationsOfAParForDoNotSeeEachOther() {
    assertThat(
            after(
                "R = matrix(0, rows=4, cols=1)",
                "parfor (i in 1:4) {",
                "  G = F",
                "  G[1, 1] = i",
                "  G[1, 1] = as.scalar(G[1, 1]) + 100",
                "  R[i, 1] = as.scalar(G[1, 1]) + as.scalar(F[1, 1])",
                "}",
                "print(sum(R) + \" \" + as.scalar(F[1, 1]))"))
        .isEqualTo("450.0 10\n");
  }

  @Test
  void theFrameAssignedIntoItselfIsReadBeforeItIsWritten() {
    assertThat(
            after(
                "F[2:3, ] = F[1:2, ]",
                "F[, 2] = F[, 1]",
                "F[1, 1] = 99",
                "print(toString(as.matrix(F)))"))
        .isEqualTo("99.000 10.000\n10.000 10.000\n3.000 3.000\n\n");
  }
}
