package dev.reprise.engine.parfor;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.loop.LoopNodes;
import dev.reprise.engine.node.LinkedCode;
import dev.reprise.engine.thread.ParForOptions;
import dev.reprise.engine.thread.TaskPartition;
import dev.reprise.engine.timeline.EventKind;
import dev.reprise.engine.timeline.Track;
import dev.reprise.language.Position;
import dev.reprise.lineage.RunLoop;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import java.util.HashMap;
import java.util.Map;

/** {@code parfor}: decides the degree of parallelism and hands over to {@link ParForRun}. */
public record ParForNode(
    String name,
    LoopNodes.For loop,
    Map<String, LinkedCode> options,
    int[] results,
    int[] written,
    RunLoop merge,
    Position position)
    implements Node {

  @Override
  public void run(ControlContext context, Activation activation) {
    // Workers share the variables of this thread: what is still being computed must not fail later.
    context.settle();
    ParForOptions chosen = options(context, activation);
    LoopNodes.Range range = loop.range(context, activation);
    int available = context.kernel.threads();
    long degree = Math.min(range.count(), chosen.degree() > 0 ? chosen.degree() : available);
    if (degree > 0) {
      TaskPartition tasks = chosen.tasks(range.count(), (int) degree);
      ParForRun run = new ParForRun(this, context, activation, range, tasks, (int) degree);
      Track track = context.counters.track;
      if (track == null) {
        run.execute();
      } else {
        recorded(run, track);
      }
    }
  }

  private void recorded(ParForRun run, Track track) {
    track.open();
    long start = System.nanoTime();
    try {
      run.execute();
    } finally {
      long nanos = System.nanoTime() - start;
      track.span(EventKind.PARFOR, track.label("parfor", position), start, nanos, nanos);
    }
  }

  private ParForOptions options(ControlContext context, Activation activation) {
    Map<String, Scalar> values = new HashMap<>();
    for (Map.Entry<String, LinkedCode> option : options.entrySet()) {
      String what = "option '" + option.getKey() + "' of parfor";
      values.put(option.getKey(), option.getValue().scalar(what, context, activation));
    }
    try {
      return ParForOptions.of(values);
    } catch (OperandException e) {
      throw context.located(e, position, activation, null);
    }
  }
}
