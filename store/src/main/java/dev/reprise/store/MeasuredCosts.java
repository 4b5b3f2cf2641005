package dev.reprise.store;

import java.util.Comparator;
import java.util.List;

/**
 * What is known of the cost of one value.
 *
 * @param leastNanos the least that computing it ever took on any device, by itself or with the call
 *     that left it; 0 when it was never measured
 * @param byDevice what it took by itself, in alphabetical order of the classes
 */
public record MeasuredCosts(long leastNanos, List<DeviceCost> byDevice) {
  /** Copies the list. */
  public MeasuredCosts {
    byDevice = List.copyOf(byDevice);
  }

  /**
   * Nanoseconds on a class of devices: as measured there; else on the class where it was measured
   * most often, the cheaper one of two; else the least that is known; 0 when nothing is.
   */
  public long on(String device) {
    for (DeviceCost cost : byDevice) {
      if (cost.device().equals(device)) {
        return cost.nanos();
      }
    }
    return byDevice.stream()
        .max(
            Comparator.comparingLong(DeviceCost::count)
                .thenComparing(Comparator.comparingLong(DeviceCost::nanos).reversed()))
        .map(DeviceCost::nanos)
        .orElse(leastNanos);
  }

  /** Nanoseconds as measured on a class of devices itself; 0 when it was not measured there. */
  public long measuredOn(String device) {
    return byDevice.stream()
        .filter(cost -> cost.device().equals(device))
        .mapToLong(DeviceCost::nanos)
        .findFirst()
        .orElse(0);
  }
}
