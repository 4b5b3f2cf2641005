package dev.reprise.engine;

import dev.reprise.language.Position;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import java.util.Map;

/** {@code parfor}: decides the degree of parallelism and hands over to {@link ParForRun}. */
record ParForNode(
    ControlNodes.For loop,
    Map<String, LinkedCode> options,
    int[] results,
    int[] written,
    Position position)
    implements Node {

  @Override
  public void run(ControlContext context, Activation activation) {
    // Workers share the variables of this thread: what is still being computed must not fail later.
    context.settle();
    int requested = requestedDegree(context, activation);
    ControlNodes.Range range = loop.range(context, activation);
    int available = context.kernel.threads();
    long degree = Math.min(range.count(), requested > 0 ? requested : available);
    if (degree > 0) {
      new ParForRun(this, context, activation, range, (int) degree).execute();
    }
  }

  private int requestedDegree(ControlContext context, Activation activation) {
    LinkedCode par = options.get("par");
    if (par == null) {
      return 0;
    }
    Scalar degree = par.scalar("option 'par' of parfor", context, activation);
    if (degree.asLong() < 1 || degree.asLong() > 4096) {
      throw context.located(
          new OperandException(
              "option 'par' of parfor must be between 1 and 4096, not " + degree.asString()),
          position,
          activation,
          null);
    }
    return (int) degree.asLong();
  }
}
