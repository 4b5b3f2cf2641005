package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.PieceWriter;
import dev.reprise.store.WholeContent;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.GraphSink;
import dev.reprise.store.exchange.GraphSource;
import dev.reprise.store.exchange.MergeTarget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The whole graph of a tenant's space, to be copied from there or to there; for one thread. */
public final class RemoteGraph implements GraphSource, MergeTarget {
  private static final String COSTS = "costs";

  /** Parts of an export, in the order in which they depend on each other. */
  public static final List<String> PARTS =
      List.of("runs", "vertices", COSTS, "regions", "traces", "scores", "artifacts");

  private final ServerConnection connection;
  private final RemoteContents contents;

  /** Of the runs that were given: what names later ones came while pages were fetched. */
  private long newestRun;

  public RemoteGraph(RemoteExperiments server) {
    this.connection = server.connection();
    this.contents = new RemoteContents(connection);
  }

  // ---- from there

  @Override
  public void giveTo(GraphSink sink) throws IOException {
    newestRun = 0;
    for (String part : PARTS) {
      if (part.equals(COSTS) && !connection.knowsCosts()) {
        continue;
      }
      String after = "";
      do {
        String path =
            "/v1/export?part="
                + part
                + "&after="
                + URLEncoder.encode(after, StandardCharsets.UTF_8);
        after = page(connection.get(path).body(), sink);
      } while (after != null);
    }
  }

  /** Where the next page begins, or null. */
  private String page(byte[] body, GraphSink sink) throws IOException {
    ChangeReader in = new ChangeReader(new ByteArrayInputStream(body));
    String after = in.textOrNull();
    for (GraphChange change = in.next(); change != null; change = in.next()) {
      change = known(change);
      if (change == null) {
        continue;
      }
      if (change instanceof GraphChange.Kept kept && kept.content() == null) {
        sink.take(kept, () -> open(kept));
      } else {
        sink.take(change);
      }
    }
    return after;
  }

  /**
   * A change as it was when the runs were given: a vertex that a later run met is the newest run's,
   * what a later run left is null.
   */
  private GraphChange known(GraphChange change) {
    return switch (change) {
      case GraphChange.Run run -> {
        newestRun = Math.max(newestRun, run.id());
        yield run;
      }
      case GraphChange.Seen seen when seen.run() > newestRun ->
          newestRun == 0 ? null : new GraphChange.Seen(newestRun, seen.vertex(), seen.frequency());
      case GraphChange.Measured measured when measured.run() > newestRun ->
          newestRun == 0
              ? null
              : new GraphChange.Measured(newestRun, measured.vertex(), measured.cost());
      case GraphChange.Region region when region.run() > newestRun -> null;
      case GraphChange.TraceText trace when trace.run() > newestRun -> null;
      case GraphChange.Scored scored when scored.run() > newestRun -> null;
      case GraphChange.Kept kept when kept.run() > newestRun -> null;
      default -> change;
    };
  }

  /** As a file of its own, which goes with the stream. */
  private InputStream open(GraphChange.Kept kept) throws IOException {
    Path file = RemoteContents.draft();
    contents.copy(kept.hash(), kept.bytes(), file);
    return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
  }

  // ---- to there

  @Override
  public Begun begin(GraphChange.Run run) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ChangeWriter(bytes).write(run);
    byte[] answer = connection.send("POST", "/v1/runs", bytes.toByteArray()).body();
    ChangeReader in = new ChangeReader(new ByteArrayInputStream(answer));
    return new Begun(in.number(), in.number() == 1);
  }

  @Override
  public boolean has(Key key) {
    return connection.send("HEAD", "/v1/artifacts/" + key).status() != ServerConnection.ABSENT;
  }

  @Override
  public void bring(Key hash, long bytes, GraphSink.Opening content) throws IOException {
    Path file = RemoteContents.draft();
    try {
      try (InputStream in = content.open()) {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      }
      try (PieceWriter pieces = connection.takesPieces() ? contents.pieces() : null) {
        if (pieces != null && WholeContent.cut(file, pieces)) {
          contents.store(hash, pieces);
        } else {
          contents.store(hash, bytes, file);
        }
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void write(List<GraphChange> changes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    for (GraphChange change : changes) {
      boolean isKnown = connection.knowsCosts() || !(change instanceof GraphChange.Measured);
      if (isKnown && lengthOf(change) <= Protocol.LONGEST_RECORD_BYTES) {
        out.write(change);
      }
    }
    if (bytes.size() > 0) {
      connection.send("POST", "/v1/changes", bytes.toByteArray());
    }
  }

  private static int lengthOf(GraphChange change) {
    return switch (change) {
      case GraphChange.Region region -> region.record().length;
      case GraphChange.TraceText trace -> trace.text().length;
      default -> 0;
    };
  }
}
