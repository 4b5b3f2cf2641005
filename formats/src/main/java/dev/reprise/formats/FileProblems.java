package dev.reprise.formats;

import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Turns what the file system reports into what a person can act on. */
public final class FileProblems {
  private FileProblems() {}

  /** A failure while reading. */
  static RuntimeException reading(Path path, IOException problem) {
    if (problem instanceof NoSuchFileException) {
      return FormatException.ofFileSystem(path.toString(), "there is no such file");
    }
    if (problem instanceof AccessDeniedException) {
      return FormatException.ofFileSystem(path.toString(), "no permission to read the file");
    }
    return FormatException.ofFileSystem(path.toString(), "reading failed: " + reason(problem));
  }

  /** A failure while writing; a full disk is a lack of a resource, the rest is the script's. */
  static RuntimeException writing(Path path, IOException problem) {
    String reason = reason(problem);
    if (problem instanceof LinkProblem) {
      return FormatException.ofFileSystem(path.toString(), reason + "; write elsewhere");
    }
    if (ResourceException.isFullDisk(reason)) {
      return new ResourceException(
          "the disk is full: "
              + path
              + " was not written (an earlier file of that name is unchanged); free some space or"
              + " write elsewhere",
          problem);
    }
    if (ResourceException.isTooLargeFile(reason)) {
      return new ResourceException(
          path
              + " was not written (an earlier file of that name is unchanged): files may not become"
              + " that large here; raise the limit (ulimit -f) or write elsewhere",
          problem);
    }
    if (problem instanceof FileAlreadyExistsException there) {
      return FormatException.ofFileSystem(
          path.toString(),
          "a folder is needed where a file is: " + there.getFile() + "; write elsewhere");
    }
    if (problem instanceof AccessDeniedException
        || reason.toLowerCase(Locale.ROOT).contains("read-only file system")) {
      return FormatException.ofFileSystem(
          path.toString(),
          folder(path)
              + " is not writable; nothing was changed, write elsewhere or ask for"
              + " permission");
    }
    if (problem instanceof NoSuchFileException) {
      return FormatException.ofFileSystem(
          path.toString(), folder(path) + " does not take new files");
    }
    return FormatException.ofFileSystem(
        path.toString(), "writing failed: " + reason + "; an earlier file is unchanged");
  }

  private static String folder(Path name) {
    return "the folder "
        + LinkedPlace.folder(name)
        + (Files.isSymbolicLink(name) ? ", where this symbolic link leads," : "");
  }

  /** True when what lacks is room, and not a permission or a folder. */
  public static boolean isLackOfRoom(IOException problem) {
    String reason = reason(problem);
    return ResourceException.isFullDisk(reason) || ResourceException.isTooLargeFile(reason);
  }

  /** What is wrong, without the file's name; several failures carry nothing but that. */
  public static String reason(IOException problem) {
    return switch (problem) {
      case FileSystemException system when system.getReason() != null -> system.getReason();
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "there is no such file or folder";
      case FileSystemException _ -> problem.getClass().getSimpleName().replace("Exception", "");
      default ->
          problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
    };
  }
}
