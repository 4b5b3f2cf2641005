package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Values and their history in a folder, for many runs and several processes at once.
 *
 * <pre>
 *   DIR/graph.db      experiment graph, and small contents           (SQLite, write-ahead log)
 *   DIR/artifacts/    large contents, by fingerprint
 *   DIR/pieces/       pieces of contents, by theirs
 *   DIR/programs/     whole runs, and
 *   DIR/recalls/      who recalled one without opening the graph   (RecalledPrograms)
 *   DIR/claims        who computes what at this moment               (locks, no content)
 * </pre>
 *
 * <p>Nothing in it is needed: whatever is lost or damaged is computed again. Thread-safe.
 */
public final class ExperimentStore implements RunStore {
  /** How long a store in which nobody has left anything is taken to stay so. */
  private static final long BARREN_NANOS = 500_000_000;

  /** Recalls that are written in one transaction. */
  private static final int RECALLS_AT_ONCE = 256;

  private final StoreConfig config;
  private final StoreFolder place;
  private final ArtifactFiles files;
  private final PieceFiles pieces;
  private final RecalledPrograms programs;
  private final GraphDatabase database;
  private final FolderContents contents;
  private final ArtifactEviction eviction;

  // Written by whoever looks; once false it stays so. Whoever sees an old one asks in vain.
  private volatile boolean barren;
  private volatile long lookedNanos;

  /** Null when it is read only. */
  private final StoreLocks locks;

  private final Object graphFile;

  /**
   * @param locks closed with the store, and when it cannot be opened; null to make them if it is
   *     written to
   */
  private ExperimentStore(StoreConfig config, StoreLocks locks) {
    this(config, locks, GraphDatabase::new);
  }

  private ExperimentStore(StoreConfig config, StoreLocks locks, Opening opening) {
    this.config = config;
    Path folder = config.folder();
    this.place = new StoreFolder(folder);
    this.files = new ArtifactFiles(folder);
    this.pieces = new PieceFiles(folder);
    this.programs = new RecalledPrograms(folder);
    if (!config.readOnly()) {
      place.make();
    }
    this.locks = locks == null && !config.readOnly() ? place.locks() : locks;
    this.database = openDatabase(opening);
    try {
      this.contents = new FolderContents(database, files, pieces);
      this.eviction = new ArtifactEviction(this);
      this.graphFile = place.graphFile();
      if (!config.readOnly()) {
        writeRecalls();
      }
      this.barren = countRuns() == 0;
      this.lookedNanos = System.nanoTime();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** How the database is opened. */
  private interface Opening {
    GraphDatabase open(Path file, boolean readOnly);
  }

  private GraphDatabase openDatabase(Opening opening) {
    try {
      return opening.open(place.graph(), config.readOnly());
    } catch (RuntimeException | Error e) {
      closeLocks();
      throw e;
    }
  }

  /**
   * Opens a store, making it if it is not there.
   *
   * @throws StoreException when that is not possible
   */
  public static ExperimentStore open(StoreConfig wanted) {
    return open(wanted, null);
  }

  /**
   * @param locks as this process has them already; null for none
   */
  static ExperimentStore open(StoreConfig wanted, StoreLocks locks) {
    StoreFolder place = new StoreFolder(wanted.folder());
    boolean exists = place.hasGraph();
    if (wanted.readOnly() && !exists) {
      throw new UnknownNameException("there is no experiment store in " + wanted.folder());
    }
    boolean writable = !exists || place.isWritable();
    return new ExperimentStore(writable ? wanted : wanted.asReadOnly(), locks);
  }

  /**
   * Opens a store to look into it or to remove something, on a full disk as well: then no other
   * process can use it until it is closed, which nobody can on such a disk anyway.
   *
   * @throws StoreException when that is not possible
   */
  public static ExperimentStore openOnFullDisk(StoreConfig wanted) {
    try {
      return open(wanted);
    } catch (StoreException e) {
      if (!e.isLackOfRoom() || !new StoreFolder(wanted.folder()).hasGraph()) {
        throw e;
      }
      try {
        return new ExperimentStore(wanted, null, GraphDatabase::alone);
      } catch (StoreException again) {
        e.addSuppressed(again);
        throw e;
      }
    }
  }

  /** True when runs were recalled since the graph was last opened to write. */
  public static boolean hasUnlistedRuns(Path folder) {
    return new RecalledPrograms(folder).hasNotes();
  }

  public Path folder() {
    return config.folder();
  }

  @Override
  public String name() {
    return config.folder().toString();
  }

  @Override
  public boolean isReadOnly() {
    return config.readOnly();
  }

  GraphDatabase database() {
    return database;
  }

  ArtifactFiles files() {
    return files;
  }

  PieceFiles pieces() {
    return pieces;
  }

  FolderContents contents() {
    return contents;
  }

  RecalledPrograms programs() {
    return programs;
  }

  /** Runs that were recalled by processes which did not open the graph. */
  private void writeRecalls() {
    List<RecalledPrograms.Recall> recalls = programs.noted();
    for (int from = 0; from < recalls.size(); from += RECALLS_AT_ONCE) {
      List<RecalledPrograms.Recall> some =
          recalls.subList(from, Math.min(from + RECALLS_AT_ONCE, recalls.size()));
      try {
        database.changeSoon(session -> {
          for (RecalledPrograms.Recall recall : some) {
            new Updates(session, this, 0).recalled(recall);
          }
          return null;
        });
      } catch (StoreException e) {
        // No room, or others are writing: their notes stay for whoever opens the graph next.
        return;
      }
      some.forEach(recall -> RecalledPrograms.forget(recall.note()));
    }
  }

  @Override
  public Artifact find(Key key) {
    return database.ask(session -> {
      PreparedStatement find =
          session.prepared("SELECT hash, bytes, cost_nanos, content FROM artifact WHERE key = ?");
      GraphDatabase.setKey(find, 1, key);
      try (ResultSet result = find.executeQuery()) {
        return result.next()
            ? new Artifact(
                key,
                Keys.of(result.getBytes(1)),
                result.getLong(2),
                result.getLong(3),
                result.getBytes(4))
            : null;
      }
    });
  }

  @Override
  public Path fileOf(Artifact artifact) {
    return contents.fileOf(artifact);
  }

  @Override
  public MemorySegment contentOf(Artifact artifact, Arena arena) throws IOException {
    return contents.of(artifact, arena);
  }

  @Override
  public TableContent tableOf(Artifact artifact) throws IOException {
    return contents.tableOf(artifact);
  }

  @Override
  public byte[] headerOf(Artifact artifact) {
    return contents.headerOf(artifact);
  }

  /**
   * {@inheritDoc} Looks again from time to time; what others add in between is computed, unless it
   * is worth waiting for.
   */
  @Override
  public boolean isBarren() {
    if (!barren) {
      return false;
    }
    long now = System.nanoTime();
    if (now - lookedNanos > BARREN_NANOS) {
      lookedNanos = now;
      barren = countRuns() < 2;
    }
    return barren;
  }

  /** Runs so far, at most two. */
  private long countRuns() {
    return database.ask(session -> {
      PreparedStatement count =
          session.prepared("SELECT count(*) FROM (SELECT 1 FROM run LIMIT 2)");
      try (ResultSet result = count.executeQuery()) {
        return result.next() ? result.getLong(1) : 0;
      }
    });
  }

  @Override
  public Map<Key, MeasuredCosts> costsOf(Collection<Key> vertices) {
    return database.ask(session -> GraphCosts.of(session, vertices));
  }

  @Override
  public byte[] region(Key key) {
    return database.ask(session -> {
      PreparedStatement find = session.prepared("SELECT record FROM region WHERE key = ?");
      GraphDatabase.setKey(find, 1, key);
      try (ResultSet result = find.executeQuery()) {
        return result.next() ? result.getBytes(1) : null;
      }
    });
  }

  boolean hasRegion(Key key) {
    return region(key) != null;
  }

  @Override
  public List<ScoredModel> models(String score, int most) {
    return database.ask(session -> {
      // Scores are short rows; traces are looked up by their key.
      PreparedStatement find =
          session.prepared(
              "SELECT t.run, t.key, s.value FROM score s CROSS JOIN trace t ON t.run = s.run AND"
                  + " t.name = ? AND t.key = s.key WHERE s.name = ? ORDER BY s.value DESC, t.run"
                  + " LIMIT ?");
      find.setString(1, ScoredModel.traceName(score));
      find.setString(2, score);
      find.setInt(3, most);
      List<ScoredModel> models = new ArrayList<>();
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          models.add(new ScoredModel(row.getLong(1), Keys.of(row.getBytes(2)), row.getDouble(3)));
        }
      }
      return models;
    });
  }

  @Override
  public byte[] trace(long run, String name) {
    return new FolderExperiments(this).compressedTrace(run, name);
  }

  @Override
  public ExperimentSource experiments() {
    return new FolderExperiments(this);
  }

  @Override
  public StoreClaim tryClaim(Key key) {
    return config.readOnly() ? null : locks.tryClaim(key);
  }

  @Override
  public RunLog begin(RunFacts facts, long queueBytes) {
    return config.readOnly()
        ? null
        : new RunLog(new FolderTarget(this, facts), queueBytes, WritingPace.of(config));
  }

  /** True when the folder was removed, or emptied, or another store lies there. */
  boolean isGone() {
    return !Objects.equals(graphFile, place.graphFile());
  }

  @Override
  public void announcePresence() {
    if (locks != null) {
      locks.announcePresence();
    }
  }

  /** True when another process uses the store. */
  boolean isShared() {
    return locks == null || locks.isShared();
  }

  @Override
  public boolean announceWriter(long bytes) {
    return !config.readOnly() && locks.announceWriter(bytes);
  }

  @Override
  public boolean awaitWriters(long nanos) {
    return locks == null || locks.awaitWriters(nanos);
  }

  /**
   * Waits for processes that write what runs have left; before this process opens the store.
   *
   * @return false when they still do after that time
   */
  public static boolean awaitWriters(Path folder, long nanos) {
    Path claims = folder.resolve("claims");
    if (!Files.isWritable(claims)) {
      return true;
    }
    try (ProcessClaims all = new ProcessClaims(claims)) {
      return all.awaitWriters(nanos);
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void leaveNote(String text) {
    new StoreNote(config.folder()).leave(text);
  }

  @Override
  public String takeNote() {
    return config.readOnly() ? null : new StoreNote(config.folder()).take();
  }

  /**
   * Removes an artifact that turned out to be damaged, if its key still has that content, with the
   * pieces that are.
   */
  void removeDamaged(Artifact artifact) {
    Map<Key, Integer> suspects = contents.damagedPiecesOf(artifact);
    database.change(session -> {
      try {
        new Updates(session, this, 0).removeDamaged(artifact, suspects);
      } catch (IOException e) {
        throw new StoreException("an artifact cannot be removed: " + e.getMessage(), e);
      }
      return null;
    });
  }

  // ---- budget

  /** Removes what is worth least until the budget holds; by the writing thread. */
  void keepWithinBudget(long run) {
    eviction.keepWithin(config.budgetBytes(), run);
  }

  public long artifactBytes() {
    return database.ask(session -> GraphDatabase.number(session, Updates.ARTIFACT_BYTES));
  }

  /**
   * Removes artifacts, those first whose recomputation saves least for their bytes.
   *
   * @return how many
   */
  public int evictDownTo(long bytes) {
    return eviction.downTo(bytes, 0);
  }

  /**
   * Removes vertices, outcomes of calls and traces that no run has met for longest, until the rest
   * takes about so many bytes. The file of the graph does not become smaller: its room is used
   * again.
   *
   * @return how many
   */
  public long trimGraph(long bytes) {
    long removed = new GraphRows(database).trimTo(bytes);
    try {
      programs.removeUnless(this::hasRegion);
    } catch (IOException e) {
      throw new StoreException("a program cannot be removed: " + e.getMessage(), e);
    }
    return removed;
  }

  @Override
  public void close() {
    database.close();
    closeLocks();
  }

  private void closeLocks() {
    if (locks != null) {
      locks.close();
    }
  }
}
