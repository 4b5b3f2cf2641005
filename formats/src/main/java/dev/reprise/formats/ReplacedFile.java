package dev.reprise.formats;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * Gives a draft the name of the file that it replaces, as if that had been written to: whoever may
 * read and write it stays the same. The owner and group stay where the system allows that.
 */
public final class ReplacedFile {
  private ReplacedFile() {}

  /**
   * Moves a draft to its place in one step where the file system can.
   *
   * @param target the file itself, not a link to it; need not be there
   */
  public static void move(Path draft, Path target) throws IOException {
    keepRights(target, draft);
    try {
      Files.move(
          draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void keepRights(Path from, Path to) {
    PosixFileAttributeView old = view(from);
    PosixFileAttributeView given = view(to);
    if (old == null || given == null) {
      return;
    }
    try {
      PosixFileAttributes before = old.readAttributes();
      PosixFileAttributes now = given.readAttributes();
      if (!before.isRegularFile() || !now.isRegularFile()) {
        return;
      }
      boolean isOfGroup =
          before.group().equals(now.group()) || succeeds(() -> given.setGroup(before.group()));
      Set<PosixFilePermission> rights = rights(before, isOfGroup);
      if (!rights.equals(now.permissions())) {
        succeeds(() -> given.setPermissions(rights));
      }
      // Last: who has given a file away may not change it any more.
      if (!before.owner().equals(now.owner())) {
        succeeds(() -> given.setOwner(before.owner()));
      }
    } catch (IOException e) {
      // There is none to replace, or nobody may ask.
    }
  }

  private static PosixFileAttributeView view(Path file) {
    return Files.getFileAttributeView(
        file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** Another group may do what everybody may. */
  private static Set<PosixFilePermission> rights(PosixFileAttributes of, boolean isOfGroup) {
    Set<PosixFilePermission> rights = EnumSet.noneOf(PosixFilePermission.class);
    rights.addAll(of.permissions());
    if (!isOfGroup) {
      keepIf(
          rights.contains(PosixFilePermission.OTHERS_READ), PosixFilePermission.GROUP_READ, rights);
      keepIf(
          rights.contains(PosixFilePermission.OTHERS_WRITE),
          PosixFilePermission.GROUP_WRITE,
          rights);
      keepIf(
          rights.contains(PosixFilePermission.OTHERS_EXECUTE),
          PosixFilePermission.GROUP_EXECUTE,
          rights);
    }
    return rights;
  }

  private static void keepIf(
      boolean kept, PosixFilePermission right, Set<PosixFilePermission> rights) {
    if (!kept) {
      rights.remove(right);
    }
  }

  private interface Change {
    void make() throws IOException;
  }

  /** False when the system does not allow it, as it seldom does for owners. */
  private static boolean succeeds(Change change) {
    try {
      change.make();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
