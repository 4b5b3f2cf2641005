package dev.reprise.engine.region;

import dev.reprise.memory.Handle;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waits, without a thread, until operations have finished, and then goes on: one way when all have
 * succeeded, another when one has failed or was cancelled. The last operation's thread goes on.
 */
public final class Publication {
  private final List<Handle> awaited;
  private final Runnable publish;
  private final Runnable giveUp;

  // Handles that are not done, and one for the thread that subscribes.
  private final AtomicInteger open;

  private Publication(List<Handle> awaited, Runnable publish, Runnable giveUp) {
    this.awaited = awaited;
    this.publish = publish;
    this.giveUp = giveUp;
    this.open = new AtomicInteger(awaited.size() + 1);
  }

  /**
   * @param awaited borrowed; a reference to each is held until the end
   */
  public static void after(List<Handle> awaited, Runnable publish, Runnable giveUp) {
    Publication publication = new Publication(awaited, publish, giveUp);
    awaited.forEach(Handle::retain);
    awaited.forEach(handle -> handle.whenDone(publication::oneIsDone));
    publication.oneIsDone();
  }

  private void oneIsDone() {
    if (open.decrementAndGet() > 0) {
      return;
    }
    boolean failed = false;
    for (Handle handle : awaited) {
      failed |= handle.errorOrNull() != null;
    }
    try {
      (failed ? giveUp : publish).run();
    } finally {
      awaited.forEach(Handle::release);
    }
  }
}
