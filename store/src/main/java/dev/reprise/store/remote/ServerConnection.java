package dev.reprise.store.remote;

import dev.reprise.store.ServerAddress;
import dev.reprise.store.StoreException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests to one server. Once it did not answer, or refused the token, every further request fails
 * at once, and whoever runs the program has been told. Thread-safe.
 */
final class ServerConnection implements AutoCloseable {
  static final int OK = 200;
  static final int WANTED = 202;
  static final int ABSENT = 404;
  static final int TAKEN = 409;
  private static final int NO_TOKEN = 401;
  private static final int FORBIDDEN = 403;
  private static final int TOO_LARGE = 413;
  private static final int BUSY = 429;
  private static final int FAILED = 500;

  /** Longest answer that is taken: contents come in parts. */
  private static final long MOST_ANSWER_BYTES = 16L << 20;

  /** For what looks at all that a tenant has. */
  private static final Duration TO_WORK = Duration.ofHours(2);

  private static final int LONGEST_WHY = 500;
  private static final Pattern GREETING = Pattern.compile(Protocol.GREETING + "(\\d{1,6})");

  private final ServerAddress address;
  private final String session = UUID.randomUUID().toString().replace("-", "");
  private final Consumer<String> tell;
  private final HttpClient client;

  /** What the server knows of, by its answer to the greeting. */
  private volatile int version = 1;

  /** Why it is not asked any more. */
  private final AtomicReference<StoreException> gone = new AtomicReference<>();

  /** Numbers the requests; one that is made a second time keeps its number. */
  private final AtomicLong requests = new AtomicLong();

  /** Requests that were made a second time, on a new connection. */
  private final AtomicLong repeated = new AtomicLong();

  /** An answer that is no failure: found or not, granted or not. */
  record Answer(int status, byte[] body) {}

  ServerConnection(ServerAddress address, Consumer<String> tell) {
    this.address = address;
    this.tell = tell;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(address.patience().toConnect())
            .build();
  }

  ServerAddress address() {
    return address;
  }

  /**
   * Asks whether the server is there and knows the token, before it is used.
   *
   * @throws TokenRefusedException when it does not know the token
   * @throws StoreException when it does not answer; it is not asked again
   */
  void greet() throws TokenRefusedException {
    HttpResponse<byte[]> response =
        answered("GET", "/v1/hello", BodyPublishers.noBody(), address.patience().toAnswer());
    if (isRefusal(response.statusCode())) {
      throw new TokenRefusedException(
          "the experiment store " + name() + " refuses the token: " + why(response));
    }
    understood(response);
    version = versionOf(new String(response.body(), StandardCharsets.UTF_8));
  }

  private static int versionOf(String greeting) {
    Matcher found = GREETING.matcher(greeting);
    return found.lookingAt() ? Integer.parseInt(found.group(1)) : 1;
  }

  /** True when the server knows costs by classes of devices; after the greeting. */
  boolean knowsCosts() {
    return version >= Protocol.WITH_COSTS;
  }

  /** True when the server tells where values came from; likewise. */
  boolean knowsOrigins() {
    return version >= Protocol.WITH_ORIGINS;
  }

  /** True when the server takes and gives contents in pieces; likewise. */
  boolean takesPieces() {
    return version >= Protocol.WITH_PIECES;
  }

  String name() {
    return address.toString();
  }

  /** Null while the server answers. */
  StoreException problem() {
    return gone.get();
  }

  /** How many requests were made a second time, since their connection broke. */
  long repeated() {
    return repeated.get();
  }

  Answer get(String path) {
    return request("GET", path, BodyPublishers.noBody());
  }

  Answer send(String method, String path) {
    return request(method, path, BodyPublishers.noBody());
  }

  /** As the other, for work that takes the server minutes. */
  Answer sendWork(String method, String path) {
    return understood(answered(method, path, BodyPublishers.noBody(), TO_WORK));
  }

  Answer send(String method, String path, byte[] body) {
    return request(method, path, BodyPublishers.ofByteArray(body));
  }

  Answer send(String method, String path, byte[] body, int length) {
    return request(method, path, BodyPublishers.ofByteArray(body, 0, length));
  }

  /**
   * @throws StoreException when there is no answer, or one that says that it cannot be done
   */
  private Answer request(String method, String path, BodyPublisher body) {
    return understood(answered(method, path, body, address.patience().toAnswer()));
  }

  private HttpResponse<byte[]> answered(
      String method, String path, BodyPublisher body, Duration most) {
    StoreException before = gone.get();
    if (before != null) {
      throw before;
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(most)
            .header("Authorization", "Bearer " + address.token())
            .header(Protocol.SESSION, session)
            .header(Protocol.REQUEST, Long.toString(requests.incrementAndGet()))
            .method(method, body)
            .build();
    try {
      return exchange(request);
    } catch (IOException e) {
      throw giveUp("does not answer (" + words(e) + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while the server of the store answered", e, true);
    }
  }

  /**
   * A connection that was kept may have been closed by the other side: once more on a new one. The
   * server may have done it already; by the number it does not change anything a second time.
   */
  private HttpResponse<byte[]> exchange(HttpRequest request)
      throws IOException, InterruptedException {
    try {
      return sent(request);
    } catch (ConnectException | HttpTimeoutException e) {
      throw e;
    } catch (IOException e) {
      repeated.incrementAndGet();
      return sent(request);
    }
  }

  private HttpResponse<byte[]> sent(HttpRequest request) throws IOException, InterruptedException {
    return client.send(
        request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_ANSWER_BYTES));
  }

  private Answer understood(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == ABSENT || status == TAKEN || status / 100 == OK / 100) {
      return new Answer(status, response.body());
    }
    String said = why(response);
    if (isRefusal(status)) {
      throw giveUp("refuses the token: " + said, null);
    }
    throw new StoreException(
        "the experiment store " + name() + " says: " + said,
        null,
        status == TOO_LARGE || status == BUSY || status >= FAILED);
  }

  private static boolean isRefusal(int status) {
    return status == NO_TOKEN || status == FORBIDDEN;
  }

  private static String why(HttpResponse<byte[]> response) {
    String why = new String(response.body(), StandardCharsets.UTF_8).strip();
    if (why.isEmpty()) {
      return "status " + response.statusCode();
    }
    return why.length() > LONGEST_WHY ? why.substring(0, LONGEST_WHY) : why;
  }

  /** The failure of an answer that cannot be read. */
  StoreException garbled(IOException e) {
    return new StoreException(
        "the experiment store "
            + name()
            + " gives an answer that cannot be read: "
            + e.getMessage(),
        e);
  }

  /** From now on the server is not asked; the first who finds out tells. */
  private StoreException giveUp(String why, Throwable cause) {
    StoreException problem =
        new StoreException("the experiment store " + name() + " " + why, cause);
    if (!gone.compareAndSet(null, problem)) {
      return gone.get();
    }
    tell.accept(problem.getMessage() + "; the run goes on without it");
    return problem;
  }

  private String words(IOException e) {
    return switch (e) {
      case HttpConnectTimeoutException _ ->
          "no connection in " + address.patience().toConnect().toSeconds() + " s";
      case HttpTimeoutException _ ->
          "nothing in " + address.patience().toAnswer().toSeconds() + " s";
      case ConnectException unknown when comesOfUnresolved(unknown) ->
          "there is no host of that name";
      case ConnectException _ -> "nobody listens there";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  private static boolean comesOfUnresolved(Throwable failure) {
    Throwable each = failure;
    while (each != null && !(each instanceof UnresolvedAddressException)) {
      each = each.getCause();
    }
    return each != null;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
