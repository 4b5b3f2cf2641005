package dev.reprise.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.reprise.store.exchange.MalformedChangeException;
import dev.reprise.store.remote.Protocol;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.JdbiException;

/**
 * The HTTP server of a team's store. Each request runs in a virtual thread; none waits for another
 * but in the database, for the lock of its space.
 */
public final class StoreServer implements AutoCloseable {
  private static final int BACKLOG = 512;
  private static final int SECONDS_TO_STOP = 1;

  private final GraphStore graph;
  private final Authority authority;
  private final Routes routes;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService clockwork;
  private final int takingSeconds;
  private final Semaphore room;
  private final PrintStream log;

  /**
   * How a server is started.
   *
   * @param folder for contents
   * @param listen where clients reach it
   * @param clock for tokens
   * @param nanos of a clock that never goes back, for claims of clients that have fallen silent
   * @param log for what goes wrong here; never has tokens or contents
   */
  public record Config(
      DatabaseAddress database,
      Path folder,
      InetSocketAddress listen,
      ServerLimits limits,
      InstantSource clock,
      LongSupplier nanos,
      PrintStream log) {}

  private StoreServer(Config config, GraphStore graph) throws IOException {
    this.graph = graph;
    this.log = config.log;
    this.authority = new Authority(graph.jdbi(), config.clock);
    this.routes =
        new Routes(
            graph.jdbi(),
            new SpaceContents(config.folder.resolve("contents"), System::nanoTime),
            new Leases(config.nanos),
            new SpaceGates(config.limits.requestsOfOneSpace()),
            new GivenAnswers(config.clock));
    this.room = new Semaphore(config.limits.requestsAtOnce());
    this.takingSeconds = config.limits.takingSeconds();
    ScheduledThreadPoolExecutor clockwork =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("reprise-serve-limits").factory());
    clockwork.setRemoveOnCancelPolicy(true);
    this.clockwork = clockwork;
    config.limits.tell();
    this.http = HttpServer.create(config.listen, BACKLOG);
    http.createContext("/", this::handle);
    http.setExecutor(threads);
  }

  /**
   * Starts a server.
   *
   * @throws ServerException when the database, the folder or the port cannot be used
   */
  public static StoreServer start(Config config) {
    GraphStore graph = GraphStore.open(config.database);
    try {
      StoreServer server = new StoreServer(config, graph);
      server.http.start();
      return server;
    } catch (IOException e) {
      graph.close();
      throw new ServerException(
          "the server cannot listen at "
              + config.listen.getHostString()
              + ":"
              + config.listen.getPort()
              + " with its contents in "
              + config.folder
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** Tenants and tokens of a database, without a server. */
  public static <T> T withAuthority(DatabaseAddress database, AuthorityUse<T> use) {
    try (GraphStore graph = GraphStore.open(database)) {
      return use.with(new Authority(graph.jdbi(), InstantSource.system()));
    }
  }

  /** Something that is done with tenants and tokens. */
  public interface AuthorityUse<T> {
    T with(Authority authority);
  }

  public Authority authority() {
    return authority;
  }

  /** Where it listens, with the port that it was given when that was 0. */
  public InetSocketAddress address() {
    return http.getAddress();
  }

  // ---- requests

  private void handle(HttpExchange exchange) {
    try (exchange) {
      if (!room.tryAcquire()) {
        answer(exchange, Reply.text(503, "the server is busy; come back"));
        return;
      }
      try {
        answer(exchange, reply(exchange));
      } finally {
        room.release();
      }
    } catch (IOException e) {
      // The client has gone, or was too slow.
    }
  }

  private Reply reply(HttpExchange exchange) throws IOException {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    if (length != null
        && (length.length() > 9 || Long.parseLong(length) > Protocol.MOST_REQUEST_BYTES)) {
      return tooLong();
    }
    try {
      Authority.Answer who = who(exchange);
      if (who.tenant() == null) {
        return Reply.text(401, who.refusal().words());
      }
      return routes.reply(new ServedRequest(exchange, who.tenant()));
    } catch (MalformedChangeException e) {
      return Reply.text(400, e.getMessage());
    } catch (BoundedStream.TooLongException e) {
      return tooLong();
    } catch (JdbiException e) {
      note(exchange, e);
      return Reply.text(503, "the database of the store cannot be asked now");
    } catch (IOException e) {
      note(exchange, e);
      return Reply.text(503, "the store cannot read or write its files now");
    } catch (RuntimeException | StackOverflowError e) {
      note(exchange, e);
      return Reply.text(500, "the server failed; its log says how");
    }
  }

  private static Reply tooLong() {
    return Reply.text(413, "a request has at most " + Protocol.MOST_REQUEST_BYTES + " bytes");
  }

  private Authority.Answer who(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    boolean plain = header != null && header.startsWith("Bearer ") && header.length() < 600;
    return plain
        ? authority.tenantOf(header.substring("Bearer ".length()).strip())
        : new Authority.Answer(null, Authority.Refusal.UNKNOWN);
  }

  /** Method, path and what went wrong; no headers, no body. */
  private void note(HttpExchange exchange, Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    log.println(
        "reprise serve: "
            + exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI().getRawPath()
            + ": "
            + cause.getClass().getSimpleName()
            + ": "
            + why);
  }

  /**
   * An interrupt closes the channel that this thread writes to, wherever in the answer it is, so
   * whoever takes it too slowly is left.
   */
  private void answer(HttpExchange exchange, Reply reply) throws IOException {
    Future<?> end =
        clockwork.schedule(Thread.currentThread()::interrupt, takingSeconds, TimeUnit.SECONDS);
    try {
      send(exchange, reply);
    } finally {
      end.cancel(false);
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", reply.type());
    boolean bare = exchange.getRequestMethod().equals("HEAD") || reply.length() == 0;
    exchange.sendResponseHeaders(reply.status(), bare ? -1 : reply.length());
    if (!bare) {
      try (OutputStream out = exchange.getResponseBody()) {
        reply.writeTo(out);
      }
    }
  }

  /** Ends after the requests that are worked on, or a second. */
  @Override
  public void close() {
    http.stop(SECONDS_TO_STOP);
    threads.shutdownNow();
    clockwork.shutdownNow();
    graph.close();
  }
}
