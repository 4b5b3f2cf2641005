package dev.reprise.engine.level;

import dev.reprise.engine.control.OwnedExecution;
import dev.reprise.lineage.Key;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls and blocks that are being executed, by the contents of their inputs: who is about to
 * execute an equal one waits for it to end, and looks again.
 *
 * <pre>
 *   begin ---- nobody executes it ----> owner: executes, remembers, ends (whatever happens)
 *     |
 *     +-- another thread does --> may wait? --no--> executes it, too
 *                                     | yes
 *                                     +--> it has ended --> found? --no--> executes it
 * </pre>
 *
 * <p>What an execution leaves behind unfinished is not waited for. Why nobody waits for ever:
 * {@link OwnedExecution}. Thread-safe; an execution is put into the map and taken out by its owner
 * alone.
 */
final class CallsUnderWay {
  private final ConcurrentHashMap<Key, OwnedExecution> byContents = new ConcurrentHashMap<>();

  /**
   * Begins an execution. One at a time is registered: those who have waited and found nothing, and
   * those who may not wait, all execute without being in the map, and nobody waits for them.
   *
   * @return null when the caller owns it, and owes {@link #end}; else that of another thread, or
   *     one around this
   */
  OwnedExecution begin(Key contents, OwnedExecution mine) {
    return byContents.putIfAbsent(contents, mine);
  }

  /** Ends what was begun. */
  void end(Key contents, OwnedExecution mine) {
    byContents.remove(contents, mine);
    mine.end();
  }
}
