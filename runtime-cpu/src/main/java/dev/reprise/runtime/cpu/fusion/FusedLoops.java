package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.aggregate.AggregateKernels;
import dev.reprise.runtime.cpu.aggregate.SourceAggregate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The loops of a device by expression. Thread-safe. */
public final class FusedLoops {
  /** Loops kept; a program has a few dozen. Beyond, all are forgotten and made again. */
  private static final int MOST = 1024;

  /**
   * Values of nodes that a loop computes before code is generated for it. A generated loop saves a
   * few tenths of a nanosecond per value, and costs 20 to 50 ms of processor time until it has been
   * generated, interpreted and compiled twice: in a training of 24 iterations, where each of a
   * dozen loops was generated after 2^21 values, that was a quarter of all time.
   */
  private static final long GENERATE_AFTER = 1 << 27;

  /**
   * The same in fp32, where a loop of its own saves less: of {@code 0.9 * V - 0.1 * G} 0.03 ns of
   * 0.19 per value, of three operations on floats alone 0.05 of 0.08 (blocks of 1024, JDK 25, Zen
   * 3).
   */
  private static final long GENERATE_FLOATS_AFTER = 1 << 30;

  private final Parallel parallel;
  private final boolean machines;
  private final long generateAfter;
  private final long generateFloatsAfter;
  private final BlockPools pools = new BlockPools();
  private final Map<String, SourceAggregate> aggregates;
  private final ConcurrentHashMap<FusedExpression, FusedLoop> loops = new ConcurrentHashMap<>();

  public FusedLoops(Parallel parallel) {
    this(parallel, true, GENERATE_AFTER, GENERATE_FLOATS_AFTER);
  }

  /**
   * Loops without machine code, that have byte code generated once they computed more than so many
   * values of nodes.
   */
  FusedLoops(Parallel parallel, long generateAfter) {
    this(parallel, false, generateAfter, generateAfter);
  }

  private FusedLoops(
      Parallel parallel, boolean machines, long generateAfter, long generateFloatsAfter) {
    this.parallel = parallel;
    this.machines = machines;
    this.generateAfter = generateAfter;
    this.generateFloatsAfter = generateFloatsAfter;
    this.aggregates = AggregateKernels.overSources(parallel);
  }

  /** The loop of an expression; equal expressions share one. */
  public FusedLoop of(FusedExpression expression) {
    FusedLoop known = loops.get(expression);
    if (known != null) {
      return known;
    }
    if (loops.size() >= MOST) {
      loops.clear();
    }
    return loops.computeIfAbsent(expression, this::make);
  }

  private FusedLoop make(FusedExpression expression) {
    FusableOperation aggregate = expression.aggregateOrNull();
    return new FusedLoop(
        expression,
        aggregate == null ? null : aggregates.get(aggregate.opcode()),
        parallel,
        expression.precision() == Precision.FP32 ? generateFloatsAfter : generateAfter,
        machines ? MachineLoop.of(expression) : null,
        pools);
  }

  /** Loops that are kept now; for tests. */
  public int size() {
    return loops.size();
  }
}
