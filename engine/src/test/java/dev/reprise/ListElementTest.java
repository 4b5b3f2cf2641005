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
  void asListGivesAListOfOneItselfAndWhatIsNoListInAList() {
    String script =
        """
        M = as.list(list(W=matrix(2, 2, 2)))
        print(length(M) + " " + sum(as.matrix(M["W"])) + " " + length(as.list(7)))
        """;
    assertThat(Scripts.output(script)).isEqualTo("1 8.0 1\n");
  }

  @Test
  void whatIsTakenOutOfANestedListIsFoundAgain() {
    String script =
        """
        X = rand(rows=300, cols=200, seed=1)
        model = list(net=list(X=X), depth=1)
        net = as.list(model["net"])
        print(sum(t(X) %*% X) == sum(t(as.matrix(net["X"])) %*% as.matrix(net["X"])))
        """;
    RunStatistics statistics = Scripts.run(Scripts.config(), script).statistics();
    assertThat(statistics.of("tsmm").executed()).isEqualTo(1);
    assertThat(statistics.of("tsmm").hits()).isEqualTo(1);
  }

  @Test
  void aNameThatIsNotThereIsAnsweredWithThoseThatAre() {
    assertThat(Scripts.failure(Scripts.config(), "L = list(a=1, b=2)\nprint(as.scalar(L[\"c\"]))"))
        .hasMessageContaining("no element named 'c'; its names are [a, b]");
    assertThat(Scripts.failure(Scripts.config(), "L = list(1, 2)\nprint(as.scalar(L[\"c\"]))"))
        .hasMessageContaining("no element named 'c'; its elements have no names, take them by");
    assertThat(Scripts.failure(Scripts.config(), "L = list()\nprint(as.scalar(L[\"c\"]))"))
        .hasMessageContaining("no element named 'c'; it is empty");
  }

  @Test
  void aFrameInAListIsNotPrintedAsAMatrix() {
    assertThat(Scripts.output("print(toString(list(frame(\"a\", rows=1, cols=1), 3)))"))
        .contains("[\n# FRAME")
        .doesNotContain("Matrix:");
  }
}
