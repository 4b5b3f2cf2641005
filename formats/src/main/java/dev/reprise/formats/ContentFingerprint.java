package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The identity of what a path holds at one moment: 128 bits over the bytes of every part in order
 * of their names, of every external file, and over what the sidecar states. Where the data lies and
 * when it was written do not enter.
 *
 * @param hex 32 hexadecimal digits
 * @param stamps of all files that took part, taken before they were hashed
 */
record ContentFingerprint(String hex, List<FileStamp> stamps) {

  static ContentFingerprint of(DataPath data, FingerprintCache cache) {
    Path current = data.path();
    try {
      List<FileStamp> stamps = stamps(data);
      Checksum all = new Checksum();
      boolean folder = data.parts().size() != 1 || !data.parts().get(0).equals(data.path());
      all.number(folder ? data.parts().size() : -1);
      for (int p = 0; p < data.parts().size(); p++) {
        current = data.parts().get(p);
        HashValue128 part = cache.hash(current, stamps.get(p));
        if (folder) {
          all.text(current.getFileName().toString());
        }
        all.number(stamps.get(p).size());
        all.number(part.getMostSignificantBits()).number(part.getLeastSignificantBits());
      }
      for (int e = 0; e < data.external().size(); e++) {
        current = data.external().get(e);
        FileStamp stamp = stamps.get(data.parts().size() + e);
        HashValue128 content = cache.hash(current, stamp);
        all.number(stamp.size());
        all.number(content.getMostSignificantBits()).number(content.getLeastSignificantBits());
      }
      Sidecar sidecar = Sidecar.of(data.path());
      byte[] stated = sidecar.canonicalBytes();
      all.bytes(stated, 0, stated.length);
      FileFormat named = sidecar.format() == null ? ReadSettings.named(data) : null;
      HashValue128 value = all.text(named == null ? "" : named.label()).value();
      HexFormat hex = HexFormat.of();
      String digits =
          hex.toHexDigits(value.getMostSignificantBits())
              + hex.toHexDigits(value.getLeastSignificantBits());
      return new ContentFingerprint(digits, stamps);
    } catch (IOException e) {
      throw FileProblems.reading(current, e);
    }
  }

  /** The stamps of all parts, of external files, then of the sidecar. */
  private static List<FileStamp> stamps(DataPath data) throws IOException {
    List<FileStamp> stamps = new ArrayList<>();
    for (Path part : data.parts()) {
      stamps.add(FileStamp.of(part));
    }
    for (Path file : data.external()) {
      stamps.add(FileStamp.of(file));
    }
    stamps.add(FileStamp.of(Sidecar.readFor(data.path())));
    return stamps;
  }

  /**
   * True when the files still hold what was hashed. Files touched so recently that a second change
   * need not show in their stamps are hashed again.
   */
  boolean stillHolds(DataPath data, FingerprintCache cache) {
    try {
      return stamps.equals(stamps(data))
          && (allSettled(cache) || of(data, cache).hex().equals(hex));
    } catch (IOException | FormatException e) {
      return false;
    }
  }

  private boolean allSettled(FingerprintCache cache) {
    for (FileStamp stamp : stamps) {
      if (!cache.isSettled(stamp)) {
        return false;
      }
    }
    return true;
  }
}
