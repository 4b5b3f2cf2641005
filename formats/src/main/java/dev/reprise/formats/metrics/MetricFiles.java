package dev.reprise.formats.metrics;

import dev.reprise.formats.FormatException;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The folder that a session's metrics go to: {@code metrics.csv}, to which every session appends,
 * and an event file of its own for TensorBoard. Both are made with the first metric, and each
 * metric is written at once. A session that goes on where an earlier one was stopped does not write
 * again what the table has. Thread-safe.
 */
public final class MetricFiles implements AutoCloseable {
  private static final String TABLE = "metrics.csv";
  private static final String HEADER = "wall_time,step,name,value\n";

  private final Path folder;
  private final InstantSource clock;

  // Guarded by this; null until the first metric.
  private FileChannel table;
  private FileChannel events;
  private boolean closed;
  private boolean goesOn;

  /** Bytes of the table when it was opened, which earlier sessions have written. */
  private long earlierBytes;

  /**
   * How often earlier sessions have told each metric, less how often this one has told it again;
   * null until a session that goes on needs it.
   */
  private Map<String, Integer> earlier;

  /**
   * @param folder made when the first metric comes
   * @param clock for the times beside the metrics
   */
  public MetricFiles(Path folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * Says that the session goes on where an earlier one was stopped, so that it may come to tell
   * again what that one has told: from now on, a metric of the same name, step and value as one in
   * the table is not written, once for each that is there.
   */
  public synchronized void goOn() {
    goesOn = true;
  }

  /**
   * Writes one metric.
   *
   * @throws FormatException when the folder cannot be written
   * @throws ResourceException when writing fails later
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
      if (goesOn && wasTold(row)) {
        return;
      }
      write(events, EventRecord.scalar(now, step, name, value));
      write(
          table,
          String.format(Locale.ROOT, "%.3f,%s\n", now, row).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ResourceException("cannot write metrics to " + folder + ": " + e.getMessage(), e);
    }
  }

  private static double seconds(Instant instant) {
    return instant.toEpochMilli() / 1000.0;
  }

  /** A row of the table behind its time. */
  private static String row(long step, String name, double value) {
    String quoted = name.matches("[^,\"\r\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    return step + "," + quoted + "," + value;
  }

  /** Whether an earlier session has told this, and nobody since. */
  private boolean wasTold(String row) throws IOException {
    if (earlier == null) {
      earlier = earlierRows();
    }
    Integer count = earlier.get(row);
    if (count == null || count == 0) {
      return false;
    }
    earlier.put(row, count - 1);
    return true;
  }

  private Map<String, Integer> earlierRows() throws IOException {
    String text;
    try (InputStream in = Files.newInputStream(folder.resolve(TABLE))) {
      text = new String(in.readNBytes(Math.toIntExact(earlierBytes)), StandardCharsets.UTF_8);
    }
    Map<String, Integer> rows = new HashMap<>();
    StringBuilder row = new StringBuilder();
    for (String line : text.split("\n")) {
      row.append(line);
      // A quoted name may have line feeds.
      if (row.chars().filter(c -> c == '"').count() % 2 == 0) {
        rows.merge(row.substring(row.indexOf(",") + 1), 1, Integer::sum);
        row.setLength(0);
      } else {
        row.append('\n');
      }
    }
    return rows;
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
      events =
          FileChannel.open(
              folder.resolve(file), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      write(events, EventRecord.version(now));
      table =
          FileChannel.open(
              folder.resolve(TABLE), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      earlierBytes = table.size();
      if (earlierBytes == 0) {
        write(table, HEADER.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (FileAlreadyExistsException e) {
      throw new FormatException(
          folder.toString(),
          "metrics need a folder (--metrics), but " + e.getFile() + " is a file");
    } catch (IOException e) {
      throw new FormatException(
          folder.toString(), "metrics cannot be written here (--metrics): " + e.getMessage());
    }
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try (FileChannel _ = events;
        FileChannel _ = table) {
      // Closes what is open.
    } catch (IOException e) {
      throw new ResourceException("cannot write metrics to " + folder + ": " + e.getMessage(), e);
    }
  }
}
