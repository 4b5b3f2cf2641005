package dev.reprise.bench.compare;

/**
 * What a column of the comparison measures: a system in one of its modes.
 *
 * @param system {@code systemds} or {@code reprise}
 * @param mode for SystemDS {@code base}, {@code trace}, {@code dedup}, {@code full}, {@code
 *     partial}, {@code multilevel} or {@code hybrid}; for Reprise a value of {@code --reuse}
 */
record Subject(String system, String mode) {

  /** Reads {@code system:mode}. */
  static Subject parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("expected system:mode, found '" + text + "'");
    }
    Subject subject = new Subject(text.substring(0, colon), text.substring(colon + 1));
    if (!subject.isReprise() && !subject.system.equals("systemds")) {
      throw new IllegalArgumentException(
          "the systems are systemds and reprise, found '" + text + "'");
    }
    return subject;
  }

  boolean isReprise() {
    return system.equals("reprise");
  }

  String label() {
    return (isReprise() ? "Reprise " : "SystemDS ") + mode;
  }
}
