package dev.reprise.engine.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Notes about places of the file system, found by whatever touches them: a folder and what lies in
 * it touch.
 *
 * <pre>
 *   note about /a/b:      own(/a/b), within(/a), within(/)
 *   what touches /a/b:    own(/a/b), within(/a/b), own(/a), own(/)
 * </pre>
 *
 * <p>Each takes as many steps as the path has names, however many notes there are. Not thread-safe.
 *
 * @param <T> a note
 */
final class TouchedPlaces<T> {
  private final Map<Path, T> own = new HashMap<>();
  private final Map<Path, T> within = new HashMap<>();
  private final BiFunction<Path, Boolean, T> blank;

  /**
   * @param blank makes an empty note about a place itself (true) or about what lies in it
   */
  TouchedPlaces(BiFunction<Path, Boolean, T> blank) {
    this.blank = blank;
  }

  /** The note about a place itself, or null. */
  T find(Path place) {
    return own.get(place);
  }

  /** The note about a place itself, made if it is missing. */
  T own(Path place) {
    return own.computeIfAbsent(place, p -> blank.apply(p, true));
  }

  /** The note about what lies in a folder, made if it is missing. */
  T within(Path folder) {
    return within.computeIfAbsent(folder, p -> blank.apply(p, false));
  }

  /** Makes the notes about a place: its own, and those of the folders that it lies in. */
  List<T> note(Path place) {
    List<T> notes = new ArrayList<>();
    notes.add(own(place));
    for (Path at = place.getParent(); at != null; at = at.getParent()) {
      notes.add(within(at));
    }
    return notes;
  }

  /** The notes about whatever touches a place, its own first; none for what nobody has noted. */
  List<T> touching(Path place) {
    List<T> notes = new ArrayList<>();
    add(own.get(place), notes);
    add(within.get(place), notes);
    for (Path at = place.getParent(); at != null; at = at.getParent()) {
      add(own.get(at), notes);
    }
    return notes;
  }

  private static <T> void add(T note, List<T> notes) {
    if (note != null) {
      notes.add(note);
    }
  }
}
