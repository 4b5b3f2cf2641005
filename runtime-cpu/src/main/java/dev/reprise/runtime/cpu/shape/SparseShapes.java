package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.sparse.RowJob;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.cpu.sparse.Transposition;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Moves the cells of compressed matrices without making them dense. */
final class SparseShapes {
  private static final long CHUNK_CELLS = 1 << 15;

  private final Parallel parallel;

  private SparseShapes(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    SparseShapes shapes = new SparseShapes(parallel);
    table.add("t", SparseShapes::transpose);
    table.add("rightIndex", shapes::rightIndex);
    table.add("leftIndex", shapes::leftIndex);
    table.add("cbind", shapes::cbind);
    table.add("rbind", shapes::rbind);
    table.add("rev", shapes::reverse);
    table.add("replace", shapes::replace);
    table.add("diag", SparseShapes::diagonal);
    table.add("embedding", shapes::lookUp);
  }

  private static Operand[] transpose(
      Operation operation, Operand[] inputs, ExecutionContext context) {
    SparseMatrix x = (SparseMatrix) inputs[0];
    if (!Transposition.isPossible(x)) {
      return null;
    }
    return new Operand[] {
      RowJob.inBestForm(Transposition.of(x, context.allocator()), context.allocator())
    };
  }

  /** Copies the cells of one row in a range of columns; new column = old column + shift. */
  private static void copyRow(
      MatrixOperand x, long row, long fromCol, long toCol, long shift, SparseRows out) {
    if (x instanceof SparseMatrix sparse) {
      long end = sparse.start(row + 1);
      for (long at = sparse.start(row); at < end; at++) {
        int column = sparse.column(at);
        if (column >= fromCol && column < toCol) {
          out.add((int) (column + shift), sparse.value(at));
        }
      }
      return;
    }
    MemorySegment cells = ((DenseMatrix) x).segment();
    for (long j = fromCol; j < toCol; j++) {
      out.add((int) (j + shift), cells.getAtIndex(ValueLayout.JAVA_DOUBLE, row * x.cols() + j));
    }
  }

  private MatrixOperand rows(
      ExecutionContext context, long rows, long cols, long nonZeros, RowJob.RowBody body) {
    long perRow = nonZeros / Math.max(1, rows) + 1;
    return RowJob.run(parallel, context, rows, cols, Math.max(1, CHUNK_CELLS / perRow), () -> body);
  }

  private Operand[] rightIndex(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (!(inputs[0] instanceof SparseMatrix x)) {
      return null;
    }
    Bounds rows = Bounds.of(operation, inputs, 1, true, x.shape());
    Bounds cols = Bounds.of(operation, inputs, 3, false, x.shape());
    if (!SparseMatrix.isWorthwhile(rows.size(), cols.size(), 0)) {
      return new Operand[] {denseRange(x, rows, cols, context)};
    }
    long first = cols.from();
    return new Operand[] {
      rows(
          context,
          rows.size(),
          cols.size(),
          x.nonZeros() / x.rows() * rows.size(),
          (i, out) -> copyRow(x, rows.from() + i, first, first + cols.size(), -first, out))
    };
  }

  private static DenseMatrix denseRange(
      SparseMatrix x, Bounds rows, Bounds cols, ExecutionContext context) {
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), rows.size(), cols.size());
    out.segment().asSlice(0, out.bytes()).fill((byte) 0);
    for (long i = 0; i < rows.size(); i++) {
      long end = x.start(rows.from() + i + 1);
      for (long at = x.start(rows.from() + i); at < end; at++) {
        long column = x.column(at) - cols.from();
        if (column >= 0 && column < cols.size()) {
          out.set(i, column, x.value(at));
        }
      }
    }
    return out;
  }

  /** Only for targets too large to become dense; see {@link LeftIndexInPlace}. */
  private Operand[] leftIndex(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (!(inputs[0] instanceof SparseMatrix x) || LeftIndexInPlace.isDenseAffordable(x.shape())) {
      return null;
    }
    Bounds rows = Bounds.of(operation, inputs, 2, true, x.shape());
    Bounds cols = Bounds.of(operation, inputs, 4, false, x.shape());
    LeftIndexInPlace.check(inputs[1], rows, cols);
    long firstCol = cols.from();
    long endCol = firstCol + cols.size();
    return new Operand[] {
      rows(
          context,
          x.rows(),
          x.cols(),
          x.nonZeros(),
          (i, out) -> {
            if (i < rows.from() || i >= rows.from() + rows.size()) {
              copyRow(x, i, 0, x.cols(), 0, out);
              return;
            }
            copyRow(x, i, 0, firstCol, 0, out);
            if (inputs[1] instanceof MatrixOperand source) {
              copyRow(source, i - rows.from(), 0, source.cols(), firstCol, out);
            } else {
              out.add((int) firstCol, ((Scalar) inputs[1]).asDouble());
            }
            copyRow(x, i, endCol, x.cols(), 0, out);
          })
    };
  }

  private Operand[] cbind(Operation operation, Operand[] inputs, ExecutionContext context) {
    MatrixOperand[] parts = matrices(inputs);
    if (parts == null) {
      return null;
    }
    long rows = parts[0].rows();
    long cols = 0;
    for (MatrixOperand part : parts) {
      BindKernels.check(operation, "rows", rows, part.rows());
      cols += part.cols();
    }
    long nonZeros = nonZeros(parts);
    if (!SparseMatrix.isWorthwhile(rows, cols, nonZeros)) {
      return null;
    }
    return new Operand[] {
      rows(
          context,
          rows,
          cols,
          nonZeros,
          (i, out) -> {
            long shift = 0;
            for (MatrixOperand part : parts) {
              copyRow(part, i, 0, part.cols(), shift, out);
              shift += part.cols();
            }
          })
    };
  }

  private Operand[] rbind(Operation operation, Operand[] inputs, ExecutionContext context) {
    MatrixOperand[] parts = matrices(inputs);
    if (parts == null) {
      return null;
    }
    long cols = parts[0].cols();
    long[] ends = new long[parts.length];
    long rows = 0;
    for (int p = 0; p < parts.length; p++) {
      BindKernels.check(operation, "columns", cols, parts[p].cols());
      rows += parts[p].rows();
      ends[p] = rows;
    }
    long nonZeros = nonZeros(parts);
    if (!SparseMatrix.isWorthwhile(rows, cols, nonZeros)) {
      return null;
    }
    return new Operand[] {
      rows(
          context,
          rows,
          cols,
          nonZeros,
          (i, out) -> {
            int p = 0;
            while (i >= ends[p]) {
              p++;
            }
            copyRow(parts[p], i - (ends[p] - parts[p].rows()), 0, cols, 0, out);
          })
    };
  }

  /** Null when an operand is no matrix. */
  private static MatrixOperand[] matrices(Operand[] inputs) {
    MatrixOperand[] parts = new MatrixOperand[inputs.length];
    for (int p = 0; p < parts.length; p++) {
      if (!(inputs[p] instanceof MatrixOperand matrix)) {
        return null;
      }
      parts[p] = matrix;
    }
    return parts;
  }

  private static long nonZeros(MatrixOperand[] parts) {
    long nonZeros = 0;
    for (MatrixOperand part : parts) {
      if (part instanceof SparseMatrix sparse) {
        nonZeros += sparse.nonZeros();
      } else {
        MemorySegment cells = ((DenseMatrix) part).segment();
        for (long at = 0; at < part.cells(); at++) {
          nonZeros += cells.getAtIndex(ValueLayout.JAVA_DOUBLE, at) != 0 ? 1 : 0;
        }
      }
    }
    return nonZeros;
  }

  private Operand[] reverse(Operation operation, Operand[] inputs, ExecutionContext context) {
    SparseMatrix x = (SparseMatrix) inputs[0];
    long last = x.rows() - 1;
    return new Operand[] {
      rows(
          context,
          x.rows(),
          x.cols(),
          x.nonZeros(),
          (i, out) -> copyRow(x, last - i, 0, x.cols(), 0, out))
    };
  }

  /**
   * Rows of a compressed dictionary, side by side for each row of their numbers; zeros for none.
   */
  private Operand[] lookUp(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (!(inputs[1] instanceof SparseMatrix words)) {
      return null;
    }
    MatrixOperand numbers = (MatrixOperand) inputs[0];
    long cols = Math.multiplyExact(numbers.cols(), words.cols());
    if (!SparseMatrix.isWorthwhile(numbers.rows(), cols, 0)) {
      return null;
    }
    return new Operand[] {
      rows(
          context,
          numbers.rows(),
          cols,
          words.nonZeros() / Math.max(1, words.rows()) * numbers.cells(),
          (i, out) -> {
            for (long j = 0; j < numbers.cols(); j++) {
              double number = numbers.get(i, j);
              if (number >= 1 && number < words.rows() + 1.0) {
                copyRow(words, (long) number - 1, 0, words.cols(), j * words.cols(), out);
              }
            }
          })
    };
  }

  /** Passes when zeros are to be replaced. */
  private Operand[] replace(Operation operation, Operand[] inputs, ExecutionContext context) {
    double pattern = Arguments.number(operation, inputs, 1);
    double replacement = Arguments.number(operation, inputs, 2);
    if (pattern == 0 || !(inputs[0] instanceof SparseMatrix x)) {
      return null;
    }
    boolean anyNaN = Double.isNaN(pattern);
    return new Operand[] {
      rows(
          context,
          x.rows(),
          x.cols(),
          x.nonZeros(),
          (i, out) -> {
            long end = x.start(i + 1);
            for (long at = x.start(i); at < end; at++) {
              double value = x.value(at);
              boolean matches = anyNaN ? Double.isNaN(value) : value == pattern;
              out.add(x.column(at), matches ? replacement : value);
            }
          })
    };
  }

  /** The diagonal of a square matrix; passes for a column vector. */
  private static Operand[] diagonal(
      Operation operation, Operand[] inputs, ExecutionContext context) {
    SparseMatrix x = (SparseMatrix) inputs[0];
    if (x.rows() != x.cols()) {
      return null;
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1);
    for (long i = 0; i < x.rows(); i++) {
      out.set(i, 0, x.get(i, i));
    }
    return new Operand[] {out};
  }
}
