package dev.reprise.formats;

import java.nio.file.Path;

/**
 * An element of a list that was written to a folder or to a file of several matrices.
 *
 * @param name null when the element has none
 * @param path of the element's file or folder, or of the file that holds all
 * @param options to read the element with
 */
public record ListEntry(String name, Path path, ReadOptions options) {

  /** The read of the element. */
  public ReadRequest request() {
    return new ReadRequest(path.toString(), path.getParent(), options);
  }

  /** A file or folder of its own. */
  ListEntry(String name, Path path) {
    this(name, path, ReadOptions.none());
  }
}
