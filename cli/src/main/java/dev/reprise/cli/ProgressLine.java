package dev.reprise.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.ProgressListener;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells a person how far the run is. On a terminal it is one line, which goes away before anything
 * else is printed; elsewhere each state is a line of its own. Thread-safe.
 */
final class ProgressLine implements ProgressListener {
  private static final long SECOND = 1_000_000_000L;
  private static final int BAR = 24;

  /** Longer ones would break a line of a terminal, which then cannot be taken back. */
  private static final int TEXT_ROOM = 40;

  private static final String ERASE = "\r\u001b[K";

  private final PrintStream err;
  private final boolean onTerminal;
  private final LongSupplier clock;
  private final long leastNanos;

  // All guarded by this.
  private long started;
  private double firstDone;
  private long firstAt;
  private double lastDone = Double.POSITIVE_INFINITY;
  private double lastTotal;
  private long shownAt;
  private boolean isShown;

  /**
   * @param onTerminal whether the line can be written over
   * @param clock nanoseconds since some moment
   */
  ProgressLine(PrintStream err, boolean onTerminal, LongSupplier clock) {
    this.err = err;
    this.onTerminal = onTerminal;
    this.clock = clock;
    this.started = clock.getAsLong();
    this.leastNanos = onTerminal ? SECOND / 10 : SECOND;
  }

  /** The line of a process, on its standard error. */
  static ProgressLine of(PrintStream err) {
    return new ProgressLine(err, errorIsTerminal(), System::nanoTime);
  }

  /** False also where nothing tells. */
  private static boolean errorIsTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  @Override
  public synchronized void progressed(double done, double total, String text) {
    long now = clock.getAsLong();
    boolean isNew = done <= lastDone || total != lastTotal;
    if (isNew) {
      firstDone = done;
      firstAt = now;
    }
    lastDone = done;
    lastTotal = total;
    boolean isLast = total > 0 && done >= total;
    if (!isNew && !isLast && now - shownAt < leastNanos) {
      return;
    }
    shownAt = now;
    String line = onTerminal ? (total > 0 ? bar(done, total) + "  " : "") : "reprise: ";
    line += number(done) + (total > 0 ? "/" + number(total) : "");
    String space = onTerminal ? "  " : ", ";
    if (!text.isEmpty()) {
      String shown = text.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", " ");
      line += space + (shown.length() > TEXT_ROOM ? shown.substring(0, TEXT_ROOM) : shown);
    }
    line += space + time(now - started) + left(now, done, total);
    if (onTerminal) {
      // The last state stays where it is.
      isShown = !isLast;
      err.print(ERASE + line + (isShown ? "" : System.lineSeparator()));
      err.flush();
    } else {
      err.println(line);
    }
  }

  private String left(long now, double done, double total) {
    if (done >= total || done <= firstDone) {
      return "";
    }
    double nanos = (now - firstAt) / (done - firstDone) * (total - done);
    return ", about " + time(Math.round(nanos)) + " left";
  }

  /** What is told from now on is of a run that begins now. */
  synchronized void begin() {
    started = clock.getAsLong();
    lastDone = Double.POSITIVE_INFINITY;
  }

  /** Takes the line away, so that something else can be printed where it stood. */
  synchronized void clear() {
    if (isShown) {
      isShown = false;
      err.print(ERASE);
      err.flush();
    }
  }

  /** A stream that takes the line away before it writes to the other. */
  PrintStream before(PrintStream out) {
    return onTerminal ? new PrintStream(new Clearing(out, this), true, UTF_8) : out;
  }

  private static String bar(double done, double total) {
    double share = Math.clamp(done / total, 0, 1);
    int full = (int) Math.round(share * BAR);
    String percent = String.format(Locale.ROOT, "%3d %%", (int) Math.floor(share * 100));
    return "[" + "#".repeat(full) + "-".repeat(BAR - full) + "] " + percent;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  /** As people say it: seconds, minutes with seconds, hours with minutes. */
  static String time(long nanos) {
    double seconds = nanos / (double) SECOND;
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return whole / 60 + " min " + whole % 60 + " s";
    }
    return whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  /** Where a line of progress may be in the way of what is written. */
  private static final class Clearing extends OutputStream {
    private final OutputStream target;
    private final ProgressLine line;

    Clearing(OutputStream target, ProgressLine line) {
      this.target = target;
      this.line = line;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      line.clear();
      target.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      target.flush();
    }
  }
}
