package dev.reprise.engine.level;

import dev.reprise.engine.check.ReuseVerifier;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.region.Composite;
import dev.reprise.engine.region.Composites;
import dev.reprise.engine.region.EqualExecutions;
import dev.reprise.engine.region.Footprint;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.region.RegionRecord;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.replay.Sources;
import dev.reprise.engine.report.Counters;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.timeline.EventKind;
import dev.reprise.engine.timeline.Track;
import dev.reprise.engine.worth.Asking;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.lineage.HistoryTemplate;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.RunScope;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.OperationTable;
import java.util.function.BooleanSupplier;

/**
 * Reuse of whole function calls and blocks, above that of instructions.
 *
 * <pre>
 *   worth asking? --no--> execute, learn its work
 *        | yes
 *   composite of (region, keys of inputs)? ------------yes--> all its values in the lineage cache?
 *        | no                                                    | yes: bind them, done
 *   of (region, contents of small inputs, keys of others)? yes-->+
 *        | no                                                    | no
 *        +<------------------------------------------------------+
 *   in the experiment store? --------------------------yes--> bind what an earlier run left, done
 *        | no
 *   another thread executes one of equal contents? ----yes--> wait for its end; found now? bind it
 *        | no                                                    | no
 *        +<------------------------------------------------------+
 *   execute, its instructions probe for themselves; then remember, unless it cannot repeat
 * </pre>
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
 * <p>Thread-safe; stateless but for the composites.
 */
public final class LevelReuse {
  private final Sources sources;
  private final RunChecks checks;
  private final RegionKeys keys;
  private final RegionPublisher publisher;
  private final Keeping keeping;
  private final Composites composites;
  private final EqualExecutions equals;
  private final InputContents inputContents;
  private final CallsUnderWay underWay = new CallsUnderWay();

  /** Whether matrices lie where their content can be looked at; may change once. */
  private final BooleanSupplier mayLook;

  /** Null without an experiment store. */
  private final StoredValues stored;

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
    this.sources = sources;
    this.checks = checks;
    this.mayLook = resources::mayDefer;
    this.stored = resources.stored();
    this.keys = new RegionKeys(resources);
    this.publisher = new RegionPublisher(resources, keys, keeping, composites, equals);
    this.keeping = keeping;
    this.composites = composites;
    this.equals = equals;
    this.inputContents = new InputContents(resources.memory());
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
    if (byHistory && findByHistory(request)) {
      return;
    }
    // What a process executes once is not found by its contents.
    InputContents.Asked contents =
        region.isKeptHere() && region.account().askingByContent().asks()
            ? inputContents.of(keys.kind(region), region, activation, request.inputs())
            : null;
    if (contents == null) {
      findOrExecute(request, byHistory);
    } else if (!findByContents(request, contents.key()) && !(byHistory && recall(request))) {
      underWay.executeOnce(
          request,
          contents.key(),
          () -> findByContents(request, contents.key()),
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
    if (!findByHistory(request)) {
      findOrExecute(request, true);
    }
  }

  /** What the experiment store has, or else executes what is not found by contents. */
  private void findOrExecute(Request request, boolean byHistory) {
    if (!byHistory) {
      long before = request.context().work;
      Node.runAll(request.body(), request.context(), request.activation());
      request.region().learn(request.context().work - before);
    } else if (!recall(request)) {
      request.account().asking().inVain();
      execute(request, null);
    }
  }

  /** True when so many executions were asked for in vain that only a sample still is. */
  public boolean asksForSample(Region region) {
    return !isAskedInStore(region) && !keeping.isOfEverything() && !region.isAlwaysAsked();
  }

  /** True when executions whose inputs a loop has carried on are not asked for. */
  public boolean skipsCarried(Region region) {
    return !isAskedInStore(region) && !keeping.isOfEverything() && !region.isAskedWithCarried();
  }

  /** True for an execution, about to begin, that is not asked for because of that. */
  public boolean skips(ControlContext context, Activation activation, Region region) {
    return skipsCarried(region)
        && context.carried.anyCarried(Request.items(activation, region.inputs()));
  }

  /** True for what the experiment store may have, or may be given. */
  private boolean isAskedInStore(Region region) {
    return stored != null && region.isWorthRecalling(stored.regions().worthRecallingNanos());
  }

  // ---- finding

  /**
   * What an earlier execution left.
   *
   * @param key of the composite
   * @param template says what the history of its outputs is here; null where it is the same
   * @param recalled its key in the experiment store; null when it was found in memory
   */
  private record Found(Key key, Composite composite, HistoryTemplate template, Key recalled) {}

  private boolean findByHistory(Request request) {
    if (composites.isEmpty()) {
      return false;
    }
    Key key = keys.of(request.region(), request.inputs());
    Composite known = composites.get(key);
    return known != null && leaveOut(request, new Found(key, known, null, null));
  }

  private boolean findByContents(Request request, Key contents) {
    EqualExecutions.Execution equal = equals.get(contents);
    HistoryTemplate template = equal == null ? null : equal.template().get();
    Composite known = template == null ? null : composites.get(equal.key());
    return known != null && leaveOut(request, new Found(equal.key(), known, template, null));
  }

  /** Looks for what an earlier run left in the experiment store. */
  private boolean recall(Request request) {
    if (!isAskedInStore(request.region())) {
      return false;
    }
    Key key = keys.of(request.region(), request.inputs());
    if (composites.get(key) != null) {
      // Its values have gone.
      return false;
    }
    Key recalled = storeKey(request.activation(), request.region(), request.inputs());
    Composite known = recall(recalled, request.inputs());
    return known != null && leaveOut(request, new Found(key, known, null, recalled));
  }

  /** Binds what was found instead of executing; false, and nothing has changed, if it has gone. */
  private boolean leaveOut(Request request, Found found) {
    ControlContext context = request.context();
    Activation activation = request.activation();
    Region region = request.region();
    Composite known = found.composite;
    Footprint called = new Footprint(null);
    if (!known.isOf(context.run.callees(), called) || !fits(known, activation, region)) {
      return false;
    }
    context.checkCancelled();
    int count = Math.min(request.wanted(), known.parts().length);
    Value[] values = new Value[count];
    LineageItem[] items = new LineageItem[count];
    LevelValues there = new LevelValues(sources, activation, region, found.template == null);
    if (!there.take(known, values, items)) {
      return false;
    }
    RegionCheck check = null;
    LineageItem[] histories;
    boolean isReady = false;
    try {
      composites.found(found.key);
      histories = histories(request, found, items);
      noteItems(found, values, items, histories);
      ReuseVerifier verifier = checks.verifier();
      if (verifier != null && verifier.isSampled(found.key)) {
        check = new RegionCheck(verifier, region, values, histories, found.template != null);
      } else if (found.recalled != null) {
        stored.regions().found(found.recalled, !found.recalled.equals(found.key));
        composites.put(found.key, known, known.cachedKeys(count));
      }
      isReady = true;
    } finally {
      if (!isReady) {
        releaseAll(values);
      }
    }
    if (check != null) {
      check.execute(request.body(), context, activation);
    } else {
      bind(activation, region, known.parts(), values, histories);
      standFor(request, found, called);
    }
    foundIn(request, found);
    return true;
  }

  private static void releaseAll(Value[] values) {
    for (Value value : values) {
      if (value != null) {
        value.release();
      }
    }
  }

  /** Tells the values how they came to be, and the verifier what stands for what. */
  private void noteItems(
      Found found, Value[] values, LineageItem[] items, LineageItem[] histories) {
    ReuseVerifier verifier = checks.verifier();
    for (int i = 0; i < values.length; i++) {
      if (verifier != null && histories[i] != items[i]) {
        verifier.standsFor(histories[i], items[i]);
      }
      Restoration.note(values[i], histories[i]);
    }
    if (verifier != null && found.recalled != null) {
      noteRewritten(verifier, values, histories);
    }
  }

  /** The items of what was found, of an execution on other inputs made of the ones here. */
  private static LineageItem[] histories(Request request, Found found, LineageItem[] items) {
    if (found.template == null) {
      return items;
    }
    LineageItem[] all = found.template.over(request.inputs(), request.context().scope);
    request.activation().addItems(found.template.size());
    LineageItem[] histories = items.clone();
    for (int i = 0; i < items.length; i++) {
      if (!(found.composite.parts()[i] instanceof Composite.Input) && items[i] != null) {
        histories[i] = all[i];
      }
    }
    return histories;
  }

  /** Another process may have put values together from parts, or made them of such values. */
  private static void noteRewritten(ReuseVerifier verifier, Value[] values, LineageItem[] items) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        verifier.rewrote(items[i]);
      }
    }
  }

  /**
   * Leaves seeds, work and the footprint as the execution would have, and notes what was saved.
   *
   * @param called what the execution had called
   */
  private static void standFor(Request request, Found found, Footprint called) {
    ControlContext context = request.context();
    Composite known = found.composite;
    context.seeds.skip(known.seeds());
    context.work += known.work();
    if (found.template != null) {
      request.account().savesByContent(known.work());
    } else {
      request.account().saves(known.work());
      if (context.carried.anyCarried(request.inputs())) {
        request.account().asking().carriedCameAgain();
      }
    }
    request.region().learn(known.work());
    if (context.footprint != null) {
      context.footprint.add(called);
    }
  }

  /**
   * False when a variable has a value now that the execution began without and did not give one: it
   * may have left it alone or cleared it.
   */
  private static boolean fits(Composite known, Activation activation, Region region) {
    Composite.Part[] parts = known.parts();
    for (int i = 0; i < parts.length; i++) {
      if (parts[i] == Composite.NoValue.ABSENT && activation.values[region.outputs()[i]] != null) {
        return false;
      }
    }
    return true;
  }

  /** Looks at the small inputs before. */
  private Key storeKey(Activation activation, Region region, LineageItem[] inputs) {
    Value[] values = new Value[inputs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = activation.values[region.inputs()[i]];
    }
    stored.contents().lookAt(inputs, values, mayLook.getAsBoolean());
    return keys.inStore(region, inputs);
  }

  /** What an earlier run left in the experiment store. */
  private Composite recall(Key key, LineageItem[] inputs) {
    byte[] record = stored.regions().find(key);
    return record == null
        ? null
        : RegionRecord.read(record, inputs, stored.contents().keys(), OperationTable.standard());
  }

  private static void foundIn(Request request, Found found) {
    Counters counters = request.context().counters;
    Counters.Level level = counters.levels(request.region().level());
    level.hit(found.composite.costNanos());
    if (found.template != null) {
      level.byContents++;
    }
    Track track = counters.track;
    if (track != null) {
      EventKind kind = found.template == null ? EventKind.REGION_HIT : EventKind.CONTENT_HIT;
      track.moment(kind, request.label(track), 0);
    }
  }

  private static void bind(
      Activation activation,
      Region region,
      Composite.Part[] parts,
      Value[] values,
      LineageItem[] items) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        activation.bind(region.outputs()[i], values[i], items[i]);
      } else if (parts[i] == Composite.NoValue.CLEARED) {
        activation.clear(region.outputs()[i]);
      }
    }
  }

  // ---- executing

  private void executeAsked(Request request, InputContents.Asked contents, boolean byHistory) {
    if (byHistory) {
      request.account().asking().inVain();
    }
    request.account().askingByContent().inVain();
    execute(request, contents);
  }

  /**
   * @param contents by which it is found, too; null when it goes by its history alone
   */
  private void execute(Request request, InputContents.Asked contents) {
    ControlContext context = request.context();
    Activation activation = request.activation();
    Region region = request.region();
    LineageItem[] inputs = request.inputs();
    BlockMarks marks =
        region.level() == Region.Level.BLOCK ? new BlockMarks(activation, region) : null;
    long workBefore = context.work;
    long seedsBefore = context.seeds.count();
    long submittedBefore = context.ahead.submissions();
    RunScope.Since before = context.scope.now();
    long start = System.nanoTime();
    Footprint footprint = context.enter();
    activation.hold(inputs);
    try {
      Node.runAll(request.body(), context, activation);
    } finally {
      activation.letGo();
      context.leave(footprint);
      if (marks != null) {
        marks.remove();
      }
    }
    long nanos = cost(System.nanoTime() - start);
    long work = context.work - workBefore;
    region.learn(work);
    if (!region.isWorthKeeping(work)) {
      return;
    }
    region.learn(footprint.isRepeatable());
    if (footprint.isRepeatable()) {
      context.counters.levels(region.level()).miss();
      long seeds = context.seeds.count() - seedsBefore;
      Composite.Part[] none = new Composite.Part[region.outputs().length];
      Composite facts =
          new Composite(none, Composite.calls(footprint.called()), work, seeds, nanos);
      FinishedRegion done =
          new FinishedRegion(activation, region, inputs, marks, request.wanted(), facts);
      RegionPublisher.ByContents named =
          contents == null ? null : new RegionPublisher.ByContents(contents, before);
      publisher.publish(done, named, context.ahead.unfinishedSince(submittedBefore));
    }
  }

  /** What an execution counts as that took so long. */
  private long cost(long nanos) {
    return stored == null ? nanos : stored.offers().cost(nanos);
  }
}
