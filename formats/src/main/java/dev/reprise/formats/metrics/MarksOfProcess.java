package dev.reprise.formats.metrics;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The marks that are open in this process. The system gives up all locks that a process has on a
 * file when it closes the file, by whatever channel, so each is opened once at a time. Thread-safe.
 *
 * <p>This is the one static state that changes: POSIX locks belong to the process, not to a session
 * or a channel, so sessions of one process that know nothing of each other must share it.
 */
final class MarksOfProcess {
  private static final MarksOfProcess ALL = new MarksOfProcess();

  private final Set<Path> open = ConcurrentHashMap.newKeySet();

  private MarksOfProcess() {}

  /** Those of all sessions. */
  static MarksOfProcess all() {
    return ALL;
  }

  /** False when somebody has it open. */
  boolean enter(Path file) {
    return open.add(file);
  }

  /** After it was closed. */
  void leave(Path file) {
    open.remove(file);
  }
}
