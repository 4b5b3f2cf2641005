package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.RectangleCopies;
import dev.reprise.runtime.cpu.frame.FrameCompare;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** Reversed and rolled rows, diagonals, triangles, replaced values and one-hot rows. */
final class RearrangeKernels {
  private static final long CHUNK_CELLS = 1 << 15;
  private static final int BLOCK = 1024;

  private final Parallel parallel;
  private final Precision precision;
  private final Replacement replacement;

  private RearrangeKernels(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
    this.replacement = new Replacement(precision);
  }

  static void register(KernelTable.Builder table, Parallel parallel, Precision precision) {
    RearrangeKernels kernels = new RearrangeKernels(parallel, precision);
    table.add("rev", kernels::reverse);
    table.add("roll", kernels::roll);
    table.add("diag", kernels::diagonal);
    table.add("lower.tri", kernels.triangle(true));
    table.add("upper.tri", kernels.triangle(false));
    table.add("replace", kernels::replace);
    table.add("rexpand", kernels::expand);
  }

  /** Last row first. */
  private Operand[] reverse(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols(), precision);
    long bytes = precision.bytesPerCell() * x.cols();
    long chunk = Math.max(1, CHUNK_CELLS / Math.max(1, x.cols()));
    boolean areByCode =
        x.cells() >= Region.FEWEST_CELLS_OF_CODE
            && bytes <= RectangleCopies.MOST_ROW_BYTES
            && RectangleCopies.areThere();
    parallel.forRange(
        context,
        x.rows(),
        chunk,
        (from, to) -> {
          if (areByCode) {
            long last = x.segment().address() + (x.rows() - 1 - from) * bytes;
            long target = out.segment().address() + from * bytes;
            RectangleCopies.run(last, -bytes, target, bytes, to - from, bytes);
            return;
          }
          for (long i = from; i < to; i++) {
            MemorySegment.copy(
                x.segment(), (x.rows() - 1 - i) * bytes, out.segment(), i * bytes, bytes);
          }
        });
    return new Operand[] {out};
  }

  /** Every row moves down by the shift; those that fall out come in at the top. */
  private Operand[] roll(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    long rows = x.rows();
    long shift = rows == 0 ? 0 : Math.floorMod(Arguments.whole(operation, inputs, 1), rows);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), rows, x.cols(), precision);
    Region.all(x).copyTo(new Region(out, shift, 0), rows - shift, x.cols(), parallel, context);
    new Region(x, rows - shift, 0).copyTo(Region.all(out), shift, x.cols(), parallel, context);
    return new Operand[] {out};
  }

  /** A square matrix gives its diagonal as a column, a column vector a diagonal matrix. */
  private Operand[] diagonal(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    long n = x.rows();
    if (x.cols() == n) {
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), n, 1, precision);
      for (long i = 0; i < n; i++) {
        out.set(i, 0, x.get(i, i));
      }
      return new Operand[] {out};
    }
    if (x.cols() != 1) {
      throw new OperandException(
          "'diag' needs a column vector or a square matrix, but got shape " + x.shape());
    }
    if (SparseMatrix.isWorthwhile(n, n, n)) {
      return new Operand[] {sparseDiagonal(x, context)};
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), n, n, precision);
    parallel.forRange(
        context,
        n,
        Math.max(1, CHUNK_CELLS / Math.max(1, n)),
        (from, to) -> {
          clear(out, from, to);
          for (long i = from; i < to; i++) {
            out.set(i, i, x.get(i, 0));
          }
        });
    return new Operand[] {out};
  }

  private static SparseMatrix sparseDiagonal(DenseMatrix x, ExecutionContext context) {
    SparseRows rows = new SparseRows(Math.toIntExact(x.rows()));
    for (long i = 0; i < x.rows(); i++) {
      rows.add((int) i, x.get(i, 0));
      rows.endRow();
    }
    return SparseRows.assemble(List.of(rows), x.rows(), context.allocator());
  }

  /** Ones, or the matrix's own values, below or above the diagonal; zeros elsewhere. */
  private Kernel triangle(boolean lower) {
    return (operation, inputs, context) -> {
      DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
      boolean diag = Arguments.flag(operation, inputs, 1);
      boolean values = Arguments.flag(operation, inputs, 2);
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols(), precision);
      double[] ones = new double[values ? 0 : (int) Math.min(BLOCK, x.cols())];
      Arrays.fill(ones, 1);
      long chunk = Math.max(1, CHUNK_CELLS / Math.max(1, x.cols()));
      parallel.forRange(
          context,
          x.rows(),
          chunk,
          (from, to) -> {
            clear(out, from, to);
            for (long i = from; i < to; i++) {
              // The columns inside the triangle.
              long begin = lower ? 0 : Math.min(x.cols(), diag ? i : i + 1);
              long end = lower ? Math.min(x.cols(), diag ? i + 1 : i) : x.cols();
              if (values) {
                long at = precision.bytesPerCell() * (i * x.cols() + begin);
                long bytes = precision.bytesPerCell() * (end - begin);
                MemorySegment.copy(x.segment(), at, out.segment(), at, bytes);
              } else {
                fill(out, i * x.cols() + begin, end - begin, ones);
              }
            }
          });
      return new Operand[] {out};
    };
  }

  private void clear(DenseMatrix out, long from, long to) {
    long bytes = precision.bytesPerCell() * out.cols();
    out.segment().asSlice(from * bytes, (to - from) * bytes).fill((byte) 0);
  }

  /** Sets adjacent cells to numbers of an array, again and again. */
  private void fill(DenseMatrix out, long at, long count, double[] numbers) {
    CellBlocks cells = new CellBlocks(precision, numbers.length);
    for (long i = 0; i < count; i += numbers.length) {
      cells.store(numbers, 0, out.segment(), at + i, (int) Math.min(numbers.length, count - i));
    }
  }

  /** Puts a number wherever a pattern stands, which may be NaN. */
  private Operand[] replace(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (inputs[0] instanceof Frame frame) {
      Scalar from = Arguments.scalar(operation, inputs, 1);
      return new Operand[] {
        FrameCompare.replace(frame, from, Arguments.scalar(operation, inputs, 2))
      };
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    double pattern = Arguments.number(operation, inputs, 1);
    double by = Arguments.number(operation, inputs, 2);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols(), precision);
    Replacement.Copy copy = replacement.copy(x, out, pattern, by);
    parallel.forRange(context, x.cells(), CHUNK_CELLS, copy::run);
    return new Operand[] {out};
  }

  /**
   * One-hot rows ({@code dir="cols"}) or columns: value v sets cell v of its line to 1. Values
   * above {@code max} set nothing. With {@code cast} fractions are cut off; values below 1 set
   * nothing with {@code ignore} and are an error without.
   */
  private Operand[] expand(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    long max = Arguments.whole(operation, inputs, 1);
    boolean asRows = isExpandedIntoColumns(Arguments.text(operation, inputs, 2));
    boolean cast = Arguments.flag(operation, inputs, 3);
    boolean ignore = Arguments.flag(operation, inputs, 4);
    if (x.rows() != 1 && x.cols() != 1 && x.cells() > 0 || max < 0) {
      throw new OperandException(
          "'rexpand' needs a vector and a maximum of 0 or more, but got shape "
              + x.shape()
              + " and "
              + max);
    }
    long n = x.cells();
    for (long i = 0; i < n; i++) {
      double value = x.get(0, i);
      if (!ignore && !(value >= 1) || !cast && value != Math.rint(value)) {
        throw new OperandException(
            "'rexpand' needs whole numbers from 1, but cell " + (i + 1) + " is " + value);
      }
    }
    DenseMatrix out =
        DenseMatrix.allocate(context.allocator(), asRows ? n : max, asRows ? max : n, precision);
    out.segment().asSlice(0, out.bytes()).fill((byte) 0);
    for (long i = 0; i < n; i++) {
      double value = Math.floor(x.get(0, i));
      if (value >= 1 && value <= max) {
        long at = (long) value - 1;
        out.set(asRows ? i : at, asRows ? at : i, 1);
      }
    }
    return new Operand[] {out};
  }

  private static boolean isExpandedIntoColumns(String dir) {
    return switch (dir) {
      case "cols" -> true;
      case "rows" -> false;
      default ->
          throw new OperandException(
              "'rexpand' has the directions rows and cols, not '" + dir + "'");
    };
  }
}
