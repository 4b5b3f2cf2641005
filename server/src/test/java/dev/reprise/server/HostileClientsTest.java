package dev.reprise.server;

import static dev.reprise.server.TestServer.bytes;
import static dev.reprise.server.TestServer.key;
import static dev.reprise.server.TestServer.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.store.RunStore;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import dev.reprise.store.UnknownNameException;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.remote.Protocol;
import dev.reprise.store.remote.RemoteExperiments;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a server does with tokens that are not good, and requests that no client of ours sends. */
@ExtendWith(Postgres.class)
class HostileClientsTest {
  private static final String SESSION = "0123456789abcdef0123456789abcdef";

  @TempDir private Path folder;
  private TestServer server;
  private String token;

  @BeforeEach
  void start(Postgres.Databases databases) throws Exception {
    server = new TestServer(databases, folder);
    token = server.token("ada");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Status line and body of the answer to bytes that are sent as they are. */
  private String raw(String head, byte[] body) throws IOException {
    try (Socket socket = new Socket("localhost", server.port())) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      try {
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      } catch (IOException e) {
        // Whoever sends more than is read may lose the answer with the connection.
        return "";
      }
    }
  }

  private String request(String method, String path, byte[] body) throws IOException {
    return raw(
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
            + token
            + "\r\nReprise-Session: "
            + SESSION
            + "\r\nContent-Length: "
            + body.length
            + "\r\n\r\n",
        body);
  }

  private void assertStatus(String answer, int status) {
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").doesNotContain("at dev.reprise");
  }

  private int statusOf(String authorization) throws IOException {
    String header = authorization == null ? "" : "Authorization: " + authorization + "\r\n";
    String answer =
        raw(
            "GET /v1/totals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + "\r\n",
            new byte[0]);
    return Integer.parseInt(answer.substring(9, 12));
  }

  @Test
  void onlyAGoodTokenOpensTheDoor() throws Exception {
    assertThat(statusOf("Bearer " + token)).isEqualTo(200);
    for (String wrong :
        new String[] {
          null,
          "Bearer",
          "Bearer ",
          "Bearer rp_" + "A".repeat(43),
          "Bearer " + token + "x",
          "Bearer " + token.substring(0, token.length() - 1),
          "Bearer " + "x".repeat(5_000),
          "Basic " + token,
          "Bearer ' OR 1=1 --"
        }) {
      assertThat(statusOf(wrong)).as(String.valueOf(wrong)).isEqualTo(401);
    }
    assertThat(server.log()).isEmpty();
  }

  @Test
  void aTokenEndsWhenItExpiresOrIsRevoked() {
    String brief = server.authority().createToken("ada", "brief", Duration.ofHours(1));
    try (RunStore ada = RunStore.open(StoreConfig.of(server.address(brief)), server.told::add)) {
      assertThat(ada.find(key(1))).isNull();
      server.now.updateAndGet(now -> now.plus(Duration.ofMinutes(59)));
      assertThat(ada.find(key(1))).isNull();
      server.now.updateAndGet(now -> now.plus(Duration.ofMinutes(1)));
      assertThatThrownBy(() -> ada.find(key(1))).hasMessageContaining("has expired");
      // Told once, and the run goes on.
      assertThatThrownBy(() -> ada.find(key(2))).isInstanceOf(StoreException.class);
      assertThat(server.told).hasSize(1);
    }
    assertThatThrownBy(() -> RunStore.open(StoreConfig.of(server.address(brief)), server.told::add))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("refuses the token: the token has expired")
        .hasMessageNotContaining(brief);
    assertThat(server.told).hasSize(1);

    String other = server.authority().createToken("ada", "laptop", Duration.ofDays(3));
    Authority.TokenEntry entry = server.authority().tokens("ada").getFirst();
    assertThat(entry.label()).isEqualTo("laptop");
    server.authority().revoke(entry.id());
    assertThatThrownBy(() -> new RemoteExperiments(server.address(other)))
        .hasMessageContaining("was revoked");
    assertThat(server.authority().tokens("ada")).isNotEmpty();
    assertThatThrownBy(() -> server.authority().tokens("nobody"))
        .isInstanceOf(UnknownNameException.class)
        .hasMessageContaining("no tenant 'nobody'");
    assertThatThrownBy(() -> server.authority().revoke(entry.id()))
        .hasMessageContaining("no token");
  }

  @Test
  void aClockThatJumpsTakesNeitherClaimsNorValuesNorTokensAway() throws Exception {
    String token = server.authority().createToken("ada", "laptop", Duration.ofDays(3));
    StoreConfig config = StoreConfig.of(server.address(token));
    try (RunStore first = RunStore.open(config, server.told::add);
        RunStore second = RunStore.open(config, server.told::add)) {
      StoreClaim claim = first.tryClaim(key(1));
      assertThat(claim).isNotNull();
      TestServer.offer(first, 100, 2);
      for (Duration jump : List.of(Duration.ofDays(2), Duration.ofDays(-9_000))) {
        server.now.updateAndGet(now -> now.plus(jump));
        assertThat(second.tryClaim(key(1))).isNull();
        assertThat(second.find(key(2))).isNotNull();
        TestServer.offer(second, 100, 3);
      }
      assertThat(first.find(key(3))).isNotNull();
      claim.close();
      assertThat(second.tryClaim(key(1))).isNotNull();
    }
    assertThat(server.told).isEmpty();
    assertThat(server.log()).isEmpty();
  }

  @Test
  void theDatabaseHoldsNoToken() {
    try (GraphStore graph = GraphStore.open(server.database())) {
      String rows =
          graph
              .jdbi()
              .withHandle(handle ->
                  handle
                      .createQuery("SELECT string_agg(t::text, ' ') FROM token t")
                      .mapTo(String.class)
                      .one());
      assertThat(rows).contains("test").doesNotContain(token, token.substring(3));
    }
  }

  @Test
  void requestsThatAreTooLongAreRefusedBeforeTheyAreRead() throws Exception {
    String head =
        "POST /v1/changes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
            + token
            + "\r\nReprise-Session: "
            + SESSION
            + "\r\n";
    assertStatus(raw(head + "Content-Length: 900000000\r\n\r\n", new byte[10]), 413);
    assertStatus(raw(head + "Content-Length: 99999999999999999\r\n\r\n", new byte[10]), 413);
    // A body that does not say how long it is.
    byte[] chunk =
        ("100000\r\n" + "x".repeat(1 << 20) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int i = 0; i < Protocol.MOST_REQUEST_BYTES / (1 << 20) + 1; i++) {
      body.write(chunk);
    }
    String answer = raw(head + "Transfer-Encoding: chunked\r\n\r\n", body.toByteArray());
    assertThat(answer)
        .satisfiesAnyOf(
            refused -> assertThat(refused).startsWith("HTTP/1.1 413 "),
            closed -> assertThat(closed).isEmpty());
    assertStatus(request("GET", "/v1/totals?x=" + "y".repeat(10_000), new byte[0]), 400);
    try (RunStore ada = server.client("ada")) {
      assertThat(offer(ada, 10, 1).problem()).isNull();
    }
  }

  @Test
  void whatIsNoRequestOfOursIsRefusedAndChangesNothing() throws Exception {
    byte[] none = new byte[0];
    for (String path :
        new String[] {
          "/", "/v1", "/v2/totals", "/v1/totals/x/y", "/v1/nothing", "/v1/artifacts/../totals"
        }) {
      assertStatus(request("GET", path, none), 404);
    }
    for (String path :
        new String[] {
          "/v1/artifacts/zz",
          "/v1/runs?limit=-1",
          "/v1/runs?limit=x",
          "/v1/runs?limit",
          "/v1/trace?run=1",
          "/v1/trace?run=1&name=%zz",
          "/v1/contents/" + key(1) + "?offset=-5"
        }) {
      assertThat(request("GET", path, none)).as(path).startsWith("HTTP/1.1 400");
    }
    assertStatus(request("BREW", "/v1/totals", none), 404);
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] rubbish = new byte[random.nextInt(400) + 1];
      random.nextBytes(rubbish);
      rubbish[0] = (byte) (random.nextInt(11));
      assertStatus(request("POST", "/v1/changes", rubbish), 400);
    }
    assertThat(server.log()).isEmpty();
    try (RemoteExperiments remote = new RemoteExperiments(server.address(token))) {
      assertThat(remote.totals().vertices()).isZero();
    }
  }

  @Test
  void noPathLeadsOutOfTheFolder() throws Exception {
    Path secret = Files.writeString(folder.resolveSibling("secret-" + SESSION), "secret");
    try {
      String up = "..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd";
      for (String name :
          new String[] {
            up,
            "../../../../etc/passwd",
            "%2e%2e/%2e%2e/etc/passwd",
            "/etc/passwd",
            "..%5c..%5cetc%5cpasswd",
            "%00",
            secret.toString(),
            key(1) + "/../../x"
          }) {
        for (String thing : new String[] {"contents", "artifacts", "claims", "regions"}) {
          for (String method : new String[] {"GET", "PUT", "POST", "DELETE"}) {
            String answer = request(method, "/v1/" + thing + "/" + name, new byte[0]);
            assertThat(answer).doesNotContain("root:", "secret");
            assertThat(answer).containsPattern("^HTTP/1.1 (400|404) ");
          }
        }
      }
      assertStatus(request("GET", "/v1/trace?run=1&name=..%2f..%2fetc%2fpasswd", new byte[0]), 404);
      assertThat(Files.readString(secret)).isEqualTo("secret");
    } finally {
      Files.delete(secret);
    }
  }

  @Test
  void contentsThatAreNotWhatTheySayAreNotKept() throws Exception {
    String path = "/v1/contents/" + key(1);
    byte[] content = bytes(1_000, 1);
    assertStatus(request("PUT", path + "?offset=0", content), 422);
    assertStatus(request("POST", path + "?total=0", new byte[0]), 400);
    assertStatus(request("POST", path + "?total=999999999999", new byte[0]), 413);
    assertStatus(request("POST", path + "?total=1000", new byte[0]), 202);
    assertStatus(request("PUT", path + "?offset=10", content), 422);
    assertThat(request("PUT", path + "?offset=0", content)).contains("422", "fingerprint");
    assertStatus(request("POST", path + "?total=999", new byte[0]), 202);
    assertStatus(request("PUT", path + "?offset=0", content), 422);
    assertStatus(request("GET", path, new byte[0]), 404);
    try (var files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void changesOfARunOfAnotherTenantAreRefused() throws Exception {
    try (RunStore bob = server.client("bob")) {
      offer(bob, 10, 1);
    }
    for (GraphChange change :
        new GraphChange[] {
          new GraphChange.Ended(1, "mine", 1),
          new GraphChange.Scored(1, "r2", null, 9),
          new GraphChange.Kept(1, key(1), key(1), key(1), 10, 10, new byte[10], 0),
          new GraphChange.Run(1, TestServer.facts("x"), 0, null)
        }) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      new ChangeWriter(bytes).write(change);
      assertStatus(request("POST", "/v1/changes", bytes.toByteArray()), 400);
    }
  }

  @Test
  @Timeout(600)
  void whoDoesNotTakeHisAnswersIsLeft(Postgres.Databases databases) throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (TestServer strict = new TestServer(databases.withTables(), other, 1);
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4_096);
      socket.connect(new InetSocketAddress("localhost", strict.port()));
      byte[] question =
          "GET /v1/totals HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      // Once no more answers fit into the buffers between, the server waits, then no more questions
      // do, and we wait, until the server closes the connection, as it must.
      assertThatThrownBy(
              () -> {
                while (true) {
                  socket.getOutputStream().write(question);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void slowClientsAreLeftAndOthersServedMeanwhile() throws Exception {
    Socket[] slow = new Socket[40];
    for (int i = 0; i < slow.length; i++) {
      slow[i] = new Socket("localhost", server.port());
      // Half of them stop in the middle of the header, half in the body.
      String head = "POST /v1/changes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token;
      String more = "\r\nReprise-Session: " + SESSION + "\r\nContent-Length: 100\r\n\r\nabc";
      slow[i]
          .getOutputStream()
          .write((i % 2 == 0 ? head : head + more).getBytes(StandardCharsets.US_ASCII));
    }
    try (RunStore ada = server.client("ada")) {
      assertThat(offer(ada, 100_000, 1, 2, 3).problem()).isNull();
    }
    for (Socket each : slow) {
      // Ends when the server closes the connection, as it must.
      try (each;
          InputStream in = each.getInputStream()) {
        in.readAllBytes();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("reset");
      }
    }
  }
}
