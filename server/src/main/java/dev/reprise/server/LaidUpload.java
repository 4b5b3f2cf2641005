package dev.reprise.server;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.Layout;
import dev.reprise.store.PieceFiles;
import dev.reprise.store.PieceReader;
import dev.reprise.store.exchange.MalformedChangeException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * A content that comes in pieces, those that its space lacks:
 *
 * <pre>
 *   begin --pieces that are here: links to them--> wanted --add--> all there --check--> complete
 *                                                    ^                           |
 *                                                    '--- a piece was damaged ---'
 * </pre>
 *
 * <p>It holds what it refers to by links of the file system in a folder of its own, so that
 * whatever is collected meanwhile, it has all of its pieces until it is published or dropped.
 */
final class LaidUpload extends Upload {
  /** What one request takes to compare a content with its fingerprint: a client waits for 30 s. */
  private static final long CHECKING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path folder;
  private final PieceFiles pieces;
  private final Layout layout;
  private final Key hash;
  private final LongSupplier nanos;

  /** Pieces that are not here yet, with their lengths. */
  private final Map<Key, Integer> wanted;

  /** Pieces that did not come from the space itself. */
  private final Set<Key> sent = new HashSet<>();

  private ContentHash.Running running = new ContentHash.Running();
  private long checked;

  private LaidUpload(
      Path folder, Layout layout, Key hash, UploadRoom.Place place, LongSupplier nanos) {
    super(layout.bytes(), nanos.getAsLong(), place);
    this.folder = folder;
    this.pieces = new PieceFiles(folder);
    this.layout = layout;
    this.hash = hash;
    this.nanos = nanos;
    this.wanted = new LinkedHashMap<>();
  }

  /**
   * Begins one, with what the space has of it; leaves nothing behind when that fails.
   *
   * @param folder not there yet
   */
  static LaidUpload begin(
      Path folder,
      PieceFiles space,
      Layout layout,
      Key hash,
      UploadRoom.Place place,
      LongSupplier nanos)
      throws IOException {
    LaidUpload upload = new LaidUpload(folder, layout, hash, place, nanos);
    boolean hasBegun = false;
    try {
      for (Map.Entry<Key, Integer> piece : layout.lengths().entrySet()) {
        if (!upload.pieces.link(space, piece.getKey())) {
          upload.wanted.put(piece.getKey(), piece.getValue());
        }
      }
      hasBegun = true;
      return upload;
    } finally {
      if (!hasBegun) {
        upload.drop();
      }
    }
  }

  /** A content that was cut here, after it was compared with its fingerprint. */
  static LaidUpload cut(Path folder, Layout layout, LongSupplier nanos) {
    LaidUpload upload = new LaidUpload(folder, layout, null, null, nanos);
    upload.sent.addAll(layout.pieces());
    upload.complete = true;
    return upload;
  }

  Layout layout() {
    return layout;
  }

  PieceFiles pieces() {
    return pieces;
  }

  boolean wasSent(Key piece) {
    return sent.contains(piece);
  }

  /** Pieces to be sent, in order. */
  List<Key> wanted() {
    return List.copyOf(wanted.keySet());
  }

  /** Takes pieces: each its fingerprint, the length of its file, and the file. */
  Part add(InputStream body) throws IOException {
    if (complete) {
      return Part.UNEXPECTED;
    }
    DataInputStream in = new DataInputStream(body);
    try {
      for (int first = in.read(); first >= 0; first = in.read()) {
        long high = (long) first << 56;
        for (int shift = 48; shift >= 0; shift -= 8) {
          high |= in.readUnsignedByte() * (1L << shift);
        }
        Part part = add(new Key(high, in.readLong()), in);
        if (part != Part.TAKEN) {
          return part;
        }
        lastPart = nanos.getAsLong();
      }
    } catch (EOFException e) {
      throw new MalformedChangeException("it ends in the middle of a piece");
    }
    return Part.TAKEN;
  }

  private Part add(Key piece, DataInputStream in) throws IOException {
    Integer length = wanted.get(piece);
    int fileBytes = in.readInt();
    if (length == null && sent.contains(piece) && fileBytes <= Layout.PIECE_BYTES + 1) {
      // A request that was repeated because its answer was lost.
      in.skipNBytes(fileBytes);
      return Part.TAKEN;
    }
    if (length == null) {
      return Part.UNEXPECTED;
    }
    if (fileBytes <= 0 || fileBytes > length + 1) {
      return Part.DAMAGED;
    }
    byte[] file = new byte[fileBytes];
    in.readFully(file);
    byte[] bytes = new byte[length];
    try {
      PieceFiles.unpack(piece, file, length, 0, bytes, 0, length);
    } catch (DamagedContentException e) {
      return Part.DAMAGED;
    }
    if (!ContentHash.of(bytes).equals(piece)) {
      return Part.DAMAGED;
    }
    pieces.put(piece, file);
    wanted.remove(piece);
    sent.add(piece);
    return Part.TAKEN;
  }

  /**
   * Goes on comparing the content with its fingerprint, once all pieces are there. Pieces of the
   * space that turn out to be damaged are wanted then.
   */
  Part check() throws IOException {
    if (complete || !wanted.isEmpty()) {
      return Part.TAKEN;
    }
    lastPart = nanos.getAsLong();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(PieceReader.stretchAt(layout, 0));
      while (checked < total && nanos.getAsLong() - lastPart < CHECKING_NANOS) {
        MemorySegment some = room.asSlice(0, PieceReader.stretchAt(layout, checked));
        PieceReader.stretch(pieces, layout, checked, some);
        running.add(some);
        checked += some.byteSize();
      }
    } catch (DamagedContentException | NoSuchFileException e) {
      return wantDamaged();
    }
    if (checked == total) {
      if (!running.key().equals(hash)) {
        return wantDamaged();
      }
      complete = true;
    }
    return Part.TAKEN;
  }

  /** From the beginning, with other pieces in the place of the damaged ones. */
  private Part wantDamaged() throws IOException {
    Map<Key, Integer> damaged = pieces.damagedOf(layout);
    damaged.keySet().removeAll(sent);
    if (damaged.isEmpty()) {
      return Part.DAMAGED;
    }
    for (Key piece : damaged.keySet()) {
      pieces.delete(piece);
    }
    wanted.putAll(damaged);
    running = new ContentHash.Running();
    checked = 0;
    return Part.TAKEN;
  }

  @Override
  LaidUpload laid() {
    return complete ? this : null;
  }

  @Override
  Path whole() {
    return null;
  }

  @Override
  void removeFiles() throws IOException {
    removeAll(folder);
  }

  /** Removes a folder, if it is there; others may do so, too. */
  static void removeAll(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        try {
          Files.deleteIfExists(each);
        } catch (DirectoryNotEmptyException e) {
          // Something came in meanwhile: whoever brought it removes it, or the next start does.
        }
      }
    } catch (NoSuchFileException e) {
      // Somebody else was faster.
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e.getCause();
      }
    }
  }
}
