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

  /** The columns at zero-based positions, in that order; names C1, C2, ... are given anew. */
  public static Frame columns(Frame frame, int[] cols) {
    FrameBuilder builder = new FrameBuilder();
    for (int col : cols) {
      builder.share(frame, col);
    }
    boolean plain = frame.names().equals(Frame.defaultNames(frame.cols()));
    return plain
        ? builder.build(frame.rows(), Frame.defaultNames(cols.length))
        : builder.build(frame.rows());
  }

  /** Marks the rows or columns that have a cell that is neither missing nor an empty text. */
  public static void markFilled(Frame frame, boolean[] keep, boolean rows) {
    for (int c = 0; c < frame.cols(); c++) {
      for (int r = 0; r < frame.rows(); r++) {
        String text = frame.textAt(r, c);
        if (text != null && !text.isEmpty()) {
          keep[rows ? r : c] = true;
        }
      }
    }
  }
}
