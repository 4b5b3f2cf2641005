package dev.reprise.server;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Experiments.RunTrace;
import dev.reprise.store.GraphTables;
import dev.reprise.store.HistoryWalk;
import dev.reprise.store.Provenance;
import dev.reprise.store.ProvenanceWalk;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.MalformedChangeException;
import dev.reprise.store.remote.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Where single values of a space came from, in the form that a client reads. */
final class SpaceOrigins {
  private static final String DIGITS = "[0-9a-f]{4,32}";

  private final Jdbi jdbi;
  private final Tenant tenant;
  private final SpaceTables tables;

  SpaceOrigins(Jdbi jdbi, Tenant tenant) {
    this.jdbi = jdbi;
    this.tenant = tenant;
    this.tables = new SpaceTables(jdbi, tenant);
  }

  /** Something written. */
  private interface Writing {
    void to(ChangeWriter out) throws IOException;
  }

  private static byte[] written(Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writing.to(new ChangeWriter(bytes));
    return bytes.toByteArray();
  }

  byte[] lineages(String digits) throws IOException {
    if (!digits.matches(DIGITS)) {
      throw new MalformedChangeException("a lineage begins with 4 to 32 hexadecimal digits");
    }
    List<Key> found = new ProvenanceWalk(tables).lineages(digits);
    return written(out -> {
      out.number(found.size());
      for (Key key : found) {
        out.key(key);
      }
    });
  }

  /** Null when the graph does not have it. */
  byte[] origin(Key lineage, int most) throws IOException {
    Provenance found = new ProvenanceWalk(tables).of(lineage, most);
    if (found == null) {
      return null;
    }
    return written(out -> {
      write(found.value(), out);
      out.number(found.from().size());
      for (Provenance.Ancestor each : found.from()) {
        out.number(each.depth());
        write(each.value(), out);
      }
      out.number(found.users().size());
      for (Provenance.Value each : found.users()) {
        write(each, out);
      }
    });
  }

  private static void write(Provenance.Value value, ChangeWriter out) throws IOException {
    out.key(value.lineage());
    out.text(value.operation());
    out.number(value.bytes());
    out.number(value.costNanos());
    out.number(value.runs());
    out.number(value.firstRun());
    out.number(value.lastRun());
    out.number(value.isKept() ? 1 : 0);
  }

  byte[] histories(InputStream question) throws IOException {
    List<Key> keys = keys(question, 1);
    GraphTables.Looked found = new HistoryWalk(tables).from(keys);
    return written(out -> {
      out.number(found.looked());
      for (Vertex vertex : found.vertices()) {
        out.write(new GraphChange.Seen(0, vertex, 1));
      }
    });
  }

  byte[] kept(InputStream question) throws IOException {
    List<ArtifactEntry> found = tables.artifactsOf(keys(question, 0));
    return written(out -> {
      out.number(found.size());
      for (ArtifactEntry each : found) {
        out.key(each.key());
        out.key(each.lineage());
        out.text(each.operation());
        out.number(each.bytes());
        out.number(each.costNanos());
        out.number(each.run());
        out.number(each.uses());
      }
    });
  }

  /** Traces of values, or of any when none is named; those of the latest runs first. */
  byte[] traces(InputStream question, int limit) throws IOException {
    List<byte[]> rows = keys(question, 0).stream().map(tenant::row).toList();
    String of = rows.isEmpty() ? "" : " AND key IN (<keys>)";
    List<RunTrace> found =
        jdbi.withHandle(handle -> {
          var query =
              handle
                  .createQuery(
                      "SELECT run, name, key FROM trace WHERE space = :space"
                          + of
                          + " ORDER BY run DESC, name LIMIT :limit")
                  .bind("space", tenant.space())
                  .bind("limit", limit);
          if (!rows.isEmpty()) {
            query.bindList("keys", rows);
          }
          return query
              .map((row, _) ->
                  new RunTrace(row.getLong(1), row.getString(2), tenant.key(row.getBytes(3))))
              .list();
        });
    return written(out -> {
      out.number(found.size());
      for (RunTrace each : found) {
        out.number(each.run());
        out.text(each.name());
        out.key(each.key());
      }
    });
  }

  /** The keys of a question that has a number of them. */
  static List<Key> keys(InputStream question, int least) throws IOException {
    ChangeReader in = new ChangeReader(question);
    List<Key> keys = new ArrayList<>();
    try {
      long count = in.number();
      if (count < least || count > Protocol.MOST_VALUES) {
        throw new MalformedChangeException(
            least + " to " + Protocol.MOST_VALUES + " values are asked for at a time");
      }
      for (long i = 0; i < count; i++) {
        keys.add(in.key());
      }
    } catch (EOFException e) {
      throw new MalformedChangeException("it ends in the middle of a key");
    }
    return keys;
  }
}
