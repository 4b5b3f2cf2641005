package dev.reprise.store.exchange;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/** Reads what an {@link ArchiveWriter} wrote. */
public final class ArchiveReader implements GraphSource {
  private static final int PIECE_BYTES = 1 << 16;

  private final Path file;

  /**
   * Compares a file with its checksum, before anything of it is used.
   *
   * @throws MalformedChangeException when it is damaged, or no archive
   */
  public ArchiveReader(Path file) throws IOException {
    this.file = file;
    check();
  }

  private void check() throws IOException {
    MessageDigest digest = Digests.sha256();
    int tail = digest.getDigestLength();
    long left = Files.size(file) - tail;
    if (left <= ArchiveWriter.MAGIC.length) {
      throw damaged("it is too short");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), PIECE_BYTES)) {
      byte[] magic = in.readNBytes(ArchiveWriter.MAGIC.length);
      boolean isKnown =
          Arrays.equals(magic, ArchiveWriter.MAGIC)
              || Arrays.equals(magic, ArchiveWriter.FIRST_MAGIC);
      if (!isKnown) {
        throw damaged("it is no archive of an experiment store, or of another version");
      }
      digest.update(magic);
      left -= magic.length;
      byte[] piece = new byte[PIECE_BYTES];
      while (left > 0) {
        int length = in.readNBytes(piece, 0, (int) Math.min(piece.length, left));
        if (length == 0) {
          throw damaged("it became shorter while it was read");
        }
        digest.update(piece, 0, length);
        left -= length;
      }
      if (!MessageDigest.isEqual(digest.digest(), in.readAllBytes())) {
        throw damaged("its checksum differs: it was damaged or cut off");
      }
    }
  }

  private MalformedChangeException damaged(String why) {
    return new MalformedChangeException(file + ": " + why);
  }

  @Override
  public void giveTo(GraphSink sink) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), PIECE_BYTES))) {
      in.skipNBytes(ArchiveWriter.MAGIC.length);
      ChangeReader changes = new ChangeReader(in);
      for (int kind = in.read(); kind != ArchiveWriter.END; kind = in.read()) {
        if (kind == ArchiveWriter.CONTENT) {
          content(in, changes, sink);
        } else if (kind == ArchiveWriter.CHANGE) {
          sink.take(changes.next());
        } else {
          throw damaged("it has an entry of no known kind");
        }
      }
    } catch (EOFException e) {
      throw damaged("it ends too early");
    }
  }

  /** The change that a content belongs to stands behind it: the content waits in a file. */
  private void content(DataInputStream in, ChangeReader changes, GraphSink sink)
      throws IOException {
    long bytes = in.readLong();
    Path waiting = Files.createTempFile("reprise-content", null);
    try {
      try (var out = Files.newOutputStream(waiting)) {
        copy(in, out, bytes);
      }
      boolean follows = in.read() == ArchiveWriter.CHANGE;
      if (!follows || !(changes.next() instanceof GraphChange.Kept kept)) {
        throw damaged("a content belongs to nothing");
      }
      sink.take(kept, () -> Files.newInputStream(waiting));
    } finally {
      Files.deleteIfExists(waiting);
    }
  }

  private static void copy(InputStream in, java.io.OutputStream out, long bytes)
      throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (long left = bytes; left > 0; ) {
      int length = in.read(piece, 0, (int) Math.min(piece.length, left));
      if (length < 0) {
        throw new EOFException();
      }
      out.write(piece, 0, length);
      left -= length;
    }
  }
}
