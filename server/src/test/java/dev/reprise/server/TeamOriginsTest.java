package dev.reprise.server;

import static dev.reprise.server.TestServer.facts;
import static dev.reprise.server.TestServer.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.reprise.CompileOptions;
import dev.reprise.ReplayRequest;
import dev.reprise.Reprise;
import dev.reprise.RunResult;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.lineage.Key;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Experiments.RunTrace;
import dev.reprise.store.FolderGraph;
import dev.reprise.store.GraphTables.Looked;
import dev.reprise.store.Provenance;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.ServerAddress;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.Merge;
import dev.reprise.store.remote.Protocol;
import dev.reprise.store.remote.RemoteExperiments;
import dev.reprise.store.remote.RemoteGraph;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where single values of a server's graph came from, and what is computed again from that. */
@ExtendWith(Postgres.class)
class TeamOriginsTest {
  private static final String SCRIPT =
      """
      X = rand(rows=20000, cols=100, seed=1)
      r = "it's \\"1\\"\\n" + sum(X[1, 1:2])
      A = t(X) %*% X + 0.25 * length(r)
      B = A
      for (i in 1:3) { B = B %*% A / i }
      print(sum(B))
      """;

  @TempDir private Path folder;
  private TestServer server;
  private ServerAddress ada;

  @BeforeEach
  void start(Postgres.Databases databases) throws Exception {
    server = new TestServer(databases, folder.resolve("server"));
    ada = server.address(server.token("ada"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static SessionConfig plain() {
    return SessionConfig.defaults().withHostBytes(512L << 20).withThreads(2);
  }

  private void runScript() throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(all, true, StandardCharsets.UTF_8);
    // What is kept is not to depend on how long it took here.
    StoreConfig keepingAll = StoreConfig.of(ada).withLeastCostNanos(TimeUnit.HOURS.toNanos(1));
    SessionConfig config = plain().withStore(keepingAll).withOutput(out, out);
    try (Session session = Reprise.session(config);
        RunResult _ = session.compile(SCRIPT, CompileOptions.none()).run()) {
      assertThat(all.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    }
  }

  /** The values that an artifact or another one is made of. */
  private static List<Key> all(Experiments experiments) {
    List<Key> all = new ArrayList<>();
    Set<Key> seen = new HashSet<>();
    List<Key> kept =
        experiments.artifacts(0, 100).stream().map(ArtifactEntry::lineage).distinct().toList();
    for (Vertex vertex : experiments.history(kept).vertices()) {
      if (seen.add(vertex.key())) {
        all.add(vertex.key());
      }
    }
    return all;
  }

  @Test
  void everyValueSaysWhatAFolderSaysAndIsComputedAgain() throws Exception {
    runScript();
    try (RemoteExperiments remote = new RemoteExperiments(ada);
        ExperimentStore copy = ExperimentStore.open(StoreConfig.of(folder.resolve("copy")));
        Session session = Reprise.session(plain().withStore(StoreConfig.of(ada).asReadOnly()))) {
      Merge merge = new Merge(new FolderGraph(copy));
      new RemoteGraph(remote).giveTo(merge);
      merge.finish();
      Experiments there = new Experiments(remote);
      Experiments here = new Experiments(copy);
      List<Key> all = all(there);
      assertThat(all).hasSizeGreaterThan(10).containsExactlyInAnyOrderElementsOf(all(here));
      Set<Key> kept = new HashSet<>();
      there.artifacts(0, 100).forEach(artifact -> kept.add(artifact.lineage()));
      for (Key each : all) {
        String digits = each.toString().substring(0, 14);
        Provenance found = there.provenance(digits, 20);
        assertThat(found).isEqualTo(here.provenance(digits, 20));
        assertThat(found.value().lineage()).isEqualTo(each);
        assertThat(found.value().isKept()).isEqualTo(kept.contains(each));
        ReplayRequest request = ReplayRequest.ofStored(digits);
        if (kept.contains(each)) {
          assertThat(
                  session
                      .replay(request.with(new ReplayRequest.Comparison.WithKept()))
                      .comparison()
                      .isEqual())
              .isTrue();
        } else {
          assertThat(session.replay(request).text()).isNotNull();
        }
      }
      assertThat(there.provenance(all.getFirst().toString(), 1).from()).hasSize(1);
    }
    assertThat(server.log()).isEmpty();
  }

  @Test
  void aTenantLearnsNothingOfAnother() throws Exception {
    runScript();
    try (RemoteExperiments ofAda = new RemoteExperiments(ada);
        RemoteExperiments ofBob = new RemoteExperiments(server.address(server.token("bob")))) {
      List<Key> all = all(new Experiments(ofAda));
      for (Key each : all) {
        for (int digits : new int[] {4, 17, 32}) {
          String beginning = each.toString().substring(0, digits);
          assertThat(ofAda.lineages(beginning)).isNotEmpty();
          assertThat(ofBob.lineages(beginning)).isEmpty();
        }
        assertThat(ofBob.provenance(each, 10)).isNull();
      }
      assertThat(ofBob.history(all)).isEqualTo(new Looked(all.size(), List.of()));
      assertThat(ofBob.artifactsOf(all)).isEmpty();
      assertThat(ofBob.tracesOf(List.of(), 10)).isEmpty();
    }
  }

  private static Vertex vertex(long number, String operation, Long... inputs) {
    return new Vertex(
        key(number), operation, List.of(inputs).stream().map(TestServer::key).toList(), 0, 0);
  }

  private void seen(List<Vertex> vertices) throws Exception {
    try (RunStore store = server.client("ada");
        RunLog log = store.begin(facts("a.dml"), 1L << 30)) {
      log.seen(() -> vertices);
      log.trace("x.csv", key(1), () -> "the text");
      log.trace("score r2", key(77), () -> "another");
      log.ended("finished", 0.1);
      assertThat(log.problem()).isNull();
    }
  }

  @Test
  void digitsNameOneSeveralOrNone() throws Exception {
    Key first = key(1);
    Key other = new Key(first.high(), first.low() ^ 7);
    seen(List.of(vertex(1, "+"), new Vertex(other, "-", List.of(), 0, 0)));
    try (RemoteExperiments remote = new RemoteExperiments(ada)) {
      Experiments experiments = new Experiments(remote);
      String all = first.toString();
      assertThat(experiments.lineage(all)).isEqualTo(first);
      assertThat(experiments.provenance(all, 5).value().operation()).isEqualTo("+");
      assertThatThrownBy(() -> experiments.lineage(all.substring(0, 31)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("several values have a lineage that begins with");
      assertThatThrownBy(() -> experiments.lineage("0".repeat(20)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("knows no value whose lineage begins with 00000");
      // What a trace alone has is found, and no value of the graph.
      String traced = key(77).toString().substring(0, 20);
      assertThat(experiments.lineage(traced)).isEqualTo(key(77));
      assertThatThrownBy(() -> experiments.provenance(traced, 5))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("only a trace or an artifact does");
      assertThat(experiments.tracesOf(List.of(key(77), key(5)), 9))
          .containsExactly(new RunTrace(1, "score r2", key(77)));
      assertThat(experiments.tracesOf(List.of(), 9)).hasSize(2);
      assertThat(experiments.tracesOf(List.of(), 1)).hasSize(1);
    }
  }

  @Test
  void whatSaysMoreOfAnOperationReplacesWhatAnOlderVersionWrote() throws Exception {
    seen(List.of(vertex(1, "literal 5"), vertex(2, "literal double 0.5")));
    seen(List.of(vertex(1, "literal double 5.0"), vertex(2, "literal 0.5")));
    try (RemoteExperiments remote = new RemoteExperiments(ada)) {
      assertThat(remote.history(List.of(key(1), key(2))).vertices())
          .extracting(Vertex::operation)
          .containsExactly("literal double 5.0", "literal double 0.5");
    }
  }

  @Test
  void longHistoriesComeInSeveralAnswersAndNoneIsTooLong() throws Exception {
    // A chain, whose first texts are as long as they may be, with something that has many operands.
    int length = 8_000;
    Jdbi jdbi =
        Jdbi.create(
            server.database().url(), server.database().user(), server.database().password());
    seen(List.of(vertex(0, "literal double 0.0")));
    Tenant tenant = server.authority().tenantOf(ada.token()).tenant();
    jdbi.useHandle(handle -> {
      var vertices =
          handle.prepareBatch(
              "INSERT INTO vertex VALUES(:space, :key, :operation, 0, 0, 1, 1, 1) ON CONFLICT DO"
                  + " NOTHING");
      var edges = handle.prepareBatch("INSERT INTO edge VALUES(:space, :child, :at, :parent)");
      for (int i = 1; i < length; i++) {
        vertices
            .bind("space", tenant.space())
            .bind("key", tenant.row(key(i)))
            .bind("operation", i > length - 900 ? "\u20ac".repeat(8_192) : "sqrt")
            .add();
        int operands = i == length - 1 ? 30_000 : 1;
        for (int at = 0; at < operands; at++) {
          edges
              .bind("space", tenant.space())
              .bind("child", tenant.row(key(i)))
              .bind("at", at)
              .bind("parent", tenant.row(key(i - 1)))
              .add();
        }
      }
      vertices.execute();
      edges.execute();
    });
    try (Tap tap = new Tap(server, (_, _, _) -> null);
        RemoteExperiments remote = new RemoteExperiments(tap.address(server.token("ada")))) {
      Set<Key> known = new HashSet<>();
      Key next = key(length - 1);
      int answers = 0;
      while (next != null) {
        Looked looked = remote.history(List.of(next, key(999_999)));
        assertThat(looked.looked()).isBetween(1, 2);
        looked.vertices().forEach(vertex -> known.add(vertex.key()));
        List<Key> inputs = looked.vertices().getLast().inputs();
        next = inputs.isEmpty() ? null : inputs.getFirst();
        answers++;
      }
      assertThat(known).hasSize(length);
      assertThat(answers).isBetween(3, 20);
      assertThat(tap.passed)
          .filteredOn(passed -> passed.is("POST", "histories"))
          .hasSize(answers)
          .allMatch(passed -> passed.answered() < Protocol.MOST_REQUEST_BYTES);
      Provenance around = remote.provenance(key(length - 1), 1_000_000);
      assertThat(around.from()).hasSize(1_000);
      assertThat(tap.passed.getLast().answered()).isLessThan(Protocol.MOST_REQUEST_BYTES);
    }
  }

  private int status(String method, String path, byte[] body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(ada.uri() + path))
                  .header("Authorization", "Bearer " + ada.token())
                  .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                  .build(),
              BodyHandlers.discarding())
          .statusCode();
    }
  }

  private static byte[] keys(long said, int there) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + 16 * there).putLong(said);
    IntStream.range(0, 2 * there).forEach(bytes::putLong);
    return bytes.array();
  }

  @Test
  void questionsThatAreNoneAreRefused() throws Exception {
    for (String path :
        new String[] {
          "/v1/lineages",
          "/v1/lineages?digits=abc",
          "/v1/lineages?digits=ABCD",
          "/v1/lineages?digits=%25%25%25%25",
          "/v1/lineages?digits=" + "a".repeat(33),
          "/v1/origins/xyz",
          "/v1/origins/" + key(1) + "?limit=-1"
        }) {
      assertThat(status("GET", path, new byte[0])).as(path).isEqualTo(400);
    }
    assertThat(status("GET", "/v1/origins/" + key(1), new byte[0])).isEqualTo(404);
    for (String path : new String[] {"/v1/histories", "/v1/kept", "/v1/traces"}) {
      for (byte[] body :
          new byte[][] {
            {}, {1, 2}, keys(-1, 0), keys(2, 1), keys(5_001, 5_001), keys(1L << 40, 3)
          }) {
        assertThat(status("POST", path, body)).as(path).isEqualTo(400);
      }
      assertThat(status("POST", path, keys(5_000, 5_000))).as(path).isEqualTo(200);
    }
    assertThat(status("POST", "/v1/histories", keys(0, 0))).isEqualTo(400);
    assertThat(server.log()).isEmpty();
  }

  @Test
  void anOlderServerIsNotAskedAndThePersonIsTold() throws IOException {
    List<String> requests = new ArrayList<>();
    HttpServer old = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    old.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestURI().getPath());
          byte[] answer = "reprise store 3, tenant ada".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    old.start();
    ServerAddress address = TestServer.address(old.getAddress().getPort(), "rp_x");
    try (RemoteExperiments remote = new RemoteExperiments(address);
        Session session =
            Reprise.session(plain().withStore(StoreConfig.of(address).asReadOnly()))) {
      assertThatThrownBy(() -> new Experiments(remote).provenance("abcd", 9))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("is of a version that does not say where values came from");
      assertThatThrownBy(() -> session.replay(ReplayRequest.ofStored("abcd")))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("is of a version that does not say where values came from");
    } finally {
      old.stop(0);
    }
    assertThat(requests).containsOnly("/v1/hello");
  }
}
