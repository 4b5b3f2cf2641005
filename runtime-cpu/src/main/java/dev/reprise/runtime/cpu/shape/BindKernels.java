package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.RectangleCopies;
import dev.reprise.runtime.cpu.frame.FrameShape;
import dev.reprise.runtime.operation.Operation;

/** Matrices side by side and one above the other, any number of them. */
final class BindKernels {
  private static final long CHUNK_CELLS = 1 << 16;

  private final Parallel parallel;
  private final Precision precision;

  private BindKernels(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  static void register(KernelTable.Builder table, Parallel parallel, Precision precision) {
    BindKernels kernels = new BindKernels(parallel, precision);
    table.add("cbind", kernels::cbind);
    table.add("rbind", kernels::rbind);
  }

  /** Lists hand over their elements, and may have none. */
  private static void checkNotEmpty(Operation operation, Operand[] inputs) {
    if (inputs.length == 0) {
      throw new OperandException(
          "'" + operation.name() + "' got lists without elements; there is nothing to join");
    }
  }

  private Operand[] cbind(Operation operation, Operand[] inputs, ExecutionContext context) {
    checkNotEmpty(operation, inputs);
    if (FrameShape.isFrame(inputs)) {
      return new Operand[] {FrameShape.cbind(inputs)};
    }
    DenseMatrix first = Arguments.matrix(operation, inputs, 0, precision);
    long cols = 0;
    for (int i = 0; i < inputs.length; i++) {
      DenseMatrix part = Arguments.matrix(operation, inputs, i, precision);
      check(operation, "rows", first.rows(), part.rows());
      cols += part.cols();
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), first.rows(), cols, precision);
    boolean isCode = RectangleCopies.areThere() && out.cells() >= Region.FEWEST_CELLS_OF_CODE;
    boolean byTiles = !isCode && cols <= RowTile.MOST_COLUMNS;
    parallel.forRange(
        context,
        out.rows(),
        Math.max(1, CHUNK_CELLS / Math.max(1, cols)),
        (from, to) -> {
          if (byTiles) {
            bindShortRows(inputs, out, from, to);
          } else {
            bindRows(inputs, out, from, to);
          }
        });
    return new Operand[] {out};
  }

  /** Part by part, of as many rows as stay in the processor's caches. */
  private static void bindRows(Operand[] parts, DenseMatrix out, long from, long to) {
    long col = 0;
    for (Operand input : parts) {
      DenseMatrix part = (DenseMatrix) input;
      Region.all(part).copyTo(new Region(out, 0, col), from, to, part.cols());
      col += part.cols();
    }
  }

  private static void bindShortRows(Operand[] parts, DenseMatrix out, long from, long to) {
    int most = (int) Math.min(RowTile.rowsOf(out.cols()), to - from);
    RowTile bound = new RowTile(out, most);
    RowTile[] tiles = new RowTile[parts.length];
    for (int p = 0; p < parts.length; p++) {
      tiles[p] = new RowTile((DenseMatrix) parts[p], most);
    }
    for (long row = from; row < to; row += most) {
      int rows = (int) Math.min(most, to - row);
      int column = 0;
      for (int p = 0; p < parts.length; p++) {
        DenseMatrix part = (DenseMatrix) parts[p];
        int cols = (int) part.cols();
        tiles[p].load(part, row, rows);
        tiles[p].copyTo(bound, column, rows, 0, cols);
        column += cols;
      }
      bound.store(out, row, rows);
    }
  }

  private Operand[] rbind(Operation operation, Operand[] inputs, ExecutionContext context) {
    checkNotEmpty(operation, inputs);
    if (FrameShape.isFrame(inputs)) {
      return new Operand[] {FrameShape.rbind(inputs)};
    }
    DenseMatrix first = Arguments.matrix(operation, inputs, 0, precision);
    long rows = 0;
    for (int i = 0; i < inputs.length; i++) {
      DenseMatrix part = Arguments.matrix(operation, inputs, i, precision);
      check(operation, "columns", first.cols(), part.cols());
      rows += part.rows();
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), rows, first.cols(), precision);
    long row = 0;
    for (Operand input : inputs) {
      DenseMatrix part = (DenseMatrix) input;
      Region.all(part).copyTo(new Region(out, row, 0), part.rows(), part.cols(), parallel, context);
      row += part.rows();
    }
    return new Operand[] {out};
  }

  static void check(Operation operation, String what, long wanted, long found) {
    if (wanted != found) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs equal numbers of "
              + what
              + ", but got "
              + wanted
              + " and "
              + found);
    }
  }
}
