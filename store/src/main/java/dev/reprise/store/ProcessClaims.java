package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/**
 * Who computes what, among processes on one machine: a lock of the operating system on one byte of
 * an empty file, at an offset that follows from the key. The system gives the lock back when its
 * process dies, however it dies, so nothing has to be cleaned up and no clock is asked.
 *
 * <p>A lock is tried, never waited for. Two keys may share an offset by accident (2^-62), and all
 * locks of a process are lost if it closes another channel on the same file (POSIX); both mean that
 * something is computed twice, nothing worse.
 *
 * <p>Thread-safe.
 */
final class ProcessClaims implements AutoCloseable {
  /** The offset beyond those of keys: locked, shared, by those who write what a run has left. */
  private static final long WRITERS = 1L << 62;

  /** Then come the offsets of processes that use the store, each has locked one. */
  private static final long PRESENT = WRITERS + 1;

  /** More processes than these do not see one another, and take it that there are others. */
  private static final int PLACES = 64;

  /** Who looks whether there are writers holds the lock for a moment. */
  private static final int TRIES = 100;

  private static final long LOOK_NANOS = 100_000;
  private static final long PAUSE_NANOS = 5_000_000;

  private final FileChannel file;

  // Written once, by whoever announces this process; the JDK knows a lock as long as it is held.
  private volatile FileLock place;

  /** A held claim; closing it lets others claim the key. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  ProcessClaims(Path path) throws IOException {
    this.file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** The claim of a key, or null when another process, or thread of this one, holds it. */
  Held tryClaim(Key key) throws IOException {
    try {
      FileLock lock = file.tryLock(key.low() & Long.MAX_VALUE >>> 1, 1, false);
      return lock == null ? null : () -> release(lock);
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Lets others see that this process is there, until this is closed. */
  void announcePresence() throws IOException {
    for (int i = 0; i < TRIES && place == null; i++) {
      for (int number = 0; number < PLACES && place == null; number++) {
        place = tryLock(PRESENT + number, 1);
      }
      if (place == null) {
        // Another one looks who is there: it holds all places for a moment.
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }

  /** True when another process is there, and when this one has found no place. */
  boolean areOthersPresent() throws IOException {
    FileLock own = place;
    if (own == null) {
      return true;
    }
    long after = own.position() + 1;
    return isTaken(PRESENT, own.position()) || isTaken(after, PRESENT + PLACES);
  }

  private boolean isTaken(long from, long to) throws IOException {
    if (from == to) {
      return false;
    }
    FileLock lock = tryLock(from, to - from);
    if (lock == null) {
      return true;
    }
    release(lock);
    return false;
  }

  /** A lock for this process alone, or null. */
  private FileLock tryLock(long from, long length) throws IOException {
    try {
      return file.tryLock(from, length, false);
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Announces a writer, until it ends this; null when that cannot be. */
  Held announceWriter() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      try {
        FileLock lock = file.tryLock(WRITERS, 1, true);
        if (lock != null) {
          return () -> release(lock);
        }
      } catch (OverlappingFileLockException e) {
        return null;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return null;
  }

  /** True while another process, or this one, is an announced writer. */
  boolean hasWriters() throws IOException {
    try {
      FileLock lock = file.tryLock(WRITERS, 1, false);
      if (lock == null) {
        return true;
      }
      release(lock);
      return false;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  /**
   * Waits until there are no writers.
   *
   * @return false when there still are some after that time, or the thread was interrupted
   */
  boolean awaitWriters(long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    while (hasWriters()) {
      if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }

  private static void release(FileLock lock) {
    try {
      lock.release();
    } catch (IOException e) {
      // The channel is closed, and the lock with it.
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
