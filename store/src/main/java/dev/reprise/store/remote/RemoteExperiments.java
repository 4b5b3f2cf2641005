package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.ExperimentSource;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Experiments.DeviceTotal;
import dev.reprise.store.Experiments.RunEntry;
import dev.reprise.store.Experiments.RunTrace;
import dev.reprise.store.Experiments.Score;
import dev.reprise.store.Experiments.Totals;
import dev.reprise.store.Experiments.TraceEntry;
import dev.reprise.store.GraphTables;
import dev.reprise.store.Inspection;
import dev.reprise.store.MeasuredCosts;
import dev.reprise.store.Provenance;
import dev.reprise.store.ServerAddress;
import dev.reprise.store.StoreException;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.GraphChange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Answers about experiments from a server, and what people ask it to do. */
public final class RemoteExperiments implements ExperimentSource, AutoCloseable {
  private final ServerConnection connection;
  private final RemoteOrigins origins;

  /** Over the connection of somebody who closes it. */
  RemoteExperiments(ServerConnection connection) {
    this.connection = connection;
    this.origins = new RemoteOrigins(connection);
  }

  /**
   * @throws StoreException when it does not answer, or refuses the token
   */
  public RemoteExperiments(ServerAddress address) {
    this(new ServerConnection(address, _ -> {}));
    try {
      connection.greet();
    } catch (TokenRefusedException e) {
      connection.close();
      throw new StoreException(e.getMessage(), e);
    } catch (StoreException e) {
      connection.close();
      throw e;
    }
  }

  ServerConnection connection() {
    return connection;
  }

  @Override
  public String name() {
    return connection.name();
  }

  private interface Reading<T> {
    T from(ChangeReader in) throws IOException;
  }

  private <T> T ask(String path, Reading<T> reading) {
    return read(connection.get(path).body(), reading);
  }

  private <T> T read(byte[] body, Reading<T> reading) {
    try {
      return reading.from(new ChangeReader(new ByteArrayInputStream(body)));
    } catch (IOException e) {
      throw connection.garbled(e);
    }
  }

  @Override
  public Totals totals() {
    return ask(
        "/v1/totals",
        in ->
            new Totals(
                in.number(), in.number(), in.number(), in.number(), in.number(), in.number()));
  }

  @Override
  public List<RunEntry> runs(int limit) {
    return ask("/v1/runs?limit=" + limit, RemoteExperiments::runs);
  }

  @Override
  public RunEntry run(long id) {
    List<RunEntry> found = ask("/v1/runs?limit=1&run=" + id, RemoteExperiments::runs);
    return found.isEmpty() ? null : found.getFirst();
  }

  /** Each run is followed by its scores. */
  private static List<RunEntry> runs(ChangeReader in) throws IOException {
    List<RunEntry> runs = new ArrayList<>();
    List<Score> scores = new ArrayList<>();
    GraphChange.Run open = null;
    for (GraphChange each = in.next(); each != null; each = in.next()) {
      if (each instanceof GraphChange.Run run) {
        addTo(runs, open, scores);
        open = run;
        scores.clear();
      } else if (each instanceof GraphChange.Scored score) {
        scores.add(new Score(score.name(), score.key(), score.value()));
      }
    }
    addTo(runs, open, scores);
    return runs;
  }

  private static void addTo(List<RunEntry> runs, GraphChange.Run run, List<Score> scores) {
    if (run != null) {
      runs.add(
          new RunEntry(run.id(), run.facts(), run.seconds(), run.status(), List.copyOf(scores)));
    }
  }

  @Override
  public List<ArtifactEntry> artifacts(long run, int limit) {
    return ask(
        "/v1/artifacts?run=" + run + "&limit=" + limit,
        in -> {
          List<ArtifactEntry> entries = new ArrayList<>();
          long count = in.number();
          for (long i = 0; i < count; i++) {
            entries.add(RemoteOrigins.artifact(in));
          }
          return entries;
        });
  }

  @Override
  public Map<Key, MeasuredCosts> costsOf(Collection<Key> vertices) {
    return RemoteCosts.of(connection, vertices);
  }

  @Override
  public List<DeviceTotal> devices() {
    if (!connection.knowsCosts()) {
      return List.of();
    }
    return ask(
        "/v1/devices",
        in -> {
          List<DeviceTotal> totals = new ArrayList<>();
          long count = in.number();
          for (long i = 0; i < count; i++) {
            totals.add(new DeviceTotal(in.text(), in.number(), in.number(), in.number()));
          }
          return totals;
        });
  }

  @Override
  public List<Key> lineages(String digits) {
    return origins.lineages(digits);
  }

  @Override
  public Provenance provenance(Key lineage, int most) {
    return origins.provenance(lineage, most);
  }

  @Override
  public GraphTables.Looked history(List<Key> lineages) {
    return origins.history(lineages);
  }

  @Override
  public List<ArtifactEntry> artifactsOf(Collection<Key> lineages) {
    return origins.artifactsOf(lineages);
  }

  @Override
  public List<RunTrace> tracesOf(Collection<Key> lineages, int limit) {
    return origins.tracesOf(lineages, limit);
  }

  @Override
  public List<TraceEntry> traces(long run) {
    return ask(
        "/v1/traces?run=" + run,
        in -> {
          List<TraceEntry> entries = new ArrayList<>();
          long count = in.number();
          for (long i = 0; i < count; i++) {
            entries.add(new TraceEntry(in.text(), in.key()));
          }
          return entries;
        });
  }

  @Override
  public byte[] compressedTrace(long run, String name) {
    return compressedTrace(connection, run, name);
  }

  static byte[] compressedTrace(ServerConnection connection, long run, String name) {
    ServerConnection.Answer answer =
        connection.get("/v1/trace?run=" + run + "&name=" + encoded(name));
    return answer.status() == ServerConnection.ABSENT ? null : answer.body();
  }

  /** A text as it stands in a question. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** What a collection left. */
  public record Collected(long removed, long bytesLeft) {}

  /** Removes artifacts of this tenant, those first whose recomputation saves least. */
  public Collected collect(long budgetBytes) {
    byte[] answer = connection.sendWork("POST", "/v1/gc?bytes=" + budgetBytes).body();
    return read(answer, in -> new Collected(in.number(), in.number()));
  }

  /** Compares every content with its fingerprint, there; some at a time. */
  public Inspection.Report check(boolean mend) {
    List<String> problems = new ArrayList<>();
    long[] artifacts = {0};
    long[] orphans = {0};
    Key after = new Key(0, 0);
    do {
      String path = "/v1/fsck?mend=" + mend + "&after=" + after;
      after =
          read(
              connection.sendWork("POST", path).body(),
              in -> {
                Key last = in.key();
                artifacts[0] += in.number();
                orphans[0] += in.number();
                long count = in.number();
                for (long i = 0; i < count; i++) {
                  problems.add(in.text());
                }
                return last;
              });
    } while (!after.equals(new Key(0, 0)));
    return new Inspection.Report(artifacts[0], problems, orphans[0], 0, mend);
  }

  @Override
  public void close() {
    connection.close();
  }
}
