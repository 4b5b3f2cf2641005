package dev.reprise.formats;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where a name leads by symbolic links. A file gets its name by a rename, which would put it in the
 * place of a link: so who writes one does that where the links lead.
 *
 * <pre>
 *   latest.csv -> today.csv -> /data/7.csv        links stay, /data/7.csv is written
 *   and beside it /data/7.csv.mtd; where there is a latest.csv.mtd, that as well
 * </pre>
 *
 * <p>What describes a file lies beside it, and so is the same for all of its names; a description
 * beside a link is that of this name.
 */
public final class LinkedPlace {
  /** As many links as Linux follows. */
  private static final int MOST_LINKS = 40;

  private LinkedPlace() {}

  /**
   * The place that a name stands for: what its links lead to, which need not be there yet; the name
   * itself when it is no link.
   *
   * @throws LinkProblem when the links lead in a circle, or into a folder that is not there or that
   *     may not be entered
   */
  public static Path of(Path name) throws IOException {
    Path at = name;
    for (int followed = 0; Files.isSymbolicLink(at); followed++) {
      if (followed == MOST_LINKS) {
        throw new LinkProblem(name, "its symbolic links lead in a circle");
      }
      try {
        at = target(at);
      } catch (NoSuchFileException e) {
        throw new LinkProblem(
            name,
            "it is a symbolic link to "
                + Files.readSymbolicLink(at)
                + ", whose folder is not there");
      } catch (AccessDeniedException e) {
        throw new LinkProblem(
            name, "it is a symbolic link, and there is no permission to enter " + e.getFile());
      }
    }
    return at;
  }

  /** The name, and what each of its links leads to, as far as that can be told. */
  public static List<Path> names(Path name) {
    List<Path> names = new ArrayList<>();
    names.add(name);
    try {
      while (names.size() <= MOST_LINKS && Files.isSymbolicLink(names.getLast())) {
        names.add(target(names.getLast()));
      }
    } catch (IOException e) {
      // It leads nowhere, or was no link any more.
    }
    return names;
  }

  /** The folder where a file of a name lies, as far as that can be told. */
  public static Path folder(Path name) {
    return names(name).getLast().toAbsolutePath().getParent();
  }

  /**
   * What lies beside a file that is read by a name: beside the name itself, or else beside what its
   * links lead to.
   *
   * @param beside the path that it has beside one
   * @return the path beside the name when there is none of them
   */
  public static Path read(Path name, UnaryOperator<Path> beside) {
    Path own = beside.apply(name);
    if (Files.exists(own) || !Files.isSymbolicLink(name)) {
      return own;
    }
    return names(name).stream().map(beside).filter(Files::exists).findFirst().orElse(own);
  }

  /**
   * What is written beside a file that is written by a name: beside the file, and beside the name
   * and its links what is there already, which would be read as the file's.
   *
   * @param beside the path that it has beside one
   */
  public static List<Path> written(Path name, UnaryOperator<Path> beside) {
    List<Path> names = names(name);
    List<Path> written = new ArrayList<>();
    written.add(beside.apply(names.removeLast()));
    names.stream().map(beside).filter(Files::exists).forEach(written::add);
    return written;
  }

  /**
   * The path without links, also in its folders.
   *
   * @param path absolute; what is not there counts as it stands
   * @param links gets those that were followed
   */
  public static Path real(Path path, Collection<Path> links) {
    Deque<Path> names = new ArrayDeque<>();
    path.forEach(names::add);
    Path at = path.getRoot();
    int followed = 0;
    while (!names.isEmpty()) {
      Path next = at.resolve(names.poll()).normalize();
      Path text = followed < MOST_LINKS && Files.isSymbolicLink(next) ? textOf(next) : null;
      if (text == null) {
        at = next;
        continue;
      }
      followed++;
      links.add(next);
      if (text.isAbsolute()) {
        at = text.getRoot();
      }
      for (int i = text.getNameCount() - 1; i >= 0; i--) {
        names.push(text.getName(i));
      }
    }
    return at;
  }

  /** Null when it is no link any more. */
  private static Path textOf(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      return null;
    }
  }

  /** What a link leads to; {@code ..} in it goes up from the folder where the link really lies. */
  private static Path target(Path link) throws IOException {
    Path folder = link.toAbsolutePath().getParent().toRealPath();
    Path target = folder.resolve(Files.readSymbolicLink(link));
    Path name = target.getFileName();
    if (name == null || name.toString().equals(".") || name.toString().equals("..")) {
      return target.toRealPath();
    }
    return target.getParent().toRealPath().resolve(name);
  }
}
