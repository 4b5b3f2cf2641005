package dev.reprise;

import dev.reprise.language.CompileException;
import dev.reprise.runtime.Precision;
import dev.reprise.testkit.RandomProgram;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ways to run a program that must all give the same; in each list what the first one gives.
 *
 * @param folder where programs write
 */
record TrainingWays(Path folder) {

  /**
   * A way to run a program.
   *
   * @param runs in one session; every run must give the same
   */
  record Way(String name, SessionConfig config, boolean optimized, int runs) {
    Way(String name, SessionConfig config) {
      this(name, config, true, 1);
    }

    private static Way warm(String name, SessionConfig config) {
      return new Way(name, config, true, 2);
    }

    /** One answer for each run, and one more when buffers are left behind. */
    List<Answer> run(RandomProgram program) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
      List<Answer> answers = new ArrayList<>();
      Session session = Reprise.session(config.withOutput(out, out));
      try (session) {
        Script script = session.compile(program.text(), CompileOptions.none().optimized(optimized));
        for (int i = 0; i < runs; i++) {
          bytes.reset();
          RunStatistics statistics = statisticsOf(script, out);
          answers.add(new Answer(bytes.toString(StandardCharsets.UTF_8), statistics));
        }
      } catch (CompileException e) {
        answers.add(new Answer("does not compile: " + e.diagnostics(), null));
      }
      if (session.liveBuffersAtClose() != 0) {
        answers.add(new Answer("leaked " + session.liveBuffersAtClose() + " buffers", null));
      }
      return answers;
    }
  }

  /**
   * What a run printed, the error that it ended with included.
   *
   * @param statistics null after an error
   */
  record Answer(String text, RunStatistics statistics) {}

  /** Runs a script once and prints the error that it ends with; null after one. */
  static RunStatistics statisticsOf(Script script, PrintStream out) {
    try (RunResult result = script.run()) {
      return result.statistics();
    } catch (ScriptException e) {
      out.println(e.getMessage());
      return null;
    }
  }

  SessionConfig hybrid(Numerics numerics) {
    return Scripts.config()
        .withWorkingDirectory(folder)
        .withNumerics(numerics)
        .withReuse(ReuseMode.HYBRID);
  }

  private static SessionConfig plain(SessionConfig config) {
    return config.withReuse(ReuseMode.NONE).withThreads(1);
  }

  Way reference() {
    return new Way("reference", plain(hybrid(Numerics.EXACT)));
  }

  /** Ways that all give the same bits. */
  List<Way> exact() {
    SessionConfig hybrid = hybrid(Numerics.EXACT);
    return List.of(
        reference(),
        Way.warm("hybrid", hybrid),
        new Way("not optimized", hybrid, false, 2),
        new Way("four threads", hybrid.withThreads(4).withFusion(false)),
        new Way("every hit verified", hybrid.withVerifyReuse(1)),
        Way.warm("no dedup", hybrid.withDedup(false)),
        Way.warm("little memory", hybrid.withHostBytes(3 << 20)),
        Way.warm("multilevel", hybrid.withReuse(ReuseMode.MULTILEVEL)),
        Way.warm("partial, exact", hybrid.withReuse(ReuseMode.PARTIAL).withThreads(3)),
        new Way("three runs", hybrid.withPolicy("benefit").withHostBytes(6 << 20), true, 3),
        new Way("nothing reused", hybrid.withReuse(ReuseMode.NONE).withThreads(3)));
  }

  /** Reuse of whole values changes no bit, whatever the numerics. */
  List<Way> whole() {
    SessionConfig hybrid = hybrid(Numerics.DEFAULT);
    return List.of(
        new Way("reference, default", plain(hybrid)),
        new Way("trace", hybrid.withReuse(ReuseMode.TRACE).withDedup(false)),
        Way.warm("full", hybrid.withReuse(ReuseMode.FULL)),
        Way.warm("multilevel, default", hybrid.withReuse(ReuseMode.MULTILEVEL).withThreads(4)));
  }

  /** Ways that may round differently. */
  List<Way> rounding() {
    SessionConfig hybrid = hybrid(Numerics.DEFAULT);
    return List.of(
        new Way("reference, default", plain(hybrid)),
        Way.warm("hybrid, default", hybrid),
        Way.warm("partial", hybrid.withReuse(ReuseMode.PARTIAL).withThreads(3)),
        new Way("not optimized, default", hybrid, false, 1),
        new Way("verified, default", hybrid.withVerifyReuse(1)),
        new Way("little memory, default", hybrid.withHostBytes(3 << 20).withPolicy("lru")));
  }

  List<Way> narrow() {
    SessionConfig hybrid = hybrid(Numerics.EXACT).withPrecision(Precision.FP32);
    return List.of(
        new Way("reference in fp32", plain(hybrid)),
        Way.warm("hybrid in fp32", hybrid),
        new Way("not optimized in fp32", hybrid.withFusion(false), false, 1));
  }
}
