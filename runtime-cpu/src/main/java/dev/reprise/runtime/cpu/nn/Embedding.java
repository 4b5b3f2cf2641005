package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.RowCopies;
import dev.reprise.runtime.cpu.code.RowSums;
import dev.reprise.runtime.operation.LayerResults;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code embedding}: rows of a dictionary by their numbers from 1, and the gradient: the sum of the
 * gradients of each row's uses, in their order. A number that is none of a row stands for zeros.
 */
final class Embedding {
  private static final long CELLS_PER_TASK = 1 << 14;

  private final Parallel parallel;
  private final Precision precision;

  /** Of matrices of that precision; gradients are summed in double in either. */
  Embedding(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  /** The row's position from 0, or -1. */
  private static long position(DenseMatrix indices, long at, long rows) {
    return position(indices.get(0, at), rows);
  }

  private static long position(double number, long rows) {
    return number >= 1 && number < rows + 1.0 ? (long) number - 1 : -1;
  }

  Operand[] lookUp(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix indices = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix words = Arguments.matrix(operation, inputs, 1, precision);
    long bytes = precision.bytesPerCell() * words.cols();
    try (Scratch scratch = new Scratch(context.allocator())) {
      long cols = Math.multiplyExact(indices.cols(), words.cols());
      DenseMatrix out = scratch.matrix(indices.rows(), cols, precision);
      long least = Math.max(1, CELLS_PER_TASK / Math.max(1, words.cols()));
      parallel.forRange(
          context,
          indices.cells(),
          Parallel.chunk(indices.cells(), least),
          (from, to) -> {
            if (RowCopies.fit(bytes)) {
              copy(indices, words, out, from, to - from);
              return;
            }
            for (long at = from; at < to; at++) {
              long row = position(indices, at, words.rows());
              if (row < 0) {
                out.segment().asSlice(at * bytes, bytes).fill((byte) 0);
              } else {
                MemorySegment.copy(words.segment(), row * bytes, out.segment(), at * bytes, bytes);
              }
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  /** Looks some indices up, by one call. */
  private void copy(
      DenseMatrix indices, DenseMatrix words, DenseMatrix out, long first, long count) {
    long bytes = precision.bytesPerCell() * words.cols();
    RowCopies.run(
        precision,
        indices.segment().address() + first * precision.bytesPerCell(),
        count,
        words.segment().address(),
        words.rows(),
        out.segment().address() + first * bytes,
        bytes);
  }

  Operand[] gradient(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix dout = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix indices = Arguments.matrix(operation, inputs, 1, precision);
    long rows = Arguments.whole(operation, inputs, 2);
    long padding = Arguments.whole(operation, inputs, 3);
    if (rows < 1 || rows > Integer.MAX_VALUE - 8 || indices.cells() > Integer.MAX_VALUE - 8) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs a dictionary 'v' of 1 to "
              + (Integer.MAX_VALUE - 8)
              + " rows and as many indices at most, but got "
              + rows
              + " and "
              + indices.cells());
    }
    int cols =
        Math.toIntExact(LayerResults.requireLookup(operation, dout.shape(), indices.shape()));
    Uses uses = Uses.of(indices, rows, padding);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(rows, cols, precision);
      long mean = Math.max(1, cols * (1 + indices.cells() / rows));
      parallel.forRange(
          context,
          rows,
          Math.max(1, CELLS_PER_TASK / mean),
          (from, to) -> {
            if (CellFunction.areThere()) {
              addUses(uses, dout, out, (int) from, (int) to);
              return;
            }
            double[] sum = new double[cols];
            double[] part = new double[cols];
            CellBlocks blocks = new CellBlocks(precision, cols);
            for (int row = (int) from; row < to; row++) {
              Arrays.fill(sum, 0);
              for (int i = uses.starts[row]; i < uses.starts[row + 1]; i++) {
                blocks.load(dout.segment(), (long) uses.places[i] * cols, part, 0, cols);
                for (int j = 0; j < cols; j++) {
                  sum[j] += part[j];
                }
              }
              blocks.store(sum, 0, out.segment(), (long) row * cols, cols);
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  /** As in arrays, by one call for some rows. */
  private void addUses(Uses uses, DenseMatrix dout, DenseMatrix out, int first, int end) {
    long bytes = (long) precision.bytesPerCell() * out.cols();
    int use = uses.starts[first];
    long[] terms = new long[uses.starts[end] - use];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = dout.segment().address() + uses.places[use + i] * bytes;
    }
    long[] counts = new long[end - first];
    for (int row = first; row < end; row++) {
      counts[row - first] = uses.starts[row + 1] - uses.starts[row];
    }
    long sums = out.segment().address() + first * bytes;
    RowSums.run(precision, terms, counts, sums, counts.length, out.cols());
  }

  /** Where each row is used: in {@code places} from its start to the next row's, ascending. */
  private record Uses(int[] starts, int[] places) {
    static Uses of(DenseMatrix indices, long rows, long padding) {
      int[] starts = new int[(int) rows + 1];
      int n = (int) indices.cells();
      double[] numbers = new double[n];
      new CellBlocks(indices.precision(), n).load(indices.segment(), 0, numbers, 0, n);
      for (int at = 0; at < n; at++) {
        long row = position(numbers[at], rows);
        if (row >= 0 && row != padding - 1) {
          starts[(int) row + 1]++;
        }
      }
      for (int row = 0; row < rows; row++) {
        starts[row + 1] += starts[row];
      }
      int[] places = new int[starts[(int) rows]];
      int[] next = starts.clone();
      for (int at = 0; at < n; at++) {
        long row = position(numbers[at], rows);
        if (row >= 0 && row != padding - 1) {
          places[next[(int) row]++] = at;
        }
      }
      return new Uses(starts, places);
    }
  }
}
