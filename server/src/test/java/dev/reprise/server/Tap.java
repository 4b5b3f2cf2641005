package dev.reprise.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.reprise.store.ServerAddress;
import dev.reprise.store.remote.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands between clients and a server: notes what passes, and may do something before it does. */
final class Tap implements AutoCloseable {
  /** Something that passed. */
  record Passed(String method, String path, int sent, int status, int answered) {
    boolean is(String wantedMethod, String kind) {
      return method.equals(wantedMethod) && path.startsWith("/v1/" + kind);
    }
  }

  /** Called before a request is passed on; may answer it, or return null. */
  interface Hook {
    String answer(String method, String path, byte[] body) throws Exception;

    /**
     * Called after it was passed on; whether the connection breaks before the answer comes back.
     */
    default boolean loses(String method, String path) {
      return false;
    }
  }

  private final int port;
  private final HttpServer http;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Hook hook;
  final List<Passed> passed = new CopyOnWriteArrayList<>();

  Tap(TestServer server, Hook hook) throws IOException {
    this.port = server.port();
    this.hook = hook;
    this.http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    http.createContext("/", this::pass);
    http.setExecutor(threads);
    http.start();
  }

  ServerAddress address(String token) {
    return TestServer.address(http.getAddress().getPort(), token);
  }

  long sent(String method, String kind) {
    return passed.stream().filter(each -> each.is(method, kind)).mapToLong(Passed::sent).sum();
  }

  long answered(String method, String kind) {
    return passed.stream().filter(each -> each.is(method, kind)).mapToLong(Passed::answered).sum();
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().toString();
      byte[] body = exchange.getRequestBody().readAllBytes();
      String own = hook.answer(method, path, body);
      int status = own == null ? 200 : Integer.parseInt(own.substring(0, 3));
      byte[] answer = own == null ? null : own.substring(4).getBytes(StandardCharsets.UTF_8);
      if (own == null) {
        HttpResponse<byte[]> response = ask(exchange, method, path, body);
        status = response.statusCode();
        answer = response.body();
        if (hook.loses(method, path)) {
          throw new IOException("broken by the test");
        }
      }
      passed.add(new Passed(method, path, body.length, status, answer.length));
      boolean bare = answer.length == 0 || method.equals("HEAD");
      exchange.sendResponseHeaders(status, bare ? -1 : answer.length);
      if (!bare) {
        exchange.getResponseBody().write(answer);
      }
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private HttpResponse<byte[]> ask(HttpExchange exchange, String method, String path, byte[] body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    for (String name : List.of("Authorization", Protocol.SESSION, Protocol.REQUEST)) {
      String value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
