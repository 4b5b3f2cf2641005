package dev.reprise;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which devices a session uses, and how.
 *
 * @param placement {@code auto} (wherever a result is estimated to be there first), {@code cpu},
 *     {@code cuda:i} or {@code opencl:i} (everything that this device can do runs there), or {@code
 *     round-robin}
 * @param among the accelerators that {@code auto} and {@code round-robin} may use; empty for the
 *     default: all for round-robin; for auto all but those that are this machine's processor under
 *     another interface
 * @param bytes budgets by name of accelerator; the default is nine tenths of its memory
 * @param graphs whether iterations of loops that launch the same again and again are started at
 *     once; changes no result
 */
public record DeviceConfig(
    String placement, List<String> among, Map<String, Long> bytes, boolean graphs) {
  /** The processor alone. */
  public static final DeviceConfig CPU = new DeviceConfig("cpu", List.of(), Map.of());

  /** Placement by estimated time on all GPUs. */
  public static final DeviceConfig AUTO = new DeviceConfig("auto", List.of(), Map.of());

  public DeviceConfig {
    Objects.requireNonNull(placement);
    if (!placement.matches("auto|cpu|round-robin|[a-z]+:\\d{1,3}")) {
      throw new IllegalArgumentException(
          "no placement '"
              + placement
              + "'; there are auto, cpu, cuda:i, opencl:i and round-robin");
    }
    among = List.copyOf(among);
    bytes = Map.copyOf(bytes);
  }

  /** As the other, with graphs. */
  public DeviceConfig(String placement, List<String> among, Map<String, Long> bytes) {
    this(placement, among, bytes, true);
  }

  /** A configuration that places everything by one policy, with default budgets. */
  public static DeviceConfig of(String placement) {
    return new DeviceConfig(placement, List.of(), Map.of());
  }

  /** True when the placement names one accelerator. */
  public boolean isFixed() {
    return placement.contains(":");
  }
}
