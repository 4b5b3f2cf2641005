package dev.reprise.engine.stored;

import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FingerprintCache;
import dev.reprise.formats.ReplacedText;
import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Remembers what the build is called for as long as the file system says that its jars are the same
 * files: opening them takes longer than finding a run in a store. A file in the user's cache
 * folder, by where the classes come from; whatever is wrong with it, the jars are looked at.
 * Stateless.
 */
public final class BuildMemo {
  private final Path file;
  private final DataFiles files = new DataFiles(new FingerprintCache(InstantSource.system()), 1);

  private BuildMemo(Path file) {
    this.file = file;
  }

  /**
   * @param build equal for processes of one build alone
   * @param cache the user's folder for files that can be made again
   */
  public static BuildMemo of(String build, Path cache) {
    Key name = ContentHash.of(build.getBytes(StandardCharsets.UTF_8));
    return new BuildMemo(cache.resolve("builds").resolve(name.toString()));
  }

  /** The key that was kept; null when there is none, or a jar is another file now. */
  Key find() {
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 1; i < lines.size(); i++) {
        String line = lines.get(i);
        String place = line.substring(0, line.indexOf('|'));
        if (!line.equals(files.stamp(place, Path.of("/")))) {
          return null;
        }
      }
      return lines.size() > 1 ? Key.parse(lines.getFirst()) : null;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** What the file system says of jars; null when one is none, or was made just now. */
  String stamps(Collection<Path> places) {
    List<String> stamps = new ArrayList<>();
    for (Path place : places) {
      String stamp = files.stamp(place.toString(), Path.of("/"));
      if (stamp == null || place.toString().indexOf('|') >= 0) {
        return null;
      }
      stamps.add(stamp);
    }
    return String.join("\n", stamps);
  }

  /**
   * Keeps what jars are called.
   *
   * @param before the stamps that they had before they were looked at; null to keep nothing
   */
  void keep(Key key, Collection<Path> places, String before) {
    if (before == null || !before.equals(stamps(places))) {
      return;
    }
    try {
      ReplacedText.write(file, "build", ".tmp", key + "\n" + before);
    } catch (IOException e) {
      // The jars are looked at next time, too.
    }
  }
}
