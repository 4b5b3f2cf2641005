package dev.reprise.lineage;

import java.util.Arrays;

/**
 * The order in which a replayer executes a trace, and when it may free a value. Immutable; usable
 * from any thread.
 *
 * <p>Step {@code i} executes {@link #item} {@code i}; its inputs are the results of the steps
 * {@link #input}. A replayer counts {@link #uses} down with every input it has consumed and every
 * output it has delivered, and frees the value at zero: no control flow and no predicate is
 * evaluated.
 */
public final class ReplayPlan {
  private final Trace trace;
  // Inputs of all steps, one step after the other; those of step i start at starts[i].
  private final int[] inputs;
  private final int[] starts;
  private final int[] uses;

  private ReplayPlan(Trace trace) {
    this.trace = trace;
    this.starts = new int[trace.size() + 1];
    this.uses = new int[trace.size()];
    int total = 0;
    for (int step = 0; step < trace.size(); step++) {
      starts[step] = total;
      total = Math.addExact(total, trace.item(step).inputCount());
    }
    starts[trace.size()] = total;
    this.inputs = new int[total];
    connect();
  }

  /** The plan that computes all outputs of the trace. */
  public static ReplayPlan of(Trace trace) {
    return new ReplayPlan(trace);
  }

  private void connect() {
    for (int step = 0; step < trace.size(); step++) {
      LineageItem item = trace.item(step);
      for (int i = 0; i < item.inputCount(); i++) {
        int input = trace.indexOf(item.input(i));
        inputs[starts[step] + i] = input;
        uses[input]++;
      }
    }
    for (LineageItem output : trace.outputs().values()) {
      uses[trace.indexOf(output)]++;
    }
  }

  public Trace trace() {
    return trace;
  }

  /** Number of steps. */
  public int size() {
    return trace.size();
  }

  public LineageItem item(int step) {
    return trace.item(step);
  }

  public int inputCount(int step) {
    return starts[step + 1] - starts[step];
  }

  /** The earlier step whose result is the input at a zero-based position. */
  public int input(int step, int position) {
    return inputs[starts[step] + position];
  }

  /** How often the step's result is consumed: once per input that names it and per output. */
  public int uses(int step) {
    return uses[step];
  }

  /** All uses as an array that the caller may count down. */
  public int[] copyOfUses() {
    return Arrays.copyOf(uses, uses.length);
  }

  /** The step that computes an output. */
  public int stepOf(LineageItem output) {
    return trace.indexOf(output);
  }
}
