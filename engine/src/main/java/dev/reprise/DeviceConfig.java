package dev.reprise;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which devices a session uses, and how. Accelerators have a number; {@code cuda} and {@code
 * opencl} alone stand for {@code cuda:0} and {@code opencl:0}.
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

  /**
   * Gives accelerators their numbers.
   *
   * @throws IllegalArgumentException when there is no such placement, or an accelerator has two
   *     budgets
   */
  public DeviceConfig {
    placement = numbered(Objects.requireNonNull(placement));
    if (!placement.matches("auto|cpu|round-robin|[a-z]+:\\d{1,3}")) {
      throw new IllegalArgumentException(
          "no placement '"
              + placement
              + "'; there are auto, cpu, cuda:i, opencl:i and round-robin");
    }
    among = among.stream().map(DeviceConfig::numbered).toList();
    bytes = numbered(bytes);
  }

  private static String numbered(String name) {
    return name.equals("cuda") || name.equals("opencl") ? name + ":0" : name;
  }

  private static Map<String, Long> numbered(Map<String, Long> bytes) {
    Map<String, Long> numbered = new HashMap<>();
    bytes.forEach((name, budget) -> {
      if (numbered.put(numbered(name), budget) != null) {
        throw new IllegalArgumentException("two budgets for '" + numbered(name) + "'");
      }
    });
    return Map.copyOf(numbered);
  }

  /**
   * As the other, with graphs.
   *
   * @param placement as above
   * @param among the accelerators that may be used; empty for the default
   * @param bytes budgets by name of accelerator
   */
  public DeviceConfig(String placement, List<String> among, Map<String, Long> bytes) {
    this(placement, among, bytes, true);
  }

  /**
   * A configuration that places everything by one policy, with default budgets.
   *
   * @param placement as above
   * @return the configuration
   * @throws IllegalArgumentException when there is no such placement
   */
  public static DeviceConfig of(String placement) {
    return new DeviceConfig(placement, List.of(), Map.of());
  }

  /** {@return true when the placement names one accelerator} */
  public boolean isFixed() {
    return placement.contains(":");
  }
}
