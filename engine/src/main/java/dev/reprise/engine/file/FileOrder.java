package dev.reprise.engine.file;

import dev.reprise.runtime.OperandException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
 * a later one has written, one that writes what a later one has read without it, and one that
 * writes a folder of which a later one has written a part, or the other way round.
 *
 * <p>What is the same file follows from the {@link FileUse}s. Names that lead to one file by hard
 * links count as files of their own, which they are as soon as one of them is written.
 *
 * <p>All notes of a loop, and of the loops around and within it, are guarded by its {@link
 * FileTurns}, which nobody holds while reading or writing. Who writes has these places for himself:
 * others that use them wait until he is done, with nothing in hand that he could wait for.
 */
public final class FileOrder {
  private final Place around;
  private final FileTurns turns;
  private final TouchedPlaces<Uses> uses = new TouchedPlaces<>(Uses::new);

  /** An iteration of a loop, used by one thread. */
  public static final class Place {
    private final FileOrder loop;
    private final long iteration;
    private final Runnable safePoint;

    /**
     * Where reads of this iteration and of loops in it are noted that may yet be taken back, and of
     * which loop these notes are: this one or one around it.
     */
    private final Map<Uses, FileOrder> reads = new HashMap<>();

    /**
     * @param iteration from 0
     * @param safePoint throws when the iteration is to stop; asked while it waits
     */
    public Place(FileOrder loop, long iteration, Runnable safePoint) {
      this.loop = loop;
      this.iteration = iteration;
      this.safePoint = safePoint;
    }

    /** The iteration is over: what it has read has been read. */
    public void ended() {
      loop.turns.hold(() -> reads.forEach(this::passOn));
    }

    private void passOn(Uses uses, FileOrder level) {
      if (level == loop) {
        uses.keep(this);
      } else {
        uses.pass(this, loop.around);
      }
    }

    /** The iteration is to be run again: what it and loops in it have read is forgotten. */
    public void givenUp() {
      loop.turns.hold(() -> reads.keySet().forEach(uses -> uses.forget(this)));
    }

    private boolean isWithin(Place other) {
      for (Place at = this; at != null; at = at.loop.around) {
        if (at == other) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * What the iterations of one loop have done with one place, or with what lies in it; iterations
   * count from 0.
   */
  private static final class Uses {
    private static final long NOBODY = -1;

    private final String what;

    /** The last iteration that has written it. */
    private long writer = NOBODY;

    /**
     * Who wrote what was read, and the last iteration that read it: the one and those in between
     * must not write any more. No entry lies within another, so they reach further one by one.
     */
    private final TreeMap<Long, Long> reads = new TreeMap<>();

    /** Likewise of iterations under way, by the innermost one: who wrote, and who read. */
    private final Map<Place, long[]> open = new HashMap<>();

    Uses(Path place, boolean itself) {
      this.what = itself ? place.toString() : "a file in " + place;
    }

    void wrote(long iteration) {
      writer = Math.max(writer, iteration);
    }

    /**
     * Notes a read.
     *
     * @param by the innermost iteration under way
     * @param wrote the last iteration that has written all of it
     */
    void read(Place by, long iteration, long wrote) {
      if (wrote < iteration) {
        open.merge(
            by,
            new long[] {wrote, iteration},
            (a, b) -> new long[] {Math.min(a[0], b[0]), iteration});
      }
    }

    void pass(Place from, Place to) {
      long[] read = open.remove(from);
      if (read != null) {
        read(to, read[1], read[0]);
      }
    }

    void forget(Place by) {
      open.keySet().removeIf(reader -> reader.isWithin(by));
    }

    void keep(Place by) {
      long[] read = open.remove(by);
      if (read == null || lastReader(read[0]) >= read[1]) {
        return;
      }
      reads.put(read[0], read[1]);
      Map.Entry<Long, Long> next = reads.higherEntry(read[0]);
      while (next != null && next.getValue() <= read[1]) {
        reads.remove(next.getKey());
        next = reads.higherEntry(read[0]);
      }
    }

    /** A later iteration that has read it without what an iteration would write, or none. */
    long readerAfter(long iteration) {
      long reader = lastReader(iteration);
      for (long[] read : open.values()) {
        if (read[0] <= iteration) {
          reader = Math.max(reader, read[1]);
        }
      }
      return reader > iteration ? reader : NOBODY;
    }

    private long lastReader(long writer) {
      Map.Entry<Long, Long> nearest = reads.floorEntry(writer);
      return nearest == null ? NOBODY : nearest.getValue();
    }
  }

  /**
   * @param around the iteration of an outer parfor that the loop runs in, or null
   */
  public FileOrder(Place around) {
    this.around = around;
    this.turns = around == null ? new FileTurns() : around.loop.turns;
  }

  /**
   * Writes a file, unless a later iteration has.
   *
   * @param place of who writes; null outside of parfor
   * @throws OperandException if a later iteration has read the file, or written some of it
   */
  public static void write(Place place, FileUse use, Runnable writing) {
    if (place == null || use.isFree()) {
      writing.run();
      return;
    }
    FileTurns turns = place.loop.turns;
    FileUse.Places places = turns.begin(use, place.safePoint, found -> mayWrite(place, use, found));
    if (places == null) {
      return;
    }
    try {
      writing.run();
    } finally {
      turns.end(places);
    }
  }

  /**
   * Reads a file, or looks whether it is there.
   *
   * @param place of who reads; null outside of parfor
   * @param giveUp gets what was read if it turns out to be out of order
   * @throws OperandException if a later iteration has written the file, before or meanwhile
   */
  public static <T> T read(Place place, FileUse use, Supplier<T> reading, Consumer<T> giveUp) {
    if (place == null || use.isFree()) {
      return reading.get();
    }
    Set<Path> noted = noteRead(place, use);
    T read = readInOrder(place, use, noted, reading);
    try {
      place.loop.turns.hold(() -> refuseLaterWriter(place, use, noted));
    } catch (RuntimeException e) {
      giveUp.accept(read);
      throw e;
    }
    return read;
  }

  /**
   * Notes that an iteration reads what is there now. Which files that are is said by some of them;
   * once these are noted, no earlier iteration may change them, so what is found then is final.
   */
  private static Set<Path> noteRead(Place place, FileUse use) {
    Set<Path> noted = new LinkedHashSet<>();
    while (true) {
      FileUse.Places places = use.places();
      Set<Path> more = new LinkedHashSet<>(places.touched());
      more.addAll(places.links());
      if (!noted.addAll(more)) {
        return noted;
      }
      place.loop.turns.inTurn(
          places,
          place.safePoint,
          () -> {
            refuseLaterWriter(place, use, more);
            more.forEach(each -> noteRead(place, each));
          });
    }
  }

  private static void noteRead(Place place, Path file) {
    for (Place at = place; at != null; at = at.loop.around) {
      at.loop.noteRead(place, at.iteration, file);
    }
  }

  private void noteRead(Place by, long iteration, Path file) {
    noteRead(by, iteration, file, uses.own(file));
    for (Path at = file.getParent(); at != null; at = at.getParent()) {
      noteRead(by, iteration, at, uses.within(at));
    }
  }

  private void noteRead(Place by, long iteration, Path written, Uses noted) {
    Uses whole = uses.find(written);
    noted.read(by, iteration, whole == null ? Uses.NOBODY : whole.writer);
    by.reads.put(noted, this);
    for (Place at = by; at.loop != this; at = at.loop.around) {
      at.loop.around.reads.put(noted, this);
    }
  }

  /** What fails since a later iteration writes meanwhile is out of order, whatever it says. */
  private static <T> T readInOrder(Place place, FileUse use, Set<Path> noted, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuntimeException e) {
      try {
        place.loop.turns.hold(() -> refuseLaterWriter(place, use, noted));
      } catch (OperandException refusal) {
        refusal.addSuppressed(e);
        throw refusal;
      }
      throw e;
    }
  }

  /** Whether a write is to be done, which is noted then. */
  private static boolean mayWrite(Place place, FileUse use, FileUse.Places places) {
    refuseLaterWriter(place, use, places.links());
    places.links().forEach(link -> noteRead(place, link));
    for (Place at = place; at != null; at = at.loop.around) {
      if (!at.loop.isLatest(at.iteration, use, places.touched())) {
        return false;
      }
    }
    for (Place at = place; at != null; at = at.loop.around) {
      for (Path each : places.touched()) {
        for (Uses noted : at.loop.uses.note(each)) {
          noted.wrote(at.iteration);
        }
      }
    }
    return true;
  }

  /**
   * Whether no later iteration has written a file; refuses what a later one has read without, or
   * written in part. What is to be left out in one loop is nothing that the loops around it could
   * miss.
   */
  private boolean isLatest(long iteration, FileUse use, Set<Path> places) {
    int overwritten = 0;
    Uses last = null;
    for (Path place : places) {
      Uses own = uses.find(place);
      for (Uses touching : uses.touching(place)) {
        long reader = touching.readerAfter(iteration);
        if (reader != Uses.NOBODY) {
          throw outOfOrder(iteration, use, touching, reader, "read");
        }
        if (touching.writer > iteration && touching != own) {
          throw outOfOrder(iteration, use, touching, touching.writer, "written");
        }
      }
      if (own != null && own.writer > iteration) {
        overwritten++;
        last = own;
      }
    }
    if (overwritten > 0 && overwritten < places.size()) {
      throw outOfOrder(iteration, use, last, last.writer, "written");
    }
    return overwritten == 0;
  }

  private static void refuseLaterWriter(Place place, FileUse use, Set<Path> places) {
    for (Place at = place; at != null; at = at.loop.around) {
      for (Path each : places) {
        for (Uses touching : at.loop.uses.touching(each)) {
          if (touching.writer > at.iteration) {
            throw outOfOrder(at.iteration, use, touching, touching.writer, "written");
          }
        }
      }
    }
  }

  private static OperandException outOfOrder(
      long iteration, FileUse use, Uses touching, long other, String used) {
    String does =
        "iteration %d of the parfor %s %s"
            .formatted(iteration + 1, use.isWrite() ? "writes" : "reads", use.file());
    String did = "iteration %d has %s".formatted(other + 1, used);
    return new OperandException(
        (touching.what.equals(use.file().toString())
                ? does + ", which " + did + " already"
                : does + ", and " + did + " " + touching.what + " already")
            + "; iterations must not read what others write: give each a file of its own, or write"
            + " 'for'");
  }
}
