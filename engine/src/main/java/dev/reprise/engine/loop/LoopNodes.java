package dev.reprise.engine.loop;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.node.LinkedCode;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;

/** Sequential loops. */
public final class LoopNodes {
  private LoopNodes() {}

  /** {@code while (predicate) body}. */
  public record While(LinkedCode predicate, Node[] body, LoopTrace trace) implements Node {
    static final String WHAT = "the condition of 'while'";

    @Override
    public void run(ControlContext context, Activation activation) {
      LoopTrace.Entry entry = trace.enter(context, activation);
      try {
        context.repeats(trace, false);
        entry.begin(0);
        long iteration = 0;
        while (entry.test(predicate)) {
          context.checkCancelled();
          entry.run(body);
          entry.end();
          context.repeats(trace, true);
          entry.begin(++iteration);
        }
        entry.finish();
      } finally {
        entry.leave();
      }
    }
  }

  /** {@code for (variable in range) body}. */
  public record For(
      int variable, LinkedCode from, LinkedCode to, LinkedCode step, Node[] body, LoopTrace trace)
      implements Node {
    @Override
    public void run(ControlContext context, Activation activation) {
      Range range = range(context, activation);
      LoopTrace.Entry entry = trace.enter(context, activation, variable, range.from, range.step);
      try {
        context.repeats(trace, false);
        for (long i = 0; i < range.count(); i++) {
          context.checkCancelled();
          entry.begin(i);
          entry.bind(range.at(i));
          entry.run(body);
          entry.end();
          context.repeats(trace, true);
        }
        entry.finish();
      } finally {
        entry.leave();
      }
    }

    public Range range(ControlContext context, Activation activation) {
      Scalar first = from.number("the start of the range", context, activation);
      Scalar last = to.number("the end of the range", context, activation);
      Scalar increment =
          step == null ? null : step.number("the step of the range", context, activation);
      if (increment != null && !increment.isAbsent() && increment.asDouble() == 0) {
        throw step.located("the step of the range must not be", increment, context, activation);
      }
      return Range.of(first, last, increment);
    }

    public static LineageItem literal(Activation activation, Scalar value) {
      return activation.isTraced() ? LineageItem.counted(value) : null;
    }
  }

  /**
   * The values of a loop variable: bounds and step are numbers of 64 bits, the step is not 0.
   *
   * @param count how many there are
   * @param whole true when they are integers
   */
  public record Range(double from, double step, long count, boolean whole) {

    /**
     * Bounds are truncated to integers and run downwards when the end lies below the start; only a
     * fractional step makes the variable a double.
     */
    static Range of(Scalar from, Scalar to, Scalar step) {
      if (step == null || step.isAbsent()) {
        long first = from.asLong();
        long last = to.asLong();
        return new Range(first, first <= last ? 1 : -1, Math.abs(last - first) + 1, true);
      }
      double by = step.asDouble();
      boolean whole = by == Math.rint(by);
      double first = whole ? from.asLong() : from.asDouble();
      double last = whole ? to.asLong() : to.asDouble();
      double steps = Math.floor((last - first) / by + 1e-10);
      return new Range(first, by, steps < 0 ? 0 : (long) steps + 1, whole);
    }

    public Scalar at(long i) {
      return whole ? Scalar.of((long) from + i * (long) step) : Scalar.of(from + i * step);
    }
  }
}
