package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Contents of artifacts as files named by their fingerprints:
 *
 * <pre>
 *   artifacts/3f/3fa9...c1     complete, never changed, shared by all keys with this content
 *   artifacts/tmp/PID-N        being written by process PID, not yet named
 * </pre>
 *
 * <p>A file appears under its name complete or not at all (rename), so a process may die at any
 * moment. Nothing is forced to the disk: after a power cut a file may be damaged, which its
 * fingerprint shows when it is read. Thread-safe, for several processes.
 */
final class ArtifactFiles {
  private final Path folder;
  private final Path drafts;
  private final AtomicLong counter = new AtomicLong();

  ArtifactFiles(Path store) {
    this.folder = store.resolve("artifacts");
    this.drafts = folder.resolve("tmp");
  }

  void create() throws IOException {
    Files.createDirectories(drafts);
  }

  Path of(Key hash) {
    String name = hash.toString();
    return folder.resolve(name.substring(0, 2)).resolve(name);
  }

  /** A file of this process to write content to, before its fingerprint is known. */
  Path draft() {
    return drafts.resolve(ProcessHandle.current().pid() + "-" + counter.incrementAndGet());
  }

  FileChannel openDraft(Path draft) throws IOException {
    return FileChannel.open(
        draft,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** Gives a draft its name; what had it before had the same content, unless it was damaged. */
  void publish(Path draft, Key hash) throws IOException {
    Path target = of(hash);
    Files.createDirectories(target.getParent());
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  void delete(Key hash) throws IOException {
    Files.deleteIfExists(of(hash));
  }

  /** Every complete file. */
  List<Path> all() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path each : folders.toList()) {
        if (!each.equals(drafts) && Files.isDirectory(each)) {
          try (Stream<Path> inside = Files.list(each)) {
            inside.forEach(files::add);
          }
        }
      }
    } catch (NoSuchFileException e) {
      return files;
    }
    return files;
  }

  /** The fingerprint that a file is named by, or null when it is none of ours. */
  static Key hashOf(Path file) {
    try {
      return Key.parse(file.getFileName().toString());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Removes drafts of processes that are gone. */
  int removeAbandonedDrafts() throws IOException {
    int removed = 0;
    if (!Files.isDirectory(drafts)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(drafts)) {
      for (Path draft : files.toList()) {
        if (!isOfLiveProcess(draft.getFileName().toString()) && Files.deleteIfExists(draft)) {
          removed++;
        }
      }
    }
    return removed;
  }

  /** Whether a draft, named PID-N, may still be written to. */
  static boolean isOfLiveProcess(String name) {
    int dash = name.indexOf('-');
    try {
      long pid = Long.parseLong(name.substring(0, Math.max(dash, 0)));
      return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
