package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType.Storage;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;

/** {@code F[rl:ru, cl:cu] = source} into the arrays of a frame that nobody else can see. */
public final class FrameInPlace {
  private FrameInPlace() {}

  /**
   * Writes what {@link FrameShape#leftIndex} would write, if that changes cells alone.
   *
   * @param operands target, source, and the bounds of rows and columns; the target's variable holds
   *     the only reference
   * @return false, with nothing written, when columns are shared, may change their type, come to
   *     miss cells, or may fail to take some cells: make a new frame then
   */
  public static boolean write(Operand[] operands) {
    Frame target = (Frame) operands[0];
    FrameShape.Range rows =
        FrameShape.range("row", operands[2], operands[3], target.rows(), target);
    FrameShape.Range cols =
        FrameShape.range("column", operands[4], operands[5], target.cols(), target);
    boolean wholeColumns = rows.length() == target.rows() && !(operands[1] instanceof Scalar);
    if (wholeColumns || operands[1] == target || !isWritable(target, cols)) {
      return false;
    }
    Frame source = FrameShape.source(operands[1], rows, cols);
    for (int c = cols.from(); c < cols.to(); c++) {
      if (!takes(target, c, source, c - cols.from())) {
        return false;
      }
    }
    for (int c = cols.from(); c < cols.to(); c++) {
      Column column = new Column(target.schema().get(c), target.ownCells(c), target.missing(c));
      column.copy(source, c - cols.from(), 0, rows.from(), rows.length());
    }
    return true;
  }

  private static boolean isWritable(Frame target, FrameShape.Range cols) {
    for (int c = cols.from(); c < cols.to(); c++) {
      if (!target.isWritable(c)) {
        return false;
      }
    }
    return true;
  }

  /** True when writing either succeeds or fails before the first change. */
  private static boolean takes(Frame target, int to, Frame source, int from) {
    if (target.schema().get(to).storage() == Storage.STRING) {
      return true;
    }
    boolean single = source.rows() == 1 && source.cols() == 1 && target.missing(to) == null;
    return (single || FrameShape.converts(source.schema().get(from), target.schema().get(to)))
        && !missesCells(source, from);
  }

  private static boolean missesCells(Frame source, int col) {
    for (int r = 0; r < source.rows(); r++) {
      if (source.isMissing(r, col)) {
        return true;
      }
    }
    return false;
  }
}
