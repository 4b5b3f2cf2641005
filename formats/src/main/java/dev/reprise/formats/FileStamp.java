package dev.reprise.formats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * What the file system says of a file: equal stamps mean the same content, unless the file was
 * changed twice within the clock's resolution (see {@link FingerprintCache}).
 *
 * @param changed last change of the inode, or the modification time where there is no such thing
 * @param inode the file's number, or its key's text where there is no such thing
 */
record FileStamp(long size, FileTime modified, FileTime changed, Object inode) {

  /** Stamp of an absent file. */
  static final FileStamp ABSENT =
      new FileStamp(-1, FileTime.fromMillis(0), FileTime.fromMillis(0), 0L);

  static FileStamp of(Path file) throws IOException {
    if (!Files.exists(file)) {
      return ABSENT;
    }
    if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      Map<String, Object> all = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino");
      return new FileStamp(
          (Long) all.get("size"),
          (FileTime) all.get("lastModifiedTime"),
          (FileTime) all.get("ctime"),
          all.get("ino"));
    }
    BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileStamp(
        basic.size(),
        basic.lastModifiedTime(),
        basic.lastModifiedTime(),
        String.valueOf(basic.fileKey()));
  }

  /** All of it; equal texts for equal stamps. */
  String text() {
    return "|" + size + "|" + nanos(modified) + "|" + nanos(changed) + "|" + inode;
  }

  private static String nanos(FileTime time) {
    Instant instant = time.toInstant();
    return instant.getEpochSecond() + "." + instant.getNano();
  }

  /** The last moment at which anything about the file changed. */
  Instant lastTouched() {
    Instant content = modified.toInstant();
    Instant inodeChange = changed.toInstant();
    return content.isAfter(inodeChange) ? content : inodeChange;
  }
}
