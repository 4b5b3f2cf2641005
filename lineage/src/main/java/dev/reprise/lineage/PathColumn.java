package dev.reprise.lineage;

import java.util.Arrays;

/**
 * Which patch each iteration of a run took: raw bytes where paths alternate, nothing but a length
 * where one path repeats. At most 1.2 bytes per iteration in the worst case, none in the long run
 * of one path.
 *
 * <p>The builder's thread appends; others may read iterations that were appended before they got
 * hold of the run. What is written stays where it is, and arrays that grow are replaced through
 * volatile fields, so readers never see less than they may ask for. Equal sequences have equal
 * segments.
 */
final class PathColumn {
  /** So many equal bytes end a raw segment; short enough to matter, long enough to be rare. */
  private static final int UNIFORM_AFTER = 256;

  private static final int RAW_LIMIT = 1 << 14;

  /** Consecutive iterations; uniform when {@code raw} is null. */
  private static final class Segment {
    final long from;
    final byte path;
    // Replaced when it grows; the volatile write publishes what was copied.
    volatile byte[] raw;

    Segment(long from, byte path, byte[] raw) {
      this.from = from;
      this.path = path;
      this.raw = raw;
    }
  }

  /** Sees stretches of equal paths in order. */
  interface Visitor {
    void stretch(int path, long from, long to);
  }

  // Both are written by the builder alone; volatile, so that a reader sees what they refer to.
  private volatile Segment[] segments = new Segment[2];
  private volatile int size;
  private long length;
  private int equalTail;

  long length() {
    return length;
  }

  void append(int path) {
    int last = size - 1;
    Segment segment = last < 0 ? null : segments[last];
    if (segment != null && segment.raw == null && segment.path == (byte) path) {
      length++;
    } else {
      appendSlowly(segment, (byte) path);
    }
  }

  /** Appends the same path several times, as so many calls of {@link #append} would. */
  void append(int path, long times) {
    long end = length + times;
    while (length < end) {
      append(path);
      Segment segment = segments[size - 1];
      if (segment.raw == null && segment.path == (byte) path) {
        length = end;
      }
    }
  }

  private void appendSlowly(Segment segment, byte path) {
    if (segment == null || segment.raw == null) {
      begin(new Segment(length, path, new byte[] {path, 0, 0, 0, 0, 0, 0, 0}));
      equalTail = 1;
      length++;
      return;
    }
    byte[] raw = segment.raw;
    int at = (int) (length - segment.from);
    equalTail = raw[at - 1] == path ? equalTail + 1 : 1;
    if (equalTail > UNIFORM_AFTER) {
      begin(new Segment(length, path, null));
    } else if (at == RAW_LIMIT) {
      begin(new Segment(length, path, new byte[] {path, 0, 0, 0, 0, 0, 0, 0}));
    } else {
      if (at == raw.length) {
        raw = Arrays.copyOf(raw, 2 * at);
        raw[at] = path;
        segment.raw = raw;
      } else {
        raw[at] = path;
      }
    }
    length++;
  }

  private void begin(Segment segment) {
    Segment[] all = segments;
    int count = size;
    if (count == all.length) {
      all = Arrays.copyOf(all, 2 * count);
    }
    all[count] = segment;
    segments = all;
    size = count + 1;
  }

  /** The path of an iteration that was appended. */
  int at(long iteration) {
    Segment segment = segments[indexOf(iteration)];
    byte[] raw = segment.raw;
    return (raw == null ? segment.path : raw[(int) (iteration - segment.from)]) & 0xff;
  }

  private int indexOf(long iteration) {
    int low = 0;
    int high = size - 1;
    Segment[] all = segments;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (all[middle].from <= iteration) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The first iteration after this one that may take another path; at most {@code limit}. */
  long stretchEnd(long iteration, long limit) {
    int at = indexOf(iteration);
    if (segments[at].raw != null) {
      return iteration + 1;
    }
    return at + 1 < size ? Math.min(limit, segments[at + 1].from) : limit;
  }

  /** The first iteration of the stretch that this one belongs to, or the iteration itself. */
  long stretchStart(long iteration) {
    Segment segment = segments[indexOf(iteration)];
    return segment.raw == null ? segment.from : iteration;
  }

  /** Visits all stretches of equal paths, as long as they are. */
  void visit(Visitor visitor) {
    long from = 0;
    int path = length == 0 ? 0 : at(0);
    long iteration = 0;
    while (iteration < length) {
      int next = at(iteration);
      if (next != path) {
        visitor.stretch(path, from, iteration);
        from = iteration;
        path = next;
      }
      iteration = stretchEnd(iteration, length);
    }
    if (length > 0) {
      visitor.stretch(path, from, length);
    }
  }

  /** Gives back what was reserved for growth; nothing is appended afterwards. */
  void trim() {
    for (int i = 0; i < size; i++) {
      Segment segment = segments[i];
      long count = end(i) - segment.from;
      if (segment.raw != null && segment.raw.length > count) {
        segment.raw = Arrays.copyOf(segment.raw, (int) count);
      }
    }
    segments = Arrays.copyOf(segments, Math.max(1, size));
  }

  /** The first iteration behind a segment. */
  private long end(int segment) {
    return segment + 1 < size ? segments[segment + 1].from : length;
  }

  boolean isSameAs(PathColumn other) {
    if (length != other.length || size != other.size) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      Segment a = segments[i];
      Segment b = other.segments[i];
      if (a.from != b.from || end(i) != other.end(i) || (a.raw == null) != (b.raw == null)) {
        return false;
      }
      int count = (int) Math.min(RAW_LIMIT, end(i) - a.from);
      if (a.raw == null ? a.path != b.path : !Arrays.equals(a.raw, 0, count, b.raw, 0, count)) {
        return false;
      }
    }
    return true;
  }

  long bytes() {
    long total = 64 + 4L * segments.length;
    for (int i = 0; i < size; i++) {
      total += 24 + (segments[i].raw == null ? 0 : 16 + segments[i].raw.length);
    }
    return total;
  }
}
