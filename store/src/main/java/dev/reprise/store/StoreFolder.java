package dev.reprise.store;

import dev.reprise.runtime.ResourceException;
import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Where a store lies, whether or not it is open. */
record StoreFolder(Path path) {
  /** The memory that processes share with a database takes 32 KiB. */
  private static final long LEAST_BYTES = 64 << 10;

  /**
   * Makes the folders of a new store, which takes no time beside opening it.
   *
   * @throws StoreException when there cannot be one
   */
  void make() {
    try {
      Files.createDirectories(path);
      new ArtifactFiles(path).create();
    } catch (FileAlreadyExistsException e) {
      throw cannotBeOpened("a file of that name is there", e);
    } catch (IOException e) {
      throw cannotBeOpened(reason(e), e);
    }
  }

  /** Several failures of the file system carry nothing but the path. */
  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "no permission to write " + denied.getFile();
      case NoSuchFileException missing -> "no folder can be made at " + missing.getFile();
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.getMessage();
    };
  }

  private StoreException cannotBeOpened(String why, IOException e) {
    String message = "the experiment store " + path + " cannot be opened: " + why;
    return isLackOfRoom(why)
        ? StoreException.lackOfRoom(message, e)
        : new StoreException(message, e);
  }

  private static boolean isLackOfRoom(String reason) {
    return ResourceException.isFullDisk(reason) || ResourceException.isTooLargeFile(reason);
  }

  /**
   * True when there is not even room for what SQLite makes beside a database to use it. Not where
   * that cannot be told: of a folder that is gone all sizes are 0, as with some file systems.
   */
  boolean isFull() {
    File folder = path.toFile();
    return folder.getTotalSpace() > 0 && folder.getUsableSpace() < LEAST_BYTES;
  }

  /** The database. */
  Path graph() {
    return path.resolve("graph.db");
  }

  /** True when there is a database. */
  boolean hasGraph() {
    return Files.exists(graph());
  }

  /** Which file the database is, or null where that cannot be told. */
  Object graphFile() {
    try {
      return Files.readAttributes(graph(), BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  /** True when a store that is there can be written to. */
  boolean isWritable() {
    return Files.isWritable(graph()) && Files.isWritable(path);
  }

  /** The locks of a store whose folder is there. */
  StoreLocks locks() {
    try {
      return new StoreLocks(path);
    } catch (IOException e) {
      throw cannotBeOpened(reason(e), e);
    }
  }
}
