package dev.reprise.engine.call;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.FrameLayout;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.level.LevelReuse;
import dev.reprise.engine.node.LinkedCode;
import dev.reprise.engine.region.Callee;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.timeline.EventKind;
import dev.reprise.engine.timeline.Track;
import dev.reprise.language.program.Procedure;

/**
 * A procedure whose instructions are bound to what executes them. Immutable once linked, but for
 * what its region learns.
 */
public final class LinkedProcedure implements Callee {
  private final Procedure procedure;
  private final FrameLayout layout;
  private final Node[] body;
  private final LinkedCode[] defaults;
  private final String calledAs;
  private final Region region;
  private final LevelReuse levels;

  /**
   * @param calledAs the name under which the program finds it
   * @param region the body as something that may be reused as a whole; null when nothing is
   * @param levels finds it as a whole; null when nothing is
   */
  public LinkedProcedure(
      Procedure procedure,
      String calledAs,
      Region region,
      LevelReuse levels,
      Node[] body,
      LinkedCode[] defaults) {
    this.calledAs = calledAs;
    this.region = region;
    this.levels = levels;
    this.procedure = procedure;
    this.layout = new FrameLayout(procedure);
    this.body = body;
    this.defaults = defaults;
  }

  String name() {
    return procedure.name();
  }

  @Override
  public String calledAs() {
    return calledAs;
  }

  @Override
  public Region region() {
    return region;
  }

  @Override
  public Procedure procedure() {
    return procedure;
  }

  /** How its activations are laid out. */
  public FrameLayout layout() {
    return layout;
  }

  public Node[] body() {
    return body;
  }

  /** Code of a parameter's default, or null when the parameter is required. */
  LinkedCode defaultOf(int parameter) {
    return defaults[parameter];
  }

  /** Executes the body, or finds what an execution with these inputs has left. */
  void execute(ControlContext context, Activation activation, int results) {
    if (region == null) {
      Node.runAll(body, context, activation);
    } else if (region.isWorthAsking()) {
      ask(context, activation, results);
    } else {
      long before = context.work;
      Node.runAll(body, context, activation);
      region.learn(context.work - before);
    }
  }

  private void ask(ControlContext context, Activation activation, int results) {
    Track track = context.counters.track;
    if (track == null) {
      levels.run(context, activation, region, body, results);
      return;
    }
    track.open();
    long start = System.nanoTime();
    try {
      levels.run(context, activation, region, body, results);
    } finally {
      long nanos = System.nanoTime() - start;
      track.span(EventKind.CALL, track.label(name(), null), start, nanos, nanos);
    }
  }
}
