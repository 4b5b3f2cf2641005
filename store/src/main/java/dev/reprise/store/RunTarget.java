package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.sql.SQLException;

/** Where the thread of one {@link RunLog} writes. For that thread. */
public interface RunTarget {
  /** Where it is, for people. */
  String name();

  /**
   * Waits until writing can begin.
   *
   * @throws StoreException when it never will
   */
  default void awaitOpen() {}

  /**
   * True when another process uses the store, for whom nothing should wait to be written; asked
   * before it is open, too.
   */
  default boolean isShared() {
    return true;
  }

  /** True when the store that was written to is there no more: its folder was removed. */
  default boolean isGone() {
    return false;
  }

  /** True when a key has a value already, so that it is not written again. */
  boolean has(Key key);

  /** A file of this process to write content to, before its fingerprint is known. */
  Path draft() throws IOException;

  FileChannel openDraft(Path draft) throws IOException;

  /** Takes the pieces of a content, which the caller closes; null where contents stay whole. */
  default PieceWriter pieces() {
    return null;
  }

  /** Removes an artifact, if the key still has that content. */
  void remove(Artifact artifact);

  /** Keeps a program where a process finds it without the graph, which has its record. */
  default void keepProgram(Key key, Program program) throws IOException {}

  /** Likewise, by any thread, before the graph has the record; best effort. */
  default void keepAhead(Key key, Program program) {}

  /** Changes that are made one after another. */
  interface Batch {
    void applyTo(RunChanges changes) throws SQLException, IOException;
  }

  /** Makes changes as a whole or not at all; the first ones begin the run. */
  void write(Batch batch) throws IOException;
}
