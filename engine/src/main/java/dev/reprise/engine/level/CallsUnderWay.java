package dev.reprise.engine.level;

import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.OwnedExecution;
import dev.reprise.engine.timeline.EventKind;
import dev.reprise.engine.timeline.Track;
import dev.reprise.engine.worth.AskingByContent;
import dev.reprise.lineage.Key;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Calls and blocks that are being executed, by the contents of their inputs: who is about to
 * execute an equal one waits for it to end, and looks again.
 *
 * <pre>
 *   nobody executes it? --yes--> owner: looks again, executes, publishes, ends (whatever happens)
 *     | no
 *   worth waiting, and may wait? ----no--> executes it, too
 *     | yes
 *   it has ended; found? ------------no--> executes it, too
 *     | yes
 *   bound
 * </pre>
 *
 * <p><b>Who writes what.</b> An execution is put into the map and taken out by its owner alone, on
 * one thread. One at a time is registered: those who have waited and found nothing, and those who
 * may not wait, all execute without being in the map, and nobody waits for them. What a thread owns
 * ({@link ControlContext#owned}) is written by that thread.
 *
 * <p><b>Who waits for whom.</b> A control thread that holds no claim waits for the owner, unless
 * somebody waits for what it executes itself, or the owner waits: so the owner waits for operations
 * alone, see {@link OwnedExecution}. What an execution leaves behind unfinished is not waited for.
 *
 * <p>Thread-safe.
 */
final class CallsUnderWay {
  private final ConcurrentHashMap<Key, OwnedExecution> byContents = new ConcurrentHashMap<>();

  /**
   * Executes what was not found by its contents, unless another thread is about to do so: then
   * waits for what that leaves. Called by control threads that hold no claim.
   *
   * @param find binds what an execution of these contents has left; false when there is nothing
   * @param execute executes it and publishes what it leaves
   */
  void executeOnce(Request request, Key contents, BooleanSupplier find, Runnable execute) {
    OwnedExecution mine = new OwnedExecution(request.context().owned);
    OwnedExecution other = byContents.putIfAbsent(contents, mine);
    if (other == null) {
      executeOwned(request.context(), contents, mine, find, execute);
    } else if (!findAfter(other, request, find)) {
      execute.run();
    }
  }

  private void executeOwned(
      ControlContext context,
      Key contents,
      OwnedExecution mine,
      BooleanSupplier find,
      Runnable execute) {
    context.owned = mine;
    try {
      // It may have ended since it was looked for.
      if (!find.getAsBoolean()) {
        execute.run();
      }
    } finally {
      context.owned = mine.around();
      byContents.remove(contents, mine);
      mine.end();
    }
  }

  /**
   * Waits for an execution to end, if that is worth it and may be, and looks for what it left.
   *
   * @param other of another thread, or one around this
   */
  private static boolean findAfter(OwnedExecution other, Request request, BooleanSupplier find) {
    AskingByContent asking = request.account().askingByContent();
    if (!request.region().isWorthWaiting() || !asking.waits() || !await(other, request)) {
      return false;
    }
    if (find.getAsBoolean()) {
      asking.waitedAndFound();
      return true;
    }
    asking.waitedInVain();
    return false;
  }

  /** False, at once, when this thread may not wait for it. */
  private static boolean await(OwnedExecution other, Request request) {
    ControlContext context = request.context();
    Track track = context.counters.track;
    long start = track == null ? 0 : System.nanoTime();
    boolean waited = false;
    try {
      waited = other.await(context.owned, context::checkCancelled);
      return waited;
    } finally {
      if (track != null && waited) {
        long nanos = System.nanoTime() - start;
        track.span(EventKind.WAIT, request.label(track), start, nanos, nanos);
      }
    }
  }
}
