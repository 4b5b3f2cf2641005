package dev.reprise.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A content on its way from one client. All is guarded by its lock, which nobody waits for, but for
 * {@code lastPart}, which is looked at from outside; once {@code complete} it is never changed.
 */
abstract sealed class Upload permits WholeUpload, LaidUpload {
  final ReentrantLock lock = new ReentrantLock();

  /** Length of the content. */
  final long total;

  /** All has come, and is what its fingerprint says. */
  boolean complete;

  /** Somebody took it over, who publishes or drops it. */
  boolean isTaken;

  /** What it takes of the room for all, which it leaves when it is dropped; null for none. */
  private final UploadRoom.Place place;

  // Written by whoever adds something; when that was.
  volatile long lastPart;

  Upload(long total, long now, UploadRoom.Place place) {
    this.total = total;
    this.place = place;
    this.lastPart = now;
  }

  /** What became of what was sent. */
  enum Part {
    TAKEN,
    /** It does not follow the last one, or nobody began. */
    UNEXPECTED,
    /** All is there, and it is not what its name says. */
    DAMAGED
  }

  /** The content in pieces, if it is complete and lies so, or null. */
  abstract LaidUpload laid();

  /** Its file when it is complete and lies whole, or null. */
  abstract Path whole();

  /** Removes all files that are left of it. */
  abstract void removeFiles() throws IOException;

  /** Ends it, as often as that is said. */
  final void drop() throws IOException {
    try {
      removeFiles();
    } finally {
      if (place != null) {
        place.leave();
      }
    }
  }
}
