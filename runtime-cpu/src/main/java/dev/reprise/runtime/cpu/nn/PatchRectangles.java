package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.RectangleCopies;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * By machine code, for windows that move by one column: what they see in one of their places is a
 * rectangle of the image, and padding is a rectangle beside it. A call for each takes less time
 * than one for each of many short rows. Stateless.
 */
record PatchRectangles(
    WindowShape shape, Precision precision, MemorySegment images, MemorySegment patches)
    implements PatchRows {

  /** As many zeros as a row may have. */
  private static final MemorySegment ZEROS =
      Arena.global().allocate(RectangleCopies.MOST_ROW_BYTES, Double.BYTES);

  /** Whether cells can be copied so: in native memory, in rows that are not long. */
  static boolean fit(
      WindowShape shape, Precision precision, MemorySegment images, MemorySegment patches) {
    return RectangleCopies.areThere()
        && shape.strideWidth() == 1
        && (long) shape.outWidth() * precision.bytesPerCell() <= RectangleCopies.MOST_ROW_BYTES
        && images.isNative()
        && patches.isNative();
  }

  @Override
  public void clear(long at, int rows) {
    PatchArrays.clear(patches, precision, at, (long) rows * shape.outWidth());
  }

  @Override
  public void copy(long source, long at, int rows, int from, int to) {
    int bytes = precision.bytesPerCell();
    long first = images.address() + source * bytes;
    long stride = (long) shape.strideHeight() * shape.width() * bytes;
    copy(first, stride, at + from, rows, to - from);
    copy(ZEROS.address(), 0, at, rows, from);
    copy(ZEROS.address(), 0, at + to, rows, shape.outWidth() - to);
  }

  private void copy(long from, long stride, long at, int rows, int cols) {
    long bytes = precision.bytesPerCell();
    if (cols > 0) {
      long row = shape.outWidth() * bytes;
      RectangleCopies.run(from, stride, patches.address() + at * bytes, row, rows, cols * bytes);
    }
  }
}
