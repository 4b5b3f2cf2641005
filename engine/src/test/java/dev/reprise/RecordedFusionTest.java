package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import org.junit.jupiter.api.Test;

/**
 * Iterations with fused chains are stored without making items: values, lineage, keys, errors and
 * what is looked up are those of iterations that are traced one by one.
 */
class RecordedFusionTest {
  /** More with {@code -Dreprise.programs=N}. */
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 60);

  private static final int FIRST = Integer.getInteger("reprise.first", 0);

  /**
   * A block that asked so often in vain asks for a sample: of keys where there are some, else of
   * iterations by their numbers, so what is looked up is no longer the same.
   */
  private static final long PATIENCE = 64;

  private static final SessionConfig CONFIG = Scripts.config();

  private record Outcome(String said, RunStatistics statistics) {
    static Outcome of(SessionConfig config, String script) {
      try {
        Scripts.Outcome outcome = Scripts.run(config, script);
        assertThat(outcome.liveBuffers()).isZero();
        return new Outcome(outcome.output(), outcome.statistics());
      } catch (ScriptException e) {
        return new Outcome(e.kind() + " " + e, null);
      }
    }

    boolean failed() {
      return statistics == null;
    }
  }

  /** Blocks that were asked for and not found. */
  private static long asksInVain(Outcome outcome) {
    return outcome.statistics().blocks().misses();
  }

  private static String program(long seed) {
    return FusedLoopPrograms.DATA + FusedLoopPrograms.loop(seed, 1, 75) + FusedLoopPrograms.shown();
  }

  @Test
  void lineageValuesErrorsAndProbesAreThoseOfTheItems() {
    assertAllAreThoseOfTheItems(CONFIG);
  }

  @Test
  void inFp32LineageValuesErrorsAndProbesAreThoseOfTheItemsToo() {
    assertAllAreThoseOfTheItems(CONFIG.withPrecision(Precision.FP32));
  }

  private static void assertAllAreThoseOfTheItems(SessionConfig config) {
    long recorded = 0;
    long compared = 0;
    long failures = 0;
    long fused = 0;
    for (long seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
      String script = program(seed);
      Outcome plain = Outcome.of(config.withDedup(false), script);
      Outcome stored = Outcome.of(config, script);
      assertThat(stored.said()).as("program %d: %s", seed, script).isEqualTo(plain.said());
      failures += stored.failed() ? 1 : 0;
      if (!stored.failed() && asksInVain(plain) <= PATIENCE && asksInVain(stored) <= PATIENCE) {
        compared++;
        String all = "of program " + seed + ": " + script;
        assertThat(stored.statistics().executed())
            .as("executed %s", all)
            .isEqualTo(plain.statistics().executed());
        assertThat(stored.statistics().hits())
            .as("hits %s", all)
            .isEqualTo(plain.statistics().hits());
        assertThat(stored.statistics().misses())
            .as("misses %s", all)
            .isEqualTo(plain.statistics().misses());
      }
      if (!stored.failed()) {
        recorded += stored.statistics().loops().recorded();
        fused += stored.statistics().of("fused").executed();
      }
    }
    assertThat(compared).as("programs whose counts are compared").isGreaterThan(PROGRAMS / 2);
    assertThat(recorded).isGreaterThan(PROGRAMS * 15L);
    assertThat(failures).isLessThan(PROGRAMS / 4);
    assertThat(fused).as("fused loops").isGreaterThan(PROGRAMS * 15L);
  }

  @Test
  void everyModeComputesAndTracesTheSame() {
    assertEqualInEveryMode(CONFIG);
  }

  @Test
  void everyModeComputesAndTracesTheSameInFp32() {
    assertEqualInEveryMode(CONFIG.withPrecision(Precision.FP32));
  }

  private static void assertEqualInEveryMode(SessionConfig config) {
    for (long seed = FIRST; seed < FIRST + PROGRAMS; seed += 3) {
      // What is put together of columns is summed in another order.
      String script =
          program(seed).replace("cbind(V, V + 1)", "matrix(seq(1, 18000), 9000, 2) / 9");
      Outcome stored = Outcome.of(config, script);
      for (ReuseMode mode : new ReuseMode[] {ReuseMode.TRACE, ReuseMode.FULL}) {
        assertThat(Outcome.of(config.withReuse(mode), script).said())
            .as("%s, program %d: %s", mode, seed, script)
            .isEqualTo(stored.said());
      }
      assertThat(Outcome.of(config.withFusion(false), script).said())
          .as("unfused program %d: %s", seed, script)
          .isEqualTo(stored.said());
      String untraced = script.replaceAll("print\\(lineage\\([a-zA-Z]+\\)\\)", "");
      assertThat(Outcome.of(config.withReuse(ReuseMode.NONE), untraced).said())
          .as("program %d: %s", seed, untraced)
          .isEqualTo(Outcome.of(config, untraced).said());
    }
  }

  /** A loop that is cut in pieces, too short to be recorded, has the keys of the whole. */
  @Test
  void keysAreThoseOfTheItems() {
    int compared = 0;
    for (long seed = FIRST; seed < FIRST + PROGRAMS / 2; seed++) {
      String whole = FusedLoopPrograms.DATA + FusedLoopPrograms.loop(seed, 1, 75) + probes();
      StringBuilder pieces = new StringBuilder(FusedLoopPrograms.DATA);
      for (int from = 1; from <= 75; from += 25) {
        pieces.append(FusedLoopPrograms.loop(seed, from, from + 24));
      }
      String both = whole + pieces + probes();
      Outcome once = Outcome.of(CONFIG, whole);
      if (once.failed() || whole.contains("rand(")) {
        // The seeds follow from the loop.
        continue;
      }
      assertThat(Outcome.of(CONFIG, both).statistics().of("tsmm").misses())
          .as("program %d: %s", seed, both)
          .isEqualTo(once.statistics().of("tsmm").misses())
          .isPositive();
      compared++;
    }
    assertThat(compared).isGreaterThan(PROGRAMS / 5);
  }

  private static String probes() {
    StringBuilder text = new StringBuilder();
    for (String variable : FusedLoopPrograms.VARIABLES) {
      text.append("Y = L * sum(").append(variable).append(")\nprint(sum(t(Y) %*% Y))\n");
    }
    return text.toString();
  }

  /** Long enough that values are asked for as a sample only, by iterations where no keys are. */
  @Test
  void whereAskingIsInVainValuesAndLineageStayTheSame() {
    for (long seed = FIRST; seed < FIRST + 6; seed++) {
      String script =
          FusedLoopPrograms.DATA + FusedLoopPrograms.loop(seed, 1, 900) + FusedLoopPrograms.shown();
      assertThat(Outcome.of(CONFIG, script).said())
          .as("program %d: %s", seed, script)
          .isEqualTo(Outcome.of(CONFIG.withDedup(false), script).said());
    }
  }

  @Test
  void workersRecordTheirLoopsOverFusedChains() {
    String script =
        "f = function(matrix[double] A, double x) return (matrix[double] B) {\nB = A\n"
            + "for (i in 1:60) { B = (B * x + A) * 0.25 - i\nx = sum((B - A) ^ 2) %% 3 }\n}\n"
            + FusedLoopPrograms.DATA
            + "S = matrix(0, 4, 1)\nparfor (p in 1:4) { S[p, 1] = sum(f(E, p) - f(F, p)) }\n"
            + "print(toString(S))\nprint(lineage(S))";
    Scripts.Outcome stored = Scripts.run(CONFIG, script);
    assertThat(stored.statistics().loops().recorded()).isGreaterThanOrEqualTo(27 * 8);
    assertThat(stored.output()).isEqualTo(Scripts.run(CONFIG.withDedup(false), script).output());
  }
}
