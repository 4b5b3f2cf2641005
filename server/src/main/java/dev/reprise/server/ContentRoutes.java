package dev.reprise.server;

import dev.reprise.lineage.Key;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.Layout;
import dev.reprise.store.PieceFiles;
import dev.reprise.store.PieceReader;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.MalformedChangeException;
import dev.reprise.store.remote.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * Requests for contents of one tenant's space. Whether something is here is answered for that space
 * alone: what others have is not looked at.
 *
 * <pre>
 *   whole      POST contents/KEY?total=N  202, then PUT contents/KEY?offset=I ...; 204: it is here
 *   in pieces  POST layouts/KEY  recipe   202 and the pieces that are wanted, PUT layouts/KEY pieces ...,
 *              POST layouts/KEY           202 go on asking (and send what is wanted), 204: it is here
 *   from here  GET contents/KEY?offset=I&amp;length=N, or GET layouts/KEY and POST pieces
 * </pre>
 */
final class ContentRoutes {
  private static final int WANTED = 202;
  private static final int DONE = 204;
  private static final int ABSENT = 404;
  private static final int TOO_LONG = 413;
  private static final int WRONG = 422;
  private static final int TOO_MANY = 429;

  private static final int BUSY = 503;

  private static final int KEY_BYTES = 16;

  /** Layouts that are read at a time are counted in units of so many bytes. */
  private static final int UNIT_BYTES = 64 << 10;

  private static final int UNITS_OF_LONGEST = Protocol.MOST_REQUEST_BYTES / UNIT_BYTES;

  /** How long whoever brings a layout, or wants a part of a content, waits for his turn. */
  private static final long MILLIS_TO_WAIT = 5_000;

  /** A layout has so many pieces at most for the bytes of its content, besides its last ones. */
  private static final int LEAST_PIECE_BYTES = 16 << 10;

  private final Jdbi jdbi;
  private final SpaceContents contents;

  /** For the memory that layouts take while they are read. */
  private final SpacePermits layouts = new SpacePermits(4 * UNITS_OF_LONGEST, 2 * UNITS_OF_LONGEST);

  ContentRoutes(Jdbi jdbi, SpaceContents contents) {
    this.jdbi = jdbi;
    this.contents = contents;
  }

  private interface Question<T> {
    T of(SpaceLayouts layouts) throws DamagedContentException;
  }

  /** What becomes of a layout that is read. */
  private interface Reading {
    Reply run() throws IOException;
  }

  /** Once there is memory for a layout of that length. */
  private Reply reading(ServedRequest request, int recipeBytes, Reading reading)
      throws IOException {
    long space = request.tenant().space();
    int units = (recipeBytes + UNIT_BYTES - 1) / UNIT_BYTES;
    if (units == 0) {
      return reading.run();
    }
    if (!layouts.tryAcquire(space, units, MILLIS_TO_WAIT)) {
      request.body().transferTo(OutputStream.nullOutputStream());
      return tooMany();
    }
    try {
      return reading.run();
    } finally {
      layouts.release(space, units);
    }
  }

  private <T> T ask(ServedRequest request, Question<T> question) throws DamagedContentException {
    long space = request.tenant().space();
    PieceFiles files = contents.pieces(space);
    return jdbi.withHandle(handle -> question.of(new SpaceLayouts(handle, space, files)));
  }

  // ---- from here

  Reply content(ServedRequest request) throws IOException {
    Key hash = request.key();
    long space = request.tenant().space();
    long offset = request.number("offset", 0, Long.MAX_VALUE);
    long length = request.number("length", Protocol.PART_BYTES, Protocol.PART_BYTES);
    long size = contents.sizeOf(space, hash);
    if (size >= 0) {
      return offset > size
          ? Reply.bare(ABSENT)
          : Reply.part(contents.of(space, hash), offset, Math.min(length, size - offset));
    }
    if (!contents.checks().tryAcquire(space, 1, MILLIS_TO_WAIT)) {
      return Reply.text(BUSY, "too many contents are put together at once; come back");
    }
    try {
      Layout layout = ask(request, layouts -> layouts.find(hash));
      if (layout == null || offset > layout.bytes()) {
        return Reply.bare(ABSENT);
      }
      byte[] part = new byte[(int) Math.min(length, layout.bytes() - offset)];
      PieceReader.stretch(contents.pieces(space), layout, offset, MemorySegment.ofArray(part));
      return Reply.bytes(part);
    } catch (NoSuchFileException | DamagedContentException e) {
      // For whoever asks it is gone: he computes it again, and says so.
      return Reply.bare(ABSENT);
    } finally {
      contents.checks().release(space, 1);
    }
  }

  Reply layout(ServedRequest request) throws IOException {
    Key hash = request.key();
    byte[] recipe = ask(request, layouts -> layouts.recipe(hash));
    return recipe == null ? Reply.bare(ABSENT) : Reply.bytes(recipe);
  }

  /** As many of the pieces as fit, each as its length and its file; -1 for one that is gone. */
  Reply pieces(ServedRequest request) throws IOException {
    byte[] keys = request.body().readAllBytes();
    if (keys.length % KEY_BYTES != 0 || keys.length > KEY_BYTES * Protocol.MOST_PIECES) {
      throw new MalformedChangeException(
          "at most " + Protocol.MOST_PIECES + " fingerprints of 16 bytes are asked for at once");
    }
    PieceFiles files = contents.pieces(request.tenant().space());
    ByteArrayOutputStream found = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(found);
    ByteBuffer in = ByteBuffer.wrap(keys);
    while (in.hasRemaining() && found.size() < Protocol.PART_BYTES) {
      Key piece = new Key(in.getLong(), in.getLong());
      byte[] file;
      try {
        file = files.file(piece);
      } catch (NoSuchFileException e) {
        file = null;
      }
      out.bytes(file);
    }
    return Reply.bytes(found.toByteArray());
  }

  // ---- to here, whole

  Reply expectWhole(ServedRequest request) throws IOException {
    long total = request.number("total", -1, Long.MAX_VALUE);
    if (total <= 0) {
      throw new MalformedChangeException("total is the size of the content in bytes");
    }
    Key hash = request.key();
    int recipeBytes = ask(request, layouts -> layouts.recipeBytes(hash));
    Reply refusal = reading(request, recipeBytes, () -> refusal(request, total));
    if (refusal != null) {
      return refusal;
    }
    long most = twice(request.tenant().quotaBytes());
    return contents.begin(request.client(), hash, total, most) ? Reply.bare(WANTED) : tooMany();
  }

  Reply takePart(ServedRequest request) throws IOException {
    long offset = request.number("offset", -1, Long.MAX_VALUE);
    return taken(request, contents.add(request.client(), request.key(), offset, request.body()));
  }

  // ---- to here, in pieces

  Reply expectPieces(ServedRequest request) throws IOException {
    if (request.bodyBytes() == 0) {
      return check(request);
    }
    return reading(request, request.bodyBytes(), () -> expectLayout(request));
  }

  private Reply expectLayout(ServedRequest request) throws IOException {
    byte[] recipe = request.body().readAllBytes();
    if (recipe.length == 0) {
      return check(request);
    }
    Layout layout;
    try {
      layout = Layout.of(recipe);
    } catch (DamagedContentException e) {
      throw new MalformedChangeException("the body is not the layout of a content");
    }
    if (layout.pieces().size() > 2L * layout.columns() + layout.bytes() / LEAST_PIECE_BYTES) {
      throw new MalformedChangeException("the layout of a content has too many pieces for it");
    }
    Reply refusal = refusal(request, layout.bytes());
    if (refusal != null) {
      return refusal;
    }
    long most = twice(request.tenant().quotaBytes());
    LaidUpload upload =
        contents.begin(request.client(), request.key(), layout, recipe.length, most);
    return upload == null ? tooMany() : wanted(upload.wanted());
  }

  Reply takePieces(ServedRequest request) throws IOException {
    return taken(request, contents.add(request.client(), request.key(), request.body()));
  }

  private Reply check(ServedRequest request) throws IOException {
    SpaceContents.Progress progress = contents.check(request.client(), request.key());
    if (progress.part() != Upload.Part.TAKEN) {
      return reply(progress.part());
    }
    return progress.complete() ? Reply.bare(DONE) : wanted(progress.wanted());
  }

  private static Reply wanted(List<Key> pieces) {
    ByteBuffer keys = ByteBuffer.allocate(KEY_BYTES * pieces.size());
    pieces.forEach(piece -> keys.putLong(piece.high()).putLong(piece.low()));
    return Reply.bytes(WANTED, keys.array());
  }

  // ---- both

  /** Why a content need not, or cannot, be sent; null when it can. */
  private Reply refusal(ServedRequest request, long total) throws IOException {
    if (total > request.tenant().quotaBytes()) {
      return Reply.text(TOO_LONG, "the content is larger than the quota");
    }
    Key hash = request.key();
    if (contents.sizeOf(request.tenant().space(), hash) == total) {
      return Reply.bare(DONE);
    }
    SpaceLayouts.Presence presence = ask(request, layouts -> layouts.presence(hash, total));
    return presence != null && presence.isComplete() ? Reply.bare(DONE) : null;
  }

  private static Reply tooMany() {
    return Reply.text(TOO_MANY, "too many contents are on their way");
  }

  /** As much again may be on its way as may stay: what is worth least goes when all is there. */
  private static long twice(long quota) {
    return quota > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * quota;
  }

  /** What is refused is read all the same: else the client may lose the answer with it. */
  private static Reply taken(ServedRequest request, Upload.Part part) throws IOException {
    if (part != Upload.Part.TAKEN) {
      request.body().transferTo(OutputStream.nullOutputStream());
    }
    return reply(part);
  }

  private static Reply reply(Upload.Part part) {
    return switch (part) {
      case TAKEN -> Reply.bare(DONE);
      case UNEXPECTED -> Reply.text(WRONG, "this part does not follow the last one");
      case DAMAGED -> Reply.text(WRONG, "the content is not what its fingerprint says");
    };
  }
}
