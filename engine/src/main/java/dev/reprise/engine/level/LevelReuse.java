package dev.reprise.engine.level;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.region.Composites;
import dev.reprise.engine.region.EqualExecutions;
import dev.reprise.engine.region.Footprint;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.replay.Sources;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.worth.Asking;
import dev.reprise.engine.worth.Keeping;

/**
 * Reuse of whole function calls and blocks, above that of instructions.
 *
 * <pre>{@code
 * worth asking? --no--> execute, learn its work
 *      | yes
 * composite of (region, keys of inputs)? ------------yes--> all its values in the lineage cache?
 *      | no                                                    | yes: bind them, done
 * of (region, contents of small inputs, keys of others)? yes-->+
 *      | no                                                    | no
 *      +<------------------------------------------------------+
 * in the experiment store? --------------------------yes--> bind what an earlier run left, done
 *      | no
 * another thread executes one of equal contents? ----yes--> wait for its end; found now? bind it
 *      | no                                                    | no
 *      +<------------------------------------------------------+
 * execute, its instructions probe for themselves; then remember, unless it cannot repeat
 * }</pre>
 *
 * <p>A composite is an entry but never a claim: who misses by the keys enters the body, and nobody
 * waits for a whole call. So two workers that miss at once both enter it, and their instructions
 * share the work. Those of equal contents would not, since their operands have other histories:
 * there one executes and the others wait, if nobody waits for them ({@link CallsUnderWay}).
 *
 * <p>Whether an execution can repeat is seen while it runs ({@link Footprint}): no effect, no read
 * of a file, no seed drawn. What is remembered then follows from the inputs, the region's
 * instructions and the functions that it called, all of which are compared before a hit.
 *
 * <p>Here it is decided what is asked for. {@link RegionLookup} finds and binds, {@link
 * CallsUnderWay} waits, {@link RegionExecution} executes, {@link RegionPublisher} remembers; each
 * says who writes what there and who waits for whom. Thread-safe; stateless but for what these
 * remember.
 */
public final class LevelReuse {
  private final Keeping keeping;
  private final RegionKeys keys;
  private final RegionLookup lookup;
  private final InputContents inputContents;
  private final CallsUnderWay underWay = new CallsUnderWay();
  private final RegionExecution execution;

  /**
   * @param equals knows the composites by contents
   */
  public LevelReuse(
      Sources sources,
      Keeping keeping,
      Composites composites,
      EqualExecutions equals,
      RunChecks checks) {
    Resources resources = sources.resources();
    this.keeping = keeping;
    this.keys = new RegionKeys(resources);
    this.lookup = new RegionLookup(sources, keys, composites, equals, checks);
    this.inputContents = new InputContents(resources.memory());
    this.execution =
        new RegionExecution(
            new RegionPublisher(resources, keys, keeping, composites, equals), resources.stored());
  }

  /**
   * Executes a region that is worth asking for, or binds what an earlier execution left.
   *
   * @param wanted how many of the outputs, from the first on, the caller looks at
   */
  public void run(
      ControlContext context, Activation activation, Region region, Node[] body, int wanted) {
    Request request = new Request(context, activation, region, body, wanted);
    boolean byHistory = asksByHistory(request);
    if (byHistory && lookup.byHistory(request)) {
      return;
    }
    // What a process executes once is not found by its contents.
    InputContents.Asked contents =
        region.isKeptHere() && region.account().askingByContent().asks()
            ? inputContents.of(keys.kind(region), region, activation, request.inputs())
            : null;
    if (contents == null) {
      findOrExecute(request, byHistory);
    } else if (!lookup.byContents(request, contents.key())
        && !(byHistory && lookup.fromStore(request))) {
      underWay.executeOnce(
          request,
          contents.key(),
          () -> lookup.byContents(request, contents.key()),
          () -> executeAsked(request, contents, byHistory));
    }
  }

  /** False when executions like this were asked for in vain so often that this one is not. */
  private boolean asksByHistory(Request request) {
    Region region = request.region();
    if (skipsCarried(region) && request.context().carried.anyCarried(request.inputs())) {
      return false;
    }
    return !asksForSample(region) || Asking.isSampled(keys.of(region, request.inputs()).low());
  }

  /** As {@link #run}, of an execution that is asked for: who calls this has made sure of it. */
  public void runAsked(ControlContext context, Activation activation, Region region, Node[] body) {
    int all = region.outputs().length;
    Request request = new Request(context, activation, region, body, all);
    if (!lookup.byHistory(request)) {
      findOrExecute(request, true);
    }
  }

  /** What the experiment store has, or else executes what is not found by contents. */
  private void findOrExecute(Request request, boolean byHistory) {
    if (!byHistory) {
      long before = request.context().work;
      Node.runAll(request.body(), request.context(), request.activation());
      request.region().learn(request.context().work - before);
    } else if (!lookup.fromStore(request)) {
      request.account().asking().inVain();
      execution.run(request, null);
    }
  }

  private void executeAsked(Request request, InputContents.Asked contents, boolean byHistory) {
    if (byHistory) {
      request.account().asking().inVain();
    }
    request.account().askingByContent().inVain();
    execution.run(request, contents);
  }

  /** True when so many executions were asked for in vain that only a sample still is. */
  public boolean asksForSample(Region region) {
    return !lookup.asksStore(region) && !keeping.isOfEverything() && !region.isAlwaysAsked();
  }

  /** True when executions whose inputs a loop has carried on are not asked for. */
  public boolean skipsCarried(Region region) {
    return !lookup.asksStore(region) && !keeping.isOfEverything() && !region.isAskedWithCarried();
  }

  /** True for an execution, about to begin, that is not asked for because of that. */
  public boolean skips(ControlContext context, Activation activation, Region region) {
    return skipsCarried(region)
        && context.carried.anyCarried(Request.items(activation, region.inputs()));
  }
}
