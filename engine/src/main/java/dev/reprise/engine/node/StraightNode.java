package dev.reprise.engine.node;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.control.Step;

/** Steps one after another. */
public final class StraightNode implements Node {
  /** What a step takes besides the work of its operation, in nanoseconds. */
  public static final long STEP_WORK = 50;

  private final Step[] steps;

  public StraightNode(Step[] steps) {
    this.steps = steps;
  }

  public Step[] steps() {
    return steps;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    int at = 0;
    context.work += STEP_WORK * steps.length;
    try {
      for (; at < steps.length; at++) {
        steps[at].run(context, activation);
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw context.located(e, steps[at].position(), activation, steps[at]);
    }
  }
}
