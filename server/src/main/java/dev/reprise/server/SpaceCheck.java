package dev.reprise.server;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.Layout;
import dev.reprise.store.PieceReader;
import dev.reprise.store.exchange.ChangeWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Compares the contents of one space with their fingerprints, some of them at a time. */
final class SpaceCheck {
  private static final int ROWS = 500;
  private static final long BYTES_AT_ONCE = 1L << 30;

  /** Whoever checks a space has time. */
  private static final long MILLIS_TO_WAIT = 20_000;

  private static final Key FIRST = new Key(0, 0);

  private final Jdbi jdbi;
  private final Tenant tenant;
  private final SpaceContents contents;
  private final SpaceGraph graph;

  private record Row(Key key, Key hash, long bytes, byte[] content) {}

  SpaceCheck(Jdbi jdbi, Tenant tenant, SpaceContents contents, SpaceGraph graph) {
    this.jdbi = jdbi;
    this.tenant = tenant;
    this.contents = contents;
    this.graph = graph;
  }

  /**
   * Checks artifacts after a key, in the order of their rows.
   *
   * @param after zero to begin with
   * @return the key to go on after, zero at the end; then number of artifacts, of files without
   *     owner (at the end), of problems, and the problems
   */
  byte[] run(Key after, boolean mend) throws IOException {
    List<Row> rows = rows(after);
    List<String> problems = new ArrayList<>();
    Key last = FIRST;
    int checked = 0;
    long bytes = 0;
    for (Row row : rows) {
      String problem = problemOf(row);
      if (problem != null) {
        problems.add("artifact " + row.key + ": " + problem);
        if (mend) {
          graph.removeDamaged(row.key, row.hash);
        }
      }
      checked++;
      bytes += row.bytes;
      last = row.key;
      if (bytes > BYTES_AT_ONCE) {
        break;
      }
    }
    boolean atEnd = checked == rows.size() && rows.size() < ROWS;
    int orphans = 0;
    if (atEnd) {
      SpaceArtifacts.Counts counts = graph.checkCounts(mend);
      orphans = counts.orphans();
      if (!counts.isRight()) {
        problems.add("the pieces of contents, or what tenants have, are counted wrongly");
      }
    }
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(answer);
    out.key(atEnd ? FIRST : last);
    out.number(checked);
    out.number(orphans);
    out.number(problems.size());
    for (String problem : problems) {
      out.text(problem);
    }
    return answer.toByteArray();
  }

  private List<Row> rows(Key after) {
    byte[] from = after.equals(FIRST) ? new byte[0] : tenant.row(after);
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT key, hash, bytes, content FROM artifact WHERE space = :space AND key >"
                    + " :after ORDER BY key LIMIT :rows")
            .bind("space", tenant.space())
            .bind("after", from)
            .bind("rows", ROWS)
            .map((row, _) ->
                new Row(
                    tenant.key(row.getBytes(1)),
                    Tenant.plain(row.getBytes(2)),
                    row.getLong(3),
                    row.getBytes(4)))
            .list());
  }

  private String problemOf(Row row) throws IOException {
    if (row.content != null) {
      return problem(ContentHash.of(MemorySegment.ofArray(row.content)), row);
    }
    try (InputStream in = Files.newInputStream(contents.of(tenant.space(), row.hash))) {
      return problem(ContentHash.of(in), row);
    } catch (NoSuchFileException e) {
      return problemInPieces(row);
    }
  }

  private static String problem(Key found, Row row) {
    return found.equals(row.hash) ? null : "its content was damaged";
  }

  private String problemInPieces(Row row) throws IOException {
    if (!contents.checks().tryAcquire(tenant.space(), 1, MILLIS_TO_WAIT)) {
      throw new IOException("too many contents are put together at once");
    }
    try {
      Layout layout =
          jdbi.withHandle(
              handle -> new SpaceArtifacts(handle, tenant, contents).layouts().find(row.hash));
      if (layout == null) {
        return "its content is gone";
      }
      return problem(PieceReader.fingerprint(contents.pieces(tenant.space()), layout), row);
    } catch (NoSuchFileException e) {
      return "a piece of its content is gone";
    } catch (DamagedContentException e) {
      return e.getMessage();
    } finally {
      contents.checks().release(tenant.space(), 1);
    }
  }
}
