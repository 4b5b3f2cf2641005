package dev.reprise.server;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.server.Leases.Client;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Large contents as files, by space and fingerprint:
 *
 * <pre>
 *   contents/7/3f/3fa9...c1   of space 7: complete, compared with its fingerprint, never changed
 *   contents/drafts/N         on its way here
 * </pre>
 *
 * <p>A content is published with the first artifact that has it, by a rename. All names are made of
 * numbers and of the digits of fingerprints: nothing that a client says becomes part of a path.
 * Thread-safe; a draft is written under its own lock.
 */
final class SpaceContents {
  /** Contents that one space may have on the way at a time. */
  static final int MOST_UPLOADS = 256;

  /** A draft to which nothing was added for so long is given up. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final Path folder;
  private final Path drafts;
  private final LongSupplier nanos;
  private final AtomicLong counter = new AtomicLong();
  private final Map<Name, Draft> open = new ConcurrentHashMap<>();

  private record Name(Client client, Key hash) {}

  /** Fields are guarded by the lock, but for {@code lastPart}, which is looked at from outside. */
  private static final class Draft {
    final ReentrantLock lock = new ReentrantLock();
    final Path file;
    final long total;
    long received;
    boolean complete;
    volatile long lastPart;

    Draft(Path file, long total, long now) {
      this.file = file;
      this.total = total;
      this.lastPart = now;
    }
  }

  /** What became of a part. */
  enum Part {
    TAKEN,
    /** It does not follow the last one, or nobody began. */
    UNEXPECTED,
    /** All is there, and it is not what its name says. */
    DAMAGED
  }

  /**
   * @param folder made when it is not there; drafts that an earlier server left are removed
   * @param nanos of a clock that never goes back
   */
  SpaceContents(Path folder, LongSupplier nanos) throws IOException {
    this.folder = folder;
    this.drafts = folder.resolve("drafts");
    this.nanos = nanos;
    Files.createDirectories(drafts);
    try (Stream<Path> left = Files.list(drafts)) {
      for (Path draft : left.toList()) {
        Files.deleteIfExists(draft);
      }
    }
  }

  Path of(long space, Key hash) {
    String name = hash.toString();
    return ofSpace(space).resolve(name.substring(0, 2)).resolve(name);
  }

  private Path ofSpace(long space) {
    return folder.resolve(Long.toString(space));
  }

  /** Its size, or -1 when it is not there. */
  long sizeOf(long space, Key hash) throws IOException {
    try {
      return Files.size(of(space, hash));
    } catch (NoSuchFileException e) {
      return -1;
    }
  }

  // ---- on the way here

  /**
   * Expects a content; false when the client's space has too many on the way, or too much.
   *
   * @param most bytes that may be on the way to the space
   */
  boolean begin(Client client, Key hash, long total, long most) throws IOException {
    dropForgotten();
    int others = 0;
    long announced = total;
    for (Map.Entry<Name, Draft> each : open.entrySet()) {
      if (each.getKey().client.space() == client.space()) {
        others++;
        announced += each.getValue().total;
      }
    }
    if (others >= MOST_UPLOADS || announced > most) {
      return false;
    }
    Path file = drafts.resolve(Long.toString(counter.incrementAndGet()));
    Files.createFile(file);
    Draft before = open.put(new Name(client, hash), new Draft(file, total, nanos.getAsLong()));
    if (before != null) {
      drop(before);
    }
    return true;
  }

  /** Adds the next bytes, all that the stream has. */
  Part add(Client client, Key hash, long offset, InputStream bytes) throws IOException {
    Name name = new Name(client, hash);
    Draft draft = open.get(name);
    if (draft == null || !draft.lock.tryLock()) {
      return Part.UNEXPECTED;
    }
    try {
      if (draft.complete || draft.received != offset) {
        return Part.UNEXPECTED;
      }
      draft.lastPart = nanos.getAsLong();
      if (!append(draft, bytes)) {
        give(name, draft);
        return Part.DAMAGED;
      }
      if (draft.received == draft.total) {
        if (!isWhatItSays(draft, hash)) {
          give(name, draft);
          return Part.DAMAGED;
        }
        draft.complete = true;
      }
      return Part.TAKEN;
    } catch (IOException | RuntimeException e) {
      give(name, draft);
      throw e;
    } finally {
      draft.lock.unlock();
    }
  }

  /** False when there are more bytes than were announced. */
  private boolean append(Draft draft, InputStream bytes) throws IOException {
    byte[] piece = new byte[64 << 10];
    try (var out = Files.newOutputStream(draft.file, StandardOpenOption.APPEND)) {
      for (int length = bytes.read(piece); length >= 0; length = bytes.read(piece)) {
        draft.received += length;
        if (draft.received > draft.total) {
          return false;
        }
        out.write(piece, 0, length);
        draft.lastPart = nanos.getAsLong();
      }
    }
    return true;
  }

  private static boolean isWhatItSays(Draft draft, Key hash) throws IOException {
    try (InputStream in = Files.newInputStream(draft.file)) {
      return ContentHash.of(in).equals(hash);
    }
  }

  private void give(Name name, Draft draft) throws IOException {
    open.remove(name, draft);
    drop(draft);
  }

  private static void drop(Draft draft) throws IOException {
    Files.deleteIfExists(draft.file);
  }

  private void dropForgotten() throws IOException {
    long now = nanos.getAsLong();
    for (Map.Entry<Name, Draft> each : open.entrySet()) {
      if (now - each.getValue().lastPart > PATIENCE_NANOS) {
        give(each.getKey(), each.getValue());
      }
    }
  }

  // ---- published

  /**
   * Publishes what a client has sent completely; what had the name before had the same content,
   * unless it was damaged.
   *
   * @return false when there is no such content
   */
  boolean publish(Client client, Key hash, long bytes) throws IOException {
    Draft draft = open.remove(new Name(client, hash));
    if (draft == null) {
      return sizeOf(client.space(), hash) == bytes;
    }
    draft.lock.lock();
    try {
      if (!draft.complete || draft.total != bytes) {
        drop(draft);
        return false;
      }
      Path target = of(client.space(), hash);
      Files.createDirectories(target.getParent());
      Files.move(
          draft.file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } finally {
      draft.lock.unlock();
    }
  }

  void delete(long space, Key hash) throws IOException {
    Files.deleteIfExists(of(space, hash));
  }

  /** Every file of a space that has the name of a content. */
  List<Key> all(long space) throws IOException {
    List<Key> found = new ArrayList<>();
    Path all = ofSpace(space);
    if (!Files.isDirectory(all)) {
      return found;
    }
    try (Stream<Path> files = Files.walk(all, 2)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try {
          found.add(Key.parse(file.getFileName().toString()));
        } catch (IllegalArgumentException e) {
          // None of ours.
        }
      }
    }
    return found;
  }
}
