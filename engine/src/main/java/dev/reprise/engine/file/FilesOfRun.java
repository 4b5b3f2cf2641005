package dev.reprise.engine.file;

import java.nio.file.Path;

/** What one run has read and written, and whether any of it is the same. Not thread-safe. */
public final class FilesOfRun {
  private final TouchedPlaces<Path> read = new TouchedPlaces<>((place, _) -> place);
  private final TouchedPlaces<Path> written = new TouchedPlaces<>((place, _) -> place);

  /**
   * Notes a use.
   *
   * @return true when it reads what was written, or writes what was read
   */
  public boolean add(FileUse use) {
    FileUse.Places places = use.places();
    boolean overlaps = false;
    for (Path link : places.links()) {
      overlaps |= add(link, read, written);
    }
    for (Path place : places.touched()) {
      overlaps |= use.isWrite() ? add(place, written, read) : add(place, read, written);
    }
    return overlaps;
  }

  private static boolean add(Path place, TouchedPlaces<Path> to, TouchedPlaces<Path> others) {
    to.note(place);
    return !others.touching(place).isEmpty();
  }
}
