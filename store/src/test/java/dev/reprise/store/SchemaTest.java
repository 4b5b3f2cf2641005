package dev.reprise.store;

import static dev.reprise.store.StoreFixture.facts;
import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that older versions have left, made by hand as these made them. */
class SchemaTest {
  private static final List<String> FIRST =
      List.of(
          "CREATE TABLE run(id INTEGER PRIMARY KEY, user TEXT NOT NULL, host TEXT NOT NULL, script"
              + " TEXT NOT NULL, arguments TEXT NOT NULL, version TEXT NOT NULL, started INTEGER"
              + " NOT NULL, seconds REAL, status TEXT)",
          "CREATE TABLE vertex(key BLOB PRIMARY KEY, operation TEXT NOT NULL, cost_nanos INTEGER"
              + " NOT NULL, bytes INTEGER NOT NULL, frequency INTEGER NOT NULL, first_run INTEGER"
              + " NOT NULL, last_run INTEGER NOT NULL) WITHOUT ROWID",
          "CREATE TABLE edge(child BLOB NOT NULL, position INTEGER NOT NULL, parent BLOB NOT NULL,"
              + " PRIMARY KEY(child, position)) WITHOUT ROWID",
          "CREATE TABLE artifact(key BLOB PRIMARY KEY, vertex BLOB NOT NULL, hash BLOB NOT NULL,"
              + " bytes INTEGER NOT NULL, cost_nanos INTEGER NOT NULL, content BLOB, run INTEGER"
              + " NOT NULL, uses INTEGER NOT NULL, last_run INTEGER NOT NULL) WITHOUT ROWID",
          "CREATE INDEX artifact_of_hash ON artifact(hash)",
          "CREATE TABLE region(key BLOB PRIMARY KEY, record BLOB NOT NULL, cost_nanos INTEGER NOT"
              + " NULL, run INTEGER NOT NULL, last_run INTEGER NOT NULL) WITHOUT ROWID",
          "CREATE TABLE trace(run INTEGER NOT NULL, name TEXT NOT NULL, key BLOB NOT NULL, text"
              + " BLOB NOT NULL, PRIMARY KEY(run, name)) WITHOUT ROWID",
          "CREATE TABLE score(run INTEGER NOT NULL, name TEXT NOT NULL, key BLOB, value REAL NOT"
              + " NULL, PRIMARY KEY(run, name)) WITHOUT ROWID",
          "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
          "INSERT INTO meta VALUES('artifact_bytes', 3)",
          "INSERT INTO run VALUES(1, 'ada', 'host', 'old.dml', '', '1', 1000, 0.5, 'finished')");

  private static final List<String> SECOND =
      List.of(
          "CREATE TABLE layout(hash BLOB PRIMARY KEY, recipe BLOB NOT NULL) WITHOUT ROWID",
          "CREATE TABLE piece(hash BLOB PRIMARY KEY, bytes INTEGER NOT NULL, users INTEGER NOT"
              + " NULL) WITHOUT ROWID");

  @TempDir private Path folder;

  @BeforeEach
  void makeFolders() throws IOException {
    Files.createDirectories(folder.resolve("store/artifacts"));
  }

  private Connection database() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("store/graph.db"));
  }

  /** On a full disk SQLite ends the transaction by itself: a second end is no news. */
  @Test
  void whyAStoreCannotBeMadeIsTold() throws SQLException {
    SQLException full = new SQLException("database or disk is full");
    try (Connection database = database();
        Statement real = database.createStatement()) {
      Statement failing =
          (Statement)
              Proxy.newProxyInstance(
                  SchemaTest.class.getClassLoader(),
                  new Class<?>[] {Statement.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                      return null;
                    }
                    if (arguments != null && arguments[0].toString().startsWith("CREATE")) {
                      real.execute("ROLLBACK");
                      throw full;
                    }
                    try {
                      return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
      Connection connection =
          (Connection)
              Proxy.newProxyInstance(
                  SchemaTest.class.getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("createStatement");
                    return failing;
                  });
      assertThatThrownBy(() -> Schema.migrate(connection)).isSameAs(full);
      try (Statement again = database.createStatement()) {
        assertThat(again.execute("BEGIN IMMEDIATE")).isFalse(); // no transaction is left open
      }
    }
  }

  private ExperimentStore open() {
    return ExperimentStore.open(StoreConfig.of(folder.resolve("store")));
  }

  /** A store with a run, a value that took 700 ns, and an artifact of three bytes. */
  private void make(int version) throws SQLException {
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      for (String sql : FIRST) {
        statement.execute(sql);
      }
      for (String sql : version < 2 ? List.<String>of() : SECOND) {
        statement.execute(sql);
      }
      statement.execute("PRAGMA user_version = " + version);
      insert(connection, "INSERT INTO vertex VALUES(?, 'tsmm', 700, 8, 4, 1, 1)", key(1));
      insert(connection, "INSERT INTO edge VALUES(?, 0, ?)", key(1), key(2));
      insert(
          connection,
          "INSERT INTO artifact VALUES(?, ?, ?, 3, 700, x'010203', 1, 2, 1)",
          key(5),
          key(1),
          ContentHash.of(MemorySegment.ofArray(new byte[] {1, 2, 3})));
    }
  }

  private static void insert(Connection connection, String sql, Key... keys) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int i = 0; i < keys.length; i++) {
        insert.setBytes(i + 1, Keys.bytes(keys[i]));
      }
      insert.executeUpdate();
    }
  }

  private int version() throws SQLException {
    try (Connection connection = database()) {
      return Schema.versionOf(connection);
    }
  }

  @Test
  void aStoreOfTheSecondVersionIsTakenOverWhenItIsOpened() throws SQLException {
    make(2);
    try (ExperimentStore store = open()) {
      assertThat(new Experiments(store).runs(9)).hasSize(1);
      assertThat(store.find(key(5)).content()).containsExactly(1, 2, 3);
      // Of which devices the cost is nobody knows, so it holds where nothing better is known.
      MeasuredCosts old = store.costsOf(List.of(key(1))).get(key(1));
      assertThat(old).isEqualTo(new MeasuredCosts(700, List.of()));
      assertThat(old.on("cpu")).isEqualTo(700);
      try (RunLog log = store.begin(facts(), 1L << 30)) {
        DeviceCost cost = new DeviceCost("cpu", 1, 900);
        log.seen(() -> List.of(new Vertex(key(1), "tsmm", List.of(key(2)), 900, 8, cost)));
      }
      assertThat(store.costsOf(List.of(key(1))).get(key(1)))
          .isEqualTo(new MeasuredCosts(700, List.of(new DeviceCost("cpu", 1, 900))));
      assertThat(new Experiments(store).totals())
          .isEqualTo(new Experiments.Totals(2, 1, 1, 1, 3, 0));
      assertThat(new Inspection(store).run(false).problems()).isEmpty();
    }
    assertThat(version()).isEqualTo(3);
    open().close();
    assertThat(version()).isEqualTo(3);
  }

  @Test
  void aMigrationThatCannotEndChangesNothing() throws SQLException {
    make(1);
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE cost(in_the_way INTEGER)");
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot be opened");
    assertThat(version()).isEqualTo(1);
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      try (ResultSet row =
          statement.executeQuery("SELECT count(*) FROM sqlite_master WHERE name = 'layout'")) {
        assertThat(row.getLong(1)).isZero();
      }
      statement.execute("DROP TABLE cost");
    }
    try (ExperimentStore store = open()) {
      assertThat(store.find(key(5))).isNotNull();
    }
    assertThat(version()).isEqualTo(Schema.VERSION);
  }

  @Test
  void anOlderStoreThatMayNotBeWrittenAndANewerOneSayWhatToDo() throws SQLException {
    make(2);
    StoreConfig readOnly = StoreConfig.of(folder.resolve("store")).asReadOnly();
    assertThatThrownBy(() -> ExperimentStore.open(readOnly))
        .hasMessageContaining("of an older version", "open it once where it can");
    assertThat(version()).isEqualTo(2);
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = " + (Schema.VERSION + 1));
    }
    assertThatThrownBy(this::open)
        .hasMessageContaining("made by a newer version")
        .hasMessageContaining("this one knows 3");
    // Whoever found it newer leaves it so.
    assertThat(version()).isEqualTo(Schema.VERSION + 1);
  }
}
