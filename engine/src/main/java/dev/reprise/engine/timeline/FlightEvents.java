package dev.reprise.engine.timeline;

import dev.reprise.engine.timeline.Labels.Label;
import dev.reprise.runtime.operation.Place;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * Tells the flight recorder what tracks record. Its classes are loaded when one runs. Events are
 * told at their end, by the thread that they belong to; {@code took} says how long they were.
 */
final class FlightEvents {

  @Name("dev.reprise.Instruction")
  @jdk.jfr.Label("Instruction")
  @Category("Reprise")
  @Description("An operation that ran, or several short ones after one another")
  @StackTrace(false)
  static final class Instruction extends Event {
    String operation;

    @jdk.jfr.Label("Script line")
    String place;

    int count;

    @Timespan(Timespan.NANOSECONDS)
    long took;
  }

  @Name("dev.reprise.Kernel")
  @jdk.jfr.Label("Kernel")
  @Category("Reprise")
  @Description("An operation on an accelerator, by its own clock")
  @StackTrace(false)
  static final class Kernel extends Event {
    String operation;
    String device;

    @jdk.jfr.Label("Script line")
    String place;

    int count;

    @Timespan(Timespan.NANOSECONDS)
    long took;
  }

  @Name("dev.reprise.Copy")
  @jdk.jfr.Label("Copy")
  @Category("Reprise")
  @Description("Cells moved to or from an accelerator or the disk")
  @StackTrace(false)
  static final class Copy extends Event {
    @jdk.jfr.Label("From or to where")
    String move;

    int count;

    @DataAmount long bytes;

    @Timespan(Timespan.NANOSECONDS)
    long took;
  }

  @Name("dev.reprise.CacheEviction")
  @jdk.jfr.Label("Cache Eviction")
  @Category("Reprise")
  @Description("Values that the lineage cache dropped")
  @StackTrace(false)
  static final class CacheEviction extends Event {
    String reason;
    int count;

    @DataAmount long bytes;
  }

  void tell(
      EventKind kind, Labels labels, int label, int count, long nanos, long amount, String track) {
    switch (kind) {
      case INSTRUCTION -> instruction(labels.get(label), count, nanos);
      case ENDED -> instruction(labels.get(label), count, amount);
      case KERNEL -> kernel(labels.get(label), count, nanos, track);
      case UPLOAD, DOWNLOAD, DISK_WRITE, DISK_READ ->
          copy(kind.prefix + labels.get(label).name(), count, nanos, amount);
      case EVICTION -> eviction(labels.get(label), count, amount);
      default -> {}
    }
  }

  private static void instruction(Label label, int count, long nanos) {
    Instruction event = new Instruction();
    if (event.shouldCommit()) {
      event.operation = label.name();
      event.place = text(label.place());
      event.count = count;
      event.took = nanos;
      event.commit();
    }
  }

  private static void kernel(Label label, int count, long nanos, String device) {
    Kernel event = new Kernel();
    if (event.shouldCommit()) {
      event.operation = label.name();
      event.device = device;
      event.place = text(label.place());
      event.count = count;
      event.took = nanos;
      event.commit();
    }
  }

  private static void copy(String move, int count, long nanos, long bytes) {
    Copy event = new Copy();
    if (event.shouldCommit()) {
      event.move = move;
      event.count = count;
      event.bytes = bytes;
      event.took = nanos;
      event.commit();
    }
  }

  private static void eviction(Label label, int count, long bytes) {
    CacheEviction event = new CacheEviction();
    if (event.shouldCommit()) {
      event.reason = label.name();
      event.count = count;
      event.bytes = bytes;
      event.commit();
    }
  }

  private static String text(Place place) {
    return place == null ? null : place.text();
  }
}
