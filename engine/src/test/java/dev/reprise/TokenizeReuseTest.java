package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tokens of a frame are computed once, whatever asks for them. */
class TokenizeReuseTest {
  private static final String SCRIPT =
      """
      F = cbind(as.frame(seq(1, 2000)), frame("the cat saw the dog", rows=2000, cols=1))
      s = "{algo:ngram, out:count, id_cols:[1], tokenize_col:2}"
      sizes = 0
      for (i in 1:10) {
        T = tokenize(target=F, spec=s, max_tokens=%s)
        [X, M] = transformencode(target=T, spec="{ids:true, recode:[1, 2]}")
        sizes = sizes + nrow(X) + sum(X[, 3])
      }
      print(sizes)
      """;

  private static Scripts.Outcome run(ReuseMode mode, String most) {
    return Scripts.run(Scripts.config().withReuse(mode), SCRIPT.formatted(most));
  }

  @Test
  void theSameTokensAreFoundAgain() {
    Scripts.Outcome none = run(ReuseMode.NONE, "100");
    // Of each text the, cat, saw, dog, four pairs; "the" twice.
    assertThat(none.output()).isEqualTo((10L * 2000 * (8 + 9)) + ".0\n");
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.HYBRID, ReuseMode.FULL}) {
      Scripts.Outcome outcome = run(mode, "100");
      assertThat(outcome.output()).isEqualTo(none.output());
      assertThat(outcome.statistics().of("tokenize").executed()).isEqualTo(1);
    }
    assertThat(none.statistics().of("tokenize").executed()).isEqualTo(10);
  }

  @Test
  void anotherNumberOfTokensIsAnotherResult() {
    Scripts.Outcome none = run(ReuseMode.NONE, "i");
    Scripts.Outcome full = run(ReuseMode.FULL, "i");
    assertThat(full.output()).isEqualTo(none.output());
    assertThat(full.statistics().of("tokenize").executed()).isEqualTo(10);
  }
}
