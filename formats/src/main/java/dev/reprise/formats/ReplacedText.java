package dev.reprise.formats;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * A small text file that processes replace as a whole: whoever reads it finds one of its texts,
 * complete. A process that is killed while it writes leaves a draft beside the file, which a later
 * one removes.
 */
public final class ReplacedText {
  /** No process takes so long for a small file. */
  private static final Duration DRAFT_AGE = Duration.ofHours(1);

  private ReplacedText() {}

  /**
   * Replaces the text of a file; missing folders are made.
   *
   * @param prefix of names of drafts, which in this folder nothing else has together with
   * @param suffix the end of names of drafts
   */
  public static void write(Path file, String prefix, String suffix, CharSequence text)
      throws IOException {
    Path folder = file.getParent();
    Files.createDirectories(folder);
    Path draft = Files.createTempFile(folder, prefix, suffix);
    try {
      Files.writeString(draft, text);
      removeOld(folder, prefix + "*" + suffix, draft);
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** The age is told by the new draft, so that it is the file system's clock that counts. */
  private static void removeOld(Path folder, String names, Path newest) throws IOException {
    long oldest = Files.getLastModifiedTime(newest).toMillis() - DRAFT_AGE.toMillis();
    try (DirectoryStream<Path> drafts = Files.newDirectoryStream(folder, names)) {
      for (Path each : drafts) {
        if (Files.isRegularFile(each) && Files.getLastModifiedTime(each).toMillis() < oldest) {
          Files.deleteIfExists(each);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Another process may remove them at the same time; a later one looks again.
    }
  }
}
