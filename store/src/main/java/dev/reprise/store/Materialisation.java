package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.materialise.ArtifactGraph;
import dev.reprise.store.materialise.BenefitMaterialiser;
import dev.reprise.store.materialise.HeuristicMaterialiser;
import dev.reprise.store.materialise.LoadCost;
import dev.reprise.store.materialise.Materialiser;
import dev.reprise.store.materialise.Selection;
import dev.reprise.store.materialise.StorageAwareMaterialiser;
import dev.reprise.store.materialise.Workload;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Chooses again which of a store's artifacts to keep, by one of the methods of {@link
 * dev.reprise.store.materialise}, from the whole experiment graph. Takes memory for the graph: some
 * hundred bytes a vertex.
 */
public final class Materialisation {
  private static final double BYTES_PER_SECOND = 1.4e9;
  private static final long LATENCY_NANOS = 150_000;

  /** Programs by which sets are judged, and trial plans for exchanges: a second or two. */
  private static final int MOST_REQUESTS = 100;

  private static final int TRIALS = 2_000;

  /** What an artifact takes besides its content. */
  private static final int ROW_BYTES = 256;

  private static final int BATCH = 256;
  private static final int[] NONE = {};

  private final ExperimentStore store;

  // Made when the graph is read.
  private ClassCosts costs;
  private ArtifactGraph graph;

  private final Map<Key, Integer> numbers = new HashMap<>();
  private final Map<Integer, List<Artifact>> artifacts = new HashMap<>();

  /** Of contents that lie in pieces, and what the files of these take. */
  private final Map<Key, Layout> layouts = new HashMap<>();

  private final Map<Key, Long> pieceBytes = new HashMap<>();

  /** By whom artifacts are chosen. */
  public enum Method {
    /** EG's heuristics-based algorithm. */
    HEURISTIC,
    /** EG's storage-aware algorithm. */
    STORAGE_AWARE,
    /** Ours: by exact plans of what runs are expected to ask for. */
    BENEFIT
  }

  private record Vertex(Key key, long costNanos, long frequency) {}

  public Materialisation(ExperimentStore store) {
    this.store = store;
  }

  /**
   * Removes the artifacts that the method does not choose.
   *
   * @return how many
   */
  public int keepBest(Method method, long budgetBytes) {
    store
        .database()
        .ask(session -> {
          read(session);
          return null;
        });
    Selection selection = materialiser(method).select(graph, budgetBytes);
    List<Artifact> unwanted = new ArrayList<>();
    artifacts.forEach((vertex, kept) -> {
      if (!selection.keeps(vertex)) {
        unwanted.addAll(kept);
      }
    });
    if (method == Method.BENEFIT) {
      fill(unwanted, budgetBytes - selection.bytes());
    }
    for (int from = 0; from < unwanted.size(); ) {
      from += removeSome(unwanted.subList(from, Math.min(from + BATCH, unwanted.size())));
    }
    return unwanted.size();
  }

  /** Takes out of the unwanted ones what fits all the same: the dearest for their bytes first. */
  private void fill(List<Artifact> unwanted, long bytes) {
    unwanted.sort(
        Comparator.comparingDouble(
            artifact -> -(double) artifact.costNanos() / (storedBytes(artifact) + ROW_BYTES)));
    long left = bytes;
    for (Iterator<Artifact> each = unwanted.iterator(); each.hasNext(); ) {
      Artifact artifact = each.next();
      if (storedBytes(artifact) <= left) {
        left -= storedBytes(artifact);
        each.remove();
      }
    }
  }

  /** What an artifact takes on the disk, as if it shared nothing. */
  private long storedBytes(Artifact artifact) {
    Layout layout = layouts.get(artifact.hash());
    return layout == null
        ? artifact.bytes()
        : new HashSet<>(layout.pieces())
            .stream().mapToLong(piece -> pieceBytes.getOrDefault(piece, 0L)).sum();
  }

  /** One transaction, so that others may write after it; returns how many it removed. */
  private int removeSome(List<Artifact> batch) {
    return store
        .database()
        .change(session -> {
          try {
            return new Updates(session, store, 0).removeSome(batch, Long.MIN_VALUE);
          } catch (IOException e) {
            throw new StoreException("an artifact cannot be removed: " + e.getMessage(), e);
          }
        });
  }

  private Materialiser materialiser(Method method) {
    return switch (method) {
      case HEURISTIC -> new HeuristicMaterialiser();
      case STORAGE_AWARE -> new StorageAwareMaterialiser();
      case BENEFIT ->
          new BenefitMaterialiser(
              Workload.ofDearest(graph, MOST_REQUESTS), new Selection(new BitSet(), 0), TRIALS);
    };
  }

  // ---- the graph, inputs before consumers

  private void read(GraphDatabase.Session session) throws SQLException {
    costs = new ClassCosts(GraphCosts.all(session));
    graph = new ArtifactGraph(LoadCost.of(LATENCY_NANOS, BYTES_PER_SECOND), costs.shares());
    Map<Key, Vertex> vertices = vertices(session);
    Map<Key, List<Key>> inputs = inputs(session);
    Map<Key, List<Artifact>> byVertex = artifacts(session);
    LaidContents laid = new LaidContents(session, store.pieces());
    layouts.putAll(laid.all());
    pieceBytes.putAll(laid.sizes());
    for (Key vertex : byVertex.keySet()) {
      // One that the graph lost still has an artifact to choose or not.
      vertices.putIfAbsent(vertex, new Vertex(vertex, 0, 1));
    }
    for (Key key : vertices.keySet()) {
      add(key, vertices, inputs, byVertex);
    }
    scores(session);
  }

  /** Qualities as shares of the span that runs have said by one name: 0 the worst, 1 the best. */
  private void scores(GraphDatabase.Session session) throws SQLException {
    PreparedStatement find =
        session.prepared(
            "SELECT score.key, score.value, span.least, span.most FROM score JOIN (SELECT name,"
                + " min(value) AS least, max(value) AS most FROM score GROUP BY name) AS span"
                + " ON score.name = span.name WHERE score.key IS NOT NULL");
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        Integer vertex = numbers.get(Keys.of(row.getBytes(1)));
        double span = row.getDouble(4) - row.getDouble(3);
        double share = span > 0 ? (row.getDouble(2) - row.getDouble(3)) / span : 1;
        if (vertex != null && share >= 0 && share <= 1) {
          graph.score(vertex, share);
        }
      }
    }
  }

  private void add(
      Key wanted,
      Map<Key, Vertex> vertices,
      Map<Key, List<Key>> inputs,
      Map<Key, List<Artifact>> byVertex) {
    ArrayDeque<Key> open = new ArrayDeque<>();
    open.push(wanted);
    while (!open.isEmpty()) {
      Key key = open.peek();
      if (numbers.containsKey(key)) {
        open.pop();
        continue;
      }
      boolean ready = true;
      for (Key input : inputs.getOrDefault(key, List.of())) {
        if (!numbers.containsKey(input)) {
          open.push(input);
          ready = false;
        }
      }
      if (ready) {
        open.pop();
        number(key, vertices.get(key), inputs.getOrDefault(key, List.of()), byVertex);
      }
    }
  }

  /**
   * @param vertex null for an input that lies beyond what was recorded
   */
  private void number(Key key, Vertex vertex, List<Key> inputs, Map<Key, List<Artifact>> byVertex) {
    List<Artifact> kept = byVertex.getOrDefault(key, List.of());
    long artifactNanos = 0;
    IntStream.Builder chunks = IntStream.builder();
    for (Artifact artifact : kept) {
      Layout layout = layouts.get(artifact.hash());
      if (layout == null) {
        chunks.add(graph.chunk(artifact.hash(), artifact.bytes()));
      } else {
        // Shared pieces count once, and as many bytes as their files have. Their numbers are
        // others than those of whole contents.
        for (Key piece : new HashSet<>(layout.pieces())) {
          Key chunk = new Key(~piece.high(), piece.low());
          chunks.add(graph.chunk(chunk, pieceBytes.getOrDefault(piece, 0L)));
        }
      }
      artifactNanos = Math.max(artifactNanos, artifact.costNanos());
    }
    int number =
        graph.add(
            costs.nanos(key, vertex == null ? 0 : vertex.costNanos, artifactNanos),
            inputs.isEmpty() ? NONE : inputs.stream().mapToInt(numbers::get).toArray(),
            chunks.build().toArray());
    numbers.put(key, number);
    if (vertex != null) {
      graph.count(number, vertex.frequency);
    }
    if (!kept.isEmpty()) {
      artifacts.put(number, kept);
    }
  }

  private static Map<Key, Vertex> vertices(GraphDatabase.Session session) throws SQLException {
    PreparedStatement find = session.prepared("SELECT key, cost_nanos, frequency FROM vertex");
    Map<Key, Vertex> vertices = new HashMap<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        Key key = Keys.of(row.getBytes(1));
        vertices.put(key, new Vertex(key, row.getLong(2), row.getLong(3)));
      }
    }
    return vertices;
  }

  private static Map<Key, List<Key>> inputs(GraphDatabase.Session session) throws SQLException {
    PreparedStatement find =
        session.prepared("SELECT child, parent FROM edge ORDER BY child, position");
    Map<Key, List<Key>> inputs = new HashMap<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        inputs
            .computeIfAbsent(Keys.of(row.getBytes(1)), _ -> new ArrayList<>())
            .add(Keys.of(row.getBytes(2)));
      }
    }
    return inputs;
  }

  private static Map<Key, List<Artifact>> artifacts(GraphDatabase.Session session)
      throws SQLException {
    PreparedStatement find =
        session.prepared(
            "SELECT key, hash, bytes, cost_nanos, content IS NULL, vertex FROM artifact");
    Map<Key, List<Artifact>> artifacts = new HashMap<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        artifacts
            .computeIfAbsent(Keys.of(row.getBytes(6)), _ -> new ArrayList<>())
            .add(ArtifactEviction.listed(row));
      }
    }
    return artifacts;
  }
}
