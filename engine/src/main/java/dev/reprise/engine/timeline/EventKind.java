package dev.reprise.engine.timeline;

/** What an event of a track is. */
public enum EventKind {
  /** A script or an input of a conversation, from its first statement to its last. */
  RUN("run", "", true, "nanos"),
  /** A call of a function that is long enough to be reused as a whole. */
  CALL("call", "", true, "nanos"),
  /** A parfor loop, on the thread that waits for its workers. */
  PARFOR("parfor", "", true, "nanos"),
  /** An operation that ran, with everything that it took. */
  INSTRUCTION("instruction", "", true, "nanos"),
  /** A control thread waited for a value. */
  WAIT("wait", "wait ", true, "nanos"),
  /** An operation on an accelerator, by its own clock. */
  KERNEL("kernel", "", true, "nanos"),
  UPLOAD("copy", "upload ", true, "bytes"),
  DOWNLOAD("copy", "download ", true, "bytes"),
  DISK_WRITE("copy", "write to ", true, "bytes"),
  DISK_READ("copy", "read from ", true, "bytes"),
  /** An operation has ended that no thread waited for: it is among an accelerator's kernels. */
  ENDED("instruction", "ended ", false, null),
  /** The cache had the value of an operation. */
  HIT("hit", "hit ", false, null),
  /** Somebody else was computing the value of an operation. */
  IN_FLIGHT("hit", "in flight ", false, null),
  /** A whole call or block was found. */
  REGION_HIT("hit", "hit ", false, null),
  /** A whole call or block was found by the contents of small inputs. */
  CONTENT_HIT("hit", "equal contents ", false, null),
  /** A value was put together from parts. */
  PARTIAL_HIT("hit", "from parts ", false, null),
  /** The cache dropped a value. */
  EVICTION("cache", "evict ", false, "bytes"),
  /** A value of the cache left memory for the disk. */
  SPILL("cache", "spill", false, "bytes"),
  /** A value of the cache came back from the disk. */
  RESTORE("cache", "restore", false, "bytes"),
  /** A copy on an accelerator left it for host memory. */
  DEMOTION("device", "demote from ", false, "bytes"),
  /** A copy on an accelerator was dropped, whose cells were elsewhere too. */
  DROP("device", "drop from ", false, "bytes"),
  /** An accelerator could not do an operation. */
  FAILURE("device", "failed ", false, null);

  static final EventKind[] ALL = values();

  final String category;

  /** What stands before the label in an event's name. */
  final String prefix;

  /** With a beginning and an end; else a moment. */
  final boolean span;

  /** What the amount of an event counts; null for nothing. */
  final String unit;

  EventKind(String category, String prefix, boolean span, String unit) {
    this.category = category;
    this.prefix = prefix;
    this.span = span;
    this.unit = unit;
  }

  /** So cheap that reading the clock each time would cost more than a tenth of the event. */
  boolean isFrequent() {
    return this == HIT || this == IN_FLIGHT;
  }

  boolean countsBytes() {
    return "bytes".equals(unit);
  }
}
