package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Iterations whose path is known are stored without making items; their values, lineage, keys and
 * errors are those of iterations that are traced one by one.
 */
class RecordedLoopTest {
  /** More with {@code -Dreprise.programs=N}. */
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 200);

  private static final int FIRST = Integer.getInteger("reprise.first", 0);

  private static final SessionConfig CONFIG = Scripts.config();
  private static final String START = LoopPrograms.FUNCTION + LoopPrograms.DATA;

  /** What a script printed and counted, or how it failed. */
  private record Outcome(String said, long executed, RunStatistics statistics) {
    static Outcome of(SessionConfig config, String script) {
      try {
        Scripts.Outcome outcome = Scripts.run(config, script);
        assertThat(outcome.liveBuffers()).isZero();
        return new Outcome(outcome.output(), outcome.statistics().executed(), outcome.statistics());
      } catch (ScriptException e) {
        return new Outcome(e.kind() + " " + e, 0, null);
      }
    }
  }

  private static String withoutLineage(String script) {
    return script.replaceAll("print\\(lineage\\([a-zA-Z]+\\)\\)", "");
  }

  @Test
  void lineageValuesAndErrorsAreThoseOfTheItems() {
    long recorded = 0;
    long left = 0;
    for (long seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
      String script = START + LoopPrograms.loop(seed) + LoopPrograms.shown();
      Outcome plain = Outcome.of(CONFIG.withDedup(false), script);
      Outcome stored = Outcome.of(CONFIG, script);
      assertThat(stored.said()).as("program %d: %s", seed, script).isEqualTo(plain.said());
      assertThat(stored.executed())
          .as("executed by program %d: %s", seed, script)
          .isEqualTo(plain.executed());
      if (seed % 2 == 0) {
        String untraced = withoutLineage(script);
        assertThat(Outcome.of(CONFIG, untraced).said())
            .as("program %d: %s", seed, untraced)
            .isEqualTo(Outcome.of(CONFIG.withReuse(ReuseMode.NONE), untraced).said());
      }
      if (seed % 3 == 0) {
        assertThat(Outcome.of(CONFIG.withReuse(ReuseMode.TRACE), script).said())
            .as("program %d: %s", seed, script)
            .isEqualTo(plain.said());
      }
      recorded += stored.statistics() == null ? 0 : stored.statistics().loops().recorded();
      left += stored.statistics() == null ? 0 : stored.statistics().loops().left();
    }
    assertThat(recorded).isGreaterThan(PROGRAMS * 15L);
    assertThat(left).isGreaterThan(PROGRAMS / 3);
  }

  /** A loop that is cut in pieces, too short to be recorded, has the keys of the whole. */
  @Test
  void keysAreThoseOfTheItems() {
    for (long seed = FIRST; seed < FIRST + PROGRAMS / 3; seed++) {
      if (seed % 5 == 0) {
        // A while loop cut in pieces evaluates its condition more often, on the same variables.
        continue;
      }
      String whole = START + LoopPrograms.loop(seed, 1, 75) + probes();
      StringBuilder pieces = new StringBuilder(LoopPrograms.DATA);
      for (int from = 1; from <= 75; from += 25) {
        pieces.append(LoopPrograms.loop(seed, from, from + 24));
      }
      pieces.append(probes());
      if (whole.contains("rand(") || whole.contains("as.integer(\"x\")")) {
        // The seeds follow from the loop.
        continue;
      }
      String both = whole + pieces;
      Outcome once = Outcome.of(CONFIG, whole);
      Outcome twice = Outcome.of(CONFIG, both);
      if (once.statistics() == null) {
        continue;
      }
      assertThat(twice.statistics().of("tsmm").misses())
          .as("program %d: %s", seed, both)
          .isEqualTo(once.statistics().of("tsmm").misses())
          .isPositive();
    }
  }

  private static String probes() {
    StringBuilder text = new StringBuilder();
    for (String variable : LoopPrograms.SCALARS) {
      text.append("Y = L * sum(").append(variable).append(")\nprint(sum(t(Y) %*% Y))\n");
    }
    for (String variable : LoopPrograms.MATRICES) {
      text.append("Y = L * sum(").append(variable).append(")\nprint(sum(t(Y) %*% Y))\n");
    }
    return text.toString();
  }
}
