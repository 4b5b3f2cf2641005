package dev.reprise.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.reprise.lineage.Key;
import dev.reprise.server.Leases.Client;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.MalformedChangeException;
import dev.reprise.store.remote.Protocol;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One request of a tenant, with what it says checked; for one thread. */
final class ServedRequest {
  private static final int LONGEST_PATH = 4_096;
  private static final String SESSION = "[0-9a-f]{32}";
  private static final String REQUEST = "[0-9]{1,18}";

  private final HttpExchange exchange;
  private final Tenant tenant;
  private final List<String> words;
  private final Map<String, String> parameters;

  /**
   * @param tenant whose token it has
   * @throws MalformedChangeException when its address is none of ours
   */
  ServedRequest(HttpExchange exchange, Tenant tenant) throws MalformedChangeException {
    this.exchange = exchange;
    this.tenant = tenant;
    String path = exchange.getRequestURI().getRawPath();
    String query = exchange.getRequestURI().getRawQuery();
    if (path == null || path.length() + (query == null ? 0 : query.length()) > LONGEST_PATH) {
      throw new MalformedChangeException("the address is too long");
    }
    this.words = List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
    this.parameters = parameters(query);
  }

  private static Map<String, String> parameters(String query) throws MalformedChangeException {
    Map<String, String> parameters = new HashMap<>();
    if (query == null) {
      return parameters;
    }
    for (String part : query.split("&")) {
      int equals = part.indexOf('=');
      if (equals <= 0) {
        throw new MalformedChangeException("a question is NAME=VALUE&NAME=VALUE");
      }
      try {
        parameters.put(
            part.substring(0, equals),
            URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw new MalformedChangeException("a question has a % that begins no character");
      }
    }
    return parameters;
  }

  Tenant tenant() {
    return tenant;
  }

  /** Method and kind of thing, as in {@code GET artifacts}; a key behind it is {@code KEY}. */
  String route() {
    boolean ours = words.size() >= 2 && words.size() <= 3 && words.getFirst().equals("v1");
    return ours
        ? exchange.getRequestMethod() + " " + words.get(1) + (words.size() == 3 ? " KEY" : "")
        : "";
  }

  Key key() throws MalformedChangeException {
    return key(words.get(2));
  }

  private static Key key(String digits) throws MalformedChangeException {
    try {
      return Key.parse(digits);
    } catch (IllegalArgumentException e) {
      throw new MalformedChangeException("a key has 32 hexadecimal digits");
    }
  }

  /** The key of a parameter, or zero. */
  Key keyOf(String name) throws MalformedChangeException {
    String digits = parameters.get(name);
    return digits == null ? new Key(0, 0) : key(digits);
  }

  /** A number between 0 and a limit. */
  long number(String name, long otherwise, long most) throws MalformedChangeException {
    String digits = parameters.get(name);
    if (digits == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(digits);
      if (number < 0 || number > most) {
        throw new MalformedChangeException(name + " is a number from 0 to " + most);
      }
      return number;
    } catch (NumberFormatException e) {
      throw new MalformedChangeException(name + " is a number from 0 to " + most);
    }
  }

  boolean flag(String name) {
    return "true".equals(parameters.get(name));
  }

  String text(String name) throws MalformedChangeException {
    String text = parameters.get(name);
    if (text == null || text.indexOf('\0') >= 0) {
      throw new MalformedChangeException(name + " is missing");
    }
    return text;
  }

  /** Which request of its client it is, also when it comes a second time. */
  GivenAnswers.Asked asked() throws MalformedChangeException {
    String number = exchange.getRequestHeaders().getFirst(Protocol.REQUEST);
    if (number == null) {
      return GivenAnswers.Asked.ONCE;
    }
    if (!number.matches(REQUEST)) {
      throw new MalformedChangeException("a request has a number of up to 18 digits");
    }
    return new GivenAnswers.Asked(client().session(), Long.parseLong(number));
  }

  /** The client, as it calls itself. */
  Client client() throws MalformedChangeException {
    String session = exchange.getRequestHeaders().getFirst(Protocol.SESSION);
    if (session == null || !session.matches(SESSION)) {
      throw new MalformedChangeException("a client names its session with 32 hexadecimal digits");
    }
    return new Client(tenant.space(), session);
  }

  /** What the body is said to have; the most that it may have when that is not said. */
  int bodyBytes() {
    Headers headers = exchange.getRequestHeaders();
    String length = headers.getFirst("Content-Length");
    if (length != null) {
      return Integer.parseInt(length);
    }
    return headers.containsKey("Transfer-Encoding") ? Protocol.MOST_REQUEST_BYTES : 0;
  }

  /** The body, no longer than a request may be. */
  InputStream body() {
    return new BoundedStream(exchange.getRequestBody(), Protocol.MOST_REQUEST_BYTES);
  }

  /** All changes of the body. */
  List<GraphChange> changes() throws IOException {
    byte[] all = body().readAllBytes();
    ChangeReader reader = new ChangeReader(new ByteArrayInputStream(all));
    List<GraphChange> changes = new ArrayList<>();
    for (GraphChange each = reader.next(); each != null; each = reader.next()) {
      changes.add(each);
    }
    return changes;
  }
}
