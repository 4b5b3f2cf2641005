package dev.reprise.server;

import static dev.reprise.server.TestServer.facts;
import static dev.reprise.server.TestServer.key;
import static dev.reprise.server.TestServer.load;
import static dev.reprise.server.TestServer.offer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.store.DeviceCost;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.ArchiveReader;
import dev.reprise.store.exchange.ArchiveWriter;
import dev.reprise.store.exchange.Merge;
import dev.reprise.store.remote.RemoteExperiments;
import dev.reprise.store.remote.RemoteGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Exports of a server on which runs go on. */
@ExtendWith(Postgres.class)
class ExportInUseTest {
  @TempDir private Path folder;
  @TempDir private Path archives;

  private static void meet(RunStore store, String script, int... values) {
    DeviceCost cost = new DeviceCost("cpu", 1, 50);
    try (RunLog log = store.begin(facts(script), 1L << 30)) {
      log.seen(() ->
          IntStream.of(values)
              .mapToObj(value -> new Vertex(key(value), "tsmm", List.of(), 50, 80, cost))
              .toList());
      log.ended("finished", 0.1);
    }
  }

  private RemoteExperiments exportWhile(TestServer server, RunStore ada, boolean hasRuns)
      throws Exception {
    AtomicInteger others = new AtomicInteger();
    Tap.Hook meanwhile =
        (_, path, _) -> {
          if (path.startsWith("/v1/export?part=vertices") && others.getAndIncrement() == 0) {
            meet(ada, "later.dml", 1, 3);
            offer(ada, 50_000, 3);
          }
          return null;
        };
    Path archive = archives.resolve("exported-" + hasRuns);
    try (Tap tap = new Tap(server, meanwhile);
        RemoteExperiments from = new RemoteExperiments(tap.address(server.token("ada")));
        ArchiveWriter writer = new ArchiveWriter(archive)) {
      new RemoteGraph(from).giveTo(writer);
      writer.finish();
    }
    assertThat(others).hasPositiveValue();
    RemoteExperiments to = new RemoteExperiments(server.address(server.token("bob")));
    Merge merge = new Merge(new RemoteGraph(to));
    new ArchiveReader(archive).giveTo(merge);
    merge.finish();
    return to;
  }

  @Test
  void whatARunDidThatBeganMeanwhileIsLeftOutAndTheRestIsImported(Postgres.Databases databases)
      throws Exception {
    try (TestServer server = new TestServer(databases, folder);
        RunStore ada = server.client("ada");
        RunStore bob = server.client("bob")) {
      meet(ada, "first.dml", 1, 2);
      offer(ada, 50_000, 2);
      try (RemoteExperiments to = exportWhile(server, ada, true)) {
        assertThat(to.totals().runs()).isEqualTo(2);
        assertThat(load(bob, 2)).isEqualTo(load(ada, 2)).isNotNull();
        assertThat(bob.find(key(3))).isNull();
        // A value that the later run met again keeps its place, and its costs.
        assertThat(bob.costsOf(List.of(key(1), key(2)))).containsOnlyKeys(key(1), key(2));
        assertThat(to.check(false).problems()).isEmpty();
      }
    }
  }

  @Test
  void ofAServerWithoutRunsNothingIsExportedThoughOneBeginsMeanwhile(Postgres.Databases databases)
      throws Exception {
    try (TestServer server = new TestServer(databases, folder);
        RunStore ada = server.client("ada");
        RemoteExperiments to = exportWhile(server, ada, false)) {
      assertThat(to.totals().runs()).isZero();
      assertThat(to.totals().vertices()).isZero();
      assertThat(to.totals().artifacts()).isZero();
    }
  }
}
