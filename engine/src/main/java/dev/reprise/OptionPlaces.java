package dev.reprise;

import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FileProblems;
import dev.reprise.formats.LinkedPlace;
import dev.reprise.formats.ReplacedFile;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Refuses places that are not what an option needs, such as folders that are not there and files
 * that cannot be written: before a long run, not after it. A session looks when it opens, with the
 * names of {@link SessionConfig}; the command line looks with the names of its options.
 */
public final class OptionPlaces {
  private OptionPlaces() {}

  /**
   * Looks at all places of a session's options.
   *
   * @throws ResourceException naming the first option that cannot have what it needs
   */
  static void check(SessionConfig config) {
    present("workingDirectory", config.workingDirectory());
    config.library().forEach(folder -> present("library", folder));
    replacedFile("traceFile", config.traceFile());
    if (config.metrics() != null) {
      folder("metrics", config.workingDirectory().resolve(config.metrics()));
    }
    // Those that nobody has chosen are missed when they are needed, if they are.
    SessionConfig defaults = SessionConfig.defaults();
    if (!config.spillFolder().equals(defaults.spillFolder())) {
      folder("spillFolder", config.spillFolder());
    }
    if (!config.natives().equals(defaults.natives())) {
      existing("natives", config.natives());
    }
  }

  /**
   * Requires a folder that is there.
   *
   * @param option as messages name it
   * @param folder that is wanted
   * @throws ResourceException naming the place
   */
  public static void present(String option, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ResourceException(
          Files.exists(folder)
              ? option + " needs a folder, but " + folder + " is a file"
              : option + ": there is no folder '" + folder + "'");
    }
  }

  /**
   * Requires a file to write or overwrite, in a folder that is there.
   *
   * @param option as messages name it
   * @param file null when it is not wanted
   * @throws ResourceException naming the place
   */
  public static void file(String option, Path file) {
    if (file == null) {
      return;
    }
    requireName(option, file);
    Path folder = linked(option, file).toAbsolutePath().getParent();
    String trouble = null;
    if (folder == null || Files.isDirectory(file)) {
      trouble = "it is a folder";
    } else if (Files.exists(file)) {
      trouble = Files.isWritable(file) ? null : "it is not writable";
    } else if (!Files.isDirectory(folder)) {
      trouble = "there is no folder " + folder;
    } else {
      trouble = troubleWith(folder);
    }
    if (trouble != null) {
      throw new ResourceException(option + ": cannot write " + file + ": " + trouble);
    }
  }

  /**
   * As {@link #file}, of one that is written beside its place and moved there when it is complete.
   *
   * @param option as messages name it
   * @param file null when it is not wanted
   * @throws ResourceException naming the place
   */
  public static void replacedFile(String option, Path file) {
    file(option, file);
    if (file != null && Files.isRegularFile(file) && !isSpecial(file)) {
      String trouble = troubleWith(linked(option, file).toAbsolutePath().getParent());
      if (trouble != null) {
        throw new ResourceException(option + ": cannot write " + file + ": " + trouble);
      }
    }
  }

  /**
   * What is written when a file is.
   *
   * @param option as messages name it
   * @param file that may be a symbolic link
   * @return the file itself, or what it leads to
   * @throws ResourceException naming the place when a link leads nowhere
   */
  public static Path linked(String option, Path file) {
    try {
      return LinkedPlace.of(file);
    } catch (IOException e) {
      String reason = FileProblems.reason(e);
      throw new ResourceException(option + ": cannot write " + file + ": " + reason, e);
    }
  }

  /**
   * Whether a file stays where it is, instead of being replaced.
   *
   * @param file that is written
   * @return true for devices, pipes and open files such as {@code /dev/stdout}
   */
  public static boolean isSpecial(Path file) {
    return DataFiles.isSpecial(file);
  }

  /**
   * Gives a draft the name of the file that it replaces, which keeps its rights.
   *
   * @param draft the complete file
   * @param file its place
   * @throws IOException when it cannot be moved
   */
  public static void replace(Path draft, Path file) throws IOException {
    ReplacedFile.move(draft, file);
  }

  /**
   * Requires a folder that is there or can be made, and written to. Of one that is to be made the
   * nearest folder above it is tried.
   *
   * @param option as messages name it
   * @param folder null when it is not wanted
   * @throws ResourceException naming the place
   */
  public static void folder(String option, Path folder) {
    if (folder == null) {
      return;
    }
    String trouble = troubleWith(existing(option, folder));
    if (trouble != null) {
      throw new ResourceException(option + ": cannot write to " + folder + ": " + trouble);
    }
  }

  /**
   * As {@link #folder}, of one that is done without where there is no room.
   *
   * @param option as messages name it
   * @param folder that is wanted
   * @throws ResourceException naming the place
   */
  public static void folderUnlessFull(String option, Path folder) {
    IOException failure = failureIn(existing(option, folder));
    if (failure == null || !FileProblems.isLackOfRoom(failure)) {
      folder(option, folder);
    }
  }

  /**
   * The folder, or the nearest one above it that is there.
   *
   * @param option as messages name it
   * @param folder that is wanted
   * @return a folder that is there, absolute
   * @throws ResourceException when something else is in its place
   */
  public static Path existing(String option, Path folder) {
    requireName(option, folder);
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      Path named = Files.exists(folder) ? folder : there;
      throw new ResourceException(option + " needs a folder, but " + named + " is a file");
    }
    return there;
  }

  /** Why no file can be made in a folder, or null. */
  private static String troubleWith(Path folder) {
    return switch (failureIn(folder)) {
      case null -> null;
      case AccessDeniedException _, NoSuchFileException _ ->
          "the folder " + folder + " is not writable";
      case IOException other ->
          "the folder " + folder + " takes no file: " + FileProblems.reason(other);
    };
  }

  /**
   * What comes of making a file in a folder, or null. Tries it, for a moment: of {@code /proc} and
   * the like root is told that he may write there.
   */
  private static IOException failureIn(Path folder) {
    if (!Files.isWritable(folder)) {
      return new AccessDeniedException(folder.toString());
    }
    Path tried;
    try {
      tried = Files.createTempFile(folder, ".reprise", null);
    } catch (IOException e) {
      return e;
    }
    try {
      Files.deleteIfExists(tried);
    } catch (IOException e) {
      // Files may be made here and not removed, which is all that is wanted.
    }
    return null;
  }

  /**
   * Requires a path that is not empty.
   *
   * @param option as messages name it
   * @param path that is looked at
   * @throws ResourceException naming the option
   */
  public static void requireName(String option, Path path) {
    if (path.toString().isEmpty()) {
      throw new ResourceException(option + " needs a path, not ''");
    }
  }
}
