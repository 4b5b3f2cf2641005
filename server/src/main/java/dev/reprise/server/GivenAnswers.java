package dev.reprise.server;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.Update;

/**
 * What was answered to requests that change the graph: whose connection breaks asks a second time,
 * and must not change it twice. Thread-safe.
 *
 * <p>An answer is written by the transaction of its change, so one is there exactly if the other
 * is, whichever server of the database is asked, and also after one was killed. A request that
 * comes while the first one is worked on waits for it, since changes of a space happen one after
 * another.
 */
final class GivenAnswers {
  /** Clients ask a second time within seconds of the first: far longer than they have patience. */
  private static final Duration KEPT = Duration.ofHours(1);

  private final InstantSource clock;

  GivenAnswers(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * A request that may come twice.
   *
   * @param session of the client
   * @param number of the request in the session; negative when the client does not say
   */
  record Asked(String session, long number) {
    /** What came from nobody twice. */
    static final Asked ONCE = new Asked("", -1);
  }

  /** The answer that was given before; or else that of the change, which is noted. */
  byte[] answer(Handle handle, Tenant tenant, Asked asked, SpaceGraph.Change<byte[]> change)
      throws IOException {
    if (asked.number < 0) {
      return change.in(handle);
    }
    byte[] before = find(handle, tenant, asked);
    if (before != null) {
      return before;
    }
    byte[] reply = change.in(handle);
    note(handle, tenant, asked, reply);
    return reply;
  }

  private static byte[] find(Handle handle, Tenant tenant, Asked asked) {
    Query query =
        handle.createQuery(
            "SELECT reply FROM answered WHERE tenant = :tenant AND session = :session AND request"
                + " = :request");
    return named(query, tenant, asked).mapTo(byte[].class).findOne().orElse(null);
  }

  private void note(Handle handle, Tenant tenant, Asked asked, byte[] reply) {
    long now = clock.millis();
    handle
        .createUpdate("DELETE FROM answered WHERE tenant = :tenant AND at < :oldest")
        .bind("tenant", tenant.id())
        .bind("oldest", now - KEPT.toMillis())
        .execute();
    Update insert =
        handle.createUpdate(
            "INSERT INTO answered(tenant, session, request, reply, at) VALUES(:tenant, :session,"
                + " :request, :reply, :at)");
    named(insert, tenant, asked).bind("reply", reply).bind("at", now).execute();
  }

  /** Says whose request the statement is about. */
  private static <S extends SqlStatement<S>> S named(S statement, Tenant tenant, Asked asked) {
    return statement
        .bind("tenant", tenant.id())
        .bind("session", asked.session)
        .bind("request", asked.number);
  }
}
