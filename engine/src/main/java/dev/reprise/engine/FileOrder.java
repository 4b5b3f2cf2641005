package dev.reprise.engine;

import dev.reprise.formats.DataFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which iterations of a parfor have written which files: a file that several of them write has in
 * the end what the sequential loop would have left, with its description and its trace.
 *
 * <p>Thread-safe. An iteration does not wait for earlier ones; what it would write to a file that a
 * later one has written already is left out.
 */
final class FileOrder {
  private final Place around;
  private final Map<Path, Object> locks;
  private final Map<Path, Long> latest = new ConcurrentHashMap<>();

  /**
   * An iteration of a loop.
   *
   * @param iteration from 0
   */
  record Place(FileOrder loop, long iteration) {}

  /**
   * @param around the iteration of an outer parfor that the loop runs in, or null
   */
  FileOrder(Place around) {
    this.around = around;
    this.locks = around == null ? new ConcurrentHashMap<>() : around.loop.locks;
  }

  /**
   * Writes a file, unless a later iteration has.
   *
   * @param place of who writes; null outside of parfor
   */
  static void write(Place place, Path file, Runnable writing) {
    if (place == null || DataFiles.isSpecial(file)) {
      // A pipe or device takes all that is written.
      writing.run();
      return;
    }
    Path path = file.toAbsolutePath().normalize();
    synchronized (place.loop.locks.computeIfAbsent(path, p -> new Object())) {
      if (isLatest(place, path)) {
        writing.run();
        for (Place at = place; at != null; at = at.loop.around) {
          at.loop.latest.put(path, at.iteration);
        }
      }
    }
  }

  private static boolean isLatest(Place place, Path path) {
    for (Place at = place; at != null; at = at.loop.around) {
      if (at.loop.latest.getOrDefault(path, -1L) > at.iteration) {
        return false;
      }
    }
    return true;
  }
}
