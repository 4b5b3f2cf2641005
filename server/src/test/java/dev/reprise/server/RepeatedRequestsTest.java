package dev.reprise.server;

import static dev.reprise.server.TestServer.bytes;
import static dev.reprise.server.TestServer.content;
import static dev.reprise.server.TestServer.facts;
import static dev.reprise.server.TestServer.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.store.DeviceCost;
import dev.reprise.store.Experiments;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.Vertex;
import dev.reprise.store.remote.RemoteExperiments;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Connections that break when the server has done its work, before the client has its answer. */
@ExtendWith(Postgres.class)
class RepeatedRequestsTest {
  @TempDir private Path folder;
  private TestServer server;

  @BeforeEach
  void start(Postgres.Databases databases) throws Exception {
    server = new TestServer(databases, folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Loses the answer to the first request of each kind that changes the graph. */
  private final class Losing implements Tap.Hook {
    private final Runnable then;
    final Set<String> lost = ConcurrentHashMap.newKeySet();

    Losing(Runnable then) {
      this.then = then;
    }

    @Override
    public String answer(String method, String path, byte[] body) {
      return null;
    }

    @Override
    public boolean loses(String method, String path) {
      boolean changes = path.equals("/v1/runs") || path.equals("/v1/changes");
      if (!method.equals("POST") || !changes || !lost.add(path)) {
        return false;
      }
      then.run();
      return true;
    }
  }

  @Test
  void whatHadArrivedCountsOnce() throws Exception {
    countsOnce(() -> {});
  }

  @Test
  void itCountsOnceThoughTheServerWasKilledMeanwhile() throws Exception {
    countsOnce(server::restart);
  }

  private void countsOnce(Runnable meanwhile) throws Exception {
    try (RunStore ada = server.client("ada")) {
      run(ada);
    }
    Losing losing = new Losing(meanwhile);
    try (Tap tap = new Tap(server, losing);
        RunStore ada = server.client("ada", tap)) {
      assertThat(run(ada).problem()).isNull();
    }
    try (RunStore bob = server.client("bob")) {
      run(bob);
      run(bob);
    }
    assertThat(losing.lost).containsExactlyInAnyOrder("/v1/runs", "/v1/changes");
    assertThat(seenBy("ada")).isEqualTo(seenBy("bob"));
    assertThat(rows()).isGreaterThan(4);
  }

  @Test
  void answersAreForgottenAfterAWhile() throws Exception {
    try (RunStore ada = server.client("ada")) {
      Instant first = server.now.get();
      run(ada);
      assertThat(times()).containsExactly(first);
      // How many requests a run sends depends on the time that it takes.
      Instant second = server.now.updateAndGet(now -> now.plus(Duration.ofHours(2)));
      run(ada);
      assertThat(times()).containsExactly(second);
    }
  }

  /** A run that keeps a value, or uses it, and meets two others. */
  private static RunLog run(RunStore store) {
    RunLog log = store.begin(facts("fit.dml"), 1L << 30);
    try (log) {
      Vertex vertex = new Vertex(key(1), "tsmm", List.of(key(2), key(3)), 500, 80);
      log.seen(() -> List.of(vertex, vertex));
      log.measured(key(1), new DeviceCost("cpu", 1, 100));
      log.offer(key(7), key(1), 1L << 40, content(bytes(100, 7)));
      log.used(key(7));
      log.ended("finished", 1.25);
    }
    return log;
  }

  /** All that the space of a tenant counts. */
  private List<Object> seenBy(String tenant) throws Exception {
    try (RemoteExperiments remote = new RemoteExperiments(server.address(server.token(tenant)));
        GraphStore graph = GraphStore.open(server.database())) {
      Experiments experiments = new Experiments(remote);
      long space = server.authority().tenantOf(server.token(tenant)).tenant().space();
      List<Long> frequencies =
          graph
              .jdbi()
              .withHandle(handle ->
                  handle
                      .createQuery("SELECT frequency FROM vertex WHERE space = :space ORDER BY 1")
                      .bind("space", space)
                      .mapTo(Long.class)
                      .list());
      return List.of(
          experiments.totals(), experiments.artifacts(0, 9), experiments.devices(), frequencies);
    }
  }

  private long rows() throws Exception {
    return ask("SELECT count(*) FROM answered", Long.class).getFirst();
  }

  /** When the answers were given that are there. */
  private List<Instant> times() throws Exception {
    return ask("SELECT DISTINCT at FROM answered ORDER BY at", Long.class).stream()
        .map(Instant::ofEpochMilli)
        .toList();
  }

  private <T> List<T> ask(String question, Class<T> type) throws Exception {
    try (GraphStore graph = GraphStore.open(server.database())) {
      return graph.jdbi().withHandle(handle -> handle.createQuery(question).mapTo(type).list());
    }
  }
}
