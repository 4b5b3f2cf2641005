package dev.reprise.engine.level;

import dev.reprise.engine.control.ControlContext;
import dev.reprise.lineage.Key;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Calls and blocks that are being executed, by the contents of their inputs: who is about to
 * execute an equal one waits for it to end, and looks again.
 *
 * <pre>
 *   begin ---- nobody executes it ----> owner: executes, remembers, ends (whatever happens)
 *     |
 *     +-- another thread does --> owner of something himself: executes it, too
 *                            \--> else: waits until it has ended --> found?  --no--> executes it
 * </pre>
 *
 * <p><b>No deadlock.</b> Who owns an execution, or works in a parfor of one who does, waits for no
 * other ({@link ControlContext#ownsCall}); so whoever is waited for goes on, and whatever else he
 * waits for is an operation, a task that needs no control thread. What his execution leaves behind
 * unfinished is not waited for. Who waits has no claim and no memory in hand.
 *
 * <p>Thread-safe. An execution is put into the map and taken out by its owner alone.
 */
final class CallsUnderWay {
  /** How often who waits looks whether he is to stop. */
  private static final long LOOK_MILLIS = 20;

  private final ConcurrentHashMap<Key, Execution> byContents = new ConcurrentHashMap<>();

  /** One that is under way. */
  static final class Execution {
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Waits until its owner has ended it; true at once when that is so. */
    void await(ControlContext context) {
      try {
        while (!ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          context.checkCancelled();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted");
      }
    }
  }

  /**
   * Begins an execution.
   *
   * @return null when the caller owns it, and owes {@link #end}; else that of another thread
   */
  Execution begin(Key contents, Execution mine) {
    return byContents.putIfAbsent(contents, mine);
  }

  /** Ends what was begun: what it left can be found, or never will be. */
  void end(Key contents, Execution mine) {
    byContents.remove(contents, mine);
    mine.ended.countDown();
  }
}
