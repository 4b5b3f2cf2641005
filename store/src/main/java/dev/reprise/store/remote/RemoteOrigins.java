package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Experiments.RunTrace;
import dev.reprise.store.GraphTables.Looked;
import dev.reprise.store.Provenance;
import dev.reprise.store.Provenance.Ancestor;
import dev.reprise.store.StoreException;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.GraphChange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Asks a server where single values came from. */
final class RemoteOrigins {
  private final ServerConnection connection;

  RemoteOrigins(ServerConnection connection) {
    this.connection = connection;
  }

  private interface Reading<T> {
    T from(ChangeReader in) throws IOException;
  }

  private ServerConnection known() {
    if (!connection.knowsOrigins()) {
      throw new StoreException(
          "the experiment store "
              + connection.name()
              + " is of a version that does not say where values came from: let its server be of"
              + " this version, or 'experiments export', then 'import' into a folder");
    }
    return connection;
  }

  private <T> T read(byte[] answer, Reading<T> reading) {
    try {
      return reading.from(new ChangeReader(new ByteArrayInputStream(answer)));
    } catch (IOException e) {
      throw connection.garbled(e);
    }
  }

  private static <T> List<T> all(ChangeReader in, Reading<T> reading) throws IOException {
    List<T> all = new ArrayList<>();
    long count = in.number();
    for (long i = 0; i < count; i++) {
      all.add(reading.from(in));
    }
    return all;
  }

  List<Key> lineages(String digits) {
    byte[] answer = known().get("/v1/lineages?digits=" + digits).body();
    return read(answer, in -> all(in, ChangeReader::key));
  }

  Provenance provenance(Key lineage, int most) {
    int limit = Math.min(most, Protocol.MOST_AROUND);
    ServerConnection.Answer answer = known().get("/v1/origins/" + lineage + "?limit=" + limit);
    return answer.status() == ServerConnection.ABSENT
        ? null
        : read(
            answer.body(),
            in ->
                new Provenance(
                    value(in),
                    all(in, each -> new Ancestor((int) each.number(), value(each))),
                    all(in, RemoteOrigins::value)));
  }

  private static Provenance.Value value(ChangeReader in) throws IOException {
    return new Provenance.Value(
        in.key(),
        in.text(),
        in.number(),
        in.number(),
        in.number(),
        in.number(),
        in.number(),
        in.number() != 0);
  }

  Looked history(List<Key> lineages) {
    List<Key> some = lineages.subList(0, Math.min(lineages.size(), Protocol.MOST_VALUES));
    return read(
        send("/v1/histories", some),
        in -> {
          int looked = (int) in.number();
          List<Vertex> found = new ArrayList<>();
          for (GraphChange each = in.next(); each != null; each = in.next()) {
            if (each instanceof GraphChange.Seen seen) {
              found.add(seen.vertex());
            }
          }
          if (looked < 1 || looked > some.size()) {
            throw new IOException("it has looked for " + looked + " of " + some.size());
          }
          return new Looked(looked, found);
        });
  }

  List<ArtifactEntry> artifactsOf(Collection<Key> lineages) {
    List<ArtifactEntry> found = new ArrayList<>();
    for (List<Key> some : KeyPortions.of(lineages)) {
      found.addAll(read(send("/v1/kept", some), in -> all(in, RemoteOrigins::artifact)));
    }
    return found;
  }

  static ArtifactEntry artifact(ChangeReader in) throws IOException {
    return new ArtifactEntry(
        in.key(), in.key(), in.text(), in.number(), in.number(), in.number(), in.number());
  }

  List<RunTrace> tracesOf(Collection<Key> lineages, int limit) {
    // No keys ask for the traces of any values.
    List<List<Key>> portions = lineages.isEmpty() ? List.of(List.of()) : KeyPortions.of(lineages);
    List<RunTrace> found = new ArrayList<>();
    for (List<Key> some : portions) {
      byte[] answer = send("/v1/traces?limit=" + limit, some);
      found.addAll(
          read(
              answer, in -> all(in, each -> new RunTrace(each.number(), each.text(), each.key()))));
    }
    return found;
  }

  private byte[] send(String path, List<Key> keys) {
    try {
      return known().send("POST", path, KeyPortions.question(keys)).body();
    } catch (IOException e) {
      throw connection.garbled(e);
    }
  }
}
