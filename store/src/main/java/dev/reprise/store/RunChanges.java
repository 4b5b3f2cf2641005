package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

/** What a run adds to a store in one transaction. */
public interface RunChanges {
  /** Notes how the run ended. */
  void ended(String status, double seconds) throws SQLException, IOException;

  /** A value of this run: counted once for each run, its cost the least that was measured. */
  void vertex(Vertex vertex) throws SQLException, IOException;

  /** What the operation of a value that the store knows took on a class of devices, once more. */
  void measured(Key vertex, DeviceCost cost) throws SQLException, IOException;

  /**
   * Adds an artifact unless its key has one.
   *
   * @param draft the file with its content, null when the artifact holds it
   */
  boolean artifact(Artifact artifact, Key vertex, Path draft) throws SQLException, IOException;

  /**
   * Adds an artifact whose content lies in pieces, unless its key has one, or a piece has gone
   * meanwhile; only where the target has pieces.
   */
  default boolean artifact(Artifact artifact, Key vertex, PieceWriter content)
      throws SQLException, IOException {
    throw new IllegalStateException("no pieces here");
  }

  void uses(Map<Key, Integer> uses) throws SQLException, IOException;

  void region(Key key, byte[] record, long costNanos) throws SQLException, IOException;

  void trace(String name, Key key, byte[] text) throws SQLException, IOException;

  void score(String name, Key key, double value) throws SQLException, IOException;
}
