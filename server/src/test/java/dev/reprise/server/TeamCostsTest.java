package dev.reprise.server;

import static dev.reprise.server.TestServer.bytes;
import static dev.reprise.server.TestServer.facts;
import static dev.reprise.server.TestServer.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.reprise.lineage.Key;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.DeviceTotal;
import dev.reprise.store.FolderGraph;
import dev.reprise.store.MeasuredCosts;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.ServerAddress;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.MalformedChangeException;
import dev.reprise.store.exchange.Merge;
import dev.reprise.store.remote.Protocol;
import dev.reprise.store.remote.RemoteExperiments;
import dev.reprise.store.remote.RemoteGraph;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Costs by classes of devices on a server, with a real PostgreSQL behind it. */
@ExtendWith(Postgres.class)
class TeamCostsTest {
  private static final String CUDA = "cuda:NVIDIA H100 80GB HBM3";
  private static final int LARGE = 100_000;
  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path folder;

  private static Vertex vertex(int value, DeviceCost cost) {
    return new Vertex(key(value), "tsmm", List.of(key(900)), cost.nanos(), 80, cost);
  }

  private static void measure(RunStore store, DeviceCost cost, int... values) {
    try (RunLog log = store.begin(facts(cost + ".dml"), 1L << 30)) {
      log.seen(() -> IntStream.of(values).mapToObj(value -> vertex(value, cost)).toList());
      log.ended("finished", 0.1);
    }
  }

  private static MeasuredCosts costsOf(RunStore store, int value) {
    return store.costsOf(List.of(key(value))).get(key(value));
  }

  @Test
  void whatOneClientMeasuredAnotherPlansWithAndNobodyElse(Postgres.Databases databases)
      throws Exception {
    try (TestServer server = new TestServer(databases, folder);
        RunStore ada = server.client("ada");
        RunStore colleague = server.client("ada");
        RunStore bob = server.client("bob");
        RemoteExperiments remote = new RemoteExperiments(server.address(server.token("ada")))) {
      for (long nanos : new long[] {1_000, 100, 112, 50_000}) {
        measure(ada, new DeviceCost("cpu", 1, nanos), 1);
      }
      measure(ada, new DeviceCost(CUDA, 1, 7), 1, 2);
      try (RunLog log = ada.begin(facts("fit.dml"), 1L << 30)) {
        log.measured(key(2), new DeviceCost("cpu", 1, 60));
        log.measured(key(3), new DeviceCost("cpu", 1, 60));
      }
      // The same as in a folder.
      assertThat(costsOf(colleague, 1))
          .isEqualTo(
              new MeasuredCosts(
                  7, List.of(new DeviceCost("cpu", 4, 130), new DeviceCost(CUDA, 1, 7))));
      assertThat(colleague.costsOf(List.of(key(1), key(2), key(3))))
          .containsOnlyKeys(key(1), key(2));
      assertThat(new Experiments(remote).devices())
          .containsExactly(new DeviceTotal("cpu", 2, 5, 580), new DeviceTotal(CUDA, 2, 2, 14));
      assertThat(new Experiments(remote).costsOf(List.of(key(1))))
          .isEqualTo(ada.costsOf(List.of(key(1))));
      assertThat(bob.costsOf(List.of(key(1)))).isEmpty();
      // More than a server answers at a time.
      List<Key> many =
          Stream.concat(
                  IntStream.range(1_000, 1_000 + 2 * Protocol.MOST_VALUES)
                      .mapToObj(TestServer::key),
                  Stream.of(key(2)))
              .toList();
      assertThat(colleague.costsOf(many)).containsOnlyKeys(key(2));
      assertThat(server.told).isEmpty();
      assertThat(server.log()).isEmpty();
    }
  }

  @Test
  void costsAreExportedAndImportedAndGoWithTheirValues(Postgres.Databases databases)
      throws Exception {
    int[] values = IntStream.range(0, 600).toArray();
    try (TestServer server = new TestServer(databases, folder.resolve("server"));
        RunStore ada = server.client("ada");
        RunStore bob = server.client("bob");
        RemoteExperiments from = new RemoteExperiments(server.address(server.token("ada")));
        RemoteExperiments to = new RemoteExperiments(server.address(server.token("bob")));
        ExperimentStore store = ExperimentStore.open(StoreConfig.of(folder.resolve("folder")))) {
      measure(ada, new DeviceCost("cpu", 1, 50), values);
      measure(ada, new DeviceCost(CUDA, 1, 5), values);
      List<DeviceTotal> expected =
          List.of(new DeviceTotal("cpu", 600, 600, 30_000), new DeviceTotal(CUDA, 600, 600, 3_000));
      assertThat(new Experiments(from).devices()).isEqualTo(expected);
      Merge merge = new Merge(new FolderGraph(store));
      new RemoteGraph(from).giveTo(merge);
      merge.finish();
      assertThat(new Experiments(store).devices()).isEqualTo(expected);
      for (int round = 0; round < 2; round++) {
        Merge back = new Merge(new RemoteGraph(to));
        new FolderGraph(store).giveTo(back);
        back.finish();
        assertThat(new Experiments(to).devices()).isEqualTo(expected);
      }
      assertThat(costsOf(bob, 77)).isEqualTo(costsOf(ada, 77)).isEqualTo(costsOf(store, 77));
      // The first run's values were all met by the second; a third one lets them go.
      measure(ada, new DeviceCost("cpu", 1, 50), 1_000);
      try (GraphStore graph = GraphStore.open(server.database())) {
        new SpaceGraph(
                graph.jdbi(),
                server.authority().tenantOf(server.token("ada")).tenant(),
                new SpaceContents(server.folder().resolve("contents"), System::nanoTime),
                new SpaceGates(4))
            .room()
            .trimRows(0);
      }
      assertThat(new Experiments(from).devices()).containsExactly(new DeviceTotal("cpu", 1, 1, 50));
      assertThat(new Experiments(to).devices()).isEqualTo(expected);
    }
  }

  @Test
  void ofOneValueSoManyClassesAreKeptAndThoseAreStillMeasured(Postgres.Databases databases)
      throws Exception {
    try (TestServer server = new TestServer(databases, folder);
        RunStore ada = server.client("ada");
        RemoteExperiments remote = new RemoteExperiments(server.address(server.token("ada")))) {
      for (int device = 0; device < SpaceCosts.MOST_DEVICES + 4; device++) {
        measure(ada, new DeviceCost("cuda:" + (char) ('a' + device), 1, 100), 1);
      }
      measure(ada, new DeviceCost("cuda:b", 1, 100), 1);
      measure(ada, new DeviceCost("cuda:z", 1, 100), 2);
      assertThat(costsOf(ada, 1).byDevice())
          .hasSize(SpaceCosts.MOST_DEVICES)
          .contains(new DeviceCost("cuda:a", 1, 100), new DeviceCost("cuda:b", 2, 100));
      assertThat(costsOf(ada, 2).byDevice()).containsExactly(new DeviceCost("cuda:z", 1, 100));
      assertThat(new Experiments(remote).devices()).hasSize(SpaceCosts.MOST_DEVICES + 1);
      // Rows that an older server took.
      try (GraphStore graph = GraphStore.open(server.database())) {
        graph
            .jdbi()
            .useHandle(handle ->
                handle.execute(
                    "INSERT INTO cost SELECT space, vertex, 'zz' || n, 1, 1 FROM (SELECT DISTINCT"
                        + " space, vertex FROM cost) AS v, generate_series(1, 500) AS n"));
      }
      assertThat(costsOf(ada, 1).byDevice()).hasSize(SpaceCosts.MOST_DEVICES);
      assertThat(server.log()).isEmpty();
    }
  }

  @Test
  void whatIsCheapWhereItIsComputedGoesFirst(Postgres.Databases databases) throws Exception {
    try (TestServer server = new TestServer(databases, folder);
        RunStore ada = server.client("ada");
        RemoteExperiments remote = new RemoteExperiments(server.address(server.token("ada")))) {
      measure(ada, new DeviceCost("cpu", 1, 2 * SECOND), 1);
      measure(ada, new DeviceCost(CUDA, 99, SECOND / 100), 1);
      measure(ada, new DeviceCost("cpu", 1, SECOND), 2);
      try (RunLog log = ada.begin(facts("a.dml"), 1L << 30)) {
        log.offer(key(1), key(1), 2 * SECOND, TestServer.content(bytes(LARGE, 1)));
        log.offer(key(2), key(2), SECOND, TestServer.content(bytes(LARGE, 2)));
      }
      assertThat(remote.collect(LARGE)).isEqualTo(new RemoteExperiments.Collected(1, LARGE));
      assertThat(ada.find(key(1))).isNull();
      assertThat(ada.find(key(2))).isNotNull();
    }
  }

  @Test
  void aDatabaseOfTheFirstVersionIsBroughtUpToDateWithWhatItHas(Postgres.Databases databases)
      throws Exception {
    DatabaseAddress database = databases.create();
    Flyway.configure(GraphStore.class.getClassLoader())
        .dataSource(database.url(), database.user(), database.password())
        .locations("classpath:dev/reprise/server/migration")
        .table("reprise_schema")
        .target("1")
        .load()
        .migrate();
    Jdbi old = Jdbi.create(database.url(), database.user(), database.password());
    old.useHandle(handle -> {
      handle.execute("INSERT INTO space(salt) VALUES(decode(repeat('00', 16), 'hex'))");
      handle.execute(
          "INSERT INTO vertex VALUES(1, ?, 'tsmm', 700, 8, 1, 1, 1)", Tenant.bytes(key(1)));
    });
    try (GraphStore graph = GraphStore.open(database)) {
      SpaceCosts costs =
          new SpaceCosts(graph.jdbi(), new Tenant(1, "ada", 1, new Key(0, 0), LARGE));
      ChangeReader in = new ChangeReader(new ByteArrayInputStream(costs.answer(question(1))));
      assertThat(in.number()).isEqualTo(1);
      assertThat(in.key()).isEqualTo(key(1));
      assertThat(in.number()).isEqualTo(700);
      assertThat(in.number()).isZero();
      assertThatThrownBy(() -> costs.answer(question(Protocol.MOST_VALUES + 1)))
          .isInstanceOf(MalformedChangeException.class);
      assertThatThrownBy(() -> costs.answer(new ByteArrayInputStream(new byte[] {0, 0})))
          .isInstanceOf(MalformedChangeException.class);
    }
  }

  private static ByteArrayInputStream question(int count) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    out.number(count);
    for (int i = 1; i <= count; i++) {
      out.key(key(i));
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  @Test
  void aServerOfAnOlderVersionIsNeitherSentNorAskedWhatItDoesNotKnow() throws IOException {
    List<String> requests = new CopyOnWriteArrayList<>();
    List<GraphChange> changes = new CopyOnWriteArrayList<>();
    HttpServer old = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    old.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          byte[] body = exchange.getRequestBody().readAllBytes();
          requests.add(path);
          byte[] answer = {};
          if (path.equals("/v1/hello")) {
            answer =
                "reprise store 1, tenant ada".getBytes(java.nio.charset.StandardCharsets.UTF_8);
          } else if (path.equals("/v1/runs")) {
            answer = new byte[] {0, 0, 0, 0, 0, 0, 0, 7};
          } else {
            changes.addAll(changesOf(body));
          }
          exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    old.start();
    List<String> told = new ArrayList<>();
    ServerAddress address = TestServer.address(old.getAddress().getPort(), "rp_x");
    try (RunStore store = RunStore.open(StoreConfig.of(address), told::add);
        RemoteExperiments remote = new RemoteExperiments(address)) {
      measure(store, new DeviceCost("cpu", 1, 50), 1);
      assertThat(store.costsOf(List.of(key(1)))).isEmpty();
      assertThat(remote.devices()).isEmpty();
    } finally {
      old.stop(0);
    }
    assertThat(changes)
        .hasSize(2)
        .hasExactlyElementsOfTypes(GraphChange.Seen.class, GraphChange.Ended.class);
    assertThat(requests)
        .containsExactlyInAnyOrder("/v1/hello", "/v1/hello", "/v1/runs", "/v1/changes");
    assertThat(told).isEmpty();
  }

  private static List<GraphChange> changesOf(byte[] body) throws IOException {
    List<GraphChange> changes = new ArrayList<>();
    ChangeReader in = new ChangeReader(new ByteArrayInputStream(body));
    for (GraphChange each = in.next(); each != null; each = in.next()) {
      changes.add(each);
    }
    return changes;
  }
}
