package dev.reprise.cli;

import java.util.Locale;

/** Numbers as a person reads them. */
final class Units {
  private Units() {}

  /** As {@code 12.3 MiB}. */
  static String bytes(long count) {
    String[] names = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = count;
    int unit = 0;
    while (value >= 1024 && unit < names.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? count + " bytes" : String.format(Locale.ROOT, "%.1f %s", value, names[unit]);
  }

  /** As {@code 1.234 s}. */
  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
  }

  static String percent(long part, long whole) {
    return whole == 0 ? "0 %" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }
}
