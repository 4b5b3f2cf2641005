package dev.reprise.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of the experiment graph, and how a database of an older version becomes a current one:
 * version n is the first n steps, one after another, each in a transaction.
 *
 * <pre>
 *   run       one execution of a script: who, where, what, when, how it ended
 *   vertex    one value by its lineage key: operation, least cost, size, in how many runs
 *   edge      a value's inputs in order
 *   cost      what a value took by itself on a class of devices: how often measured, the mean
 *   artifact  a value that is kept: by (key, numeric contract), content here or in a file
 *   layout    of which pieces a content is made that does not lie in a file of its own
 *   piece     how many layouts use it, and what its file takes
 *   region    what a whole call or block left, by the key of the call
 *   trace     the lineage of what a run wrote, as text
 *   score     what a run says of the quality of a model
 *   meta      numbers about all of it
 * </pre>
 */
final class Schema {
  private static final List<List<String>> STEPS =
      List.of(
          List.of(
              """
              CREATE TABLE run(
                id INTEGER PRIMARY KEY, user TEXT NOT NULL, host TEXT NOT NULL, script TEXT NOT NULL,
                arguments TEXT NOT NULL, version TEXT NOT NULL, started INTEGER NOT NULL,
                seconds REAL, status TEXT)\
              """,
              """
              CREATE TABLE vertex(
                key BLOB PRIMARY KEY, operation TEXT NOT NULL, cost_nanos INTEGER NOT NULL,
                bytes INTEGER NOT NULL, frequency INTEGER NOT NULL, first_run INTEGER NOT NULL,
                last_run INTEGER NOT NULL) WITHOUT ROWID\
              """,
              """
              CREATE TABLE edge(
                child BLOB NOT NULL, position INTEGER NOT NULL, parent BLOB NOT NULL,
                PRIMARY KEY(child, position)) WITHOUT ROWID\
              """,
              """
              CREATE TABLE artifact(
                key BLOB PRIMARY KEY, vertex BLOB NOT NULL, hash BLOB NOT NULL,
                bytes INTEGER NOT NULL, cost_nanos INTEGER NOT NULL, content BLOB,
                run INTEGER NOT NULL, uses INTEGER NOT NULL, last_run INTEGER NOT NULL)
                WITHOUT ROWID\
              """,
              "CREATE INDEX artifact_of_hash ON artifact(hash)",
              """
              CREATE TABLE region(
                key BLOB PRIMARY KEY, record BLOB NOT NULL, cost_nanos INTEGER NOT NULL,
                run INTEGER NOT NULL, last_run INTEGER NOT NULL) WITHOUT ROWID\
              """,
              """
              CREATE TABLE trace(
                run INTEGER NOT NULL, name TEXT NOT NULL, key BLOB NOT NULL, text BLOB NOT NULL,
                PRIMARY KEY(run, name)) WITHOUT ROWID\
              """,
              """
              CREATE TABLE score(
                run INTEGER NOT NULL, name TEXT NOT NULL, key BLOB, value REAL NOT NULL,
                PRIMARY KEY(run, name)) WITHOUT ROWID\
              """,
              "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
              "INSERT INTO meta VALUES('artifact_bytes', 0)"),
          List.of(
              "CREATE TABLE layout(hash BLOB PRIMARY KEY, recipe BLOB NOT NULL) WITHOUT ROWID",
              """
              CREATE TABLE piece(
                hash BLOB PRIMARY KEY, bytes INTEGER NOT NULL, users INTEGER NOT NULL)
                WITHOUT ROWID\
              """),
          // Costs of older versions stay in their vertices: of which devices they are nobody knows.
          List.of(
              """
              CREATE TABLE cost(
                vertex BLOB NOT NULL, device TEXT NOT NULL, count INTEGER NOT NULL,
                nanos INTEGER NOT NULL, PRIMARY KEY(vertex, device)) WITHOUT ROWID\
              """));

  static final int VERSION = STEPS.size();

  private Schema() {}

  static int versionOf(Connection database) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet result = statement.executeQuery("PRAGMA user_version")) {
      return result.getInt(1);
    }
  }

  /** Brings a database to the current version; of several processes one does, the others wait. */
  static void migrate(Connection database) throws SQLException {
    if (versionOf(database) == VERSION) {
      return;
    }
    try (Statement statement = database.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      try {
        int found = versionOf(database);
        for (int step = found; step < VERSION; step++) {
          for (String change : STEPS.get(step)) {
            statement.execute(change);
          }
        }
        if (found < VERSION) {
          statement.execute("PRAGMA user_version = " + VERSION);
        }
        statement.execute("COMMIT");
      } catch (SQLException | RuntimeException e) {
        rollBack(statement, e);
        throw e;
      }
    }
  }

  private static void rollBack(Statement statement, Exception why) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself, as it does when the disk is full.
      why.addSuppressed(e);
    }
  }
}
