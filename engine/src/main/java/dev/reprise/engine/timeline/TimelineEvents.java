package dev.reprise.engine.timeline;

import dev.reprise.memory.MoveEvents;
import dev.reprise.scheduler.DeviceTask;
import dev.reprise.scheduler.FusedOperations;
import dev.reprise.scheduler.WorkerEvents;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Puts what devices and moves of values tell on the tracks. */
public final class TimelineEvents implements WorkerEvents, MoveEvents {
  private final Timeline timeline;
  private final Map<String, Kernels> devices = new ConcurrentHashMap<>();

  public TimelineEvents(Timeline timeline) {
    this.timeline = timeline;
  }

  /**
   * An accelerator's track; used by its worker alone. Its kernels run one after another, so one
   * that was launched while another ran began when that had ended.
   */
  private final class Kernels {
    private final Track track;
    private long lastEnd = Long.MIN_VALUE;

    Kernels(String device) {
      track = timeline.addDevice(device);
    }

    void executed(DeviceTask task, long issuedAt, long nanos) {
      long now = System.nanoTime();
      // Never before the one before, never later than now.
      long earliest = lastEnd == Long.MIN_VALUE || issuedAt - lastEnd > 0 ? issuedAt : lastEnd;
      long start = now - earliest < nanos ? latest(now - nanos, earliest) : earliest;
      long took = Math.max(0, Math.min(nanos, now - start));
      lastEnd = start + took;
      track.span(EventKind.KERNEL, label(track, task), start, took, nanos);
    }
  }

  private static int label(Track track, DeviceTask task) {
    return task.work() instanceof FusedOperations
        ? track.fusedLabel(task.operation())
        : track.label(task.operation());
  }

  private static long latest(long a, long b) {
    return a - b > 0 ? a : b;
  }

  private Kernels kernels(String device) {
    Kernels known = devices.get(device);
    return known != null ? known : devices.computeIfAbsent(device, Kernels::new);
  }

  // ---- workers

  @Override
  public void executed(String device, DeviceTask task, long issuedAt, long nanos) {
    kernels(device).executed(task, issuedAt, nanos);
  }

  @Override
  public void failed(String device, DeviceTask task, Throwable error) {
    Track track = kernels(device).track;
    track.moment(EventKind.FAILURE, label(track, task), 0);
  }

  // ---- moves

  @Override
  public void uploaded(String device, long bytes, long start, long nanos) {
    copied(EventKind.UPLOAD, device, bytes, start, nanos);
  }

  @Override
  public void copiedFromPeer(String device, String from, long bytes, long start, long nanos) {
    copied(EventKind.UPLOAD, device, bytes, start, nanos);
  }

  @Override
  public void downloaded(String device, long bytes, long start, long nanos) {
    copied(EventKind.DOWNLOAD, device, bytes, start, nanos);
  }

  @Override
  public void writtenToDisk(long bytes, long start, long nanos) {
    copied(EventKind.DISK_WRITE, "disk", bytes, start, nanos);
  }

  @Override
  public void readFromDisk(long bytes, long start, long nanos) {
    copied(EventKind.DISK_READ, "disk", bytes, start, nanos);
  }

  private void copied(EventKind kind, String where, long bytes, long start, long nanos) {
    Track track = timeline.track();
    track.span(kind, track.label(where, null), start, nanos, bytes);
  }

  @Override
  public void demoted(String device, long bytes) {
    happened(EventKind.DEMOTION, device, bytes);
  }

  @Override
  public void dropped(String device, long bytes) {
    happened(EventKind.DROP, device, bytes);
  }

  private void happened(EventKind kind, String where, long bytes) {
    Track track = timeline.track();
    track.moment(kind, track.label(where, null), bytes);
  }
}
