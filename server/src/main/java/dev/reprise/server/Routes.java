package dev.reprise.server;

import dev.reprise.store.Artifact;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.MalformedChangeException;
import dev.reprise.store.remote.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** What a request asks for, and who answers it. Stateless but for what it was given. */
final class Routes {
  private static final int OK = 200;
  private static final int DONE = 204;
  private static final int ABSENT = 404;
  private static final int TAKEN = 409;
  private static final int TOO_MANY = 429;

  private static final long LEAST_ROW_BYTES = 64L << 20;

  /** Share of a quota that is left when it was exceeded. */
  private static final double LEFT_AFTER_COLLECTION = 0.9;

  private final Jdbi jdbi;
  private final SpaceContents contents;
  private final ContentRoutes contentRoutes;
  private final Leases leases;
  private final SpaceGates gates;
  private final GivenAnswers answers;

  Routes(Jdbi jdbi, SpaceContents contents, Leases leases, SpaceGates gates, GivenAnswers answers) {
    this.answers = answers;
    this.gates = gates;
    this.jdbi = jdbi;
    this.contents = contents;
    this.contentRoutes = new ContentRoutes(jdbi, contents);
    this.leases = leases;
  }

  Reply reply(ServedRequest request) throws IOException {
    long space = request.tenant().space();
    if (!gates.enter(space)) {
      return Reply.text(TOO_MANY, "too many requests of this tenant at once; come back");
    }
    try {
      return admitted(request);
    } finally {
      gates.leave(space);
    }
  }

  private Reply admitted(ServedRequest request) throws IOException {
    Tenant tenant = request.tenant();
    SpaceGraph graph = new SpaceGraph(jdbi, tenant, contents, gates);
    SpaceQuestions questions = new SpaceQuestions(jdbi, tenant);
    SpaceOrigins origins = new SpaceOrigins(jdbi, tenant);
    return switch (request.route()) {
      case "GET hello" ->
          Reply.text(OK, Protocol.GREETING + Protocol.VERSION + ", tenant " + tenant.name());
      case "GET artifacts KEY" -> artifact(graph.find(request.key()));
      case "HEAD artifacts KEY" -> Reply.bare(graph.find(request.key()) == null ? ABSENT : OK);
      case "GET regions KEY" -> found(graph.region(request.key()));
      case "GET contents KEY" -> contentRoutes.content(request);
      case "POST contents KEY" -> contentRoutes.expectWhole(request);
      case "PUT contents KEY" -> contentRoutes.takePart(request);
      case "GET layouts KEY" -> contentRoutes.layout(request);
      case "POST layouts KEY" -> contentRoutes.expectPieces(request);
      case "PUT layouts KEY" -> contentRoutes.takePieces(request);
      case "POST pieces" -> contentRoutes.pieces(request);
      case "PUT claims KEY" -> claim(request);
      case "DELETE claims KEY" -> {
        leases.release(request.client(), request.key());
        yield Reply.bare(DONE);
      }
      case "POST beat" -> {
        leases.beat(request.client());
        yield Reply.bare(DONE);
      }
      case "POST runs" -> begin(request, graph);
      case "POST changes" -> change(request, graph);
      case "GET totals" -> Reply.bytes(questions.totals());
      case "GET runs" ->
          Reply.bytes(questions.runs(request.number("run", 0, Long.MAX_VALUE), limit(request)));
      case "GET artifacts" ->
          Reply.bytes(
              questions.artifacts(request.number("run", 0, Long.MAX_VALUE), limit(request)));
      case "GET traces" -> Reply.bytes(questions.traces(request.number("run", 0, Long.MAX_VALUE)));
      case "GET trace" ->
          found(questions.trace(request.number("run", 0, Long.MAX_VALUE), request.text("name")));
      case "GET lineages" -> Reply.bytes(origins.lineages(request.text("digits")));
      case "GET origins KEY" ->
          found(origins.origin(request.key(), Math.min(limit(request), Protocol.MOST_AROUND)));
      case "POST histories" -> Reply.bytes(origins.histories(request.body()));
      case "POST kept" -> Reply.bytes(origins.kept(request.body()));
      case "POST traces" -> Reply.bytes(origins.traces(request.body(), limit(request)));
      case "POST costs" -> Reply.bytes(new SpaceCosts(jdbi, tenant).answer(request.body()));
      case "GET devices" -> Reply.bytes(new SpaceCosts(jdbi, tenant).devices());
      case "GET models" -> Reply.bytes(questions.models(request.text("name"), limit(request)));
      case "GET export" ->
          Reply.bytes(
              new SpaceExport(jdbi, tenant).page(request.text("part"), request.text("after")));
      case "POST gc" -> collect(request, graph.room());
      case "POST fsck" ->
          Reply.bytes(
              new SpaceCheck(jdbi, tenant, contents, graph)
                  .run(request.keyOf("after"), request.flag("mend")));
      default -> Reply.text(ABSENT, "there is nothing here of that name");
    };
  }

  private static int limit(ServedRequest request) throws MalformedChangeException {
    long asked = request.number("limit", SpaceQuestions.MOST_ROWS, Integer.MAX_VALUE);
    return (int) Math.min(asked, SpaceQuestions.MOST_ROWS);
  }

  private static Reply found(byte[] bytesOrNull) {
    return bytesOrNull == null ? Reply.bare(ABSENT) : Reply.bytes(bytesOrNull);
  }

  private static Reply artifact(Artifact artifact) throws IOException {
    if (artifact == null) {
      return Reply.bare(ABSENT);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    out.key(artifact.hash());
    out.number(artifact.bytes());
    out.number(artifact.costNanos());
    out.bytes(artifact.content());
    return Reply.bytes(bytes.toByteArray());
  }

  // ---- claims

  private Reply claim(ServedRequest request) throws IOException {
    return switch (leases.tryClaim(request.client(), request.key())) {
      case GRANTED -> Reply.bare(DONE);
      case TAKEN -> Reply.bare(TAKEN);
      case TOO_MANY -> Reply.text(TOO_MANY, "too many claims");
    };
  }

  // ---- changes

  private Reply begin(ServedRequest request, SpaceGraph graph) throws IOException {
    List<GraphChange> changes = request.changes();
    if (changes.size() != 1 || !(changes.getFirst() instanceof GraphChange.Run run)) {
      throw new MalformedChangeException("one run begins at a time");
    }
    return Reply.bytes(graph.begin(run, once(request)));
  }

  /** The change of a request whose answer may have been lost. */
  private SpaceGraph.Answering once(ServedRequest request) throws MalformedChangeException {
    GivenAnswers.Asked asked = request.asked();
    return (handle, change) -> answers.answer(handle, request.tenant(), asked, change);
  }

  private Reply change(ServedRequest request, SpaceGraph graph) throws IOException {
    int kept = graph.apply(request.client(), request.changes(), once(request));
    long quota = request.tenant().quotaBytes();
    SpaceRoom room = graph.room();
    if (kept > 0 && room.artifactBytes() > quota) {
      room.collect((long) (quota * LEFT_AFTER_COLLECTION));
      room.trimRows(rowBytes(quota, room));
    }
    return Reply.bare(DONE);
  }

  /**
   * What vertices, outcomes and traces of the whole space may take, where the tenant's artifacts
   * may take so many bytes: who shares the space loses nothing by his being small.
   */
  private static long rowBytes(long artifactBytes, SpaceRoom room) {
    return Math.max(artifactBytes / 10 + room.quotaBytesOfOthers() / 10, LEAST_ROW_BYTES);
  }

  private static Reply collect(ServedRequest request, SpaceRoom room) throws IOException {
    long budget = request.number("bytes", Long.MAX_VALUE, Long.MAX_VALUE);
    int removed = room.collect(budget);
    room.trimRows(rowBytes(budget, room));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    out.number(removed);
    out.number(room.artifactBytes());
    return Reply.bytes(bytes.toByteArray());
  }
}
