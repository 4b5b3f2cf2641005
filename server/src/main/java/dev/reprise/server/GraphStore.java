package dev.reprise.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;

/** The database: a pool of connections, and tables of the current version. Thread-safe. */
final class GraphStore implements AutoCloseable {
  private static final int CONNECTIONS = 16;
  private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(10);

  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private GraphStore(HikariDataSource pool) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
  }

  /**
   * Connects, and brings the tables to the current version.
   *
   * @throws ServerException when that is not possible
   */
  static GraphStore open(DatabaseAddress address) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("reprise-graph");
    config.setJdbcUrl(address.url());
    config.setUsername(address.user());
    config.setPassword(address.password());
    config.setMaximumPoolSize(CONNECTIONS);
    config.setConnectionTimeout(WAIT_MILLIS);
    HikariDataSource pool;
    try {
      pool = new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw new ServerException("the database " + address + " cannot be reached: " + reason(e), e);
    }
    try {
      Flyway.configure(GraphStore.class.getClassLoader())
          .dataSource(pool)
          .locations("classpath:dev/reprise/server/migration")
          .table("reprise_schema")
          // Two changes of the tables may reach the builds of two servers in either order.
          .outOfOrder(true)
          // One that is older than the tables leaves alone what it does not know.
          .ignoreMigrationPatterns("*:missing", "*:future")
          .load()
          .migrate();
      return new GraphStore(pool);
    } catch (FlywayException e) {
      pool.close();
      throw new ServerException(
          "the tables of " + address + " cannot be brought up to date: " + reason(e), e);
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  Jdbi jdbi() {
    return jdbi;
  }

  @Override
  public void close() {
    pool.close();
  }
}
