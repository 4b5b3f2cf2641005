package dev.reprise.engine.timeline;

import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a session does when: one {@link Track} for each of its threads and accelerators, in bounded
 * memory, written to a file when the session ends. When the JVM is told to end before that, the
 * session of a run that is under way has some seconds to end as well; then what has been recorded
 * is written. The JVM waits for its hooks alone, so one of them waits for whoever writes while it
 * ends ({@link #writeLastPicture}), and nobody begins to write after that.
 *
 * <p><b>Threads.</b> {@link #track} and {@link #leave} by any thread for itself; a thread that
 * leaves hands its track to the next one of the same name. {@link #close} when all of them have
 * ended. The lock is held to hand out tracks, never while an event is recorded.
 */
public final class Timeline implements AutoCloseable {
  /** Events that are kept, in chunks; the rest is counted. 32 MiB. */
  static final int MOST_CHUNKS = 1024;

  /** How long the JVM waits for a session whose run is told to end with it. */
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  private final TimelineFile file;
  private final FlightEvents recorder;
  private final PrintStream err;
  private final int mostChunks;
  private final long patienceNanos;
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger chunks = new AtomicInteger();
  private final Labels labels = new Labels();
  private final long origin = System.nanoTime();
  private final ThreadLocal<Track> current = new ThreadLocal<>();
  private final List<Track> tracks = new ArrayList<>(); // guarded by this
  private final Map<String, Deque<Track>> idle = new HashMap<>(); // guarded by this
  private Thread lastPicture; // guarded by this
  private boolean written; // guarded by file

  private Timeline(
      TimelineFile file,
      FlightEvents recorder,
      PrintStream err,
      int mostChunks,
      long patienceNanos) {
    this.file = file;
    this.recorder = recorder;
    this.err = err;
    this.mostChunks = mostChunks;
    this.patienceNanos = patienceNanos;
  }

  /**
   * The time line of a session; null when nobody asked for one: no file is named, and no flight
   * recorder runs.
   *
   * @param path the file to write, or null
   * @param err is told when events had to be left out
   * @throws ResourceException when the file cannot be written
   */
  public static Timeline of(Path path, PrintStream err) {
    return of(path, err, MOST_CHUNKS, PATIENCE_NANOS);
  }

  static Timeline of(Path path, PrintStream err, int mostChunks, long patienceNanos) {
    boolean recording = FlightRecording.isRunning();
    if (path == null && !recording) {
      return null;
    }
    TimelineFile file = path == null ? null : new TimelineFile(path);
    FlightEvents recorder = recording ? new FlightEvents() : null;
    return new Timeline(file, recorder, err, path == null ? 0 : mostChunks, patienceNanos);
  }

  Labels labels() {
    return labels;
  }

  /** Null when no flight recorder runs. */
  FlightEvents recorder() {
    return recorder;
  }

  /** Whether events are kept for a file. */
  boolean isKept() {
    return file != null;
  }

  long origin() {
    return origin;
  }

  /** Null when there is no room for more events. */
  Chunk newChunk() {
    if (chunks.get() >= mostChunks || chunks.incrementAndGet() > mostChunks) {
      return null;
    }
    return new Chunk();
  }

  // ---- tracks

  /** The track of the calling thread. */
  public Track track() {
    Track track = current.get();
    if (track == null) {
      track = take(Thread.currentThread().getName());
      current.set(track);
    }
    return track;
  }

  private synchronized Track take(String name) {
    Deque<Track> free = idle.get(name);
    return free == null || free.isEmpty() ? add(name, false) : free.pop();
  }

  /** A track for an accelerator, for the one thread that tells of it. */
  synchronized Track addDevice(String name) {
    return add(name, true);
  }

  private Track add(String name, boolean device) {
    if (tracks.isEmpty() && file != null) {
      drawLastPictureAtExit();
    }
    Track track = new Track(this, name, tracks.size() + 1, device, newChunk());
    tracks.add(track);
    return track;
  }

  /** What the calling thread does is a span of its track, and all that the track tells. */
  public void run(String name, Runnable body) {
    Track track = track();
    long start = System.nanoTime();
    runs.incrementAndGet();
    try {
      body.run();
    } finally {
      long nanos = System.nanoTime() - start;
      track.span(EventKind.RUN, track.label(name, null), start, nanos, nanos);
      leave();
      runs.decrementAndGet();
    }
  }

  /** The calling thread has no more to tell. */
  public void leave() {
    Track track = current.get();
    if (track != null) {
      current.remove();
      track.flush();
      synchronized (this) {
        idle.computeIfAbsent(track.name(), _ -> new ArrayDeque<>()).push(track);
      }
    }
  }

  synchronized List<Track> tracks() {
    return List.copyOf(tracks);
  }

  // ---- the file

  /**
   * Writes the file, unless the JVM ends and has written it already.
   *
   * @throws ResourceException when it cannot be written
   */
  @Override
  public void close() {
    tracks().forEach(Track::flush);
    if (file == null) {
      return;
    }
    try {
      writeOnce();
    } catch (IOException e) {
      throw new ResourceException(file.complaint(e));
    } finally {
      // Not before: when the JVM is told to end meanwhile, its hook waits for this thread.
      drawNoLastPicture();
    }
    long dropped = dropped();
    if (dropped > 0) {
      err.println(
          "reprise: note: the time line leaves out the last "
              + dropped
              + " events: it holds at most "
              + (long) mostChunks * Chunk.EVENTS);
    }
  }

  private void drawLastPictureAtExit() {
    lastPicture = new Thread(this::writeLastPicture, "reprise-timeline");
    try {
      Runtime.getRuntime().addShutdownHook(lastPicture);
    } catch (IllegalStateException e) {
      // The JVM ends already, and so does the session.
    }
  }

  private synchronized void drawNoLastPicture() {
    if (lastPicture == null) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(lastPicture);
    } catch (IllegalStateException e) {
      // The JVM ends.
    }
  }

  /** What the JVM does when it ends before the session is closed. */
  void writeLastPicture() {
    try {
      if (runs.get() > 0) {
        awaitWritten();
      }
      writeOnce();
    } catch (IOException e) {
      err.println("reprise: note: " + file.complaint(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when the file is there, or patience is at its end. */
  private void awaitWritten() throws InterruptedException {
    long end = System.nanoTime() + patienceNanos;
    synchronized (file) {
      long left = patienceNanos;
      while (!written && left > 0) {
        TimeUnit.NANOSECONDS.timedWait(file, left);
        left = end - System.nanoTime();
      }
    }
  }

  private void writeOnce() throws IOException {
    synchronized (file) {
      if (written) {
        return;
      }
      try {
        write();
      } finally {
        written = true;
        file.notifyAll();
      }
    }
  }

  private void write() throws IOException {
    file.write(out -> new TimelineJson(this, out).write());
  }

  /** Events for which there was no room. */
  long dropped() {
    return tracks().stream().mapToLong(Track::dropped).sum();
  }
}
