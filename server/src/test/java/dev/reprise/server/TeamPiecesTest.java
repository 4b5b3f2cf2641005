package dev.reprise.server;

import static dev.reprise.server.TestServer.ROWS;
import static dev.reprise.server.TestServer.bytes;
import static dev.reprise.server.TestServer.facts;
import static dev.reprise.server.TestServer.key;
import static dev.reprise.server.TestServer.load;
import static dev.reprise.server.TestServer.offer;
import static dev.reprise.server.TestServer.offerTable;
import static dev.reprise.server.TestServer.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.ContentHash;
import dev.reprise.store.Experiments;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.exchange.ArchiveReader;
import dev.reprise.store.exchange.ArchiveWriter;
import dev.reprise.store.exchange.Merge;
import dev.reprise.store.remote.RemoteExperiments;
import dev.reprise.store.remote.RemoteGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Contents that lie on a server in pieces of their columns, which those of one space share. */
@ExtendWith(Postgres.class)
class TeamPiecesTest {
  private static final long COLUMN = 8L * ROWS;

  /** Each file of a piece has one byte more, of which a column has two. */
  private static final long FORMS = 100;

  @TempDir private Path folder;
  private TestServer server;
  private RunStore ada;
  private RemoteExperiments remote;

  @BeforeEach
  void start(Postgres.Databases databases) throws Exception {
    server = new TestServer(databases, folder);
    ada = server.client("ada");
    remote = new RemoteExperiments(server.address(server.token("ada")));
  }

  @AfterEach
  void stop() {
    remote.close();
    ada.close();
    server.close();
  }

  private void assertClean() {
    assertThat(remote.check(false).problems()).isEmpty();
    assertThat(remote.check(false).orphans()).isZero();
    assertThat(server.log()).isEmpty();
    assertThat(server.told).isEmpty();
  }

  private long bytesOnServer() {
    return new Experiments(remote).totals().artifactBytes();
  }

  private long chargedTo(String tenant) {
    return server.authority().tenants().stream()
        .filter(entry -> entry.name().equals(tenant))
        .mapToLong(Authority.TenantEntry::artifactBytes)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void tablesShareTheColumnsThatTheyHaveInCommonAndTheLastTakesThemAlong() throws Exception {
    assertThat(offerTable(ada, 1, 1, 2, 3).kept()).isEqualTo(1);
    assertThat(bytesOnServer()).isBetween(3 * COLUMN, 3 * COLUMN + FORMS);
    offerTable(ada, 2, 4, 3, 1);
    offerTable(ada, 3, 1, 2, 3);
    assertThat(bytesOnServer()).isBetween(4 * COLUMN, 4 * COLUMN + FORMS);
    assertThat(chargedTo("ada")).isEqualTo(bytesOnServer());
    assertThat(server.files("pieces")).hasSize(8);
    try (RunStore colleague = server.client("ada")) {
      assertThat(load(colleague, 1)).isEqualTo(table(1, 2, 3));
      assertThat(load(colleague, 2)).isEqualTo(table(4, 3, 1));
      assertThat(load(colleague, 3)).isEqualTo(table(1, 2, 3));
    }
    assertClean();
    // What saves least for its bytes goes first; what others share of it stays.
    assertThat(remote.collect(4 * COLUMN - 1).removed()).isPositive();
    assertThat(remote.check(false).problems()).isEmpty();
    assertThat(remote.collect(0).bytesLeft()).isZero();
    assertThat(server.files("")).isEmpty();
    assertClean();
  }

  @Test
  void columnsThatPackWellArePackedAndComeBack() throws Exception {
    offerTable(ada, 1, 1, -1, -2);
    assertThat(bytesOnServer()).isLessThan(COLUMN * 6 / 5);
    assertThat(load(ada, 1)).isEqualTo(table(1, -1, -2));
    assertClean();
  }

  @Test
  void thoseWhoShareASpaceAreEachChargedOnceForWhatTheyUse() throws Exception {
    server.authority().createTenant("carl", TestServer.QUOTA, "ada");
    try (RunStore carl = server.client("carl");
        RemoteExperiments ofCarl = new RemoteExperiments(server.address(server.token("carl")))) {
      offerTable(ada, 1, 1, 2);
      offerTable(carl, 2, 1, 2);
      offerTable(carl, 3, 2, 3);
      assertThat(chargedTo("ada")).isBetween(2 * COLUMN, 2 * COLUMN + FORMS);
      assertThat(chargedTo("carl")).isBetween(3 * COLUMN, 3 * COLUMN + FORMS);
      assertThat(bytesOnServer()).isEqualTo(chargedTo("carl"));
      long before = chargedTo("carl");
      assertThat(remote.collect(0).bytesLeft()).isZero();
      assertThat(chargedTo("carl")).isEqualTo(before);
      assertThat(load(carl, 2)).isEqualTo(table(1, 2));
      assertThat(load(carl, 3)).isEqualTo(table(2, 3));
      assertClean();
      assertThat(ofCarl.collect(0).bytesLeft()).isZero();
      assertThat(server.files("")).isEmpty();
    }
  }

  @Test
  void whatLiesInTwoSpacesLiesTwice() throws Exception {
    try (RunStore bob = server.client("bob")) {
      offerTable(ada, 1, 1, 2);
      offerTable(bob, 1, 1, 2);
      assertThat(server.files("pieces")).hasSize(8);
      assertThat(chargedTo("bob")).isEqualTo(chargedTo("ada"));
      remote.collect(0);
      assertThat(load(bob, 1)).isEqualTo(table(1, 2));
    }
  }

  private void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
  }

  @Test
  void aDamagedPieceIsFoundInAllThatHaveItAndMendedForAllByTheNextWhoSendsIt() throws Exception {
    offerTable(ada, 1, 1);
    Path shared = server.files("pieces").getFirst();
    offerTable(ada, 2, 1, 2);
    offerTable(ada, 3, 1, 3);
    damage(shared);
    assertThat(remote.check(false).problems()).hasSize(3).allMatch(line -> line.contains("damag"));
    try (RunLog log = ada.begin(facts("a.dml"), 1L << 30)) {
      log.damaged(ada.find(key(1)));
    }
    assertThat(shared).doesNotExist();
    assertThatThrownBy(() -> load(ada, 2)).isInstanceOf(NoSuchFileException.class);
    offerTable(ada, 1, 1);
    for (int number = 1; number <= 3; number++) {
      assertThat(load(ada, number)).isEqualTo(number == 1 ? table(1) : table(1, number));
    }
    assertClean();
  }

  @Test
  void aCheckRemovesWhatIsDamagedAndKeepsWhatIsNot() throws Exception {
    offerTable(ada, 1, 1, 2);
    offerTable(ada, 2, 3, 4);
    damage(server.files("pieces").getFirst());
    String orphan = key(9).toString();
    Path place = folder.resolve("contents/1/pieces/" + orphan.substring(0, 2));
    Files.createDirectories(place);
    Files.write(place.resolve(orphan), new byte[9]);
    assertThat(remote.check(true).problems()).hasSize(1);
    assertClean();
    assertThat(List.of(ada.find(key(1)) != null, ada.find(key(2)) != null))
        .containsExactlyInAnyOrder(true, false);
    assertThat(bytesOnServer()).isBetween(2 * COLUMN, 2 * COLUMN + FORMS);
  }

  @Test
  void wrongCountsAreFoundAndMended() throws Exception {
    offerTable(ada, 1, 1, 2);
    offerTable(ada, 2, 2, 3);
    try (GraphStore graph = GraphStore.open(server.database())) {
      graph
          .jdbi()
          .useHandle(handle ->
              handle.execute(
                  "UPDATE piece_use SET layouts = 7; UPDATE tenant SET artifact_bytes = 1;"
                      + " DELETE FROM piece_use WHERE piece IN (SELECT piece FROM piece_use LIMIT"
                      + " 1)"));
    }
    assertThat(remote.check(true).problems()).hasSize(1).allMatch(line -> line.contains("counted"));
    assertClean();
    assertThat(chargedTo("ada")).isEqualTo(bytesOnServer());
    assertThat(load(ada, 1)).isEqualTo(table(1, 2));
    remote.collect(0);
    assertThat(server.files("")).isEmpty();
  }

  @Test
  void piecesThatACollectionTookWhichWasNotCommittedAreSentAgain() throws Exception {
    offerTable(ada, 1, 1, 2);
    for (Path piece : server.files("pieces")) {
      Files.delete(piece);
    }
    // Under another key; the rows say that the pieces are there.
    offerTable(ada, 2, 1, 2);
    assertThat(load(ada, 1)).isEqualTo(table(1, 2));
    assertThat(load(ada, 2)).isEqualTo(table(1, 2));
    assertThat(bytesOnServer()).isBetween(2 * COLUMN, 2 * COLUMN + FORMS);
    assertClean();
  }

  @Test
  void anArchiveHasWholeContentsAndAnotherSpaceCutsThemAgain() throws Exception {
    offerTable(ada, 1, 1, 2, -3);
    offerTable(ada, 2, 2, 4);
    Path archive = folder.resolveSibling(folder.getFileName() + ".archive");
    try (RemoteExperiments to = new RemoteExperiments(server.address(server.token("bob")));
        RunStore bob = server.client("bob")) {
      try (ArchiveWriter writer = new ArchiveWriter(archive)) {
        new RemoteGraph(remote).giveTo(writer);
        writer.finish();
      }
      Merge merge = new Merge(new RemoteGraph(to));
      new ArchiveReader(archive).giveTo(merge);
      merge.finish();
      assertThat(merge.summary().artifacts()).isEqualTo(2);
      assertThat(load(bob, 1)).isEqualTo(table(1, 2, -3));
      assertThat(load(bob, 2)).isEqualTo(table(2, 4));
      assertThat(chargedTo("bob")).isEqualTo(chargedTo("ada"));
      assertThat(to.check(false).problems()).isEmpty();
    } finally {
      Files.deleteIfExists(archive);
    }
    assertClean();
  }

  @Test
  void aServerOfAnOlderVersionLeavesWholeContentsThatStayReadable(Postgres.Databases databases)
      throws Exception {
    DatabaseAddress old = databases.create();
    Flyway.configure()
        .dataSource(old.url(), old.user(), old.password())
        .locations("classpath:dev/reprise/server/migration")
        .table("reprise_schema")
        .target("1")
        .load()
        .migrate();
    try (TestServer other = new TestServer(old, folder.resolve("old"))) {
      byte[] whole = table(5, 6);
      String name = ContentHash.of(whole).toString();
      try (RunStore client = other.client("ada");
          RemoteExperiments check = new RemoteExperiments(other.address(other.token("ada")))) {
        offer(client, 100, 1);
        Path file = folder.resolve("old/contents/1/" + name.substring(0, 2) + "/" + name);
        Files.createDirectories(file.getParent());
        Files.write(file, whole);
        try (Connection connection =
                DriverManager.getConnection(old.url(), old.user(), old.password());
            PreparedStatement add =
                connection.prepareStatement(
                    "INSERT INTO artifact SELECT space, ?, vertex, ?, ?, cost_nanos, NULL, run,"
                        + " uses, last_run, tenant, ? FROM artifact")) {
          Tenant tenant = other.authority().tenantOf(other.token("ada")).tenant();
          add.setBytes(1, tenant.row(key(2)));
          add.setBytes(2, Tenant.bytes(ContentHash.of(whole)));
          add.setLong(3, whole.length);
          add.setLong(4, whole.length);
          assertThat(add.executeUpdate()).isEqualTo(1);
          connection
              .createStatement()
              .execute(
                  "UPDATE tenant SET artifact_bytes = artifact_bytes + "
                      + whole.length
                      + " WHERE name ='ada'");
        }
        assertThat(load(client, 2)).isEqualTo(whole);
        offerTable(client, 3, 5, 6);
        offerTable(client, 4, 5);
        assertThat(load(client, 3)).isEqualTo(whole);
        assertThat(load(client, 4)).isEqualTo(table(5));
        // The same content has one place, whoever brings it.
        assertThat(other.files("pieces")).hasSize(2);
        damage(file);
        assertThat(check.check(true).problems()).hasSize(2);
        offerTable(client, 3, 5, 6);
        assertThat(load(client, 3)).isEqualTo(whole);
        assertThat(other.files("pieces")).hasSize(4);
        assertThat(check.check(false).problems()).isEmpty();
      }
    }
  }

  @Test
  void whatWasOnItsWayWhenAServerDiedIsForgotten() throws Exception {
    offerTable(ada, 1, 1, 2);
    Path left = folder.resolve("contents/drafts/7.pieces/pieces/ab");
    Files.createDirectories(left);
    Files.write(left.resolve(key(3).toString()), bytes(100, 1));
    server.restart();
    assertThat(server.files("drafts")).isEmpty();
    try (RunStore again = server.client("ada")) {
      assertThat(load(again, 1)).isEqualTo(table(1, 2));
    }
  }

  @Test
  void aDamagedWholeContentOfSeveralIsMendedForAllByTheNextWhoSendsIt() throws Exception {
    for (int number : new int[] {1, 2}) {
      try (RunLog log = ada.begin(facts("a.dml"), 1L << 30)) {
        log.offer(key(number), key(number), 10, TestServer.content(bytes(100_000, 7)));
      }
    }
    assertThat(server.files("contents/1/")).hasSize(1);
    damage(server.files("contents/1/").getFirst());
    try (RunLog log = ada.begin(facts("a.dml"), 1L << 30)) {
      log.damaged(ada.find(key(1)));
      log.offer(key(1), key(1), 10, TestServer.content(bytes(100_000, 7)));
    }
    assertThat(load(ada, 1)).isEqualTo(bytes(100_000, 7));
    assertThat(load(ada, 2)).isEqualTo(bytes(100_000, 7));
    assertThat(chargedTo("ada")).isEqualTo(bytesOnServer()).isEqualTo(100_000);
    assertClean();
  }

  @Test
  void tablesOfADatabaseReachTheCurrentVersionInEitherOrder(Postgres.Databases databases)
      throws Exception {
    DatabaseAddress other = databases.create();
    Path scripts = Files.createDirectories(folder.resolveSibling(folder.getFileName() + ".sql"));
    try {
      for (String name : List.of("V1__graph.sql", "V3__pieces.sql")) {
        try (var in = GraphStore.class.getResourceAsStream("migration/" + name)) {
          Files.copy(in, scripts.resolve(name));
        }
      }
      Flyway.configure()
          .dataSource(other.url(), other.user(), other.password())
          .locations("filesystem:" + scripts)
          .table("reprise_schema")
          .load()
          .migrate();
    } finally {
      for (String name : List.of("V1__graph.sql", "V3__pieces.sql")) {
        Files.deleteIfExists(scripts.resolve(name));
      }
      Files.deleteIfExists(scripts);
    }
    try (TestServer both = new TestServer(other, folder.resolve("both"));
        RunStore client = both.client("ada")) {
      offerTable(client, 1, 1, 2);
      assertThat(load(client, 1)).isEqualTo(table(1, 2));
    }
    try (GraphStore graph = GraphStore.open(other)) {
      List<String> versions =
          graph
              .jdbi()
              .withHandle(handle ->
                  handle
                      .createQuery(
                          "SELECT version FROM reprise_schema WHERE success ORDER BY"
                              + " installed_rank")
                      .mapTo(String.class)
                      .list());
      assertThat(versions).startsWith("1", "3", "2");
      // A younger server was here, twice: this one leaves alone what it does not know.
      for (String version : List.of("1.5", "99")) {
        graph
            .jdbi()
            .useHandle(handle ->
                handle.execute(
                    "INSERT INTO reprise_schema SELECT installed_rank + 10 * length(?), ?, 'later',"
                        + " type, 'later.sql', 7, installed_by, installed_on, 1, true FROM"
                        + " reprise_schema WHERE version = '1'",
                    version,
                    version));
      }
    }
    GraphStore.open(other).close();
  }

  @Test
  void manyClientsAndCollectionsAtOnceLeaveNothingWrongAndNothingBehind() throws Exception {
    int clients = 4;
    int rounds = 10;
    int rows = 4_500;
    String token = server.token("ada");
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicInteger running = new AtomicInteger(clients);
      List<Callable<Integer>> work = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        SplittableRandom random = new SplittableRandom(client);
        work.add(() -> {
          int found = 0;
          try (RunStore store =
              RunStore.open(StoreConfig.of(server.address(token)), server.told::add)) {
            for (int round = 0; round < rounds; round++) {
              // One of few tables of few columns: most have the same pieces, or are the same.
              int first = random.nextInt(4);
              int[] columns = {first, random.nextInt(4), first + 1, random.nextInt(6), 9};
              int number = Arrays.hashCode(columns);
              RunLog log = TestServer.offerTableOf(store, number, rows, columns);
              assertThat(log.problem()).isNull();
              try {
                byte[] loaded = load(store, number);
                if (loaded != null) {
                  assertThat(loaded).isEqualTo(TestServer.tableOf(rows, columns));
                  found++;
                }
              } catch (NoSuchFileException e) {
                // It was collected while it was loaded.
              }
            }
          } finally {
            running.decrementAndGet();
          }
          return found;
        });
      }
      work.add(() -> {
        SplittableRandom random = new SplittableRandom(77);
        int removed = 0;
        while (running.get() > 0) {
          removed += (int) remote.collect(random.nextInt(500_000)).removed();
        }
        return removed;
      });
      for (Future<Integer> each : pool.invokeAll(work)) {
        assertThat(each.get()).isPositive();
      }
    }
    assertClean();
    assertThat(chargedTo("ada")).isEqualTo(bytesOnServer());
    remote.collect(0);
    assertThat(server.files("")).isEmpty();
  }
}
