package dev.reprise.bench;

import dev.reprise.CompileOptions;
import dev.reprise.Reprise;
import dev.reprise.ReuseMode;
import dev.reprise.RunResult;
import dev.reprise.Script;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one interpreted instruction costs in a long loop: untraced, traced, and with reuse, where
 * nothing can be reused. Targets: 60 ns untraced, at most 100 ns more traced (20 ns deduplicated).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx3g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class InstructionBenchmark {
  private static final int ITERATIONS = 50_000;
  private static final int INSTRUCTIONS_PER_ITERATION = 6;
  private static final int INSTRUCTIONS = ITERATIONS * INSTRUCTIONS_PER_ITERATION;

  /** {@code expanded}: traced, and every iteration's items are made. */
  @Param({"none", "trace", "expanded", "hybrid"})
  private String mode;

  private Session session;
  private Script scalars;
  private Script matrices;

  /** Compiles both loops, the ones that bench/compare runs. */
  @Setup
  public void compile() throws Exception {
    boolean expanded = mode.equals("expanded");
    ReuseMode reuse = expanded ? ReuseMode.TRACE : ReuseMode.valueOf(mode.toUpperCase(Locale.ROOT));
    session = Reprise.session(SessionConfig.defaults().withReuse(reuse).withDedup(!expanded));
    String iterations = "n = " + ITERATIONS + "\n";
    scalars =
        session.compile(
            iterations
                + """
                a = 1
                b = 7
                for (i in 1:n) {
                  a = (a * 3 + i) %% 1000003
                  b = max(a - b, 1) + 2
                }
                """,
            CompileOptions.none().outputs("a", "b"));
    matrices =
        session.compile(
            iterations
                + """
                M = matrix(seq(1, 100), 10, 10) %% 7
                S = M
                T = M
                for (i in 1:n) {
                  S = (S * 3 + M) %% 17
                  T = abs(T - S) + t(M)
                }
                s = sum(S) + sum(T)
                """,
            CompileOptions.none().outputs("s"));
  }

  /** Ends the session. */
  @TearDown
  public void close() {
    session.close();
  }

  /** Six scalar operations per iteration, loop control included in the cost. */
  @Benchmark
  @OperationsPerInvocation(INSTRUCTIONS)
  public double scalarInstruction() {
    try (RunResult result = scalars.run()) {
      return result.scalar("b").asDouble();
    }
  }

  /** Six operations on 10 x 10 matrices per iteration. */
  @Benchmark
  @OperationsPerInvocation(INSTRUCTIONS)
  public double matrixInstruction() {
    try (RunResult result = matrices.run()) {
      return result.scalar("s").asDouble();
    }
  }
}
