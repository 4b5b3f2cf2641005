package dev.reprise.formats;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A symbolic link that leads to no place where a file could be. */
public final class LinkProblem extends FileSystemException {
  private static final long serialVersionUID = 1L;

  LinkProblem(Path link, String reason) {
    super(link.toString(), null, reason);
  }
}
