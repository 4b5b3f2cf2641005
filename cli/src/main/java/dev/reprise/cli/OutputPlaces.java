package dev.reprise.cli;

import dev.reprise.OptionPlaces;
import dev.reprise.runtime.ResourceException;
import java.nio.file.Path;

/**
 * Refuses places that cannot take what an option writes there, with the same exit code whichever
 * option it is; a place that is null is not wanted. What is looked at is said by {@link
 * OptionPlaces}.
 */
final class OutputPlaces {
  private OutputPlaces() {}

  /** A file to write or overwrite, in a folder that is there. */
  static void file(String option, Path file) {
    check(() -> OptionPlaces.file(option, file));
  }

  /** As {@link #file}, of one that is moved there when it is complete. */
  static void replacedFile(String option, Path file) {
    check(() -> OptionPlaces.replacedFile(option, file));
  }

  /** What is written when a file is: what it leads to, if it is a symbolic link. */
  static Path linked(String option, Path file) {
    try {
      return OptionPlaces.linked(option, file);
    } catch (ResourceException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** A folder that is there or can be made, and written to. */
  static void folder(String option, Path folder) {
    check(() -> OptionPlaces.folder(option, folder));
  }

  /** As {@link #folder}, of one that is done without where there is no room. */
  static void folderUnlessFull(String option, Path folder) {
    check(() -> OptionPlaces.folderUnlessFull(option, folder));
  }

  /** A folder that is there or may be made. */
  static void existing(String option, Path folder) {
    check(() -> OptionPlaces.existing(option, folder));
  }

  /** A folder that is there, by its name. */
  static void present(String option, Path folder) {
    named(option, folder);
    check(() -> OptionPlaces.present(option, folder));
  }

  /** A path that is not empty. */
  static void named(String option, Path path) {
    if (path != null) {
      check(() -> OptionPlaces.requireName(option, path));
    }
  }

  private static void check(Runnable looking) {
    try {
      looking.run();
    } catch (ResourceException e) {
      throw new UsageException(e.getMessage());
    }
  }
}
