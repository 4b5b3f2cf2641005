package dev.reprise.store.materialise;

/** What loading an artifact costs. */
@FunctionalInterface
public interface LoadCost {
  /** 18 years: dearer than any computation that is worth a thought, and safe to add. */
  long MOST = 1L << 59;

  /** Nanoseconds for an artifact of so many bytes; never negative. */
  long nanos(long bytes);

  /** A latency, and so many bytes a second behind it. */
  static LoadCost of(long latencyNanos, double bytesPerSecond) {
    if (latencyNanos < 0 || !(bytesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "a latency must not be negative and a bandwidth be positive, found "
              + latencyNanos
              + " ns and "
              + bytesPerSecond
              + " bytes a second");
    }
    return bytes -> {
      long transfer = (long) Math.min(Math.ceil(bytes / bytesPerSecond * 1e9), MOST);
      return Math.min(latencyNanos, MOST) + transfer;
    };
  }
}
