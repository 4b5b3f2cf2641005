package dev.reprise.formats;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that a process has open, by a name such as {@code /dev/stdout} and {@code /dev/fd/3}. Such
 * names are symbolic links of the system, and lead to a regular file where output is redirected:
 * giving another file such a name would replace the link, for everybody on the machine.
 */
final class OpenFile {
  private static final Pattern FOLDER = Pattern.compile("(/proc/[0-9]+)(?:/task/[0-9]+)?/fd");

  /** Linux's O_APPEND among the octal flags of {@code fdinfo}. */
  private static final Pattern APPENDS = Pattern.compile("flags:\\s*[0-7]*[2367][0-7]{3}(?![0-7])");

  private final Path path;
  private final Path name;
  private final boolean isOwn;

  private OpenFile(Path path, Path name, boolean isOwn) {
    this.path = path;
    this.name = name;
    this.isOwn = isOwn;
  }

  /** The open file that a path names, directly or through links; null when it names none. */
  static OpenFile namedBy(Path path) {
    if (!Files.exists(path) || Files.isDirectory(path)) {
      return null;
    }
    try {
      for (Path place : LinkedPlace.names(path.toAbsolutePath())) {
        Path folder = place.getParent().toRealPath();
        boolean isOwn = isOwn(folder);
        if (isOwn || FOLDER.matcher(folder.toString()).matches()) {
          return new OpenFile(path, folder.resolve(place.getFileName()), isOwn);
        }
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }

  /** Whether a folder, without links, holds the names of what this process has open. */
  private static boolean isOwn(Path folder) throws IOException {
    Matcher matcher = FOLDER.matcher(folder.toString());
    return matcher.matches()
        ? Path.of(matcher.group(1)).equals(Path.of("/proc/self").toRealPath())
        // Where there is no /proc, this is no link.
        : folder.equals(Path.of("/dev/fd"));
  }

  /**
   * Writes behind what is there; what the process prints itself goes on behind it.
   *
   * @throws FormatException when whoever has the file open would write over it
   */
  void append(AtomicOutput.Content content) throws IOException {
    FileDescriptor standard = standard();
    if (standard != null) {
      // Not closed: the stream belongs to the process.
      content.writeTo(new FileOutputStream(standard).getChannel());
      return;
    }
    if (Files.isRegularFile(name) && !appends()) {
      // It would be opened a second time, and the first would stay where it is.
      throw new FormatException(
          path.toString(),
          "this is a file that is open for writing at a fixed place, where later output would"
              + " overwrite the data; open it for appending (such as 3>>FILE), or write to the file"
              + " itself or to /dev/stdout");
    }
    try (FileChannel channel =
        FileChannel.open(name, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      content.writeTo(channel);
    }
  }

  private FileDescriptor standard() {
    if (!isOwn) {
      return null;
    }
    return switch (name.getFileName().toString()) {
      case "1" -> FileDescriptor.out;
      case "2" -> FileDescriptor.err;
      default -> null;
    };
  }

  /** Whether everything written through the descriptor goes to the end; false when not known. */
  private boolean appends() throws IOException {
    Path facts = name.getParent().resolveSibling("fdinfo").resolve(name.getFileName());
    return Files.isRegularFile(facts, LinkOption.NOFOLLOW_LINKS)
        && APPENDS.matcher(Files.readString(facts)).find();
  }
}
