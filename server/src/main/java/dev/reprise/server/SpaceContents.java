package dev.reprise.server;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.server.Leases.Client;
import dev.reprise.store.Layout;
import dev.reprise.store.PieceFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Large contents as files, by space and fingerprint:
 *
 * <pre>
 *   contents/7/3f/3fa9...c1          of space 7: complete, compared with its fingerprint, never changed
 *   contents/7/pieces/a8/a80c...72   a piece of one or more contents of space 7
 *   contents/drafts/N, N.pieces/     on its way here
 * </pre>
 *
 * <p>A content is published with the first artifact that has it, by renames. All names are made of
 * numbers and of the digits of fingerprints: nothing that a client says becomes part of a path.
 * Spaces share no file, however equal their contents are. Thread-safe; what is on its way is
 * written under its own lock, which nobody waits for.
 */
final class SpaceContents {
  /**
   * What an entry of a layout takes in memory while its content is on the way, for one byte of the
   * recipe: keys as objects, in the list, and in the maps of those that are wanted or were sent.
   */
  private static final long HELD_FOR_A_BYTE = 12;

  /** Contents that are put together at a time: each takes up to some hundred megabytes. */
  private static final int CHECKS = 4;

  private static final int CHECKS_OF_ONE_SPACE = 2;

  /** Whoever asks how far a content is waits so long for his turn, then asks again. */
  private static final long MILLIS_FOR_A_CHECK = 1_000;

  /** One to which nothing was added for so long is given up. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final Path folder;
  private final Path drafts;
  private final LongSupplier nanos;
  private final AtomicLong counter = new AtomicLong();
  private final UploadRoom room = new UploadRoom(Runtime.getRuntime().maxMemory() / 4);
  private final SpacePermits checks = new SpacePermits(CHECKS, CHECKS_OF_ONE_SPACE);
  private final Map<Name, Upload> open = new ConcurrentHashMap<>();

  private record Name(Client client, Key hash) {}

  /**
   * @param folder made when it is not there; drafts that an earlier server left are removed
   * @param nanos of a clock that never goes back
   */
  SpaceContents(Path folder, LongSupplier nanos) throws IOException {
    this.folder = folder;
    this.drafts = folder.resolve("drafts");
    this.nanos = nanos;
    LaidUpload.removeAll(drafts);
    Files.createDirectories(drafts);
  }

  Path of(long space, Key hash) {
    String name = hash.toString();
    return ofSpace(space).resolve(name.substring(0, 2)).resolve(name);
  }

  private Path ofSpace(long space) {
    return folder.resolve(Long.toString(space));
  }

  PieceFiles pieces(long space) {
    return new PieceFiles(ofSpace(space));
  }

  /** Its size, or -1 when it does not lie here whole. */
  long sizeOf(long space, Key hash) throws IOException {
    try {
      return Files.size(of(space, hash));
    } catch (NoSuchFileException e) {
      return -1;
    }
  }

  // ---- on the way here

  /**
   * Expects a content as a whole; false when the client's space has too many on the way, or too
   * much.
   *
   * @param most bytes that may be on the way to the space
   */
  boolean begin(Client client, Key hash, long total, long most) throws IOException {
    dropForgotten();
    UploadRoom.Place place = room.enter(client.space(), total, 0, most);
    if (place == null) {
      return false;
    }
    String name = Long.toString(counter.incrementAndGet());
    Path file = drafts.resolve(name);
    Path pieces = drafts.resolve(name + ".pieces");
    Upload upload = null;
    try {
      upload = new WholeUpload(file, pieces, hash, total, place, nanos);
    } finally {
      if (upload == null) {
        place.leave();
      }
    }
    put(new Name(client, hash), upload);
    return true;
  }

  /**
   * Expects a content in pieces; null likewise.
   *
   * @param recipeBytes length of the layout as it was sent
   */
  LaidUpload begin(Client client, Key hash, Layout layout, long recipeBytes, long most)
      throws IOException {
    dropForgotten();
    UploadRoom.Place room =
        this.room.enter(client.space(), layout.bytes(), HELD_FOR_A_BYTE * recipeBytes, most);
    if (room == null) {
      return null;
    }
    Path place = drafts.resolve(counter.incrementAndGet() + ".pieces");
    LaidUpload upload = LaidUpload.begin(place, pieces(client.space()), layout, hash, room, nanos);
    put(new Name(client, hash), upload);
    return upload;
  }

  private void put(Name name, Upload upload) throws IOException {
    Upload before = open.put(name, upload);
    if (before != null) {
      dropUnnamed(name, before);
    }
  }

  /**
   * Drops an upload that has lost its name. Whoever works on it now does that when he is done: each
   * looks at the name after he gave the lock back.
   */
  private void dropUnnamed(Name name, Upload upload) throws IOException {
    if (open.get(name) != upload && upload.lock.tryLock()) {
      try {
        if (!upload.isTaken) {
          upload.drop();
        }
      } finally {
        upload.lock.unlock();
      }
    }
  }

  /** Adds the next bytes of a content that comes whole, all that the stream has. */
  Upload.Part add(Client client, Key hash, long offset, InputStream bytes) throws IOException {
    return with(client, hash, WholeUpload.class, upload -> upload.add(offset, bytes));
  }

  /** Adds pieces. */
  Upload.Part add(Client client, Key hash, InputStream pieces) throws IOException {
    return with(client, hash, LaidUpload.class, upload -> upload.add(pieces));
  }

  /**
   * What is known now of a content that comes in pieces.
   *
   * @param wanted pieces, when some turned out to be damaged
   */
  record Progress(Upload.Part part, boolean complete, List<Key> wanted) {}

  /** Goes on comparing a content that came in pieces with its fingerprint. */
  Progress check(Client client, Key hash) throws IOException {
    Progress[] progress = {new Progress(Upload.Part.UNEXPECTED, false, List.of())};
    if (!checks.tryAcquire(client.space(), 1, MILLIS_FOR_A_CHECK)) {
      return waiting(new Name(client, hash));
    }
    try {
      Upload.Part part =
          with(
              client,
              hash,
              LaidUpload.class,
              upload -> {
                Upload.Part checked = upload.check();
                progress[0] = new Progress(checked, upload.complete, upload.wanted());
                return checked;
              });
      return new Progress(part, progress[0].complete, progress[0].wanted);
    } finally {
      checks.release(client.space(), 1);
    }
  }

  /** Others are compared now; it is not forgotten meanwhile. */
  private Progress waiting(Name name) {
    Upload upload = open.get(name);
    if (upload == null) {
      return new Progress(Upload.Part.UNEXPECTED, false, List.of());
    }
    upload.lastPart = nanos.getAsLong();
    return new Progress(Upload.Part.TAKEN, false, List.of());
  }

  /** For work that puts contents together. */
  SpacePermits checks() {
    return checks;
  }

  private interface Step<T extends Upload> {
    Upload.Part on(T upload) throws IOException;
  }

  private <T extends Upload> Upload.Part with(Client client, Key hash, Class<T> kind, Step<T> step)
      throws IOException {
    Name name = new Name(client, hash);
    Upload upload = open.get(name);
    if (!kind.isInstance(upload) || !upload.lock.tryLock()) {
      return Upload.Part.UNEXPECTED;
    }
    try {
      return open.get(name) == upload
          ? step(name, kind.cast(upload), step)
          : Upload.Part.UNEXPECTED;
    } finally {
      upload.lock.unlock();
      dropUnnamed(name, upload);
    }
  }

  /** An upload that fails, or turns out to be damaged, loses its name. */
  private <T extends Upload> Upload.Part step(Name name, T upload, Step<T> step)
      throws IOException {
    boolean goesOn = false;
    try {
      Upload.Part part = step.on(upload);
      goesOn = part != Upload.Part.DAMAGED;
      return part;
    } finally {
      if (!goesOn) {
        open.remove(name, upload);
      }
    }
  }

  private void dropForgotten() throws IOException {
    long now = nanos.getAsLong();
    for (Map.Entry<Name, Upload> each : open.entrySet()) {
      if (now - each.getValue().lastPart > PATIENCE_NANOS) {
        open.remove(each.getKey(), each.getValue());
        dropUnnamed(each.getKey(), each.getValue());
      }
    }
  }

  /**
   * Takes over what a client has sent completely, which the caller publishes or drops; null when
   * there is nothing of that length.
   */
  Upload taken(Client client, Key hash, long bytes) throws IOException {
    Name name = new Name(client, hash);
    Upload upload = open.get(name);
    if (upload == null || !upload.lock.tryLock()) {
      return null;
    }
    try {
      if (!open.remove(name, upload) || !upload.complete || upload.total != bytes) {
        return null;
      }
      upload.isTaken = true;
      return upload;
    } finally {
      upload.lock.unlock();
      dropUnnamed(name, upload);
    }
  }

  // ---- published

  /**
   * Publishes a content that came whole; what had the name before had the same content, unless it
   * was damaged.
   */
  void publish(long space, Key hash, Path whole) throws IOException {
    Path target = of(space, hash);
    Files.createDirectories(target.getParent());
    Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A file as it was when somebody looked at it. */
  private record Stamp(Object file, FileTime changed, long bytes) {}

  /** Removes a file that was found damaged; does nothing when another one has taken its place. */
  interface Removal {
    void run() throws IOException;
  }

  /** Looks at all bytes of a content that lies whole; null unless it is damaged. */
  Removal damaged(long space, Key hash) throws IOException {
    Path file = of(space, hash);
    try {
      Stamp before = stamp(file);
      try (InputStream in = Files.newInputStream(file)) {
        if (ContentHash.of(in).equals(hash)) {
          return null;
        }
      }
      return () -> {
        if (Files.exists(file) && stamp(file).equals(before)) {
          Files.delete(file);
        }
      };
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static Stamp stamp(Path file) throws IOException {
    BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
    return new Stamp(is.fileKey(), is.lastModifiedTime(), is.size());
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
