package dev.reprise.engine.level;

import dev.reprise.cache.LineageCache;
import dev.reprise.engine.region.Composite;
import dev.reprise.engine.region.Composites;
import dev.reprise.engine.region.EqualExecutions;
import dev.reprise.engine.region.Publication;
import dev.reprise.engine.region.RegionRecord;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.lineage.ContentKeys;
import dev.reprise.lineage.HistoryTemplate;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.RunScope;
import dev.reprise.memory.Handle;
import java.util.ArrayList;
import java.util.List;

/**
 * Publishes what executions of regions have left, so that the next one is left out.
 *
 * <pre>{@code
 * executed --> all that it started has ended? --no--> holds its values, until the last one ends
 *                  | yes                                   | all have succeeded    | one failed
 *                  +<--------------------------------------+                       v
 *                  | worth keeping here?                                     gives them back
 *                  |    values ----> cache      composite ----> Composites
 *                  |    history of the outputs, by contents --> EqualExecutions
 *                  | worth keeping in the experiment store?
 *                  +    values, record ----> its thread, which writes them
 * }</pre>
 *
 * <p><b>Who writes what.</b> An execution is published once: by the control thread it ran on, which
 * passes it on here and does not look at it again, or by the thread of the last operation to end.
 * Several threads publish at once, also executions with one key; what these leave is equal, and the
 * maps that they write are for any thread. Values are there before the composite that names them,
 * and that before what finds it by contents; whoever finds one without the other executes.
 *
 * <p><b>Who waits for whom.</b> Nobody: a control thread goes on while operations that it started
 * still run, and the last of them to end goes on here ({@link Publication}). What is written to the
 * store is written by the store's thread.
 *
 * <p>Thread-safe; stateless but for the maps.
 */
final class RegionPublisher {
  private final Resources resources;
  private final LineageCache cache;
  private final RegionKeys keys;
  private final Keeping keeping;
  private final Composites composites;
  private final EqualExecutions equals;

  /** Null without an experiment store. */
  private final StoredValues stored;

  /**
   * @param equals knows the composites by contents
   */
  RegionPublisher(
      Resources resources,
      RegionKeys keys,
      Keeping keeping,
      Composites composites,
      EqualExecutions equals) {
    this.resources = resources;
    this.cache = resources.cache();
    this.stored = resources.stored();
    this.keys = keys;
    this.keeping = keeping;
    this.composites = composites;
    this.equals = equals;
  }

  /**
   * By what an execution is found, too.
   *
   * @param before when it began
   */
  record ByContents(InputContents.Asked asked, RunScope.Since before) {
    Key key() {
      return asked.key();
    }
  }

  /**
   * Publishes at once, or when everything that the execution started has succeeded.
   *
   * @param contents by which it is found, too, also as something that was not kept; or null
   * @param unfinished operations that the execution started, borrowed
   */
  void publish(FinishedRegion done, ByContents contents, List<Handle> unfinished) {
    List<Handle> awaited = new ArrayList<>(unfinished);
    done.collectPending(awaited);
    if (awaited.isEmpty()) {
      publish(done, contents);
      return;
    }
    done.retain();
    Publication.after(
        awaited,
        () -> {
          try {
            publish(done, contents);
          } finally {
            done.release();
          }
        },
        done::release);
  }

  private void publish(FinishedRegion done, ByContents contents) {
    Key key = keys.of(done.region, done.inputs);
    Key asked = contents == null ? key : contents.key();
    done.noteWhereItWasMade();
    if (done.region.isKeptHere()
        && keeping.pays(done.region.account(), asked, done.work(), done.bytesToKeep(cache))) {
      keepHere(done, key, contents);
    }
    if (stored != null && stored.regions().isWorthKeeping(done.costNanos())) {
      keepInStore(done);
    }
  }

  private void keepHere(FinishedRegion done, Key key, ByContents contents) {
    Composite composite = done.composite(cache);
    composites.put(key, composite, done.kept());
    HistoryTemplate template =
        contents == null ? null : done.history(contents.asked.vary(), contents.before);
    if (template != null) {
      equals.put(contents.key(), key, template);
    }
  }

  private void keepInStore(FinishedRegion done) {
    Composite named = done.named();
    LineageItem[] inputs = done.inputs;
    Key key = keys.inStore(done.region, inputs);
    done.lookAtValues(stored.contents(), resources.mayDefer());
    done.offerTo(stored);
    // Written by the store's thread: it walks the history of every output.
    boolean isLoop = !done.region.isKeptHere();
    ContentKeys contentKeys = stored.contents().keys();
    stored
        .regions()
        .keep(
            key,
            () ->
                isLoop
                    ? RegionRecord.writeLoop(named, inputs, contentKeys)
                    : RegionRecord.write(named, inputs, contentKeys),
            done.costNanos());
  }
}
