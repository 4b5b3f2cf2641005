package dev.reprise.server;

import static dev.reprise.server.TestServer.bytes;
import static dev.reprise.server.TestServer.facts;
import static dev.reprise.server.TestServer.key;
import static dev.reprise.server.TestServer.load;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.store.Experiments;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.ArchiveReader;
import dev.reprise.store.exchange.ArchiveWriter;
import dev.reprise.store.exchange.MalformedChangeException;
import dev.reprise.store.exchange.Merge;
import dev.reprise.store.remote.RemoteExperiments;
import dev.reprise.store.remote.RemoteGraph;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a tenant imports into the space that he shares. */
@ExtendWith(Postgres.class)
class SharedImportTest {
  private static final int LARGE = 50_000;

  @TempDir private Path folder;
  @TempDir private Path archives;
  private TestServer server;

  @BeforeEach
  void start(Postgres.Databases databases) throws Exception {
    server = new TestServer(databases, folder);
    server.authority().createTenant("carl", TestServer.QUOTA, "ada");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RemoteExperiments of(String tenant) {
    return new RemoteExperiments(server.address(server.token(tenant)));
  }

  private Path exported(String tenant) throws Exception {
    Path archive = archives.resolve(tenant);
    try (RemoteExperiments from = of(tenant);
        ArchiveWriter writer = new ArchiveWriter(archive)) {
      new RemoteGraph(from).giveTo(writer);
      writer.finish();
    }
    return archive;
  }

  /** A run that keeps values, each of which it has met as well. */
  private static void run(RunStore store, String script, int... values) {
    try (RunLog log = store.begin(facts(script), 1L << 30)) {
      for (int value : values) {
        log.seen(() -> List.of(new Vertex(key(value), "op", List.of(), 5, 80)));
        log.offer(key(value), key(value), 1L << 40, TestServer.content(bytes(LARGE, value)));
      }
      log.ended("finished", 1.25);
    }
  }

  private static Merge.Summary imported(Path archive, RemoteExperiments to) throws Exception {
    ArchiveReader reader = new ArchiveReader(archive);
    Merge merge = new Merge(new RemoteGraph(to));
    reader.giveTo(merge);
    merge.finish();
    return merge.summary();
  }

  @Test
  void runsOfBothAreThereForAllWhoShareTheSpaceAndNothingTwice() throws Exception {
    try (RunStore bob = server.client("bob");
        RunStore ada = server.client("ada");
        RunStore carl = server.client("carl");
        RemoteExperiments ofCarl = of("carl");
        RemoteExperiments ofAda = of("ada")) {
      run(bob, "first", 1, 2);
      run(bob, "second", 3);
      run(ada, "own", 2, 4);
      Path archive = exported("bob");
      // The value that both spaces have stays ada's.
      assertThat(imported(archive, ofCarl)).isEqualTo(new Merge.Summary(2, 3, 2, 1));
      Experiments.Totals totals = new Experiments(ofAda).totals();
      assertThat(totals.runs()).isEqualTo(3);
      assertThat(totals.artifacts()).isEqualTo(4);
      assertThat(new Experiments(ofCarl).totals()).isEqualTo(totals);
      for (int value = 1; value <= 4; value++) {
        assertThat(load(ada, value)).isEqualTo(bytes(LARGE, value));
        assertThat(load(carl, value)).isEqualTo(bytes(LARGE, value));
      }
      assertThat(imported(archive, ofCarl)).isEqualTo(new Merge.Summary(0, 0, 0, 3));
      assertThat(imported(archive, ofAda)).isEqualTo(new Merge.Summary(0, 0, 0, 3));
      assertThat(new Experiments(ofAda).totals()).isEqualTo(totals);
      assertThat(ofAda.check(false).isClean()).isTrue();
    }
  }

  @Test
  void whatIsImportedOverAQuotaCostsTheOthersNothingAndItsRunsStay() throws Exception {
    server.authority().changeQuota("carl", LARGE + LARGE / 2);
    try (RunStore bob = server.client("bob");
        RunStore ada = server.client("ada");
        RemoteExperiments ofCarl = of("carl");
        RemoteExperiments ofAda = of("ada")) {
      run(bob, "first", 1, 2, 3);
      run(ada, "own", 11, 12);
      imported(exported("bob"), ofCarl);
      Experiments.Totals totals = new Experiments(ofAda).totals();
      assertThat(totals.runs()).isEqualTo(2);
      assertThat(totals.artifacts()).isEqualTo(3);
      assertThat(load(ada, 11)).isEqualTo(bytes(LARGE, 11));
      assertThat(load(ada, 12)).isEqualTo(bytes(LARGE, 12));
      assertThat(ofAda.check(false).isClean()).isTrue();
    }
  }

  @Test
  void valuesOfARunThatAnotherOfTheSpaceHasLeftAreAddedToIt() throws Exception {
    try (RunStore ada = server.client("ada");
        RunStore carl = server.client("carl");
        RemoteExperiments ofCarl = of("carl");
        RemoteExperiments ofAda = of("ada")) {
      run(ada, "own", 1, 2);
      Path archive = exported("ada");
      ofAda.collect(0);
      assertThat(carl.find(key(1))).isNull();
      assertThat(imported(archive, ofCarl)).isEqualTo(new Merge.Summary(0, 0, 2, 0));
      assertThat(load(carl, 1)).isEqualTo(bytes(LARGE, 1));
      assertThat(new Experiments(ofAda).totals().runs()).isEqualTo(1);
      assertThat(ofAda.check(false).isClean()).isTrue();
    }
  }

  @Test
  void aDamagedArchiveChangesNothing() throws Exception {
    try (RunStore bob = server.client("bob");
        RunStore ada = server.client("ada");
        RemoteExperiments ofCarl = of("carl")) {
      run(bob, "first", 1);
      run(ada, "own", 2);
      Path archive = exported("bob");
      byte[] damaged = Files.readAllBytes(archive);
      damaged[damaged.length / 2] ^= 1;
      Files.write(archive, damaged);
      assertThatThrownBy(() -> imported(archive, ofCarl))
          .isInstanceOf(MalformedChangeException.class)
          .hasMessageContaining("its checksum differs");
      assertThat(new Experiments(ofCarl).totals().runs()).isEqualTo(1);
      assertThat(ada.find(key(1))).isNull();
    }
  }
}
