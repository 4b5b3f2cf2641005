package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks a store, and mends it: what is damaged goes, since all of it can be computed again. Other
 * processes may use the store meanwhile.
 */
public final class Inspection {
  private final ExperimentStore store;

  public Inspection(ExperimentStore store) {
    this.store = store;
  }

  /**
   * What was found.
   *
   * @param artifacts that were looked at
   * @param problems one line each, in the order in which they were found
   * @param orphans files that no artifact has
   * @param drafts files that processes left which are gone
   * @param mended whether all of that has been removed
   */
  public record Report(
      long artifacts, List<String> problems, long orphans, long drafts, boolean mended) {
    public Report {
      problems = List.copyOf(problems);
    }

    public boolean isClean() {
      return problems.isEmpty();
    }
  }

  /**
   * Compares every content with its fingerprint.
   *
   * @param mend whether to remove what is damaged, and files without owner
   */
  public Report run(boolean mend) {
    List<String> problems = new ArrayList<>(databaseProblems());
    List<Artifact> all = artifacts();
    List<Artifact> damaged = new ArrayList<>();
    boolean readable = checkContents(all, damaged, problems);
    Set<Key> owned = new HashSet<>();
    for (Artifact artifact : all) {
      if (!artifact.isInline()) {
        owned.add(artifact.hash());
      }
    }
    long counted = store.artifactBytes();
    Map<Key, Layout> layouts = layouts();
    owned.removeAll(layouts.keySet());
    long found = bytesOf(all, layouts.keySet());
    if (counted != found) {
      problems.add("the artifacts take " + found + " bytes, the store has counted " + counted);
    }
    for (Key program : store.programs().damaged()) {
      problems.add("program " + program + ": its file was damaged");
    }
    if (!ask(LaidContents::isCountedRight)) {
      problems.add("the pieces of contents are counted wrongly");
    }
    List<Key> orphans = orphans(owned);
    try {
      long drafts = 0;
      if (mend && !store.isReadOnly()) {
        mend(damaged);
        store.programs().removeUnless(store::hasRegion);
        drafts = store.files().removeAbandonedDrafts() + store.programs().removeAbandonedDrafts();
      }
      boolean mended = mend && readable && !store.isReadOnly();
      return new Report(all.size(), problems, orphans.size(), drafts, mended);
    } catch (IOException e) {
      throw new StoreException(
          "the experiment store " + store.folder() + " cannot be mended: " + e.getMessage(), e);
    }
  }

  /**
   * Compares contents with their fingerprints.
   *
   * @param damaged takes artifacts whose content is not what it was
   * @param problems takes words for people
   * @return false when one could not be read, of which nothing is known
   */
  private boolean checkContents(
      List<Artifact> artifacts, List<Artifact> damaged, List<String> problems) {
    boolean readable = true;
    for (Artifact artifact : artifacts) {
      try {
        if (isDamaged(artifact)) {
          damaged.add(artifact);
          problems.add("artifact " + artifact.key() + ": its content was damaged");
        }
      } catch (NoSuchFileException e) {
        damaged.add(artifact);
        problems.add("artifact " + artifact.key() + ": a file of its content is gone");
      } catch (DamagedContentException e) {
        damaged.add(artifact);
        problems.add("artifact " + artifact.key() + ": " + e.getMessage());
      } catch (IOException e) {
        // It may be as it was, and another time or for another user it can be read.
        readable = false;
        problems.add("artifact " + artifact.key() + " cannot be checked and stays: " + whyNot(e));
      }
    }
    return readable;
  }

  private static String whyNot(IOException e) {
    return e instanceof AccessDeniedException denied
        ? denied.getFile() + " may not be read"
        : e.getMessage();
  }

  private List<String> databaseProblems() {
    return store
        .database()
        .ask(session -> {
          List<String> problems = new ArrayList<>();
          try (ResultSet row = session.prepared("PRAGMA quick_check(20)").executeQuery()) {
            while (row.next()) {
              if (!row.getString(1).equals("ok")) {
                problems.add("graph.db: " + row.getString(1));
              }
            }
          }
          return problems;
        });
  }

  private List<Artifact> artifacts() {
    return store
        .database()
        .ask(session -> {
          PreparedStatement find =
              session.prepared("SELECT key, hash, bytes, cost_nanos, content FROM artifact");
          List<Artifact> all = new ArrayList<>();
          try (ResultSet row = find.executeQuery()) {
            while (row.next()) {
              all.add(
                  new Artifact(
                      Keys.of(row.getBytes(1)),
                      Keys.of(row.getBytes(2)),
                      row.getLong(3),
                      row.getLong(4),
                      row.getBytes(5)));
            }
          }
          return all;
        });
  }

  private interface Question<T> {
    T of(LaidContents laid) throws SQLException;
  }

  private <T> T ask(Question<T> question) {
    return store.database().ask(session -> question.of(new LaidContents(session, store.pieces())));
  }

  private Map<Key, Layout> layouts() {
    return ask(LaidContents::all);
  }

  private long bytesOf(List<Artifact> all, Set<Key> laid) {
    Set<Key> files = new HashSet<>(laid);
    long bytes = ask(LaidContents::sizes).values().stream().mapToLong(Long::longValue).sum();
    for (Artifact artifact : all) {
      if (artifact.isInline() || files.add(artifact.hash())) {
        bytes += artifact.bytes();
      }
    }
    return bytes;
  }

  private boolean isDamaged(Artifact artifact) throws IOException {
    try (InputStream content = StoredStream.of(store, artifact)) {
      return !ContentHash.of(content).equals(artifact.hash());
    }
  }

  /** Files without owner, which appear when a process dies between two steps. */
  private List<Key> orphans(Set<Key> owned) {
    try {
      List<Key> orphans = new ArrayList<>();
      for (Path file : store.files().all()) {
        Key hash = ArtifactFiles.hashOf(file);
        if (hash != null && !owned.contains(hash)) {
          orphans.add(hash);
        }
      }
      Set<Key> pieces = ask(LaidContents::sizes).keySet();
      store.pieces().all().stream().filter(piece -> !pieces.contains(piece)).forEach(orphans::add);
      return orphans;
    } catch (IOException e) {
      throw new StoreException(
          "the artifacts of " + store.folder() + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /** In one transaction, in which nobody gives a file its name. */
  private void mend(List<Artifact> damaged) {
    Map<Artifact, Map<Key, Integer>> suspects = new LinkedHashMap<>();
    damaged.forEach(artifact -> suspects.put(artifact, store.contents().damagedPiecesOf(artifact)));
    store
        .database()
        .change(session -> {
          Updates updates = new Updates(session, store, 0);
          try {
            for (Map.Entry<Artifact, Map<Key, Integer>> each : suspects.entrySet()) {
              updates.removeDamaged(each.getKey(), each.getValue());
            }
            new LaidContents(session, store.pieces()).mend();
            removeOrphans(session);
          } catch (IOException e) {
            throw new StoreException("a damaged artifact cannot be removed: " + e.getMessage(), e);
          }
          recount(session);
          return null;
        });
  }

  private void removeOrphans(GraphDatabase.Session session) throws SQLException, IOException {
    PreparedStatement find =
        session.prepared(
            "SELECT 1 FROM artifact WHERE hash = ?1 AND content IS NULL AND NOT EXISTS (SELECT 1"
                + " FROM layout WHERE layout.hash = ?1) LIMIT 1");
    for (Path file : store.files().all()) {
      Key hash = ArtifactFiles.hashOf(file);
      if (hash == null) {
        continue;
      }
      GraphDatabase.setKey(find, 1, hash);
      try (ResultSet row = find.executeQuery()) {
        if (!row.next()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static void recount(GraphDatabase.Session session) throws SQLException {
    session.execute(
        "UPDATE meta SET value = (SELECT coalesce(sum(bytes), 0) FROM (SELECT bytes FROM artifact"
            + " WHERE content IS NOT NULL UNION ALL SELECT max(bytes) FROM artifact"
            + " WHERE content IS NULL AND hash NOT IN (SELECT hash FROM layout) GROUP BY hash"
            + " UNION ALL SELECT bytes FROM piece)) WHERE name = '"
            + Updates.ARTIFACT_BYTES
            + "'");
  }
}
