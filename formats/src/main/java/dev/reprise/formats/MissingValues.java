package dev.reprise.formats;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What counts as missing in csv and what becomes of it.
 *
 * @param names fields that become NaN, or missing in a column of text
 * @param fill whether an empty field is replaced by {@code substitute}; else it is an error
 * @param substitute the number that an empty field becomes
 */
record MissingValues(List<String> names, boolean fill, double substitute) {

  /** True when a name looks like a number, so that numbers must be compared with it too. */
  boolean hidesNumbers() {
    DecimalScanner scanner = new DecimalScanner();
    for (String name : names) {
      byte[] bytes = name.strip().getBytes(StandardCharsets.UTF_8);
      scanner.scan(bytes, 0, bytes.length);
      if (scanner.end == bytes.length) {
        return true;
      }
    }
    return false;
  }
}
