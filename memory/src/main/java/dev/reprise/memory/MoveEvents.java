package dev.reprise.memory;

/**
 * Hears of values that move between host memory, accelerators and the disk. Called by the thread
 * that moves them, with no lock held, possibly by many at once; must be quick and not throw. Times
 * are those of {@link System#nanoTime}.
 */
public interface MoveEvents {
  /** Hears nothing. */
  MoveEvents NONE = new MoveEvents() {};

  /** Cells went to an accelerator; its queue may take them later than this. */
  default void uploaded(String device, long bytes, long start, long nanos) {}

  /** Cells came from an accelerator. */
  default void downloaded(String device, long bytes, long start, long nanos) {}

  /** Cells came to an accelerator from another one, or will be there before the next kernel. */
  default void copiedFromPeer(String device, String from, long bytes, long start, long nanos) {}

  /** A copy left an accelerator for host memory, for lack of room. */
  default void demoted(String device, long bytes) {}

  /** A copy on an accelerator was dropped for lack of room, whose cells were elsewhere too. */
  default void dropped(String device, long bytes) {}

  /** Cells were written to the disk. */
  default void writtenToDisk(long bytes, long start, long nanos) {}

  /** Cells were read from the disk. */
  default void readFromDisk(long bytes, long start, long nanos) {}
}
