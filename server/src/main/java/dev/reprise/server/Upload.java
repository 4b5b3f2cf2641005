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

  // Written by whoever adds something; when that was.
  volatile long lastPart;

  Upload(long total, long now) {
    this.total = total;
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

  /** Bytes of memory that it takes until it ends. */
  long heldBytes() {
    return 0;
  }

  /** The content in pieces, if it is complete and lies so, or null. */
  abstract LaidUpload laid();

  /** Its file when it is complete and lies whole, or null. */
  abstract Path whole();

  /** Removes all files that are left of it. */
  abstract void drop() throws IOException;
}
