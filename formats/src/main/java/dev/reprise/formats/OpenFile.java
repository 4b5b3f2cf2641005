package dev.reprise.formats;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Names of files that the process has open, such as {@code /dev/stdout} and {@code /dev/fd/3}. They
 * are symbolic links of the system, and lead to a regular file where output is redirected: giving
 * another file such a name would replace the link, for everybody on the machine.
 */
final class OpenFile {
  private static final int MOST_LINKS = 16;

  private OpenFile() {}

  /** Whether the path leads, through any links, to the name of an open file. */
  static boolean isNamedBy(Path path) {
    return descriptor(path) != null;
  }

  /** Writes behind what is there; what the process prints itself goes on behind it. */
  static void append(Path path, AtomicOutput.Content content) throws IOException {
    String number = descriptor(path).getFileName().toString();
    FileDescriptor own =
        switch (number) {
          case "1" -> FileDescriptor.out;
          case "2" -> FileDescriptor.err;
          default -> null;
        };
    if (own != null) {
      // Not closed: the stream belongs to the process.
      content.writeTo(new FileOutputStream(own).getChannel());
      return;
    }
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      content.writeTo(channel);
    }
  }

  /** The name below the system's folder of open files; null when the path is none. */
  private static Path descriptor(Path path) {
    Path place = path.toAbsolutePath();
    try {
      for (int i = 0; i < MOST_LINKS && place.getParent() != null; i++) {
        Path folder = place.getParent().toRealPath();
        if (folder.endsWith("fd") && (folder.startsWith("/proc") || folder.startsWith("/dev"))) {
          return place;
        }
        if (!Files.isSymbolicLink(place)) {
          return null;
        }
        place = folder.resolve(Files.readSymbolicLink(place));
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }
}
