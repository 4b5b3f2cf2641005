package dev.reprise.engine.timeline;

import dev.reprise.engine.timeline.Labels.Label;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a time line as JSON in the trace-event format, which Perfetto and chrome://tracing open:
 * spans as complete events ({@code X}), moments as instants ({@code i}), names of tracks as
 * metadata ({@code M}). Numbers are written by hand: a general writer takes three times as long.
 */
final class TimelineJson {
  private static final int BUFFER = 1 << 16;

  /** More than any event takes besides its texts. */
  private static final int ROOM = 512;

  private static final byte[] TRACK = ascii(",\"tid\":");
  private static final byte[] TIME = ascii(",\"ts\":");
  private static final byte[] DURATION = ascii(",\"dur\":");
  private static final byte[] ARGUMENTS = ascii(",\"args\":{");
  private static final byte[] COUNT = ascii("\"count\":");
  private static final byte[] END = ascii("}}");
  private static final byte[] NEXT = ascii(",\n");
  private static final byte[] FIRST = ascii("\n");

  private static final int THREADS = 1;
  private static final int DEVICES = 2;

  private final Timeline timeline;
  private final OutputStream out;
  private final List<Label> labels;

  /** By kind and label: an event up to its track, and its arguments without the braces. */
  private final Map<Integer, byte[]> heads = new HashMap<>();

  private final Map<Integer, byte[]> places = new HashMap<>();
  private final byte[] digits = new byte[20];
  private byte[] buffer = new byte[BUFFER];
  private int at;
  private boolean some;

  TimelineJson(Timeline timeline, OutputStream out) {
    this.timeline = timeline;
    this.out = out;
    this.labels = timeline.labels().all();
  }

  void write() throws IOException {
    text("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"program\":\"Reprise\",\"written\":");
    text(quoted(Instant.now().toString()));
    text(",\"dropped\":");
    number(timeline.dropped());
    text("},\"traceEvents\":[");
    process(THREADS, "threads");
    List<Track> tracks = timeline.tracks();
    if (tracks.stream().anyMatch(Track::isDevice)) {
      process(DEVICES, "accelerators");
    }
    for (Track track : tracks) {
      name(track);
      for (Chunk chunk = track.first(); chunk != null; chunk = chunk.next()) {
        int used = chunk.used();
        for (int word = 0; word < used; word += Chunk.WORDS) {
          event(track, chunk, word);
        }
      }
    }
    text("\n]}\n");
    out.write(buffer, 0, at);
  }

  private void process(int number, String name) throws IOException {
    separate();
    text("{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":" + number);
    text(",\"args\":{\"name\":" + quoted(name) + "}}");
  }

  private void name(Track track) throws IOException {
    separate();
    text("{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":" + process(track));
    text(",\"tid\":" + track.number() + ",\"args\":{\"name\":" + quoted(track.name()) + "}}");
  }

  private static int process(Track track) {
    return track.isDevice() ? DEVICES : THREADS;
  }

  private void event(Track track, Chunk chunk, int word) throws IOException {
    long described = chunk.word(word + 2);
    EventKind kind = Track.kindOf(described);
    int label = Track.labelOf(described);
    int count = Track.countOf(described);
    if (label >= labels.size()) {
      return; // of an event after the labels were taken, in a last picture
    }
    separate();
    int key = kind.ordinal() << Labels.BITS | label;
    bytes(heads.computeIfAbsent(key, _ -> head(kind, label)));
    number(process(track));
    bytes(TRACK);
    number(track.number());
    bytes(TIME);
    micros(chunk.word(word) - timeline.origin());
    if (kind.span) {
      bytes(DURATION);
      micros(chunk.word(word + 1));
    }
    bytes(ARGUMENTS);
    bytes(places.computeIfAbsent(label, this::place));
    bytes(COUNT);
    number(count);
    if (kind.countsBytes()) {
      text(",\"bytes\":");
      number(chunk.word(word + 3));
    } else if (count > 1 && kind.span) {
      text(",\"busy us\":");
      micros(chunk.word(word + 3));
    }
    bytes(END);
  }

  private byte[] head(EventKind kind, int label) {
    String named = kind.prefix + labels.get(label).name();
    return ("{\"name\":"
            + quoted(named.strip())
            + ",\"cat\":\""
            + kind.category
            + "\",\"ph\":"
            + (kind.span ? "\"X\"" : "\"i\",\"s\":\"t\"")
            + ",\"pid\":")
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] place(int label) {
    Label named = labels.get(label);
    return named.place() == null
        ? new byte[0]
        : ("\"at\":" + quoted(named.place().text()) + ",").getBytes(StandardCharsets.UTF_8);
  }

  // ---- bytes

  private void separate() throws IOException {
    bytes(some ? NEXT : FIRST);
    some = true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private void text(String ascii) throws IOException {
    bytes(ascii.getBytes(StandardCharsets.UTF_8));
  }

  private void bytes(byte[] some) throws IOException {
    makeRoom(some.length);
    System.arraycopy(some, 0, buffer, at, some.length);
    at += some.length;
  }

  private void makeRoom(int more) throws IOException {
    if (at + more + ROOM > buffer.length) {
      out.write(buffer, 0, at);
      at = 0;
      if (more + ROOM > buffer.length) {
        buffer = new byte[2 * (more + ROOM)];
      }
    }
  }

  /** Nanoseconds as microseconds with three digits behind the point. */
  private void micros(long nanos) throws IOException {
    long positive = Math.max(nanos, 0);
    number(positive / 1000);
    makeRoom(4);
    int rest = (int) (positive % 1000);
    buffer[at++] = '.';
    buffer[at++] = (byte) ('0' + rest / 100);
    buffer[at++] = (byte) ('0' + rest / 10 % 10);
    buffer[at++] = (byte) ('0' + rest % 10);
  }

  /** A number that is not negative. */
  private void number(long value) throws IOException {
    makeRoom(digits.length);
    int from = digits.length;
    long left = Math.max(value, 0);
    do {
      digits[--from] = (byte) ('0' + left % 10);
      left /= 10;
    } while (left > 0);
    System.arraycopy(digits, from, buffer, at, digits.length - from);
    at += digits.length - from;
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
