package dev.reprise.server;

import dev.reprise.lineage.Key;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.Layout;
import dev.reprise.store.PieceFiles;
import java.io.IOException;
import java.sql.Array;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Contents of one space that lie in pieces: how each lies, and which tenants use which piece. A
 * tenant is charged for each piece that he uses once, whoever else uses it; the file of a piece
 * goes with its last user. In a connection of the caller's: what changes something, in a change of
 * the space.
 *
 * <p>A piece that was found damaged keeps its users and has no bytes: whoever sends one of them
 * again mends it for all.
 */
final class SpaceLayouts {
  private final Handle handle;
  private final long space;
  private final PieceFiles files;

  SpaceLayouts(Handle handle, long space, PieceFiles files) {
    this.handle = handle;
    this.space = space;
    this.files = files;
  }

  // ---- questions

  /** The layout of a content as it was sent, or null. */
  byte[] recipe(Key hash) {
    return handle
        .createQuery("SELECT recipe FROM layout WHERE space = :space AND hash = :hash")
        .bind("space", space)
        .bind("hash", Tenant.bytes(hash))
        .mapTo(byte[].class)
        .findOne()
        .orElse(null);
  }

  /** Length of the layout of a content as it was sent; zero when there is none. */
  int recipeBytes(Key hash) {
    return handle
        .createQuery("SELECT length(recipe) FROM layout WHERE space = :space AND hash = :hash")
        .bind("space", space)
        .bind("hash", Tenant.bytes(hash))
        .mapTo(Integer.class)
        .findOne()
        .orElse(0);
  }

  /**
   * The layout of a content, or null.
   *
   * @throws DamagedContentException when its row was damaged
   */
  Layout find(Key hash) throws DamagedContentException {
    byte[] recipe = recipe(hash);
    return recipe == null ? null : Layout.of(recipe);
  }

  /** Whether a content of that length lies in pieces of which every one is there. */
  boolean isComplete(Key hash, long bytes) {
    Presence presence = presence(hash, bytes);
    return presence != null && presence.isComplete();
  }

  /** What the rows say of the pieces of a content; the files are looked at without a connection. */
  final class Presence {
    private final Set<Key> pieces;
    private final Map<Key, Long> noted;

    private Presence(Set<Key> pieces, Map<Key, Long> noted) {
      this.pieces = pieces;
      this.noted = noted;
    }

    /** Whether every piece is there. */
    boolean isComplete() {
      return pieces.stream().allMatch(piece -> isThere(piece, noted));
    }
  }

  /** Of a content of that length; null when it does not lie in pieces, or its row was damaged. */
  Presence presence(Key hash, long bytes) {
    Layout layout;
    try {
      layout = find(hash);
    } catch (DamagedContentException e) {
      return null;
    }
    if (layout == null || layout.bytes() != bytes) {
      return null;
    }
    Set<Key> pieces = layout.lengths().keySet();
    return new Presence(pieces, sizes(pieces));
  }

  /**
   * True when a piece has its bytes, and its file too: whoever removed files and died before that
   * was committed left the first without the second.
   */
  private boolean isThere(Key piece, Map<Key, Long> noted) {
    long bytes = noted.getOrDefault(piece, 0L);
    return bytes > 0 && files.sizeOf(piece) == bytes;
  }

  /** Bytes of the files of those pieces that have a row. */
  private Map<Key, Long> sizes(Collection<Key> pieces) {
    Map<Key, Long> sizes = new HashMap<>();
    handle
        .createQuery("SELECT hash, bytes FROM piece WHERE space = :space AND hash = ANY(:pieces)")
        .bind("space", space)
        .bindBySqlType("pieces", array(pieces), Types.ARRAY)
        .map((row, _) -> Map.entry(Tenant.plain(row.getBytes(1)), row.getLong(2)))
        .forEach(piece -> sizes.put(piece.getKey(), piece.getValue()));
    return sizes;
  }

  private Array array(Collection<Key> pieces) {
    try {
      return handle
          .getConnection()
          .createArrayOf("bytea", pieces.stream().map(Tenant::bytes).toArray(byte[][]::new));
    } catch (SQLException e) {
      throw new IllegalStateException("fingerprints cannot be given to the database", e);
    }
  }

  // ---- changes

  /**
   * Publishes a content that came in pieces: those that are not here get their names, and so do
   * those that were sent, since what is here of them may be damaged.
   *
   * @return false when the content lies in other pieces here, or its row was damaged
   */
  boolean publish(Key hash, LaidUpload upload) throws IOException {
    byte[] before = recipe(hash);
    byte[] recipe = upload.layout().recipe();
    if (before != null && !Arrays.equals(before, recipe)) {
      return false;
    }
    Set<Key> pieces = upload.layout().lengths().keySet();
    Map<Key, Long> noted = sizes(pieces);
    Map<Key, Long> changed = new HashMap<>();
    for (Key piece : pieces) {
      if (upload.wasSent(piece) || !isThere(piece, noted)) {
        changed.put(piece, upload.pieces().sizeOf(piece));
        files.take(upload.pieces(), piece);
      }
    }
    try (PreparedBatch rows =
        handle.prepareBatch(
            "INSERT INTO piece(space, hash, bytes) VALUES(:space, :hash, :bytes) ON"
                + " CONFLICT(space, hash) DO UPDATE SET bytes = excluded.bytes")) {
      for (Map.Entry<Key, Long> piece : changed.entrySet()) {
        Long was = noted.get(piece.getKey());
        if (was != null) {
          // Only what has a row can have users.
          charge(piece.getKey(), piece.getValue() - was);
        }
        rows.bind("space", space)
            .bind("hash", Tenant.bytes(piece.getKey()))
            .bind("bytes", piece.getValue())
            .add();
      }
      if (rows.size() > 0) {
        rows.execute();
      }
    }
    if (before == null) {
      handle
          .createUpdate("INSERT INTO layout(space, hash, recipe) VALUES(:space, :hash, :recipe)")
          .bind("space", space)
          .bind("hash", Tenant.bytes(hash))
          .bind("recipe", recipe)
          .execute();
    }
    return true;
  }

  /** The file of a piece became longer: each who uses it is charged for that. */
  private void charge(Key piece, long more) {
    if (more != 0) {
      handle
          .createUpdate(
              "UPDATE tenant SET artifact_bytes = artifact_bytes + :more WHERE id IN (SELECT tenant"
                  + " FROM piece_use WHERE space = :space AND piece = :piece)")
          .bind("more", more)
          .bind("space", space)
          .bind("piece", Tenant.bytes(piece))
          .execute();
    }
  }

  /**
   * A tenant has his first artifact with a content that lies so.
   *
   * @return bytes of the pieces that he did not use before, which he is charged for now
   */
  long hold(Layout layout, long tenant) {
    long bytes =
        handle
            .createQuery(
                "WITH held AS (INSERT INTO piece_use(space, piece, tenant, layouts) SELECT :space,"
                    + " unnest(:pieces), :tenant, 1 ON CONFLICT(space, piece, tenant) DO UPDATE SET"
                    + " layouts = piece_use.layouts + 1 RETURNING piece, layouts) SELECT"
                    + " coalesce(sum(p.bytes), 0)::bigint FROM held JOIN piece p ON p.space ="
                    + " :space AND p.hash = held.piece WHERE held.layouts = 1")
            .bind("space", space)
            .bind("tenant", tenant)
            .bindBySqlType("pieces", array(layout.lengths().keySet()), Types.ARRAY)
            .mapTo(Long.class)
            .one();
    chargeTenant(tenant, bytes);
    return bytes;
  }

  private void chargeTenant(long tenant, long bytes) {
    handle
        .createUpdate("UPDATE tenant SET artifact_bytes = artifact_bytes + :bytes WHERE id = :id")
        .bind("bytes", bytes)
        .bind("id", tenant)
        .execute();
  }

  /**
   * A tenant has no artifact with a content any more.
   *
   * @param isLast nobody has one: the layout goes, and pieces that nobody uses
   * @return pieces that were looked at
   */
  int release(Key hash, long tenant, boolean isLast) throws IOException {
    Layout layout;
    try {
      layout = find(hash);
    } catch (DamagedContentException e) {
      // Which pieces it had a check finds out, by those of the others.
      layout = null;
    }
    if (isLast) {
      handle
          .createUpdate("DELETE FROM layout WHERE space = :space AND hash = :hash")
          .bind("space", space)
          .bind("hash", Tenant.bytes(hash))
          .execute();
    }
    if (layout == null) {
      return 0;
    }
    Set<Key> pieces = layout.lengths().keySet();
    Array all = array(pieces);
    chargeTenant(tenant, -unuse(all, tenant));
    removeUnused(all);
    return pieces.size();
  }

  /**
   * Takes one use of pieces away from a tenant.
   *
   * @return bytes of those that he uses no more
   */
  private long unuse(Array pieces, long tenant) {
    handle
        .createUpdate(
            "UPDATE piece_use SET layouts = layouts - 1 WHERE space = :space AND piece ="
                + " ANY(:pieces) AND tenant = :tenant")
        .bind("space", space)
        .bind("tenant", tenant)
        .bindBySqlType("pieces", pieces, Types.ARRAY)
        .execute();
    return handle
        .createQuery(
            "WITH gone AS (DELETE FROM piece_use WHERE space = :space AND piece = ANY(:pieces)"
                + " AND tenant = :tenant AND layouts <= 0 RETURNING piece) SELECT"
                + " coalesce(sum(p.bytes), 0)::bigint FROM gone JOIN piece p ON p.space ="
                + " :space AND p.hash = gone.piece")
        .bind("space", space)
        .bind("tenant", tenant)
        .bindBySqlType("pieces", pieces, Types.ARRAY)
        .mapTo(Long.class)
        .one();
  }

  /** Removes pieces that nobody uses. */
  private void removeUnused(Array pieces) throws IOException {
    List<Key> unused =
        handle
            .createQuery(
                "DELETE FROM piece p WHERE space = :space AND hash = ANY(:pieces) AND NOT EXISTS"
                    + " (SELECT 1 FROM piece_use u WHERE u.space = p.space AND u.piece = p.hash)"
                    + " RETURNING hash")
            .bind("space", space)
            .bindBySqlType("pieces", pieces, Types.ARRAY)
            .map((row, _) -> Tenant.plain(row.getBytes(1)))
            .list();
    for (Key piece : unused) {
      files.delete(piece);
    }
  }

  /** Takes the bytes away from pieces that are damaged, of those that are suspected. */
  void damaged(Map<Key, Integer> suspects) throws IOException {
    if (suspects.isEmpty()) {
      return;
    }
    Map<Key, Long> noted = sizes(suspects.keySet());
    for (Map.Entry<Key, Integer> suspect : suspects.entrySet()) {
      Key piece = suspect.getKey();
      long bytes = noted.getOrDefault(piece, 0L);
      if (bytes > 0 && files.isDamaged(piece, suspect.getValue())) {
        charge(piece, -bytes);
        handle
            .createUpdate("UPDATE piece SET bytes = 0 WHERE space = :space AND hash = :hash")
            .bind("space", space)
            .bind("hash", Tenant.bytes(piece))
            .execute();
        files.delete(piece);
      }
    }
  }

  /** Files of pieces. */
  PieceFiles files() {
    return files;
  }
}
