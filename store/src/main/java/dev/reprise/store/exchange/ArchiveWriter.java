package dev.reprise.store.exchange;

import dev.reprise.lineage.Key;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;

/**
 * Writes everything of a store into one file:
 *
 * <pre>
 *   file    = "reprise store 2\n" entry... 0 sha-256(32) of all before
 *   entry   = 1 change            as ChangeWriter has it
 *           | 2 bytes(8) content  of the kept artifact behind it, once for each fingerprint
 * </pre>
 *
 * <p>The file appears under its name when it is complete.
 */
public final class ArchiveWriter implements GraphSink, AutoCloseable {
  static final byte[] MAGIC = "reprise store 2\n".getBytes(StandardCharsets.US_ASCII);

  /** Of files without costs by classes of devices; as long as the other. */
  static final byte[] FIRST_MAGIC = "reprise store 1\n".getBytes(StandardCharsets.US_ASCII);

  static final int END = 0;
  static final int CHANGE = 1;
  static final int CONTENT = 2;

  private final Path file;
  private final Path draft;
  private final Naming naming;
  private final MessageDigest digest = Digests.sha256();
  private final OutputStream raw;
  private final OutputStream out;
  private final ChangeWriter changes;
  private final Set<Key> contents = new HashSet<>();
  private boolean finished;

  /** Gives a finished file its name, in the place of what has it. */
  @FunctionalInterface
  public interface Naming {
    void move(Path draft, Path file) throws IOException;
  }

  public ArchiveWriter(Path file) throws IOException {
    this(file, ArchiveWriter::move);
  }

  public ArchiveWriter(Path file, Naming naming) throws IOException {
    this.file = file.toAbsolutePath();
    this.draft = this.file.resolveSibling("." + this.file.getFileName() + uniqueName() + ".draft");
    this.naming = naming;
    this.raw =
        new BufferedOutputStream(
            Files.newOutputStream(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            1 << 16);
    this.out = new DigestOutputStream(raw, digest);
    this.changes = new ChangeWriter(out);
    out.write(MAGIC);
  }

  private static void move(Path draft, Path file) throws IOException {
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Not a temporary file of the JDK, which only its owner could read after the rename. */
  private static String uniqueName() {
    return "." + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
  }

  @Override
  public void take(GraphChange change) throws IOException {
    out.write(CHANGE);
    changes.write(change);
  }

  @Override
  public void take(GraphChange.Kept kept, Opening content) throws IOException {
    if (contents.add(kept.hash())) {
      out.write(CONTENT);
      changes.number(kept.bytes());
      try (InputStream in = content.open()) {
        long copied = in.transferTo(out);
        if (copied != kept.bytes()) {
          throw new IOException(
              "the content of "
                  + kept.key()
                  + " has "
                  + copied
                  + " of "
                  + kept.bytes()
                  + " bytes; 'reprise experiments fsck --mend' removes what is damaged");
        }
      }
    }
    take(kept);
  }

  @Override
  public void finish() throws IOException {
    out.write(END);
    raw.write(digest.digest());
    raw.close();
    naming.move(draft, file);
    finished = true;
  }

  /** Removes what was not finished. */
  @Override
  public void close() throws IOException {
    if (!finished) {
      try {
        // Writes what it has gathered, and fails on a full disk once more.
        raw.close();
      } finally {
        Files.deleteIfExists(draft);
      }
    }
  }
}
