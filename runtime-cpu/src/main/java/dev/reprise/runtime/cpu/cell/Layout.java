package dev.reprise.runtime.cpu.cell;

import java.lang.foreign.ValueLayout;

/**
 * How a cell lies in memory. A class of its own because the first use of a layout takes
 * milliseconds, which programs without matrices need not wait for.
 */
final class Layout {
  static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

  private Layout() {}
}
