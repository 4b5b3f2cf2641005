package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums over the iterations of a parfor, and its options. */
class ParForSumTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "R += X * i",
        "if (i %% 2 == 0) R += X %*% X * i else R += i",
        "R += X; R += t(X) / i",
        "for (j in 1:3) R += X * j",
        "parfor (j in 1:3) { R += X / j }",
        "s = s0 * i; R += s",
      })
  void aSumHasTheValueAndLineageOfTheSequentialLoop(String body) {
    String script =
        """
        X = matrix(seq(1, 9), 3, 3) / 7
        s0 = 3
        R = X
        %s (i in 1:20%s) { %s }
        print(toString(R, decimal=17))
        print(lineage(R))
        """;
    String wanted = Scripts.output(script.formatted("for", "", body.replace("parfor", "for")));
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.TRACE, ReuseMode.HYBRID}) {
      for (String options :
          new String[] {"", ", par=3, taskpartitioner=FACTORING", ", taskpartitioner=STATIC"}) {
        Scripts.Outcome outcome =
            Scripts.run(
                Scripts.config().withReuse(mode), script.formatted("parfor", options, body));
        assertThat(outcome.output()).as(mode + options).isEqualTo(wanted);
        assertThat(outcome.liveBuffers()).isZero();
      }
    }
  }

  @Test
  void numbersAndTextsAreSummedInTheOrderOfTheIterations() {
    assertThat(
            Scripts.output(
                """
                n = 0; s = ""
                parfor (i in 1:9, par=4) { n += i; s += "" + i }
                print(n + " " + s)
                """))
        .isEqualTo("45 123456789\n");
  }

  @Test
  void aSumThatTheBodyReadsIsADependency() {
    assertThatThrown("R = 0; parfor (i in 1:9) { R += i; print(R) }");
    assertThatThrown("R = 0; parfor (i in 1:9) { R = R + i }\nprint(R)");
    assertThatThrown("R = 0; parfor (i in 1:9) { R += i; R = 3 }\nprint(R)");
  }

  private static void assertThatThrown(String script) {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> Scripts.output(script))
        .hasMessageContaining("depend on each other");
  }

  @Test
  void aFailureInAnyTaskIsTheFirstOneOfTheSequentialLoop() {
    for (String partitioner :
        new String[] {
          "NAIVE", "STATIC", "FIXED", "FACTORING", "factoring_cmin", "FACTORING_CMAX"
        }) {
      ScriptException failure =
          Scripts.failure(
              Scripts.config(),
              """
              A = matrix(0, 40, 1)
              parfor (i in 1:40, par=4, taskpartitioner=%s, tasksize=3) {
                if (i >= 17 & i %%%% 2 == 1) stop("at " + i)
                A[i, 1] = i
              }
              """
                  .formatted(partitioner));
      assertThat(failure).as(partitioner).hasMessageContaining("at 17");
    }
  }

  @Test
  void unknownOptionValuesAreMistakes() {
    assertThat(
            Scripts.failure(
                Scripts.config(), "parfor (i in 1:3, taskpartitioner=STATICS) { x = i }"))
        .hasMessageContaining("taskpartitioner")
        .hasMessageContaining("did you mean 'STATIC'?")
        .hasMessageContaining("1:");
    assertThat(Scripts.failure(Scripts.config(), "parfor (i in 1:3, par=0) { x = i }"))
        .hasMessageContaining("between 1 and 4096");
    assertThat(Scripts.failure(Scripts.config(), "parfor (i in 1:3, tasksize=0) { x = i }"))
        .hasMessageContaining("at least 1");
    assertThat(
            Scripts.output(
                "parfor (i in 1:2, opt=NONE, mode=REMOTE_SPARK, resultmerge=LOCAL_FILE, log=OFF,"
                    + " profile=0, par=2) { print(i) }"))
        .isEqualTo("1\n2\n");
    assertThat(Scripts.output("parfor (i in 1:2, log=0, profile=1) { print(i) }"))
        .isEqualTo("1\n2\n");
  }
}
