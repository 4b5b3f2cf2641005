package dev.reprise.formats;

import dev.reprise.runtime.Frame;

/** Cells of frames as files hold them. */
final class FrameCells {
  private FrameCells() {}

  /** The cell as text, or null when it is missing text; a missing number is NaN. */
  static String text(Frame frame, int row, int col) {
    return switch (frame.schema().get(col)) {
      case STRING -> frame.strings(col)[row];
      case DOUBLE -> Double.toString(frame.doubles(col)[row]);
      case INTEGER -> Long.toString(frame.integers(col)[row]);
      case BOOLEAN -> Boolean.toString(frame.booleans(col)[row]);
    };
  }
}
