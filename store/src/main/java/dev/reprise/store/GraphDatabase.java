package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The graph as a SQLite database in write-ahead mode: any number of processes read while one
 * writes; a process that dies leaves the last committed transaction.
 *
 * <p><b>Threads.</b> Questions go to one of a few connections, each under its own lock. All writing
 * goes through one connection and {@link #writer}; between processes SQLite's own lock decides,
 * which is waited for up to {@link #BUSY_MILLIS}. A database that is open {@linkplain #alone alone}
 * has the writing connection only, and everybody takes turns.
 */
final class GraphDatabase implements AutoCloseable {
  static final int BUSY_MILLIS = 30_000;
  private static final int SOON_MILLIS = 50;
  private static final int READERS = 8;
  private static final long MAPPED_BYTES = 256L << 20;

  private final Path file;
  private final boolean readOnly;
  private final Session[] readers = new Session[READERS];
  private final ReentrantLock[] readerLocks = new ReentrantLock[READERS];
  private final Session writing;
  private final ReentrantLock writer = new ReentrantLock();
  private final boolean alone;

  // Written by close; late questions of others are answered with an error.
  private volatile boolean closed;

  /** A connection and its prepared statements; for whoever holds its lock. */
  static final class Session implements AutoCloseable {
    final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Session(Connection connection) {
      this.connection = connection;
    }

    PreparedStatement prepared(String sql) throws SQLException {
      PreparedStatement known = statements.get(sql);
      if (known == null) {
        known = connection.prepareStatement(sql);
        statements.put(sql, known);
      }
      return known;
    }

    void execute(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  /** A question or a change; the session is the caller's for the time of the call. */
  interface Work<T> {
    T in(Session session) throws SQLException;
  }

  GraphDatabase(Path file, boolean readOnly) {
    this(file, readOnly, false);
  }

  private GraphDatabase(Path file, boolean readOnly, boolean alone) {
    this.file = file;
    this.readOnly = readOnly;
    this.alone = alone;
    for (int i = 0; i < READERS; i++) {
      readerLocks[i] = new ReentrantLock();
    }
    try {
      this.writing = alone ? openAlone() : readOnly ? null : open(false);
    } catch (SQLException e) {
      throw problem("cannot be opened", e);
    }
    try {
      checkVersion();
    } catch (SQLException e) {
      close();
      throw problem("cannot be opened", e);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Opens a database that nobody else can use until it is closed. That takes no room on the disk,
   * where the memory that processes share takes 32 KiB, so what removes something can be done on a
   * disk that is full.
   */
  static GraphDatabase alone(Path file, boolean readOnly) {
    return new GraphDatabase(file, readOnly, true);
  }

  private void checkVersion() throws SQLException {
    Session session = writing == null ? reader(0) : writing;
    int found = Schema.versionOf(session.connection);
    if (found > Schema.VERSION) {
      throw new StoreException(
          "the experiment store "
              + file.getParent()
              + " was made by a newer version of Reprise (its graph has version "
              + found
              + ", this one knows "
              + Schema.VERSION
              + "); use that version, or another folder");
    }
    if (!readOnly) {
      Schema.migrate(writing.connection);
    } else if (found < Schema.VERSION) {
      throw new StoreException(
          "the experiment store "
              + file.getParent()
              + " is of an older version and cannot be written; open it once where it can");
    }
  }

  private Session open(boolean toRead) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    // Else the driver looks for the key of a new row after each statement.
    config.setGetGeneratedKeys(false);
    config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, Long.toString(MAPPED_BYTES));
    String address = "jdbc:sqlite:" + file.toUri();
    if (toRead) {
      config.setReadOnly(true);
      boolean ofOthers = !Files.isWritable(file.getParent());
      if (ofOthers && !Files.exists(file.resolveSibling(file.getFileName() + "-wal"))) {
        // Nobody writes now, and without the right to write beside it there is no shared memory.
        address += "?immutable=1";
      }
    } else {
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    }
    return new Session(config.createConnection(address));
  }

  /**
   * The lock must be asked for before the first access, which other settings may be: then SQLite
   * keeps in its heap what processes share otherwise.
   */
  private Session openAlone() throws SQLException {
    Session session =
        new Session(new SQLiteConfig().createConnection("jdbc:sqlite:" + file.toUri()));
    try {
      session.execute("PRAGMA locking_mode = EXCLUSIVE");
      session.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
      session.execute("PRAGMA journal_mode = WAL");
      return session;
    } catch (SQLException e) {
      closeQuietly(session);
      throw e;
    }
  }

  /** By the holder of that reader's lock, or before others know the database. */
  private Session reader(int stripe) throws SQLException {
    if (readers[stripe] == null) {
      readers[stripe] = open(true);
    }
    return readers[stripe];
  }

  /** The answer to a question. */
  <T> T ask(Work<T> question) {
    if (closed) {
      throw new StoreException("the experiment store " + file.getParent() + " is closed");
    }
    return alone ? askWriter(question) : askReader(question);
  }

  private <T> T askWriter(Work<T> question) {
    writer.lock();
    try {
      return question.in(writing);
    } catch (SQLException e) {
      throw problem("cannot be read", e);
    } finally {
      writer.unlock();
    }
  }

  private <T> T askReader(Work<T> question) {
    int stripe = (int) (Thread.currentThread().threadId() % READERS);
    ReentrantLock lock = readerLocks[stripe];
    lock.lock();
    try {
      return question.in(reader(stripe));
    } catch (SQLException e) {
      throw problem("cannot be read", e);
    } finally {
      lock.unlock();
    }
  }

  /** Makes a change as a whole or not at all; waits for other processes' changes to end. */
  <T> T change(Work<T> change) {
    return change(change, BUSY_MILLIS);
  }

  /** Likewise a change that need not be made now: gives up when others go on writing. */
  <T> T changeSoon(Work<T> change) {
    return change(change, SOON_MILLIS);
  }

  private <T> T change(Work<T> change, int busyMillis) {
    if (readOnly) {
      throw new StoreException("the experiment store " + file.getParent() + " is read only");
    }
    writer.lock();
    try {
      begin(busyMillis);
      try {
        T result = change.in(writing);
        writing.execute("COMMIT");
        return result;
      } catch (SQLException | RuntimeException | Error e) {
        rollBack(e);
        throw e;
      }
    } catch (SQLException e) {
      throw problem("cannot be written", e);
    } finally {
      writer.unlock();
    }
  }

  private void begin(int busyMillis) throws SQLException {
    if (busyMillis == BUSY_MILLIS) {
      writing.execute("BEGIN IMMEDIATE");
      return;
    }
    writing.execute("PRAGMA busy_timeout = " + busyMillis);
    try {
      writing.execute("BEGIN IMMEDIATE");
    } finally {
      writing.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
    }
  }

  private void rollBack(Throwable why) {
    try {
      writing.execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself, as it does when the disk is full.
      why.addSuppressed(e);
    }
  }

  private StoreException problem(String what, SQLException e) {
    String why = cause(e);
    boolean passing = false;
    boolean lackOfRoom = false;
    if (e instanceof SQLiteException sqlite) {
      SQLiteErrorCode code = sqlite.getResultCode();
      passing = code == SQLiteErrorCode.SQLITE_BUSY;
      lackOfRoom = isLackOfRoom(code);
      why =
          switch (code) {
            case SQLITE_NOTADB, SQLITE_CORRUPT ->
                "its file "
                    + file.getFileName()
                    + " is damaged; remove the folder, and the next run starts a new store";
            case SQLITE_BUSY ->
                "another process has been writing to it for " + BUSY_MILLIS / 1000 + " seconds";
            case SQLITE_READONLY, SQLITE_READONLY_DIRECTORY -> "it is read only";
            case SQLITE_CANTOPEN -> "its file " + file + " cannot be opened";
            default -> why;
          };
    }
    String message = "the experiment store " + file.getParent() + " " + what + ": ";
    return lackOfRoom
        ? StoreException.lackOfRoom(message + "the disk is full", e)
        : new StoreException(message + why, e, passing);
  }

  /** A file that cannot be made or made longer has no reason of its own. */
  private boolean isLackOfRoom(SQLiteErrorCode code) {
    return switch (code) {
      case SQLITE_FULL, SQLITE_IOERR_SHMSIZE -> true;
      case SQLITE_CANTOPEN, SQLITE_IOERR_WRITE, SQLITE_IOERR_SHMOPEN ->
          new StoreFolder(file.getParent()).isFull();
      default -> false;
    };
  }

  /** What happened at the bottom: the driver says no more of it than that it failed to connect. */
  private static String cause(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause.getCause() != null && depth < 50; depth++) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? failure.getMessage() : cause.getMessage();
  }

  /** Adds to a number about the whole store. */
  static void add(Session session, String number, long amount) throws SQLException {
    PreparedStatement add = session.prepared("UPDATE meta SET value = value + ? WHERE name = ?");
    add.setLong(1, amount);
    add.setString(2, number);
    add.executeUpdate();
  }

  static long number(Session session, String name) throws SQLException {
    PreparedStatement get = session.prepared("SELECT value FROM meta WHERE name = ?");
    get.setString(1, name);
    try (ResultSet result = get.executeQuery()) {
      return result.next() ? result.getLong(1) : 0;
    }
  }

  /** Binds a key to a place of a statement. */
  static void setKey(PreparedStatement statement, int position, Key key) throws SQLException {
    statement.setBytes(position, Keys.bytes(key));
  }

  @Override
  public void close() {
    closed = true;
    for (int i = 0; i < READERS; i++) {
      readerLocks[i].lock();
      try {
        closeQuietly(readers[i]);
        readers[i] = null;
      } finally {
        readerLocks[i].unlock();
      }
    }
    if (writing != null) {
      writer.lock();
      try {
        closeQuietly(writing);
      } finally {
        writer.unlock();
      }
    }
  }

  private static void closeQuietly(Session session) {
    try {
      if (session != null) {
        session.close();
      }
    } catch (SQLException e) {
      // Everything that counts has been committed.
    }
  }
}
