package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.CellOperands;
import dev.reprise.runtime.operation.AttentionShape;
import java.lang.foreign.MemorySegment;

/**
 * Rows of an attention's scores in machine code, with the bits of the loops in arrays. Results are
 * written over the scores, also where a cell is refused: then these have to be made again. Belongs
 * to one task.
 *
 * @param precision of the cells
 * @param shape of the attention
 * @param from the query of the first row
 * @param rows of the block
 * @param cols cells of a row: what the last of them sees
 */
record ScoreRows(Precision precision, AttentionShape shape, int from, int rows, int cols) {
  static boolean areThere() {
    return CellFunction.areThere();
  }

  /** What is done with some rows that see the same keys. */
  @FunctionalInterface
  private interface Call {
    boolean run(int first, int count, int seen);
  }

  /** Calls for rows that see the same keys; what the others do not see becomes 0. */
  private boolean forRows(int most, MemorySegment[] written, Call call) {
    int bytes = precision.bytesPerCell();
    for (int row = 0, count; row < rows; row += count) {
      int seen = shape.seen(from + row);
      count = 1;
      while (count < most && row + count < rows && shape.seen(from + row + count) == seen) {
        count++;
      }
      if (!call.run(row, count, seen)) {
        return false;
      }
      for (int i = row; seen < cols && i < row + count; i++) {
        long at = ((long) i * cols + seen) * bytes;
        for (MemorySegment cells : written) {
          cells.asSlice(at, (long) (cols - seen) * bytes).fill((byte) 0);
        }
      }
    }
    return true;
  }

  /** Doubles that {@link #weigh} needs, of one row at least: whole lines of the cache. */
  static long doubles(int cols) {
    return Math.ceilDiv(cols, 8) * 8L;
  }

  /**
   * From scores to weights.
   *
   * @param powers of as many doubles as {@link #doubles} says or of some rows more, which are lost
   * @param logarithms of each row's sum of powers, written
   * @return false when the scores have to be made again and weighed in arrays
   */
  boolean weigh(MemorySegment scores, MemorySegment powers, double[] logarithms) {
    long bytes = precision.bytesPerCell();
    long powersBytes = doubles(cols) * Double.BYTES;
    int most = Math.clamp(powers.byteSize() / powersBytes, 1, rows);
    CellOperands more =
        new CellOperands(most, 3, 1)
            .withInput(1, powers.address())
            .withOutput(1, powers.address())
            .withInputRow(0, cols * bytes)
            .withOutputRow(0, cols * bytes)
            .withInputRow(1, powersBytes)
            .withOutputRow(1, powersBytes);
    for (int i = 0; i < most; i++) {
      more.withParameter(3 * i + 1, shape.scale());
    }
    return forRows(
        most,
        new MemorySegment[] {scores},
        (first, count, seen) -> {
          long at = scores.address() + first * cols * bytes;
          if (!CellFunction.SCALED_SOFTMAX.run(precision, at, at, more.withRows(count), seen)) {
            return false;
          }
          for (int i = 0; i < count; i++) {
            logarithms[first + i] = more.parameter(3 * i) + Math.log(more.total(i));
          }
          return true;
        });
  }

  /**
   * From scores to weights, and from the weights' gradients to those of the scores.
   *
   * @param logarithms of each row's sum of powers
   * @param means of each row's gradients, weighted
   * @return false when both have to be made again and derived in arrays
   */
  boolean derive(MemorySegment scores, MemorySegment slopes, double[] logarithms, double[] means) {
    long bytes = precision.bytesPerCell();
    CellOperands more =
        new CellOperands(rows, 3, 0)
            .withInputRow(0, cols * bytes)
            .withOutputRow(0, cols * bytes)
            .withInputRow(1, cols * bytes)
            .withOutputRow(1, cols * bytes);
    return forRows(
        rows,
        new MemorySegment[] {scores, slopes},
        (first, count, seen) -> {
          for (int i = 0; i < count; i++) {
            more.withParameter(3 * i, shape.scale())
                .withParameter(3 * i + 1, logarithms[first + i])
                .withParameter(3 * i + 2, means[first + i]);
          }
          long place = first * cols * bytes;
          more.withInput(1, slopes.address() + place).withOutput(1, slopes.address() + place);
          long at = scores.address() + place;
          return CellFunction.WEIGHTS_SLOPED.run(precision, at, at, more.withRows(count), seen);
        });
  }

  /** Of each row of two blocks the sum of products of its cells. */
  static double[] products(Precision precision, Blas.Block x, Blas.Block y, int rows, int cols) {
    long bytes = precision.bytesPerCell();
    CellOperands more =
        new CellOperands(rows, 1, 1)
            .withRows(rows)
            .withInput(1, y.cells().address() + y.offset() * bytes)
            .withInputRow(0, x.stride() * bytes)
            .withInputRow(1, y.stride() * bytes);
    long at = x.cells().address() + x.offset() * bytes;
    CellFunction.PRODUCTS.run(precision, at, 0, more, cols);
    return more.totals(rows);
  }
}
