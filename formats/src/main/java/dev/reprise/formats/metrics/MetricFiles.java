package dev.reprise.formats.metrics;

import dev.reprise.formats.FormatException;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/**
 * The folder that a session's metrics go to: {@code metrics.csv}, to which every session appends,
 * and an event file of its own for TensorBoard. Both are made with the first metric, and each
 * metric is written at once. Thread-safe.
 */
public final class MetricFiles implements AutoCloseable {
  private static final String HEADER = "wall_time,step,name,value\n";

  private final Path folder;
  private final InstantSource clock;

  // Guarded by this; null until the first metric.
  private FileChannel table;
  private FileChannel events;
  private boolean closed;

  /**
   * @param folder made when the first metric comes
   * @param clock for the times beside the metrics
   */
  public MetricFiles(Path folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
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
    try {
      write(events, EventRecord.scalar(now, step, name, value));
      write(table, line(now, step, name, value).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ResourceException("cannot write metrics to " + folder + ": " + e.getMessage(), e);
    }
  }

  private static double seconds(Instant instant) {
    return instant.toEpochMilli() / 1000.0;
  }

  private static String line(double now, long step, String name, double value) {
    String quoted = name.matches("[^,\"\r\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    return String.format(Locale.ROOT, "%.3f,%d,", now, step) + quoted + "," + value + "\n";
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
              folder.resolve("metrics.csv"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      if (table.size() == 0) {
        write(table, HEADER.getBytes(StandardCharsets.US_ASCII));
      }
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
