package dev.reprise.engine.level;

import dev.reprise.SessionConfig;
import dev.reprise.cache.LineageCache;
import dev.reprise.engine.check.ReuseVerifier;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.region.Composite;
import dev.reprise.engine.region.Composites;
import dev.reprise.engine.region.Footprint;
import dev.reprise.engine.region.Publication;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.region.RegionRecord;
import dev.reprise.engine.replay.Sources;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.timeline.EventKind;
import dev.reprise.engine.timeline.Track;
import dev.reprise.engine.worth.Asking;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.lineage.CompositeKey;
import dev.reprise.lineage.ContentKeys;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Reuse of whole function calls and blocks, above that of instructions.
 *
 * <pre>
 *   worth asking? --no--> execute, learn its work
 *        | yes
 *   composite of (region, keys of inputs)? --yes--> all its values in the lineage cache?
 *        | no                                              | yes: bind them, done
 *        +<------------------ no --------------------------+
 *   execute, its instructions probe for themselves; then remember, unless it cannot repeat
 * </pre>
 *
 * <p>A composite is an entry but never a claim: who misses enters the body, and nobody waits for a
 * whole call. So two workers that miss at once both enter it, and their instructions share the
 * work.
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
  private final LineageCache cache;
  private final Keeping keeping;
  private final Composites composites;

  /** What distinguishes values of equal inputs: the width of cells, the rounding of products. */
  private final int precision;

  /** Whether matrices lie where their content can be looked at; may change once. */
  private final BooleanSupplier mayLook;

  /** Null without an experiment store. */
  private final StoredValues stored;

  public LevelReuse(Sources sources, Keeping keeping, Composites composites, RunChecks checks) {
    Resources resources = sources.resources();
    SessionConfig config = resources.config();
    this.sources = sources;
    this.checks = checks;
    this.mayLook = resources::mayDefer;
    this.stored = resources.stored();
    this.cache = resources.cache();
    this.keeping = keeping;
    this.composites = composites;
    this.precision = config.precision().ordinal() | config.products().ordinal() << 4;
  }

  /**
   * Executes a region that is worth asking for, or binds what an earlier execution left.
   *
   * @param wanted how many of the outputs, from the first on, the caller looks at
   */
  public void run(
      ControlContext context, Activation activation, Region region, Node[] body, int wanted) {
    LineageItem[] inputs = items(activation, region.inputs());
    if (skipsCarried(region) && context.carried.anyCarried(inputs)
        || asksForSample(region) && !Asking.isSampled(key(region, inputs).low())) {
      long before = context.work;
      Node.runAll(body, context, activation);
      region.learn(context.work - before);
      return;
    }
    ask(context, activation, region, body, inputs, wanted);
  }

  /** As {@link #run}, of an execution that is asked for: who calls this has made sure of it. */
  public void runAsked(ControlContext context, Activation activation, Region region, Node[] body) {
    LineageItem[] inputs = items(activation, region.inputs());
    ask(context, activation, region, body, inputs, region.outputs().length);
  }

  private void ask(
      ControlContext context,
      Activation activation,
      Region region,
      Node[] body,
      LineageItem[] inputs,
      int wanted) {
    if ((isAskedInStore(region) || !composites.isEmpty())
        && find(context, activation, region, body, inputs, wanted)) {
      return;
    }
    execute(context, activation, region, body, inputs, wanted);
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
    return skipsCarried(region) && context.carried.anyCarried(items(activation, region.inputs()));
  }

  /** True for what the experiment store may have, or may be given. */
  private boolean isAskedInStore(Region region) {
    return stored != null && region.isWorthRecalling(stored.regions().worthRecallingNanos());
  }

  private static LineageItem[] items(Activation activation, int[] slots) {
    LineageItem[] items = new LineageItem[slots.length];
    for (int i = 0; i < items.length; i++) {
      items[i] = activation.items[slots[i]];
    }
    return items;
  }

  private Key key(Region region, LineageItem[] inputs) {
    return CompositeKey.of(kind(region), region.fingerprint(), inputs);
  }

  private int kind(Region region) {
    return region.level().ordinal() << Byte.SIZE | precision;
  }

  /** The key in the experiment store, where contents stand for small inputs. */
  private Key storeKey(Region region, LineageItem[] inputs) {
    return CompositeKey.of(kind(region), region.fingerprint(), stored.contents().of(inputs));
  }

  // ---- finding

  private boolean find(
      ControlContext context,
      Activation activation,
      Region region,
      Node[] body,
      LineageItem[] inputs,
      int wanted) {
    Key key = key(region, inputs);
    Composite known = composites.get(key);
    Key recalled =
        known == null && isAskedInStore(region) ? storeKey(activation, region, inputs) : null;
    if (recalled != null) {
      known = recall(recalled, inputs);
    }
    if (known == null) {
      return false;
    }
    Footprint called = new Footprint(null);
    if (!known.isOf(context.run.callees(), called) || !fits(known, activation, region)) {
      return false;
    }
    context.checkCancelled();
    int count = Math.min(wanted, known.parts().length);
    Value[] values = new Value[count];
    LineageItem[] items = new LineageItem[count];
    LevelValues found = new LevelValues(sources, activation, region);
    if (!found.take(known, values, items)) {
      return false;
    }
    composites.found(key);
    ReuseVerifier verifier = checks.verifier();
    if (verifier != null && recalled != null) {
      noteRewritten(verifier, values, items);
    }
    if (verifier != null && verifier.isSampled(key)) {
      new RegionCheck(verifier, region, values, items).execute(body, context, activation);
      foundIn(context, activation, region, known);
      return true;
    }
    if (recalled != null) {
      stored.regions().found(recalled, !recalled.equals(key));
      composites.put(key, known, known.cachedKeys(count));
    }
    bind(activation, region, known.parts(), values, items);
    standFor(context, region, known, inputs, called);
    foundIn(context, activation, region, known);
    return true;
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
  private static void standFor(
      ControlContext context,
      Region region,
      Composite known,
      LineageItem[] inputs,
      Footprint called) {
    context.seeds.skip(known.seeds());
    context.work += known.work();
    region.account().saves(known.work());
    if (context.carried.anyCarried(inputs)) {
      region.account().asking().carriedCameAgain();
    }
    region.learn(known.work());
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
    return storeKey(region, inputs);
  }

  /** What an earlier run left in the experiment store. */
  private Composite recall(Key key, LineageItem[] inputs) {
    byte[] record = stored.regions().find(key);
    return record == null
        ? null
        : RegionRecord.read(record, inputs, stored.contents().keys(), OperationTable.standard());
  }

  private static void foundIn(
      ControlContext context, Activation activation, Region region, Composite known) {
    context.counters.levels(region.level()).hit(known.costNanos());
    Track track = context.counters.track;
    if (track != null) {
      String what = region.level() == Region.Level.BLOCK ? "block" : activation.layout.name();
      track.moment(EventKind.REGION_HIT, track.label(what, region.position()), 0);
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

  private void execute(
      ControlContext context,
      Activation activation,
      Region region,
      Node[] body,
      LineageItem[] inputs,
      int wanted) {
    BlockMarks marks =
        region.level() == Region.Level.BLOCK ? new BlockMarks(activation, region) : null;
    long workBefore = context.work;
    long seedsBefore = context.seeds.count();
    long submittedBefore = context.ahead.submissions();
    long start = System.nanoTime();
    Footprint footprint = context.enter();
    activation.hold(inputs);
    try {
      Node.runAll(body, context, activation);
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
    region.account().asking().inVain();
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
      FinishedRegion done = new FinishedRegion(activation, region, inputs, marks, wanted, facts);
      publish(done, context.ahead.unfinishedSince(submittedBefore));
    }
  }

  /** What an execution counts as that took so long. */
  private long cost(long nanos) {
    return stored == null ? nanos : stored.offers().cost(nanos);
  }

  /** Publishes at once, or when everything that the execution started has succeeded. */
  private void publish(FinishedRegion done, List<Handle> unfinished) {
    List<Handle> awaited = new ArrayList<>(unfinished);
    done.collectPending(awaited);
    if (awaited.isEmpty()) {
      publish(done);
      return;
    }
    done.retain();
    Publication.after(
        awaited,
        () -> {
          try {
            publish(done);
          } finally {
            done.release();
          }
        },
        done::release);
  }

  private void publish(FinishedRegion done) {
    Key key = key(done.region, done.inputs);
    if (done.region.isKeptHere()
        && keeping.pays(done.region.account(), key, done.work(), done.bytesToKeep(cache))) {
      Composite composite = done.composite(cache);
      composites.put(key, composite, done.kept());
    }
    if (stored != null && stored.regions().isWorthKeeping(done.costNanos())) {
      Composite named = done.named();
      LineageItem[] inputs = done.inputs;
      Key storeKey = storeKey(done.region, inputs);
      done.lookAtValues(stored.contents(), mayLook.getAsBoolean());
      done.offerTo(stored);
      // Written by the store's thread: it walks the history of every output.
      boolean isLoop = !done.region.isKeptHere();
      ContentKeys contents = stored.contents().keys();
      stored
          .regions()
          .keep(
              storeKey,
              () ->
                  isLoop
                      ? RegionRecord.writeLoop(named, inputs, contents)
                      : RegionRecord.write(named, inputs, contents),
              done.costNanos());
    }
  }
}
