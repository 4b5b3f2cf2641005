package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Keys that are asked for while a loop goes on know what later iterations read first. */
class LateReadTest {
  private static final String DATA = "M = matrix(seq(1, 9), 3, 3) / 9\nS = M\n";

  private static String loop(String start) {
    return DATA
        + "A = M * "
        + start
        + "\nfor (i in 1:9) { S = (S %*% M) + i; if (i == 5) A = A + S }\n"
        + "B = A %*% A\nprint(lineage(B)); print(sum(B))\n";
  }

  @Test
  void aVariableThatAPathReadsFirstCountsInTheKey() {
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.TRACE, ReuseMode.FULL, ReuseMode.HYBRID}) {
      SessionConfig config = Scripts.config().withReuse(mode);
      for (String start : new String[] {"2", "3"}) {
        Scripts.Outcome plain = Scripts.run(config.withDedup(false), loop(start));
        Scripts.Outcome stored = Scripts.run(config.withDedup(true), loop(start));
        assertThat(stored.output()).isEqualTo(plain.output());
        assertThat(stored.statistics().hits()).isEqualTo(plain.statistics().hits());
      }
    }
  }

  @Test
  void whatFollowsTheLoopIsReusedForTheSameVariableAndComputedForAnother() {
    String both = "%s\nsecond = B\n%s\nprint(sum(abs(second - B)) > 0)";
    String other = Scripts.output(both.formatted(loop("2"), loop("3")));
    String same = Scripts.output(both.formatted(loop("2"), loop("2")));
    assertThat(other).endsWith("TRUE\n");
    assertThat(same).endsWith("FALSE\n");
  }

  @Test
  void aScriptMayTurnFromDrawnSeedsToItsOwn() {
    String script =
        "X = matrix(0, 2, 2)\nfor (i in 1:6) { s = -1; if (i > 3) s = 7;"
            + " X = X + rand(rows=2, cols=2, seed=s) }\nprint(sum(X)); print(lineage(X))";
    SessionConfig config = Scripts.config();
    assertThat(Scripts.run(config.withDedup(true), script).output())
        .isEqualTo(Scripts.run(config.withDedup(false), script).output());
  }
}
