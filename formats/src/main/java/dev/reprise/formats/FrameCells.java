package dev.reprise.formats;

import dev.reprise.runtime.Frame;

/** Cells of frames as files hold them. */
final class FrameCells {
  private FrameCells() {}

  /** The cell as text, or null when it is missing; NaN is a number. */
  static String text(Frame frame, int row, int col) {
    return frame.textAt(row, col);
  }
}
