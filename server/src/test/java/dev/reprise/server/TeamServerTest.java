package dev.reprise.server;

import static dev.reprise.server.TestServer.bytes;
import static dev.reprise.server.TestServer.facts;
import static dev.reprise.server.TestServer.key;
import static dev.reprise.server.TestServer.load;
import static dev.reprise.server.TestServer.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.store.Artifact;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.FolderGraph;
import dev.reprise.store.Inspection;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.ScoredModel;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.ArchiveReader;
import dev.reprise.store.exchange.ArchiveWriter;
import dev.reprise.store.exchange.Merge;
import dev.reprise.store.remote.Protocol;
import dev.reprise.store.remote.RemoteExperiments;
import dev.reprise.store.remote.RemoteGraph;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What clients of a server find, with a real PostgreSQL behind it. */
@ExtendWith(Postgres.class)
class TeamServerTest {
  private static final int SMALL = 100;
  private static final int LARGE = 100_000;

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

  @Test
  void whatOneClientOffersAnotherFindsSmallOrInParts() throws Exception {
    int several = 2 * Protocol.PART_BYTES + 77;
    try (RunStore ada = server.client("ada");
        RunStore colleague = server.client("ada")) {
      assertThat(offer(ada, SMALL, 1).problem()).isNull();
      assertThat(offer(ada, LARGE, 2).kept()).isEqualTo(1);
      assertThat(offer(ada, several, 3).problem()).isNull();
      assertThat(colleague.find(key(1)).isInline()).isTrue();
      assertThat(load(colleague, 1)).isEqualTo(bytes(SMALL, 1));
      assertThat(load(colleague, 2)).isEqualTo(bytes(LARGE, 2));
      assertThat(load(colleague, 3)).isEqualTo(bytes(several, 3));
      assertThat(colleague.find(key(4))).isNull();
      assertThat(colleague.find(key(2)).costNanos()).isEqualTo(2_000);
    }
    assertThat(server.told).isEmpty();
    assertThat(server.log()).isEmpty();
  }

  @Test
  void callsTracesScoresAndTheGraphComeBack() throws Exception {
    try (RunStore ada = server.client("ada");
        RemoteExperiments remote = new RemoteExperiments(server.address(server.token("ada")))) {
      for (long cost : new long[] {500, 300}) {
        try (RunLog log = ada.begin(facts("fit.dml"), 1L << 30)) {
          Vertex vertex = new Vertex(key(1), "tsmm", List.of(key(2), key(3)), cost, 80);
          log.seen(() -> List.of(vertex, vertex));
          log.offer(key(7), key(1), 1L << 40, TestServer.content(bytes(SMALL, 7)));
          log.region(key(5), () -> new byte[] {1, 2, 3}, 40);
          log.trace("model.csv", key(9), () -> "the text");
          log.score("r2", key(9), 0.75);
          log.used(key(7));
          log.ended("finished", 1.25);
        }
      }
      assertThat(ada.region(key(5))).containsExactly(1, 2, 3);
      assertThat(ada.region(key(6))).isNull();
      Experiments experiments = new Experiments(remote);
      assertThat(experiments.totals()).isEqualTo(new Experiments.Totals(2, 1, 2, 1, SMALL, 1));
      Experiments.RunEntry run = experiments.runs(5).getFirst();
      assertThat(run.id()).isEqualTo(2);
      assertThat(run.facts()).isEqualTo(facts("fit.dml"));
      assertThat(run.seconds()).isEqualTo(1.25);
      assertThat(run.scores()).containsExactly(new Experiments.Score("r2", key(9), 0.75));
      assertThat(experiments.run(1).status()).isEqualTo("finished");
      assertThat(experiments.trace(2, "model.csv")).isEqualTo("the text");
      assertThat(experiments.traces(2))
          .containsExactly(new Experiments.TraceEntry("model.csv", key(9)));
      assertThat(experiments.artifacts(0, 9))
          .containsExactly(
              new Experiments.ArtifactEntry(key(7), key(1), "tsmm", SMALL, 1L << 40, 1, 2));
      assertThatThrownBy(() -> experiments.run(77)).hasMessageContaining("no run 77");
      assertThatThrownBy(() -> experiments.trace(2, "x")).hasMessageContaining("no trace named");
    }
  }

  @Test
  void tenantsSeeNothingOfEachOtherUnlessOneWasMadeToShare() throws Exception {
    server.authority().createTenant("carl", TestServer.QUOTA, "ada");
    try (RunStore ada = server.client("ada");
        RunStore bob = server.client("bob");
        RunStore carl = server.client("carl")) {
      offer(ada, LARGE, 1);
      offer(ada, SMALL, 2);
      Artifact artifact = ada.find(key(1));
      assertThat(bob.find(key(1))).isNull();
      assertThat(bob.find(key(2))).isNull();
      // Knowing the fingerprint does not help.
      assertThatThrownBy(
              () -> {
                try (var arena = java.lang.foreign.Arena.ofConfined()) {
                  bob.contentOf(artifact, arena);
                }
              })
          .isInstanceOf(java.nio.file.NoSuchFileException.class);
      assertThat(load(carl, 1)).isEqualTo(bytes(LARGE, 1));
      // Claims are apart as well.
      try (StoreClaim _ = ada.tryClaim(key(5));
          StoreClaim other = bob.tryClaim(key(5))) {
        assertThat(other).isNotNull();
        assertThat(carl.tryClaim(key(5))).isNull();
      }
      offer(bob, LARGE, 1);
      assertThat(load(bob, 1)).isEqualTo(bytes(LARGE, 1));
    }
    // The same key lies under another one for each of the two.
    try (GraphStore graph = GraphStore.open(server.database())) {
      List<byte[]> rows =
          graph
              .jdbi()
              .withHandle(handle ->
                  handle
                      .createQuery("SELECT DISTINCT key FROM artifact WHERE bytes = " + LARGE)
                      .mapTo(byte[].class)
                      .list());
      assertThat(rows).hasSize(2).noneMatch(row -> Tenant.plain(row).equals(key(1)));
    }
  }

  @Test
  void aSecondClientWaitsForTheFirstAndTakesOverWhenItDies() {
    RunStore first = server.client("ada");
    try (RunStore second = server.client("ada")) {
      StoreClaim claim = first.tryClaim(key(1));
      assertThat(claim).isNotNull();
      assertThat(first.tryClaim(key(1))).isNull();
      assertThat(second.tryClaim(key(1))).isNull();
      claim.close();
      StoreClaim next = second.tryClaim(key(1));
      assertThat(next).isNotNull();
      next.close();
      assertThat(first.tryClaim(key(2))).isNotNull();
      // As a process that is killed: it gives nothing back, and is silent from now on.
      first.close();
      StoreClaim taken = second.tryClaim(key(2));
      assertThat(taken).isNull();
      while (taken == null) {
        // More than once where its last beat was still on its way.
        server.nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(Protocol.LEASE_MILLIS));
        taken = second.tryClaim(key(2));
      }
      taken.close();
    }
  }

  @Test
  void damagedContentIsFoundMendedAndReplaced() throws Exception {
    try (RunStore ada = server.client("ada");
        RemoteExperiments remote = new RemoteExperiments(server.address(server.token("ada")))) {
      offer(ada, LARGE, 1, 2);
      try (var files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          byte[] content = Files.readAllBytes(file);
          content[LARGE / 2] ^= 1;
          Files.write(file, content);
        }
      }
      Inspection.Report found = remote.check(false);
      assertThat(found.problems()).hasSize(2).allMatch(line -> line.contains("damaged"));
      try (RunLog log = ada.begin(facts("a.dml"), 1L << 30)) {
        log.damaged(ada.find(key(1)));
        log.offer(key(1), key(1), 10, TestServer.content(bytes(LARGE, 1)));
      }
      assertThat(load(ada, 1)).isEqualTo(bytes(LARGE, 1));
      assertThat(remote.check(true).problems()).hasSize(1);
      assertThat(ada.find(key(2))).isNull();
      assertThat(remote.check(false).isClean()).isTrue();
    }
  }

  @Test
  void theQuotaHoldsAndWhatSavesLeastGoesFirst() throws Exception {
    server.authority().changeQuota("ada", 10L * LARGE);
    try (RunStore ada = server.client("ada");
        RunStore bob = server.client("bob");
        RemoteExperiments remote = new RemoteExperiments(server.address(server.token("ada")))) {
      offer(bob, LARGE, 1, 2);
      offer(ada, LARGE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
      assertThat(new Experiments(remote).totals().artifactBytes()).isEqualTo(9L * LARGE);
      assertThat(ada.find(key(1))).isNull();
      assertThat(ada.find(key(2))).isNull();
      assertThat(ada.find(key(3))).isNotNull();
      // What can never fit is not kept, and breaks nothing.
      assertThat(offer(ada, 11 * LARGE, 20).problem()).isNull();
      assertThat(ada.find(key(20))).isNull();
      assertThat(remote.collect(3L * LARGE))
          .isEqualTo(new RemoteExperiments.Collected(6, 3L * LARGE));
      assertThat(remote.check(false).isClean()).isTrue();
      assertThat(load(bob, 1)).isNotNull();
    }
  }

  @Test
  void ofTheGraphWhatNoRunHasMetForLongestGoesFirst() throws Exception {
    try (RunStore ada = server.client("ada");
        RunStore bob = server.client("bob");
        RemoteExperiments remote = new RemoteExperiments(server.address(server.token("ada")))) {
      record(bob, 1, 1);
      for (int run = 1; run <= 3; run++) {
        record(ada, run, run == 3 ? 1 : run);
      }
      assertThat(new Experiments(remote).totals().vertices()).isEqualTo(2);
      inSpaceOfAda(space -> {
        assertThat(space.room().trimRows(1L << 20)).isZero();
        // The last run's own rows fit: a vertex, an outcome, a trace.
        assertThat(space.room().trimRows(1000)).isEqualTo(4);
        // And they stay where they do not.
        assertThat(space.room().trimRows(0)).isZero();
      });
      // The first vertex was met again by the last run; so was its outcome.
      assertThat(new Experiments(remote).totals().vertices()).isEqualTo(1);
      assertThat(ada.region(key(1))).isNotNull();
      assertThat(ada.region(key(2))).isNull();
      assertThat(bob.region(key(1))).isNotNull();
      assertThat(remote.check(false).isClean()).isTrue();
    }
  }

  @Test
  void aModelIsTheOneThatWasScoredWhateverElseHasTheNameOfItsTrace() {
    try (RunStore ada = server.client("ada")) {
      for (int traced = 1; traced <= 2; traced++) {
        try (RunLog log = ada.begin(facts("fit.dml"), 1L << 30)) {
          log.score("r2", key(1), 0.5);
          log.trace(ScoredModel.traceName("r2"), key(traced), () -> "text");
          log.ended("finished", 0.1);
        }
      }
      assertThat(ada.models("r2", 9)).containsExactly(new ScoredModel(1, key(1), 0.5));
    }
  }

  @Test
  void anOutcomeThatWasOfUseIsAsYoungAsTheRunThatUsedIt() throws Exception {
    try (RunStore ada = server.client("ada");
        RemoteExperiments remote = new RemoteExperiments(server.address(server.token("ada")))) {
      record(ada, 1, 1);
      record(ada, 2, 2);
      try (RunLog log = ada.begin(facts("run3.dml"), 1L << 30)) {
        log.used(key(1));
        log.ended("finished", 0.1);
      }
      inSpaceOfAda(space -> space.room().trimRows(200));
      assertThat(ada.region(key(1))).isNotNull();
      assertThat(ada.region(key(2))).isNull();
      assertThat(remote.check(false).isClean()).isTrue();
    }
  }

  @Test
  void theSmallQuotaOfOneTenantCostsThoseWhoShareHisSpaceNothing() throws Exception {
    server.authority().changeQuota("ada", 10L << 30);
    server.authority().createTenant("carl", 10L * LARGE, "ada");
    try (RunStore ada = server.client("ada");
        RunStore carl = server.client("carl");
        RemoteExperiments ofCarl = new RemoteExperiments(server.address(server.token("carl")))) {
      record(ada, 1, 1);
      // More than a tenth of the small quota, and than what is left in any case.
      try (GraphStore graph = GraphStore.open(server.database())) {
        graph
            .jdbi()
            .useHandle(handle ->
                handle.execute(
                    "UPDATE region SET record = convert_to(repeat('a', 70000000), 'UTF8')"));
      }
      record(ada, 2, 2);
      inSpaceOfAda(space -> assertThat(space.room().quotaBytesOfOthers()).isEqualTo(10L * LARGE));
      offer(carl, LARGE, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21);
      assertThat(carl.find(key(11))).isNull();
      assertThat(ofCarl.collect(0).removed()).isPositive();
      assertThat(new Experiments(ofCarl).totals().vertices()).isEqualTo(2);
      assertThat(ofCarl.traces(1)).hasSize(1);
      // Where ada's own quota is no longer large, there is no room for it.
      server.authority().changeQuota("ada", 1L << 20);
      ofCarl.collect(0);
      assertThat(new Experiments(ofCarl).totals().vertices()).isEqualTo(1);
      assertThat(ofCarl.traces(1)).isEmpty();
      assertThat(ada.region(key(2))).isNotNull();
    }
  }

  private interface Look {
    void at(SpaceGraph space) throws Exception;
  }

  private void inSpaceOfAda(Look look) throws Exception {
    try (GraphStore graph = GraphStore.open(server.database())) {
      look.at(
          new SpaceGraph(
              graph.jdbi(),
              server.authority().tenantOf(server.token("ada")).tenant(),
              new SpaceContents(server.folder().resolve("contents"), System::nanoTime),
              new SpaceGates(4)));
    }
  }

  private void record(RunStore store, int run, int key) throws Exception {
    try (RunLog log = store.begin(facts("run" + run + ".dml"), 1L << 30)) {
      Vertex vertex = new Vertex(key(key), "tsmm", List.of(key(90)), 10, 80);
      log.seen(() -> List.of(vertex));
      log.region(key(key), () -> new byte[] {1, 2, 3}, 40);
      log.trace("model.csv", key(9), () -> "the text");
      log.ended("finished", 1.25);
    }
  }

  @Test
  void contentsThatArtifactsShareAreChargedOnceAndLiveWithTheLast() throws Exception {
    try (RunStore ada = server.client("ada");
        RemoteExperiments remote = new RemoteExperiments(server.address(server.token("ada")))) {
      try (RunLog log = ada.begin(facts("a.dml"), 1L << 30)) {
        log.offer(key(1), key(1), 10, TestServer.content(bytes(LARGE, 7)));
        log.offer(key(2), key(2), 20, TestServer.content(bytes(LARGE, 7)));
      }
      assertThat(new Experiments(remote).totals().artifactBytes()).isEqualTo(LARGE);
      try (RunLog log = ada.begin(facts("a.dml"), 1L << 30)) {
        log.damaged(ada.find(key(1)));
      }
      assertThat(new Experiments(remote).totals().artifactBytes()).isEqualTo(LARGE);
      assertThat(load(ada, 2)).isEqualTo(bytes(LARGE, 7));
      assertThat(remote.collect(0)).isEqualTo(new RemoteExperiments.Collected(1, 0));
      try (var files = Files.walk(folder)) {
        assertThat(files.filter(Files::isRegularFile)).isEmpty();
      }
    }
  }

  @Test
  void aServerThatIsGoneIsToldOnceAndAskedNoMore() {
    try (RunStore ada = server.client("ada")) {
      RunLog log = ada.begin(facts("a.dml"), 1L << 30);
      server.close();
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> ada.find(key(1))).isInstanceOf(StoreException.class);
      }
      assertThat(ada.worthAskingNanos()).isInfinite();
      log.offer(key(1), key(1), 10, TestServer.content(bytes(LARGE, 1)));
      log.close();
      assertThat(log.problem()).isNotNull();
      assertThat(server.told).hasSize(1);
      assertThat(server.told.getFirst())
          .contains("does not answer", "the run goes on without it")
          .doesNotContain("rp_");
    }
  }

  @Test
  void sixtyFourClientsAtOnceFindWhatTheyAddAndLoseNothing() throws Exception {
    int clients = 64;
    String token = server.token("ada");
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<RunLog>> work =
          java.util.stream.IntStream.range(0, clients)
              .<Callable<RunLog>>mapToObj(number ->
                  () -> {
                    try (RunStore store =
                        RunStore.open(StoreConfig.of(server.address(token)), server.told::add)) {
                      // Every value is offered by four of them, at sizes of both kinds.
                      int shared = number % (clients / 4);
                      RunLog log = store.begin(facts("run" + number), 1L << 30);
                      try (log) {
                        Vertex vertex = new Vertex(key(900), "op", List.of(key(901)), 10, 10);
                        log.seen(() -> List.of(vertex));
                        StoreClaim claim = store.tryClaim(key(500 + shared));
                        log.offer(
                            key(shared),
                            key(shared),
                            50,
                            TestServer.content(bytes(shared % 2 == 0 ? SMALL : LARGE, shared)));
                        if (claim != null) {
                          claim.close();
                        }
                        log.ended("finished", 1);
                      }
                      assertThat(load(store, shared))
                          .isEqualTo(bytes(shared % 2 == 0 ? SMALL : LARGE, shared));
                      return log;
                    }
                  })
              .toList();
      for (Future<RunLog> each : pool.invokeAll(work)) {
        assertThat(each.get().problem()).isNull();
      }
    }
    assertThat(server.told).isEmpty();
    assertThat(server.log()).isEmpty();
    try (RemoteExperiments remote = new RemoteExperiments(server.address(token))) {
      Experiments.Totals totals = new Experiments(remote).totals();
      assertThat(totals.runs()).isEqualTo(clients);
      assertThat(totals.artifacts()).isEqualTo(clients / 4);
      assertThat(totals.artifactBytes()).isEqualTo(clients / 8 * (SMALL + LARGE));
      assertThat(remote.check(false).isClean()).isTrue();
    }
  }

  @Test
  void aSpaceIsExportedAndImportedElsewhereWithoutLoss() throws Exception {
    Path archive = folder.resolveSibling(folder.getFileName() + ".archive");
    try (RunStore ada = server.client("ada");
        RemoteExperiments from = new RemoteExperiments(server.address(server.token("ada")));
        RemoteExperiments to = new RemoteExperiments(server.address(server.token("bob")));
        RunStore bob = server.client("bob")) {
      for (int run = 0; run < 3; run++) {
        int number = run;
        try (RunLog log = ada.begin(facts("fit" + run), 1L << 30)) {
          log.seen(() ->
              java.util.stream.IntStream.range(0, 700)
                  .mapToObj(i -> new Vertex(key(i), "op", List.of(key(i + 1)), 5, 80))
                  .toList());
          log.offer(key(number), key(number), 1L << 40, TestServer.content(bytes(LARGE, 7)));
          log.offer(key(50 + number), key(number), 9, TestServer.content(bytes(SMALL, number)));
          log.region(key(number), () -> new byte[] {1, 2, (byte) number}, 1L << 40);
          log.trace("model.csv", key(9), () -> "the text");
          log.score("r2", key(9), 0.75);
          log.ended("finished", 1.25);
        }
      }
      try (ArchiveWriter writer = new ArchiveWriter(archive)) {
        new RemoteGraph(from).giveTo(writer);
        writer.finish();
      }
      Merge merge = new Merge(new RemoteGraph(to));
      new ArchiveReader(archive).giveTo(merge);
      merge.finish();
      assertThat(merge.summary()).isEqualTo(new Merge.Summary(3, 700, 6, 0));
      Experiments first = new Experiments(from);
      Experiments second = new Experiments(to);
      assertThat(second.totals()).isEqualTo(first.totals());
      assertThat(second.runs(9)).isEqualTo(first.runs(9));
      assertThat(second.artifacts(0, 99))
          .containsExactlyInAnyOrderElementsOf(first.artifacts(0, 99));
      assertThat(second.trace(2, "model.csv")).isEqualTo("the text");
      assertThat(load(bob, 1)).isEqualTo(bytes(LARGE, 7));
      assertThat(bob.region(key(2))).containsExactly(1, 2, 2);
      assertThat(to.check(false).isClean()).isTrue();

      // And a folder takes the same.
      Path other = folder.resolve("folder");
      try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(other))) {
        Merge toFolder = new Merge(new FolderGraph(store));
        new ArchiveReader(archive).giveTo(toFolder);
        toFolder.finish();
        assertThat(new Experiments(store).totals()).isEqualTo(first.totals());
        assertThat(new Inspection(store).run(false).isClean()).isTrue();
      }
    } finally {
      Files.deleteIfExists(archive);
    }
  }
}
