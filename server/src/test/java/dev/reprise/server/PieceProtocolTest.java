package dev.reprise.server;

import static dev.reprise.server.TestServer.ROWS;
import static dev.reprise.server.TestServer.bytes;
import static dev.reprise.server.TestServer.key;
import static dev.reprise.server.TestServer.load;
import static dev.reprise.server.TestServer.offer;
import static dev.reprise.server.TestServer.offerTable;
import static dev.reprise.server.TestServer.table;
import static dev.reprise.server.TwoPieces.CONTENT;
import static dev.reprise.server.TwoPieces.HASH;
import static dev.reprise.server.TwoPieces.PATH;
import static dev.reprise.server.TwoPieces.layout;
import static dev.reprise.server.TwoPieces.piece;
import static dev.reprise.server.TwoPieces.sent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments;
import dev.reprise.store.Layout;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.remote.Protocol;
import dev.reprise.store.remote.RemoteExperiments;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What clients and a server say to each other about pieces, and what the server tells nobody. */
@ExtendWith(Postgres.class)
class PieceProtocolTest {
  private static final long COLUMN = 8L * ROWS;
  private static final String SESSION = "0123456789abcdef0123456789abcdef";
  private static final Tap.Hook NOTHING = (_, _, _) -> null;

  @TempDir private Path folder;
  private TestServer server;
  private RemoteExperiments remote;
  private HttpClient http;

  @BeforeEach
  void start(Postgres.Databases databases) throws Exception {
    server = new TestServer(databases, folder);
    remote = new RemoteExperiments(server.address(server.token("ada")));
    http = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    remote.close();
    server.close();
  }

  private void assertClean() throws IOException {
    assertThat(remote.check(false).problems()).isEmpty();
    assertThat(remote.check(false).orphans()).isZero();
    assertThat(server.files("drafts")).isEmpty();
    assertThat(server.told).isEmpty();
    assertThat(server.log()).isEmpty();
  }

  @Test
  void whatTheServerHasIsNotSentAndWhatPacksWellTravelsPacked() throws Exception {
    try (Tap tap = new Tap(server, NOTHING);
        RunStore ada = server.client("ada", tap);
        RunStore colleague = server.client("ada", tap)) {
      assertThat(offerTable(ada, 1, 1, 2, 3).problem()).isNull();
      assertThat(tap.sent("PUT", "layouts")).isBetween(3 * COLUMN, 3 * COLUMN + 1_000);
      tap.passed.clear();
      offerTable(ada, 2, 1, 2, 3, 4);
      assertThat(tap.sent("PUT", "layouts")).isBetween(COLUMN, COLUMN + 1_000);
      tap.passed.clear();
      // Nothing at all of what is there under another key.
      assertThat(offerTable(ada, 3, 1, 2, 3).kept()).isEqualTo(1);
      assertThat(tap.sent("PUT", "layouts")).isZero();
      tap.passed.clear();
      offerTable(ada, 4, -1, -2, 3);
      assertThat(tap.sent("PUT", "layouts")).isLessThan(COLUMN / 5);
      assertThat(load(colleague, 4)).isEqualTo(table(-1, -2, 3));
      assertThat(tap.answered("POST", "pieces")).isLessThan(COLUMN * 6 / 5);
      assertThat(tap.passed).noneMatch(each -> each.path().startsWith("/v1/contents"));
      assertThat(load(colleague, 2)).isEqualTo(table(1, 2, 3, 4));
    }
    assertClean();
  }

  @Test
  void aServerOfAnOlderVersionIsSentWholeContents() throws Exception {
    Tap.Hook older =
        (_, path, _) ->
            path.equals("/v1/hello")
                ? "200 reprise store 1, tenant ada"
                : path.startsWith("/v1/layouts") || path.startsWith("/v1/pieces")
                    ? "404 there is nothing here of that name"
                    : null;
    try (Tap tap = new Tap(server, older);
        RunStore ada = server.client("ada", tap)) {
      assertThat(offerTable(ada, 1, 1, 2).problem()).isNull();
      offerTable(ada, 2, 2, -3);
      assertThat(load(ada, 1)).isEqualTo(table(1, 2));
      assertThat(load(ada, 2)).isEqualTo(table(2, -3));
      assertThat(tap.passed).noneMatch(each -> each.path().matches("/v1/(layouts|pieces).*"));
    }
    // It was cut by the server: a client that knows pieces finds the same, and shares them.
    assertThat(server.files("pieces")).hasSize(6);
    try (Tap tap = new Tap(server, NOTHING);
        RunStore younger = server.client("ada", tap)) {
      assertThat(load(younger, 2)).isEqualTo(table(2, -3));
      offerTable(younger, 3, -3, 1, 2);
      assertThat(tap.sent("PUT", "layouts")).isZero();
    }
    assertClean();
  }

  @Test
  void aCollectionTakesNothingFromAContentOnItsWay() throws Exception {
    for (String moment : List.of("PUT /v1/layouts", "POST /v1/layouts", "POST /v1/changes")) {
      AtomicInteger collected = new AtomicInteger();
      Tap.Hook collecting =
          (method, path, body) -> {
            boolean begins = path.startsWith("/v1/layouts") && method.equals("POST");
            // Changes may come in parts, of which the first one brings the content.
            boolean arrived = path.startsWith("/v1/changes") && collected.get() > 0;
            boolean isMoment = (method + " " + path).startsWith(moment);
            if (isMoment && !arrived && !(begins && body.length > 0)) {
              collected.addAndGet((int) remote.collect(0).removed());
              assertThat(server.files("contents/1/")).isEmpty();
            }
            return null;
          };
      try (RunStore first = server.client("ada");
          Tap tap = new Tap(server, collecting);
          RunStore ada = server.client("ada", tap)) {
        offerTable(first, 1, 1, 2, 3);
        assertThat(offerTable(ada, 2, 3, 2, 4).kept()).as(moment).isEqualTo(1);
        assertThat(collected).as(moment).hasPositiveValue();
        assertThat(first.find(key(1))).isNull();
        assertThat(load(first, 2)).as(moment).isEqualTo(table(3, 2, 4));
        assertClean();
        remote.collect(0);
        assertThat(server.files("")).isEmpty();
      }
    }
  }

  @Test
  void ofTwoWhoSendTheSameAtOnceBothAreKeptAndItLiesOnce() throws Exception {
    AtomicInteger others = new AtomicInteger();
    try (RunStore second = server.client("ada")) {
      Tap.Hook meanwhile =
          (method, path, _) -> {
            if ((method + " " + path).startsWith("POST /v1/changes") && others.getAndAdd(1) == 0) {
              offerTable(second, 2, 1, 2);
            }
            return null;
          };
      try (Tap tap = new Tap(server, meanwhile);
          RunStore first = server.client("ada", tap)) {
        assertThat(offerTable(first, 1, 1, 2).problem()).isNull();
        assertThat(load(second, 1)).isEqualTo(table(1, 2));
        assertThat(load(first, 2)).isEqualTo(table(1, 2));
      }
    }
    assertThat(others).hasPositiveValue();
    assertThat(server.files("pieces")).hasSize(4);
    assertThat(new Experiments(remote).totals().artifactBytes())
        .isBetween(2 * COLUMN, 2 * COLUMN + 100);
    assertClean();
  }

  @Test
  void aPieceThatIsDamagedOnTheServerIsSentAgainAndMendsAllThatHaveIt() throws Exception {
    try (Tap tap = new Tap(server, NOTHING);
        RunStore ada = server.client("ada", tap)) {
      offerTable(ada, 1, 1);
      Path shared = server.files("pieces").getFirst();
      byte[] bytes = Files.readAllBytes(shared);
      byte[] good = bytes.clone();
      bytes[bytes.length / 2] ^= 1;
      Files.write(shared, bytes);
      tap.passed.clear();
      assertThat(offerTable(ada, 2, 1, 2).kept()).isEqualTo(1);
      assertThat(tap.sent("PUT", "layouts")).isGreaterThan(COLUMN + bytes.length);
      assertThat(load(ada, 1)).isEqualTo(table(1));
      assertThat(load(ada, 2)).isEqualTo(table(1, 2));
      assertThat(Files.readAllBytes(shared)).isEqualTo(good);
    }
    assertClean();
  }

  @Test
  void aConnectionThatBreaksBehindAPartMakesTheContentBeSentAnew() throws Exception {
    // Its number says what it saves, too.
    int worthwhile = 10_000_000;
    for (String kind : List.of("contents", "layouts")) {
      AtomicInteger sent = new AtomicInteger();
      Tap.Hook breaking =
          new Tap.Hook() {
            @Override
            public String answer(String method, String path, byte[] body) {
              return null;
            }

            @Override
            public boolean loses(String method, String path) {
              return method.equals("PUT")
                  && path.startsWith("/v1/" + kind)
                  && sent.incrementAndGet() == 2;
            }
          };
      try (Tap tap = new Tap(server, breaking);
          RunStore ada = server.client("ada", tap)) {
        RunLog log =
            kind.equals("contents")
                ? offer(ada, 3 * Protocol.PART_BYTES, worthwhile)
                : offerTable(ada, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(log.problem()).as(kind).isNull();
        assertThat(log.kept()).as(kind).isEqualTo(1);
        assertThat(sent).as(kind).hasValueGreaterThan(2);
        if (kind.equals("contents")) {
          // What is sent a second time does not follow what came already.
          assertThat(tap.passed).anyMatch(each -> each.status() == 422);
          assertThat(load(ada, worthwhile)).isEqualTo(bytes(3 * Protocol.PART_BYTES, worthwhile));
        } else {
          assertThat(load(ada, 2)).isEqualTo(table(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
        }
      }
    }
    assertClean();
  }

  @Test
  void aServerThatDiesBeforeAnyRequestLosesNothingThatWasCommitted() throws Exception {
    int passed = 0;
    for (int dying = 2; passed >= dying - 3; dying++) {
      AtomicInteger count = new AtomicInteger();
      int at = dying;
      Tap.Hook dies =
          (_, _, _) -> {
            if (count.incrementAndGet() == at) {
              server.restart();
            }
            return null;
          };
      int[] columns = {dying, 90, 91};
      try (Tap tap = new Tap(server, dies);
          RunStore ada = server.client("ada", tap)) {
        offerTable(ada, dying, columns);
        passed = tap.passed.size();
      }
      assertThat(remote.check(false).problems()).isEmpty();
      assertThat(remote.check(true).orphans()).isZero();
      try (RunStore ada = server.client("ada")) {
        // Whether it was there or not: now it is, and right.
        offerTable(ada, dying, columns);
        assertThat(load(ada, dying)).isEqualTo(table(columns));
      }
    }
    assertThat(passed).isGreaterThan(5);
    assertThat(server.files("pieces")).hasSizeGreaterThan(10);
    assertThat(server.files("drafts")).isEmpty();
    assertThat(remote.check(false).problems()).isEmpty();
  }

  // ---- as it is sent

  private HttpResponse<byte[]> request(String tenant, String method, String path, byte[] body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
            .header("Authorization", "Bearer " + server.token(tenant))
            .header("Reprise-Session", SESSION)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      // As clients do: a connection that was kept may have been closed by the other side.
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private void assertAnswer(int status, String method, String path, byte[] body) throws Exception {
    HttpResponse<byte[]> answer = request("ada", method, path, body);
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(status);
  }

  @Test
  void whatAnotherSpaceHasIsNoAnswerToTheQuestionWhatIsMissing() throws Exception {
    server.authority().createTenant("eve", TestServer.QUOTA, null);
    server.authority().createTenant("carl", TestServer.QUOTA, "ada");
    byte[] recipe = layout().recipe();
    byte[] before = request("eve", "POST", PATH, recipe).body();
    assertThat(before).hasSize(32);
    for (String tenant : List.of("ada", "carl")) {
      byte[] wanted = request(tenant, "POST", PATH, recipe).body();
      // Only who shares the space of the first is not asked for what is there.
      assertThat(wanted).hasSize(tenant.equals("ada") ? 32 : 16);
      if (tenant.equals("ada")) {
        publish();
        try (RunStore ada = server.client("ada")) {
          assertThat(ada.find(key(1))).isNotNull();
        }
        Path first = server.files(ContentHash.of(piece(0)).toString()).getFirst();
        Files.delete(first);
      }
    }
    assertThat(request("bob", "POST", PATH, recipe).body()).isEqualTo(before);
    // Nor are the pieces given away, or layouts, by who knows their names.
    byte[] names = Arrays.copyOf(before, 32);
    assertThat(ByteBuffer.wrap(request("bob", "POST", "/v1/pieces", names).body()).getLong())
        .isEqualTo(-1);
    assertThat(request("bob", "GET", PATH, new byte[0]).statusCode()).isEqualTo(404);
    assertThat(request("carl", "GET", PATH, new byte[0]).body()).isEqualTo(recipe);
  }

  /** The content, as a value of a run of ada. */
  private void publish() throws Exception {
    publish(204);
  }

  private void publish(int status, GraphChange... more) throws Exception {
    if (request("ada", "POST", PATH, layout().recipe()).statusCode() == 202) {
      request("ada", "PUT", PATH, sent(0));
      // An answer that was lost is asked for again.
      request("ada", "PUT", PATH, sent(0));
      request("ada", "PUT", PATH, sent(1));
      assertAnswer(204, "POST", PATH, new byte[0]);
    }
    byte[] run = written(new GraphChange.Run(0, TestServer.facts("x"), -1, null));
    long number = ByteBuffer.wrap(request("ada", "POST", "/v1/runs", run).body()).getLong();
    ByteArrayOutputStream changes = new ByteArrayOutputStream();
    changes.write(
        written(new GraphChange.Kept(number, key(1), key(1), HASH, CONTENT.length, 10, null, 0)));
    for (GraphChange each : more) {
      changes.write(written(each));
    }
    assertAnswer(status, "POST", "/v1/changes", changes.toByteArray());
  }

  private static byte[] written(GraphChange change) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ChangeWriter(bytes).write(change);
    return bytes.toByteArray();
  }

  @Test
  void filesOfAChangeThatWasNotCommittedAreFoundRemovedAndSentAgain() throws Exception {
    try (RunStore bob = server.client("bob")) {
      TestServer.offer(bob, 10, 5);
    }
    // The content gets its files, and then the whole change fails.
    publish(400, new GraphChange.Ended(77, "not ours", 1));
    assertThat(server.files("pieces")).hasSize(2);
    assertThat(server.files("drafts")).isEmpty();
    assertThat(remote.check(false).orphans()).isEqualTo(2);
    // They are no answer to the question what is missing but as links, and are compared anew.
    publish();
    assertClean();
    publish(400, new GraphChange.Ended(77, "not ours", 1));
    assertClean();
    assertThat(new Experiments(remote).totals().artifacts()).isEqualTo(1);
  }

  @Test
  void anyStretchOfAContentInPiecesIsGivenToThoseWhoAskForParts() throws Exception {
    publish();
    Random random = new Random(5);
    for (int i = 0; i < 20; i++) {
      int offset = random.nextInt(CONTENT.length);
      int length = random.nextInt(CONTENT.length - offset) + 1;
      byte[] part =
          request(
                  "ada",
                  "GET",
                  "/v1/contents/" + HASH + "?offset=" + offset + "&length=" + length,
                  new byte[0])
              .body();
      assertThat(part).isEqualTo(Arrays.copyOfRange(CONTENT, offset, offset + length));
    }
    assertAnswer(
        404, "GET", "/v1/contents/" + HASH + "?offset=" + (CONTENT.length + 1), new byte[0]);
    // A piece that is gone is no failure of the server.
    Files.delete(server.files(ContentHash.of(piece(1)).toString()).getFirst());
    assertAnswer(404, "GET", "/v1/contents/" + HASH + "?offset=0", new byte[0]);
    assertThat(server.log()).isEmpty();
  }

  @Test
  void layoutsAndPiecesThatAreNoneAreRefusedAndLeaveNothing() throws Exception {
    byte[] recipe = layout().recipe();
    List<Key> pieces = layout().pieces();
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      byte[] rubbish = new byte[random.nextInt(300) + 1];
      random.nextBytes(rubbish);
      rubbish[0] = 1;
      assertAnswer(400, "POST", PATH, rubbish);
    }
    for (Layout wrong :
        List.of(
            new Layout(new byte[0], 1L << 60, 1, 1, Layout.PIECE_BYTES, pieces),
            new Layout(new byte[0], 5_000, 1, 1, Layout.PIECE_BYTES, pieces),
            new Layout(new byte[0], 9_000, 2, 1, 1 << 19, pieces),
            new Layout(new byte[0], 9_000, -2, 8, 1 << 13, pieces),
            new Layout(new byte[0], -1, 1, 8, 1 << 13, pieces),
            new Layout(new byte[0], 1L << 31, 1, 1, 1 << 30, pieces),
            new Layout(new byte[0], 2, 1, 8, 0, pieces),
            // Sound, and of more pieces than anybody cuts.
            new Layout(new byte[0], 6, 1, 8, 2, List.of(key(1), key(2), key(3))),
            new Layout(new byte[100], CONTENT.length, 1, 1, Layout.PIECE_BYTES, pieces))) {
      assertAnswer(400, "POST", PATH, wrong.recipe());
    }
    server.authority().changeQuota("ada", CONTENT.length - 1);
    assertAnswer(413, "POST", PATH, recipe);
    server.authority().changeQuota("ada", TestServer.QUOTA);
    assertAnswer(422, "PUT", PATH, sent(0));
    assertAnswer(422, "POST", PATH, new byte[0]);
    assertAnswer(400, "POST", "/v1/pieces", new byte[17]);
    assertAnswer(400, "POST", "/v1/pieces", new byte[16 * (Protocol.MOST_PIECES + 1)]);
    assertAnswer(400, "PUT", "/v1/layouts/..%2f..%2fx", sent(0));

    // Bytes that are not what they say, none of the content's, too many, packed rubbish, half ones.
    byte[] other = piece(0);
    other[7]++;
    byte[] packed = sent(0);
    packed[20] = 1;
    byte[] unknown = sent(key(3), piece(0));
    byte[] tooLong = sent(pieces.get(1), piece(0));
    for (byte[] body : List.of(sent(pieces.get(0), other), tooLong, packed)) {
      assertAnswer(202, "POST", PATH, recipe);
      assertAnswer(422, "PUT", PATH, body);
      // That was the end of it.
      assertAnswer(422, "PUT", PATH, sent(0));
    }
    assertAnswer(202, "POST", PATH, recipe);
    assertAnswer(422, "PUT", PATH, unknown);
    assertAnswer(400, "PUT", PATH, Arrays.copyOf(sent(0), 100));
    assertAnswer(202, "POST", PATH, recipe);

    // Pieces that are all right, of another content than they are said to be.
    String wrong = "/v1/layouts/" + key(4);
    assertAnswer(202, "POST", wrong, recipe);
    assertAnswer(204, "PUT", wrong, sent(0));
    assertAnswer(204, "PUT", wrong, sent(1));
    assertAnswer(422, "POST", wrong, new byte[0]);
    // What is half there is not kept.
    assertAnswer(204, "PUT", PATH, sent(0));
    assertAnswer(202, "POST", PATH, new byte[0]);
    assertThat(server.files("contents/1/")).isEmpty();
    assertThat(server.log()).isEmpty();
    publish();
    assertClean();
  }
}
