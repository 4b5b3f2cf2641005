package dev.reprise.formats;

import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A list on its way to a folder. Elements are written into a hidden folder beside the target;
 * {@link #publish} gives it its name together with its sidecar. Closing without publishing removes
 * it, and whatever was there before is untouched. A link to a folder stays, and leads to this one
 * then.
 */
public final class ListOutput implements AutoCloseable {
  /** As it was named. */
  private final Path place;

  private final Path target;
  private final Path temporary;
  private final String format;
  private final FingerprintCache fingerprints;
  private int count;

  ListOutput(Path place, String format, FingerprintCache fingerprints) {
    this.place = place;
    this.format = format;
    this.fingerprints = fingerprints;
    try {
      this.target = LinkedPlace.of(place);
      this.temporary = AtomicOutput.temporary(target);
      checkReplaceable();
      Files.createDirectories(temporary);
    } catch (IOException e) {
      throw FileProblems.writing(place, e);
    }
  }

  private void checkReplaceable() {
    if (Files.isDirectory(target)
        && !ListFolder.holdsOnlyAList(target)
        && !DataPath.holdsOnlyParts(target)) {
      throw AtomicOutput.occupied(target);
    }
  }

  /** Writes one element to a place. */
  @FunctionalInterface
  public interface ElementWriter {
    void write(Path place);
  }

  /**
   * Has the next element written. A failure names the place that it was to get, which the user
   * knows, not the hidden one.
   *
   * @param name null or empty when the element has none
   */
  public void add(String name, ElementWriter writer) {
    try {
      writer.write(ListFolder.entry(temporary, count++, name));
    } catch (FormatException e) {
      throw e.renamed(temporary.toString(), place.toString());
    } catch (ResourceException e) {
      throw e.getMessage().contains(temporary.toString())
          ? new ResourceException(e.getMessage().replace(temporary.toString(), place.toString()), e)
          : e;
    }
  }

  /** Gives the folder its name; an earlier output of that name disappears. */
  public void publish() {
    Sidecar sidecar =
        new Sidecar("list", "unknown", null, count, 1, -1, format, null, null, null, -1, -1);
    Path aside = temporary.resolveSibling(temporary.getFileName() + ".old");
    List<Path> sidecars = Sidecar.writtenFor(place);
    try (AtomicOutput output = new AtomicOutput()) {
      sidecars.forEach(each -> output.add(each, sidecar::writeTo));
      boolean replaces = Files.exists(target);
      if (replaces) {
        Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      output.publish();
      if (replaces) {
        AtomicOutput.remove(aside);
      }
    } catch (IOException e) {
      throw FileProblems.writing(place, e);
    } finally {
      LinkedPlace.names(place).forEach(fingerprints::invalidate);
      sidecars.forEach(fingerprints::invalidate);
    }
  }

  @Override
  public void close() {
    try {
      if (Files.exists(temporary)) {
        AtomicOutput.remove(temporary);
      }
    } catch (IOException e) {
      // The write has failed already and says why; a leftover hidden folder does no harm.
    }
  }
}
