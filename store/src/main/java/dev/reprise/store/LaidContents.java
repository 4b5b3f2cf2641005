package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.GraphDatabase.Session;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Contents in pieces as the graph has them: the layout of each, and how many layouts use a piece.
 * The file of a piece goes with its last user. In a session of the caller's; stateless.
 *
 * <p>A piece that was found damaged keeps its users and has no bytes: whoever writes one of them
 * again writes the piece again.
 */
final class LaidContents {
  private final Session session;
  private final PieceFiles files;

  LaidContents(Session session, PieceFiles files) {
    this.session = session;
    this.files = files;
  }

  /**
   * The layout of a content; null when it lies in a file of its own.
   *
   * @throws IOException when it is damaged
   */
  Layout find(Key hash) throws SQLException, IOException {
    PreparedStatement find = session.prepared("SELECT recipe FROM layout WHERE hash = ?");
    GraphDatabase.setKey(find, 1, hash);
    try (ResultSet row = find.executeQuery()) {
      return row.next() ? Layout.of(row.getBytes(1)) : null;
    }
  }

  boolean has(Key hash) throws SQLException {
    PreparedStatement find = session.prepared("SELECT 1 FROM layout WHERE hash = ?");
    GraphDatabase.setKey(find, 1, hash);
    try (ResultSet row = find.executeQuery()) {
      return row.next();
    }
  }

  /** Bytes of the file of a piece; 0 when it is damaged, -1 when there is none. */
  long bytesOf(Key piece) throws SQLException {
    PreparedStatement find = session.prepared("SELECT bytes FROM piece WHERE hash = ?");
    GraphDatabase.setKey(find, 1, piece);
    try (ResultSet row = find.executeQuery()) {
      return row.next() ? row.getLong(1) : -1;
    }
  }

  /**
   * True when a piece has its bytes, and its file too: whoever removed files and died before that
   * was committed left the first without the second.
   */
  boolean isThere(Key piece) throws SQLException {
    long bytes = bytesOf(piece);
    return bytes > 0 && files.sizeOf(piece) == bytes;
  }

  /** True when every piece is there, or on its way. */
  boolean isComplete(PieceWriter content) throws SQLException {
    for (Key piece : content.drafts().keySet()) {
      if (content.drafts().get(piece).bytes() == 0) {
        return false;
      }
    }
    for (Key piece : new HashSet<>(content.layout().pieces())) {
      if (!content.drafts().containsKey(piece) && !isThere(piece)) {
        return false;
      }
    }
    return true;
  }

  /** Adds a layout with its pieces, whose files get their names; returns what they take more. */
  long add(Key hash, PieceWriter content) throws SQLException, IOException {
    setRecipe(hash, content.layout());
    Map<Key, Long> more = users(Map.of(hash, content.layout()));
    for (Key piece : more.keySet()) {
      more.merge(piece, usersOf(piece), Long::sum);
    }
    return take(content, more);
  }

  /** Replaces a layout that is damaged; its pieces are counted anew; returns the same as add. */
  long replace(Key hash, PieceWriter content) throws SQLException, IOException {
    setRecipe(hash, content.layout());
    Map<Key, Long> counted = users(all());
    Map<Key, Long> own = users(Map.of(hash, content.layout()));
    own.replaceAll((piece, _) -> counted.get(piece));
    return take(content, own);
  }

  private void setRecipe(Key hash, Layout layout) throws SQLException {
    PreparedStatement insert =
        session.prepared("INSERT OR REPLACE INTO layout(hash, recipe) VALUES(?, ?)");
    GraphDatabase.setKey(insert, 1, hash);
    insert.setBytes(2, layout.recipe());
    insert.executeUpdate();
  }

  /** Layouts that use a piece, as the graph has it; 0 when it does not. */
  private long usersOf(Key piece) throws SQLException {
    PreparedStatement find = session.prepared("SELECT users FROM piece WHERE hash = ?");
    GraphDatabase.setKey(find, 1, piece);
    try (ResultSet row = find.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private long take(PieceWriter content, Map<Key, Long> users) throws SQLException, IOException {
    long added = 0;
    PreparedStatement use =
        session.prepared("INSERT OR REPLACE INTO piece(hash, bytes, users) VALUES(?, ?, ?)");
    for (Key piece : users.keySet()) {
      long bytes = bytesOf(piece);
      if (!isThere(piece)) {
        PieceWriter.Draft draft = content.drafts().get(piece);
        files.publish(draft.file(), piece);
        added += draft.bytes() - Math.max(bytes, 0);
        bytes = draft.bytes();
      }
      GraphDatabase.setKey(use, 1, piece);
      use.setLong(2, bytes);
      use.setLong(3, users.get(piece));
      use.executeUpdate();
    }
    return added;
  }

  /** Writes pieces again that were damaged or lost; returns what they take more. */
  long replaceDamaged(PieceWriter content) throws SQLException, IOException {
    long added = 0;
    PreparedStatement mend = session.prepared("UPDATE piece SET bytes = ? WHERE hash = ?");
    for (Map.Entry<Key, PieceWriter.Draft> draft : content.drafts().entrySet()) {
      long bytes = bytesOf(draft.getKey());
      if (draft.getValue().bytes() > 0 && bytes >= 0 && !isThere(draft.getKey())) {
        files.publish(draft.getValue().file(), draft.getKey());
        mend.setLong(1, draft.getValue().bytes());
        GraphDatabase.setKey(mend, 2, draft.getKey());
        mend.executeUpdate();
        added += draft.getValue().bytes() - bytes;
      }
    }
    return added;
  }

  /**
   * What the removal of a layout did.
   *
   * @param bytes that its pieces took which no other one uses, and which are gone
   * @param pieces that were looked at
   */
  record Removed(long bytes, int pieces) {}

  /** Removes a layout, and the pieces that no other one uses. */
  Removed remove(Key hash) throws SQLException, IOException {
    Layout layout;
    try {
      layout = find(hash);
    } catch (IOException e) {
      // Which pieces it had the next check finds out, by those of the others.
      layout = null;
    }
    PreparedStatement delete = session.prepared("DELETE FROM layout WHERE hash = ?");
    GraphDatabase.setKey(delete, 1, hash);
    delete.executeUpdate();
    if (layout == null) {
      return new Removed(0, 0);
    }
    Set<Key> pieces = new HashSet<>(layout.pieces());
    return new Removed(release(pieces), pieces.size());
  }

  private long release(Set<Key> pieces) throws SQLException, IOException {
    PreparedStatement release =
        session.prepared("UPDATE piece SET users = users - 1 WHERE hash = ?");
    PreparedStatement delete =
        session.prepared("DELETE FROM piece WHERE hash = ? AND users <= 0 RETURNING bytes");
    long freed = 0;
    for (Key piece : pieces) {
      GraphDatabase.setKey(release, 1, piece);
      release.executeUpdate();
      GraphDatabase.setKey(delete, 1, piece);
      long bytes = -1;
      try (ResultSet row = delete.executeQuery()) {
        if (row.next()) {
          bytes = row.getLong(1);
        }
      }
      if (bytes >= 0) {
        files.delete(piece);
        freed += bytes;
      }
    }
    return freed;
  }

  /** Notes that a piece is damaged, if it is, and removes its file; returns what that took. */
  long damaged(Key piece, int length) throws SQLException, IOException {
    long bytes = bytesOf(piece);
    if (bytes <= 0 || !files.isDamaged(piece, length)) {
      return 0;
    }
    PreparedStatement note = session.prepared("UPDATE piece SET bytes = 0 WHERE hash = ?");
    GraphDatabase.setKey(note, 1, piece);
    note.executeUpdate();
    files.delete(piece);
    return bytes;
  }

  /** All layouts by the content that they are of; those that are damaged are left out. */
  Map<Key, Layout> all() throws SQLException {
    Map<Key, Layout> all = new HashMap<>();
    try (ResultSet row = session.prepared("SELECT hash, recipe FROM layout").executeQuery()) {
      while (row.next()) {
        try {
          all.put(Keys.of(row.getBytes(1)), Layout.of(row.getBytes(2)));
        } catch (IOException e) {
          // Whoever loads the content finds it out.
        }
      }
    }
    return all;
  }

  /** Bytes of the files of all pieces. */
  Map<Key, Long> sizes() throws SQLException {
    Map<Key, Long> sizes = new HashMap<>();
    try (ResultSet row = session.prepared("SELECT hash, bytes FROM piece").executeQuery()) {
      while (row.next()) {
        sizes.put(Keys.of(row.getBytes(1)), row.getLong(2));
      }
    }
    return sizes;
  }

  /** How many layouts use each piece, counted. */
  private static Map<Key, Long> users(Map<Key, Layout> layouts) {
    Map<Key, Long> users = new LinkedHashMap<>();
    for (Layout layout : layouts.values()) {
      new HashSet<>(layout.pieces()).forEach(piece -> users.merge(piece, 1L, Long::sum));
    }
    return users;
  }

  /** True when every piece has as many users as the graph says; of one moment. */
  boolean isCountedRight() throws SQLException {
    session.connection.setAutoCommit(false);
    try {
      return users(all()).equals(notedUsers());
    } finally {
      session.connection.rollback();
      session.connection.setAutoCommit(true);
    }
  }

  /** How many layouts use each piece, as the graph has it. */
  Map<Key, Long> notedUsers() throws SQLException {
    Map<Key, Long> users = new HashMap<>();
    try (ResultSet row = session.prepared("SELECT hash, users FROM piece").executeQuery()) {
      while (row.next()) {
        users.put(Keys.of(row.getBytes(1)), row.getLong(2));
      }
    }
    return users;
  }

  /** Counts users anew; removes layouts and pieces without any, and files that are no piece. */
  void mend() throws SQLException, IOException {
    session.execute(
        "DELETE FROM layout WHERE hash NOT IN (SELECT hash FROM artifact WHERE content IS NULL)");
    Map<Key, Long> users = users(all());
    PreparedStatement count = session.prepared("UPDATE piece SET users = ? WHERE hash = ?");
    for (Key piece : List.copyOf(notedUsers().keySet())) {
      count.setLong(1, users.getOrDefault(piece, 0L));
      GraphDatabase.setKey(count, 2, piece);
      count.executeUpdate();
    }
    session.execute("DELETE FROM piece WHERE users <= 0");
    Set<Key> left = notedUsers().keySet();
    for (Key file : files.all()) {
      if (!left.contains(file)) {
        files.delete(file);
      }
    }
  }
}
