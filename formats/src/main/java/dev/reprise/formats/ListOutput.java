package dev.reprise.formats;

import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A list on its way to a folder. Elements are written into a hidden folder beside the target;
 * {@link #publish} gives it its name together with its sidecar. Closing without publishing removes
 * it, and whatever was there before is untouched.
 */
public final class ListOutput implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final String format;
  private final FingerprintCache fingerprints;
  private int count;

  ListOutput(Path target, String format, FingerprintCache fingerprints) {
    this.target = target;
    this.format = format;
    this.fingerprints = fingerprints;
    this.temporary = AtomicOutput.temporary(target);
    try {
      checkReplaceable();
      Files.createDirectories(temporary);
    } catch (IOException e) {
      throw FileProblems.writing(target, e);
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
      throw e.renamed(temporary.toString(), target.toString());
    } catch (ResourceException e) {
      throw e.getMessage().contains(temporary.toString())
          ? new ResourceException(
              e.getMessage().replace(temporary.toString(), target.toString()), e)
          : e;
    }
  }

  /** Gives the folder its name; an earlier output of that name disappears. */
  public void publish() {
    Sidecar sidecar =
        new Sidecar("list", "unknown", null, count, 1, -1, format, null, null, null, -1, -1);
    Path aside = temporary.resolveSibling(temporary.getFileName() + ".old");
    try (AtomicOutput output = new AtomicOutput()) {
      output.add(
          Sidecar.pathFor(target), channel -> new TextSink(channel).put(sidecar.toJson()).flush());
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
      throw FileProblems.writing(target, e);
    } finally {
      fingerprints.invalidate(target);
      fingerprints.invalidate(Sidecar.pathFor(target));
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
