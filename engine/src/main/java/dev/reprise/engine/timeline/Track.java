package dev.reprise.engine.timeline;

import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Place;

/**
 * What one thread, or one accelerator, did when. Used by one thread at a time.
 *
 * <p><b>Groups.</b> Spans shorter than {@link #SHORT_NANOS} that follow one another closely become
 * one, which says how many they were; so do moments of one kind. A group never reaches across the
 * beginning of a span that has others within, provided that {@link #open} told of it.
 */
public final class Track {
  /**
   * Longer spans are written one by one: an event takes some 0.4 us to record and to write, which
   * is to stay a small part of what it tells about.
   */
  static final long SHORT_NANOS = 10_000;

  /** The most time between two of a group. */
  private static final long GAP_NANOS = 10_000;

  /** The longest group, so that a viewer still shows when what happened. */
  private static final long GROUP_NANOS = 100_000;

  /** Frequent moments look at the clock so often; a power of two. */
  private static final int LOOKS = 8;

  private final Timeline timeline;
  private final String name;
  private final int number;
  private final boolean device;
  private final Labels.Recent operations;
  private final Labels.Recent fused;
  private final Chunk first;
  private Chunk last;

  // Read by others at the end or for a last picture, where one more or less does not matter.
  private long dropped;

  // The open group of spans.
  private EventKind kind;
  private int label;
  private int count;
  private long start;
  private long end;
  private long amount;

  // The open groups of moments, by kind, and which there are.
  private final int[] labels = new int[EventKind.ALL.length];
  private final int[] counts = new int[EventKind.ALL.length];
  private final long[] times = new long[EventKind.ALL.length];
  private final long[] amounts = new long[EventKind.ALL.length];
  private int open;

  Track(Timeline timeline, String name, int number, boolean device, Chunk first) {
    this.timeline = timeline;
    this.name = name;
    this.number = number;
    this.device = device;
    this.operations = new Labels.Recent(timeline.labels(), null);
    this.fused = new Labels.Recent(timeline.labels(), "fused");
    this.first = first;
    this.last = first;
  }

  String name() {
    return name;
  }

  int number() {
    return number;
  }

  boolean isDevice() {
    return device;
  }

  /** Null when there was no room for any. */
  Chunk first() {
    return first;
  }

  long dropped() {
    return dropped;
  }

  /** The number of a name, to be kept where events of that name come from. */
  public int label(String text, Place place) {
    return timeline.labels().of(text, place);
  }

  public int label(Operation operation) {
    return operations.of(operation);
  }

  /** Of several operations in one loop or kernel. */
  public int fusedLabel(Operation root) {
    return fused.of(root);
  }

  // ---- spans

  /** An operation ran. */
  public void executed(Operation operation, long from, long nanos) {
    span(EventKind.INSTRUCTION, operations.of(operation), from, nanos, nanos);
  }

  /** A fused loop ran. */
  public void executedFused(Operation root, long from, long nanos) {
    span(EventKind.INSTRUCTION, fused.of(root), from, nanos, nanos);
  }

  /** Something begins that will be a span with others in it. */
  public void open() {
    closeGroup(Long.MAX_VALUE);
  }

  /**
   * Something has ended.
   *
   * @param from when it began, by {@link System#nanoTime}
   * @param much bytes, or nanoseconds: see the kind
   */
  public void span(EventKind what, int named, long from, long nanos, long much) {
    if (open != 0) {
      closeMoments(from, GAP_NANOS);
    }
    if (nanos >= SHORT_NANOS) {
      closeGroup(from);
      append(what, named, 1, from, nanos, much);
      return;
    }
    if (count > 0
        && kind == what
        && from - end >= 0
        && from - end < GAP_NANOS
        && from + nanos - start < GROUP_NANOS) {
      count++;
      end = from + nanos;
      amount += much;
      if (label != named) {
        label = Labels.SEVERAL;
      }
      return;
    }
    closeGroup(from);
    kind = what;
    label = named;
    count = 1;
    start = from;
    end = from + nanos;
    amount = much;
  }

  /** Appends the group, which ends where the span begins that is about to be appended. */
  private void closeGroup(long limit) {
    if (count > 0) {
      if (limit != Long.MAX_VALUE && end - limit > 0 && limit - start > 0) {
        end = limit;
      }
      append(kind, label, count, start, end - start, amount);
      count = 0;
    }
  }

  // ---- moments

  /** Something happens now. */
  public void moment(EventKind what, int named, long much) {
    int at = what.ordinal();
    if (counts[at] > 0) {
      if (what.isFrequent() && (counts[at] & LOOKS - 1) != 0) {
        add(at, named, much);
        return;
      }
      long now = System.nanoTime();
      if (now - times[at] < GAP_NANOS) {
        add(at, named, much);
        return;
      }
      closeMoment(at);
      begin(at, named, now, much);
      return;
    }
    begin(at, named, System.nanoTime(), much);
  }

  private void begin(int at, int named, long now, long much) {
    open |= 1 << at;
    labels[at] = named;
    counts[at] = 1;
    times[at] = now;
    amounts[at] = much;
  }

  private void add(int at, int named, long much) {
    counts[at]++;
    amounts[at] += much;
    if (labels[at] != named) {
      labels[at] = Labels.SEVERAL;
    }
  }

  private void closeMoments(long now, long age) {
    for (int left = open; left != 0; left &= left - 1) {
      int at = Integer.numberOfTrailingZeros(left);
      if (now - times[at] >= age) {
        closeMoment(at);
      }
    }
  }

  private void closeMoment(int at) {
    append(EventKind.ALL[at], labels[at], counts[at], times[at], 0, amounts[at]);
    counts[at] = 0;
    open &= ~(1 << at);
  }

  /** Appends what is still open; by the owner, or when it has ended. */
  void flush() {
    closeGroup(Long.MAX_VALUE);
    closeMoments(0, Long.MIN_VALUE);
  }

  // ---- chunks

  private void append(EventKind what, int named, int many, long from, long nanos, long much) {
    if (timeline.recorder() != null) {
      timeline.recorder().tell(what, timeline.labels(), named, many, nanos, much, name);
    }
    if (last == null) {
      dropped += timeline.isKept() ? many : 0;
      return;
    }
    long described = (long) what.ordinal() << 56 | (long) named << 32 | many;
    if (last.append(from, nanos, described, much)) {
      return;
    }
    Chunk more = timeline.newChunk();
    if (more == null) {
      dropped += many;
      return;
    }
    last.followedBy(more);
    last = more;
    more.append(from, nanos, described, much);
  }

  static EventKind kindOf(long described) {
    return EventKind.ALL[(int) (described >>> 56)];
  }

  static int labelOf(long described) {
    return (int) (described >>> 32) & (1 << Labels.BITS) - 1;
  }

  static int countOf(long described) {
    return (int) described;
  }
}
