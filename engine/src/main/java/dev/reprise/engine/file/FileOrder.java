package dev.reprise.engine.file;

import dev.reprise.formats.DataFiles;
import dev.reprise.runtime.OperandException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Which iterations of a parfor have written and read which files: a file that several of them write
 * has in the end what the sequential loop would have left, with its description and its trace, and
 * an iteration reads what it would have read there, or fails.
 *
 * <p>Thread-safe. An iteration does not wait for earlier ones, which may not have begun. So what it
 * would write to a file that a later one has written already is left out; where the order of the
 * sequential loop is lost for good, the iteration that finds it so is refused: one that reads what
 * a later one has written, and one that writes what a later one has read without it.
 *
 * <p>A file is known by its path: parts of a folder, descriptions, and what symbolic links lead to
 * count as files of their own. What an iteration has read stays noted where it is given up and run
 * again, which may refuse more than has to be.
 *
 * <p>A file's uses, in the loop of an iteration and in all loops around it, are guarded by one lock
 * for each file. Writing holds it; reading takes it before and after. A thread holds one such lock
 * at a time, writing asks for no other, and who waits for it has nothing pinned, so that a writer
 * who waits for memory waits for nobody who waits for him.
 */
public final class FileOrder {
  private final Place around;
  private final Map<Path, Object> locks;
  private final Map<Path, Uses> uses = new ConcurrentHashMap<>();

  /**
   * An iteration of a loop.
   *
   * @param iteration from 0
   */
  public record Place(FileOrder loop, long iteration) {

    private Uses uses(Path file) {
      return loop.uses.computeIfAbsent(file, p -> new Uses());
    }
  }

  /** What the iterations of one loop have done with one file; iterations count from 0. */
  private static final class Uses {
    private static final long NOBODY = -1;

    /** The last iteration that has written the file. */
    private long writer = NOBODY;

    /**
     * Who wrote what was read, and the last iteration that read it: the one and those in between
     * must not write any more. No entry lies within another, so they reach further one by one.
     */
    private final TreeMap<Long, Long> reads = new TreeMap<>();

    void wrote(long iteration) {
      writer = iteration;
    }

    void read(long iteration) {
      Map.Entry<Long, Long> wider = reads.floorEntry(writer);
      boolean liesWithin = wider != null && wider.getValue() >= iteration;
      if (writer < iteration && !liesWithin) {
        // Writers come in order, so there is nothing behind it.
        reads.put(writer, iteration);
      }
    }

    /** A later iteration that has read the file without what an iteration would write, or none. */
    long readerAfter(long iteration) {
      Map.Entry<Long, Long> nearest = reads.floorEntry(iteration);
      return nearest != null && nearest.getValue() > iteration ? nearest.getValue() : NOBODY;
    }
  }

  /**
   * @param around the iteration of an outer parfor that the loop runs in, or null
   */
  public FileOrder(Place around) {
    this.around = around;
    this.locks = around == null ? new ConcurrentHashMap<>() : around.loop.locks;
  }

  /**
   * Writes a file, unless a later iteration has.
   *
   * @param place of who writes; null outside of parfor
   * @throws OperandException if a later iteration has read the file
   */
  public static void write(Place place, Path file, Runnable writing) {
    if (isFree(place, file)) {
      writing.run();
      return;
    }
    Path path = file.toAbsolutePath().normalize();
    synchronized (place.loop.lock(path)) {
      if (isLatest(place, path)) {
        try {
          writing.run();
        } finally {
          // Some of it may be there after a failure, too.
          for (Place at = place; at != null; at = at.loop.around) {
            at.uses(path).wrote(at.iteration);
          }
        }
      }
    }
  }

  /**
   * Reads a file, or looks whether it is there.
   *
   * @param place of who reads; null outside of parfor
   * @param giveUp gets what was read if it turns out to be out of order
   * @throws OperandException if a later iteration has written the file, before or meanwhile
   */
  public static <T> T read(Place place, Path file, Supplier<T> reading, Consumer<T> giveUp) {
    if (isFree(place, file)) {
      return reading.get();
    }
    Path path = file.toAbsolutePath().normalize();
    synchronized (place.loop.lock(path)) {
      refuseLaterWriter(place, path);
      for (Place at = place; at != null; at = at.loop.around) {
        at.uses(path).read(at.iteration);
      }
    }
    T read = readInOrder(place, path, reading);
    try {
      refuseLaterWriterInTurn(place, path);
    } catch (OperandException e) {
      giveUp.accept(read);
      throw e;
    }
    return read;
  }

  /** What fails since a later iteration writes meanwhile is out of order, whatever it says. */
  private static <T> T readInOrder(Place place, Path path, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuntimeException e) {
      try {
        refuseLaterWriterInTurn(place, path);
      } catch (OperandException refusal) {
        refusal.addSuppressed(e);
        throw refusal;
      }
      throw e;
    }
  }

  private static void refuseLaterWriterInTurn(Place place, Path path) {
    synchronized (place.loop.lock(path)) {
      refuseLaterWriter(place, path);
    }
  }

  /** Outside of parfor everything is in order; a pipe or device gives and takes what comes. */
  private static boolean isFree(Place place, Path file) {
    return place == null || DataFiles.isSpecial(file);
  }

  private Object lock(Path path) {
    return locks.computeIfAbsent(path, p -> new Object());
  }

  /**
   * Whether no later iteration has written a file; refuses what a later one has read without. What
   * is to be left out in one loop is nothing that the loops around it could miss.
   */
  private static boolean isLatest(Place place, Path path) {
    for (Place at = place; at != null; at = at.loop.around) {
      long reader = at.uses(path).readerAfter(at.iteration);
      if (reader != Uses.NOBODY) {
        throw outOfOrder(at.iteration, "writes", path, reader, "read");
      }
      if (at.uses(path).writer > at.iteration) {
        return false;
      }
    }
    return true;
  }

  private static void refuseLaterWriter(Place place, Path path) {
    for (Place at = place; at != null; at = at.loop.around) {
      long writer = at.uses(path).writer;
      if (writer > at.iteration) {
        throw outOfOrder(at.iteration, "reads", path, writer, "written");
      }
    }
  }

  private static OperandException outOfOrder(
      long iteration, String uses, Path path, long other, String used) {
    return new OperandException(
        "iteration %d of the parfor %s %s, which iteration %d has %s already; iterations must not"
                .formatted(iteration + 1, uses, path, other + 1, used)
            + " read what others write: give each a file of its own, or write 'for'");
  }
}
