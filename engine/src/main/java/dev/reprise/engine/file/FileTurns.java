package dev.reprise.engine.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Whose turn it is among iterations that use the same files: while one writes, the others wait. One
 * lock guards who writes and what {@link FileOrder} notes; it is held for looking and noting only.
 *
 * <p>A writer waits for no other turn while he has his, so they end. Who waits stops when he is
 * interrupted or his safe point throws.
 */
final class FileTurns {
  /** How often who waits looks whether he is to stop. */
  private static final long LOOK_MILLIS = 50;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final List<FileUse.Places> writing = new ArrayList<>(); // guarded by lock

  /** Does what waits for nobody, alone. */
  void hold(Runnable noting) {
    lock.lock();
    try {
      noting.run();
    } finally {
      lock.unlock();
    }
  }

  /** Does it alone, while nobody writes there. */
  void inTurn(FileUse.Places places, Runnable safePoint, Runnable noting) {
    lock.lock();
    try {
      while (isBeingWritten(places)) {
        await(safePoint);
      }
      noting.run();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Begins to write, when nobody else writes there.
   *
   * @param mayWrite notes the use; false when nothing is to be written
   * @return what {@link #end} takes; null when nothing is to be written
   */
  FileUse.Places begin(FileUse use, Runnable safePoint, Predicate<FileUse.Places> mayWrite) {
    lock.lock();
    try {
      FileUse.Places places = use.places();
      while (isBeingWritten(places)) {
        await(safePoint);
        // Links may have been replaced.
        places = use.places();
      }
      if (!mayWrite.test(places)) {
        return null;
      }
      writing.add(places);
      return places;
    } finally {
      lock.unlock();
    }
  }

  /** What was begun has been written, or has failed. */
  void end(FileUse.Places places) {
    lock.lock();
    try {
      writing.remove(places);
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void await(Runnable safePoint) {
    try {
      safePoint.run();
      ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  private boolean isBeingWritten(FileUse.Places places) {
    return places
        .all()
        .anyMatch(place ->
            writing.stream()
                .flatMap(other -> other.touched().stream())
                .anyMatch(other -> touches(place, other)));
  }

  private static boolean touches(Path a, Path b) {
    return a.startsWith(b) || b.startsWith(a);
  }
}
