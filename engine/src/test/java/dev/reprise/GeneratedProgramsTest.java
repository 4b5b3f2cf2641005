package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.ProgramGenerator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reuse must never be seen in a result: off, cold, warm, starved, with one thread and several. */
class GeneratedProgramsTest {
  private static final int PROGRAMS = 60;

  static LongStream seeds() {
    return LongStream.range(0, PROGRAMS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void resultsAreEqualHoweverValuesAreReused(long seed) {
    String script = ProgramGenerator.script(seed);
    SessionConfig config = Scripts.config();
    String expected = Scripts.run(config.withReuse(ReuseMode.NONE).withThreads(1), script).output();
    assertThat(expected).isNotEmpty();

    same(expected, config.withReuse(ReuseMode.NONE).withThreads(2), script);
    same(expected, config.withReuse(ReuseMode.TRACE).withThreads(2), script);
    same(expected, config.withThreads(1), script);
    same(expected, config.withThreads(2), script);
    same(expected, config.withThreads(2).withHostBytes(2 << 20), script);
    same(expected, config.withThreads(2).withPolicy("lru").withHostBytes(3 << 20), script);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aWarmCacheGivesTheSameResultAndComputesOnlyWhatDidNotPayForItsBytes(long seed)
      throws Exception {
    String script = ProgramGenerator.script(seed);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    // One thread: which worker of a parfor loop asks first decides what an account can pay for.
    Session session = Reprise.session(Scripts.config().withThreads(1).withOutput(out, out));
    try (session) {
      Script compiled = session.compile(script, CompileOptions.none());
      long notKept;
      try (RunResult first = compiled.run()) {
        notKept = first.statistics().cache().rejected();
      }
      String cold = bytes.toString(StandardCharsets.UTF_8);
      bytes.reset();
      try (RunResult warm = compiled.run()) {
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(cold);
        assertThat(warm.statistics().misses())
            .describedAs("misses when warm")
            .isLessThanOrEqualTo(notKept);
      }
    }
    assertThat(session.liveBuffersAtClose()).isZero();
  }

  private static void same(String expected, SessionConfig config, String script) {
    Scripts.Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.output()).describedAs("%s", config).isEqualTo(expected);
    assertThat(outcome.liveBuffers()).describedAs("leaked buffers").isZero();
  }
}
