package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.language.CompileException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Set;

/**
 * A run of a script whose result is the number {@code r}.
 *
 * @param result the number
 */
public record NumberRun(double result, RunStatistics statistics) {

  /** A session with a gibibyte that prints to nowhere. */
  public static SessionConfig config(ReuseMode mode, int threads) {
    PrintStream sink = new PrintStream(OutputStream.nullOutputStream());
    return SessionConfig.defaults()
        .withThreads(threads)
        .withHostBytes(1L << 30)
        .withReuse(mode)
        .withOutput(sink, sink);
  }

  public static NumberRun of(SessionConfig config, String script) {
    try (SessionServices services = new SessionServices(config, CacheEvents.NONE)) {
      return of(services, script);
    }
  }

  public static NumberRun of(SessionServices services, String script) {
    CompileOptions options = new CompileOptions(Map.of(), Set.of(), Set.of("r"));
    ScriptRunner.Outcome outcome;
    try {
      outcome = ScriptCompiler.compile(services, script, options).run(Map::of);
    } catch (CompileException e) {
      throw new AssertionError(e.diagnostics().toString(), e);
    }
    double result = ((Scalar) outcome.values().get("r")).asDouble();
    outcome.values().values().forEach(Value::release);
    return new NumberRun(result, outcome.statistics());
  }

  /** The number without reuse, which one and four threads find with it, short of memory or not. */
  public static double inAllWays(String script) {
    double expected = of(config(ReuseMode.NONE, 1), script).result;
    for (int threads : new int[] {1, 4}) {
      SessionConfig hybrid = config(ReuseMode.HYBRID, threads);
      assertThat(of(hybrid, script).result).isEqualTo(expected);
      assertThat(of(hybrid.withHostBytes(4 << 20), script).result).isEqualTo(expected);
    }
    return expected;
  }
}
