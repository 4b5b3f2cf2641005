package dev.reprise.formats.metrics;

import dev.reprise.formats.FileProblems;
import dev.reprise.formats.FormatException;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The folder that a session's metrics go to: {@code metrics.csv}, to which every session appends,
 * and an event file of its own for TensorBoard. Both are made with the first metric, and each
 * metric is written at once, as a whole or not at all. A run that goes on where an earlier one was
 * stopped does not write again what the table has. Thread-safe.
 */
public final class MetricFiles implements AutoCloseable {
  private static final String TABLE = "metrics.csv";
  private static final long TOLD_NOTHING = -1;
  private static final String HEADER = "wall_time,step,name,value\n";

  private final Path folder;
  private final InstantSource clock;

  // Guarded by this; null until the first metric.
  private WholeRows table;
  private WholeRows events;
  private boolean closed;

  /** What an earlier run has told that this one goes on with; guarded by this. */
  private final ToldRows earlier;

  /**
   * Scripts that have begun to run and have no mark, with the length of the table before they told
   * anything, or {@link #TOLD_NOTHING}; guarded by this.
   */
  private final Map<ScriptVersion, Long> unmarked = new LinkedHashMap<>();

  /** The marks of scripts that run and have told something; guarded by this. */
  private final Map<ScriptVersion, RunMark> marks = new HashMap<>();

  /**
   * @param folder made when the first metric comes
   * @param clock for the times beside the metrics
   */
  public MetricFiles(Path folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
    this.earlier = new ToldRows(folder.resolve(TABLE));
  }

  /**
   * Says that a run of a script begins. When an earlier run of it, as it is written now, has failed
   * or was killed, what that one has told is not written again, as after {@link #goOn}.
   */
  public synchronized void begin(ScriptVersion script) {
    unmarked.putIfAbsent(script, TOLD_NOTHING);
  }

  /** Says that the run of a script has come to its end. */
  public synchronized void end(ScriptVersion script) {
    unmarked.remove(script);
    RunMark mark = marks.remove(script);
    if (mark != null) {
      try {
        mark.remove();
      } catch (IOException e) {
        throw cannotWrite(e);
      }
    }
  }

  /**
   * Says that the session goes on where an earlier one was stopped, so that it may come to tell
   * again what that one has told: from now on, a metric of the same name, step and value as one in
   * the table is not written, once for each that is there.
   */
  public synchronized void goOn() {
    earlier.countFrom(0);
  }

  /**
   * Writes one metric.
   *
   * @throws FormatException when the folder cannot be written
   * @throws ResourceException when writing fails later, or for lack of room
   */
  public synchronized void add(String name, double value, long step) {
    double now = seconds(clock.instant());
    if (closed) {
      throw new IllegalStateException("metrics are closed");
    }
    if (table == null) {
      open(now);
    }
    String row = row(step, name, value);
    try {
      markRuns();
      if (earlier.wasTold(row)) {
        return;
      }
      events.append(EventRecord.scalar(now, step, name, value));
      table.append(
          String.format(Locale.ROOT, "%.3f,%s\n", now, row).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /**
   * Marks the scripts that have begun. Where somebody has the mark, the next metric tries again:
   * who removes marks has one for a moment. A run that has told something by then does not go on
   * with an earlier one any more, but the next run does with both.
   */
  private void markRuns() throws IOException {
    for (Iterator<Map.Entry<ScriptVersion, Long>> left = unmarked.entrySet().iterator();
        left.hasNext(); ) {
      Map.Entry<ScriptVersion, Long> script = left.next();
      boolean isFirst = script.getValue() == TOLD_NOTHING;
      long began = isFirst ? table.size() : script.getValue();
      RunMark mark = RunMark.take(folder, script.getKey(), began);
      if (mark == null) {
        script.setValue(began);
        continue;
      }
      left.remove();
      marks.put(script.getKey(), mark);
      if (isFirst && mark.isGoneOnWith()) {
        earlier.endAt(began);
        earlier.countFrom(mark.from());
      }
    }
  }

  private ResourceException cannotWrite(IOException e) {
    return new ResourceException("cannot write metrics to " + folder + ": " + e.getMessage(), e);
  }

  private static double seconds(Instant instant) {
    return instant.toEpochMilli() / 1000.0;
  }

  /** A row of the table behind its time. */
  private static String row(long step, String name, double value) {
    String quoted = name.matches("[^,\"\r\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    return step + "," + quoted + "," + value;
  }

  private void open(double now) {
    try {
      Files.createDirectories(folder);
      String file =
          String.format(
              Locale.ROOT,
              "events.out.tfevents.%010d.reprise.%d.%x",
              (long) now,
              ProcessHandle.current().pid(),
              System.nanoTime());
      openBoth(folder.resolve(file), now);
    } catch (FileAlreadyExistsException e) {
      throw new FormatException(
          folder.toString(),
          "metrics need a folder (--metrics), but " + e.getFile() + " is a file");
    } catch (IOException e) {
      if (FileProblems.isLackOfRoom(e)) {
        throw cannotWrite(e);
      }
      throw new FormatException(
          folder.toString(), "metrics cannot be written here (--metrics): " + e.getMessage());
    }
  }

  /** Or none of them: the next metric tries again. */
  private void openBoth(Path file, double now) throws IOException {
    WholeRows begun = WholeRows.open(file, StandardOpenOption.CREATE_NEW);
    try {
      begun.append(EventRecord.version(now));
      table = openTable();
      events = begun;
    } catch (IOException | RuntimeException e) {
      try (begun) {
        Files.deleteIfExists(file);
      } catch (IOException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  private WholeRows openTable() throws IOException {
    WholeRows rows = WholeRows.open(folder.resolve(TABLE), StandardOpenOption.CREATE);
    try {
      earlier.endAt(rows.size());
      if (rows.size() == 0) {
        RunMark.removeAllLeft(folder);
        rows.append(HEADER.getBytes(StandardCharsets.US_ASCII));
      }
      return rows;
    } catch (IOException | RuntimeException e) {
      try {
        rows.close();
      } catch (IOException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try (WholeRows _ = events;
        WholeRows _ = table) {
      for (RunMark mark : marks.values()) {
        mark.close();
      }
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }
}
