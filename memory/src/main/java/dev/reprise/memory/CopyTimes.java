package dev.reprise.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Estimates of what copies to one accelerator and from it take, in nanoseconds, and by which way
 * cells come there soonest: from the host, or from an accelerator that has them. Any thread;
 * nothing is waited for.
 */
public final class CopyTimes {
  /** Nanoseconds to copy a byte, before enough has been measured. */
  private static final double PRIOR = 1.0 / 6;

  /** Starting a copy. */
  private static final double START_NANOS = 5_000;

  private static final long MEASURED_BYTES = 1 << 20;

  private final DeviceMemory memory;
  private final AtomicLong downloadedBytes = new AtomicLong();
  private final AtomicLong downloadNanos = new AtomicLong();

  /**
   * @param memory of the accelerator
   */
  CopyTimes(DeviceMemory memory) {
    this.memory = memory;
  }

  /** Hears of a copy to the host. */
  void downloaded(long bytes, long nanos) {
    downloadedBytes.addAndGet(bytes);
    downloadNanos.addAndGet(nanos);
  }

  long downloadedBytes() {
    return downloadedBytes.get();
  }

  /** Estimated time of copying so many bytes to the host and back, from the copies made so far. */
  public double roundTripNanos(long bytes) {
    long copied = downloadedBytes.get();
    double nanosPerByte = copied < MEASURED_BYTES ? PRIOR : (double) downloadNanos.get() / copied;
    return 2 * bytes * nanosPerByte;
  }

  /** Estimated time until a matrix's cells are here; 0 when they are. */
  public double nanosUntilHere(ManagedMatrix matrix) {
    DeviceCopy copies = matrix.copiesOnDevices();
    if (DeviceCopy.in(memory, copies) != null) {
      return 0;
    }
    boolean onHost = matrix.isOnHost();
    DeviceCopy nearest = nearestPeer(copies, matrix.bytes(), onHost);
    return START_NANOS
        + (nearest == null
            ? byHostNanos(copies, matrix.bytes(), onHost)
            : matrix.bytes() / peerRate(nearest));
  }

  /** Likewise until a view's are. */
  public double nanosUntilHere(RowsView view) {
    if (view.isPartOn(memory)) {
      return 0;
    }
    ManagedMatrix own = view.own();
    return own == null ? START_NANOS + view.bytes() * PRIOR : nanosUntilHere(own);
  }

  /**
   * The copy from which cells come here soonest, if that is sooner than by way of the host.
   *
   * @param onHost whether they are in host memory, too
   */
  DeviceCopy nearestPeer(DeviceCopy copies, long bytes, boolean onHost) {
    DeviceCopy nearest = null;
    double least = byHostNanos(copies, bytes, onHost);
    for (DeviceCopy copy = copies; copy != null; copy = copy.next()) {
      double rate = copy.memory().isLost() || !copy.isValid() ? 0 : peerRate(copy);
      if (rate > 0 && bytes / rate < least) {
        least = bytes / rate;
        nearest = copy;
      }
    }
    return nearest;
  }

  /** Bytes in a nanosecond; 0 when accelerators do not copy from one to the other. */
  private double peerRate(DeviceCopy from) {
    return memory.accelerator().peerRate(from.memory().accelerator());
  }

  private static double byHostNanos(DeviceCopy copies, long bytes, boolean onHost) {
    double up = bytes * PRIOR;
    return onHost || copies == null
        ? up
        : up + copies.memory().copyTimes().roundTripNanos(bytes) / 2;
  }
}
