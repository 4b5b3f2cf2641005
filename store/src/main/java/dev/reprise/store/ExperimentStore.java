package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
  /** Share of the budget that is left when the budget was exceeded: making room is not cheap. */
  private static final double LEFT_AFTER_EVICTION = 0.9;

  /** How long a store in which nobody has left anything is taken to stay so. */
  private static final long BARREN_NANOS = 500_000_000;

  private static final int EVICTION_BATCH = 256;

  /** Artifacts that are ranked at a time, for which all of them are looked at. */
  private static final int RANKED = 16 * EVICTION_BATCH;

  private final StoreConfig config;
  private final ArtifactFiles files;
  private final PieceFiles pieces;
  private final RecalledPrograms programs;
  private final GraphDatabase database;

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
    this.config = config;
    Path folder = config.folder();
    this.files = new ArtifactFiles(folder);
    this.pieces = new PieceFiles(folder);
    this.programs = new RecalledPrograms(folder);
    if (!config.readOnly()) {
      makeFolders(folder);
    }
    this.locks = locks == null && !config.readOnly() ? locksOf(folder) : locks;
    this.database = openDatabase(folder);
    this.graphFile = graphFile();
    if (!config.readOnly()) {
      writeRecalls();
    }
    this.barren = countRuns() == 0;
    this.lookedNanos = System.nanoTime();
  }

  /**
   * Makes the folders of a new store, which takes no time beside opening it.
   *
   * @throws StoreException when there cannot be one
   */
  public static void makeFolders(Path folder) {
    try {
      Files.createDirectories(folder);
      new ArtifactFiles(folder).create();
    } catch (FileAlreadyExistsException e) {
      throw opening(folder, "a file of that name is there", e);
    } catch (IOException e) {
      throw opening(folder, e.getMessage(), e);
    }
  }

  private static StoreException opening(Path folder, String why, IOException e) {
    return new StoreException("the experiment store " + folder + " cannot be opened: " + why, e);
  }

  /** The database of a store. */
  static Path graphOf(Path folder) {
    return folder.resolve("graph.db");
  }

  /** The locks of a store whose folder is there. */
  static StoreLocks locksOf(Path folder) {
    try {
      return new StoreLocks(folder);
    } catch (IOException e) {
      throw opening(folder, e.getMessage(), e);
    }
  }

  private GraphDatabase openDatabase(Path folder) {
    try {
      return new GraphDatabase(graphOf(folder), config.readOnly());
    } catch (RuntimeException e) {
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
    Path graph = graphOf(wanted.folder());
    boolean exists = Files.exists(graph);
    if (wanted.readOnly() && !exists) {
      throw new StoreException("there is no experiment store in " + wanted.folder());
    }
    boolean writable = !exists || Files.isWritable(graph) && Files.isWritable(wanted.folder());
    return new ExperimentStore(writable ? wanted : wanted.asReadOnly(), locks);
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

  /** Takes the pieces of a content that the store does not have yet. */
  PieceWriter newPieces() {
    return new PieceWriter(
        piece -> database.ask(session -> new LaidContents(session, pieces).isThere(piece)),
        files::draft);
  }

  RecalledPrograms programs() {
    return programs;
  }

  /** Runs that were recalled by processes which did not open the graph. */
  private void writeRecalls() {
    List<RecalledPrograms.Recall> recalls = programs.noted();
    for (int from = 0; from < recalls.size(); from += EVICTION_BATCH) {
      List<RecalledPrograms.Recall> some =
          recalls.subList(from, Math.min(from + EVICTION_BATCH, recalls.size()));
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
    return files.of(artifact.hash());
  }

  /** Maps a content that lies in a file, puts together one that lies in pieces. */
  @Override
  public MemorySegment contentOf(Artifact artifact, Arena arena) throws IOException {
    if (artifact.isInline()) {
      return MemorySegment.ofArray(artifact.content());
    }
    Layout layout = layoutOf(artifact.hash());
    if (layout != null) {
      if (layout.bytes() != artifact.bytes()) {
        throw new DamagedContentException("the layout of a content was damaged");
      }
      MemorySegment content = arena.allocate(layout.bytes());
      MemorySegment.copy(
          layout.header(), 0, content, ValueLayout.JAVA_BYTE, 0, layout.header().length);
      new PieceReader(pieces, layout).read(content.asSlice(layout.header().length));
      return content;
    }
    try (FileChannel channel = FileChannel.open(fileOf(artifact), StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  @Override
  public TableContent tableOf(Artifact artifact) throws IOException {
    Layout layout = artifact.isInline() ? null : layoutOf(artifact.hash());
    if (layout == null || layout.cellBytes() == 1) {
      return null;
    }
    return new TableContent() {
      @Override
      public byte[] header() {
        return layout.header();
      }

      @Override
      public void cellsInto(MemorySegment cells) throws IOException {
        new PieceReader(pieces, layout).read(cells);
      }
    };
  }

  /** How a content lies in pieces; null when it does not. */
  Layout layoutOf(Key hash) throws IOException {
    try {
      return database.ask(session -> {
        try {
          return new LaidContents(session, pieces).find(hash);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
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
  public byte[] headerOf(Artifact artifact) {
    try {
      Layout layout = layoutOf(artifact.hash());
      return layout == null || layout.bytes() != artifact.bytes() ? null : layout.header();
    } catch (IOException | StoreException e) {
      // Whoever loads the content finds out.
      return null;
    }
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
    return config.readOnly() ? null : RunLog.of(config, new FolderTarget(this, facts), queueBytes);
  }

  /** Which file the graph is, or null where that cannot be told. */
  private Object graphFile() {
    try {
      Path graph = graphOf(config.folder());
      return Files.readAttributes(graph, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  /** True when the folder was removed, or emptied, or another store lies there. */
  boolean isGone() {
    return !Objects.equals(graphFile, graphFile());
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
    Map<Key, Integer> suspects = damagedPiecesOf(artifact);
    database.change(session -> {
      try {
        new Updates(session, this, 0).removeDamaged(artifact, suspects);
      } catch (IOException e) {
        throw new StoreException("an artifact cannot be removed: " + e.getMessage(), e);
      }
      return null;
    });
  }

  /** Found before the graph is locked, since all bytes are looked at. */
  Map<Key, Integer> damagedPiecesOf(Artifact artifact) {
    try {
      Layout layout = artifact.isInline() ? null : layoutOf(artifact.hash());
      return layout == null ? Map.of() : pieces.damagedOf(layout);
    } catch (IOException e) {
      return Map.of();
    }
  }

  // ---- budget

  /** Removes what is worth least until the budget holds; by the writing thread. */
  void keepWithinBudget(long run) {
    if (artifactBytes() > config.budgetBytes()) {
      evictDownTo((long) (config.budgetBytes() * LEFT_AFTER_EVICTION), run);
    }
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
    return evictDownTo(bytes, 0);
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

  private int evictDownTo(long bytes, long run) {
    int removed = 0;
    while (artifactBytes() > bytes) {
      List<Artifact> victims = leastWorth();
      if (victims.isEmpty()) {
        return removed;
      }
      for (int from = 0; from < victims.size() && artifactBytes() > bytes; ) {
        int to = Math.min(from + EVICTION_BATCH, victims.size());
        int some = removeSome(victims.subList(from, to), bytes, run);
        from += some;
        removed += some;
      }
    }
    return removed;
  }

  private int removeSome(List<Artifact> victims, long bytes, long run) {
    return database.change(session -> {
      try {
        return new Updates(session, this, run).removeSome(victims, bytes);
      } catch (IOException e) {
        throw new StoreException("an artifact cannot be removed: " + e.getMessage(), e);
      }
    });
  }

  private List<Artifact> leastWorth() {
    return database.ask(session -> {
      PreparedStatement find =
          session.prepared(
              "SELECT key, hash, bytes, cost_nanos, content IS NULL FROM artifact"
                  + " ORDER BY (uses + 1.0) * "
                  + ArtifactCost.IN_SQL
                  + " / (bytes + 256), last_run LIMIT "
                  + RANKED);
      List<Artifact> victims = new ArrayList<>();
      try (ResultSet result = find.executeQuery()) {
        while (result.next()) {
          victims.add(listed(result));
        }
      }
      return victims;
    });
  }

  /** An artifact without its content: key, hash, bytes, cost, whether it lies in a file. */
  static Artifact listed(ResultSet row) throws SQLException {
    return new Artifact(
        Keys.of(row.getBytes(1)),
        Keys.of(row.getBytes(2)),
        row.getLong(3),
        row.getLong(4),
        row.getBoolean(5) ? null : new byte[0]);
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
