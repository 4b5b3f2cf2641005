package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Frame;

/** Chosen rows or columns of a frame. */
public final class FrameFilter {
  private FrameFilter() {}

  /** The rows at zero-based positions, in that order. */
  public static Frame rows(Frame frame, int[] rows) {
    FrameBuilder builder = new FrameBuilder();
    for (int col = 0; col < frame.cols(); col++) {
      Column column = new Column(frame.schema().get(col), rows.length);
      column.pick(frame, col, rows);
      builder.add(frame.names().get(col), column);
    }
    return builder.build(rows.length);
  }

  /** The columns at zero-based positions, in that order. */
  public static Frame columns(Frame frame, int[] cols) {
    FrameBuilder builder = new FrameBuilder();
    for (int col : cols) {
      builder.share(frame, col);
    }
    return builder.build(frame.rows());
  }
}
