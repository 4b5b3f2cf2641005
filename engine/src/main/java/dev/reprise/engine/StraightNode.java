package dev.reprise.engine;

/** Steps one after another. */
final class StraightNode implements Node {
  private final Step[] steps;

  StraightNode(Step[] steps) {
    this.steps = steps;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    int at = 0;
    try {
      for (; at < steps.length; at++) {
        steps[at].run(context, activation);
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw context.located(e, steps[at].position(), activation, steps[at]);
    }
  }
}
