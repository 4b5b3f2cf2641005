package dev.reprise.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Bytes per location, as option {@code --memory} gives them: {@code
 * host=4g,disk=50g,cuda:0=8g,lineage=512m}. Locations that are not named keep their default.
 *
 * @param byLocation {@code host}, {@code disk}, {@code lineage}, {@code store}, {@code cuda:i} or
 *     {@code opencl:i}
 */
record MemoryBudgets(Map<String, Long> byLocation) {
  static final MemoryBudgets DEFAULT = new MemoryBudgets(Map.of());

  private static final List<String> LOCATIONS =
      List.of("host", "disk", "lineage", "store", "cuda:0", "opencl:0");

  MemoryBudgets {
    byLocation = Map.copyOf(byLocation);
  }

  OptionalLong bytes(String location) {
    Long bytes = byLocation.get(location);
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  /** The budgets of accelerators, by name. */
  Map<String, Long> ofAccelerators() {
    Map<String, Long> found = new TreeMap<>(byLocation);
    found.keySet().removeIf(name -> !isDevice(name));
    return found;
  }

  /**
   * @throws UsageException naming the part that cannot be read
   */
  static MemoryBudgets parse(String text) {
    Map<String, Long> budgets = new TreeMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new UsageException(
            "--memory expects location=size, as in host=4g,disk=50g; found '" + part + "'");
      }
      String named = part.substring(0, equals).strip().toLowerCase(Locale.ROOT);
      String accelerator = Choices.accelerator(named);
      String location = accelerator == null ? named : accelerator;
      if (!isLocation(location)) {
        throw new UsageException(
            "--memory: unknown location '"
                + location
                + "' (host, disk, lineage, store, cuda or cuda:i, opencl or opencl:i)"
                + Choices.hint(location, LOCATIONS));
      }
      String size = part.substring(equals + 1).strip();
      long bytes = location.equals("disk") && size.equals("0") ? 0 : parseSize(size, "--memory");
      if (budgets.put(location, bytes) != null) {
        throw new UsageException("--memory: location '" + location + "' is given twice");
      }
    }
    return new MemoryBudgets(budgets);
  }

  /**
   * Reads {@code 512m}, {@code 1.5g}, {@code 4GiB}, {@code 100000}: powers of 1024, any
   * capitalisation.
   *
   * @param option named by the error
   * @return bytes, at least 1
   */
  static long parseSize(String text, String option) {
    String lower = text.toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < lower.length()
        && (Character.isDigit(lower.charAt(digits)) || lower.charAt(digits) == '.')) {
      digits++;
    }
    long unit =
        switch (lower.substring(digits)) {
          case "", "b" -> 1L;
          case "k", "kb", "kib" -> 1L << 10;
          case "m", "mb", "mib" -> 1L << 20;
          case "g", "gb", "gib" -> 1L << 30;
          case "t", "tb", "tib" -> 1L << 40;
          default -> 0L;
        };
    double count = digits == 0 ? Double.NaN : number(lower.substring(0, digits));
    double bytes = Math.floor(count * unit);
    if (unit == 0 || !(bytes >= 1) || bytes > Long.MAX_VALUE / 2.0) {
      throw new UsageException(
          option + ": '" + text + "' is not a size; write 512m, 1.5g, 4g or a number of bytes");
    }
    return (long) bytes;
  }

  private static double number(String digits) {
    try {
      return Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static boolean isLocation(String name) {
    return List.of("host", "disk", "lineage", "store").contains(name) || isDevice(name);
  }

  private static boolean isDevice(String name) {
    return Choices.accelerator(name) != null;
  }
}
