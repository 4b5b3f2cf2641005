package dev.reprise.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A PostgreSQL that the tests of this module start and share; each asks it for a database of its
 * own. Where its binaries cannot start the tests are skipped, aloud.
 */
final class Postgres implements ExecutionCondition, ParameterResolver {

  /** A busy machine takes longer than the ten seconds that it is given otherwise. */
  private static final Duration TO_START = Duration.ofMinutes(5);

  /** Hands out databases. */
  static final class Databases implements AutoCloseable {
    private final EmbeddedPostgres postgres;
    private final AtomicInteger count = new AtomicInteger();

    /** The database with tables that others are copies of; null until it is asked for. */
    private String original;

    Databases(EmbeddedPostgres postgres) {
      this.postgres = postgres;
    }

    /** A new, empty database. */
    DatabaseAddress create() throws SQLException {
      return address(create(""));
    }

    /** A new database with the tables of a server: a copy, which is made sooner than the tables. */
    synchronized DatabaseAddress withTables() throws SQLException {
      if (original == null) {
        String name = create("");
        GraphStore.open(address(name)).close();
        leaveToItself(name);
        original = name;
      }
      return address(create(" TEMPLATE " + original));
    }

    /** A pool that is closed may have been making a connection, and then there can be no copy. */
    private void leaveToItself(String name) throws SQLException {
      execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
      execute(
          "SELECT pg_terminate_backend(pid, "
              + TO_START.toMillis()
              + ") FROM pg_stat_activity WHERE datname = '"
              + name
              + "'");
    }

    private String create(String from) throws SQLException {
      String name = "reprise" + count.incrementAndGet();
      execute("CREATE DATABASE " + name + from);
      return name;
    }

    private void execute(String sql) throws SQLException {
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    private DatabaseAddress address(String name) {
      return new DatabaseAddress(
          "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + name, "postgres", "postgres");
    }

    @Override
    public void close() throws java.io.IOException {
      postgres.close();
    }
  }

  private record Started(Databases databases, String problem) implements AutoCloseable {
    @Override
    public void close() throws java.io.IOException {
      if (databases != null) {
        databases.close();
      }
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    String problem = started(context).problem;
    if (problem == null) {
      return ConditionEvaluationResult.enabled("PostgreSQL runs");
    }
    System.err.println("SKIPPED: PostgreSQL cannot be started here: " + problem);
    return ConditionEvaluationResult.disabled("PostgreSQL cannot be started here: " + problem);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Databases.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return started(context).databases;
  }

  private static Started started(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(Postgres.class))
        .getOrComputeIfAbsent(Started.class, _ -> start(), Started.class);
  }

  private static Started start() {
    try {
      return new Started(
          new Databases(
              EmbeddedPostgres.builder()
                  .setPGStartupWait(TO_START)
                  .setServerConfig("fsync", "off")
                  .setServerConfig("max_connections", "100")
                  .start()),
          null);
    } catch (Exception e) {
      return new Started(null, e.toString());
    }
  }
}
