package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.sparse.FiniteCells;
import dev.reprise.runtime.cpu.sparse.RowJob;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.cpu.sparse.Transposition;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Products with a compressed operand, row of the result by row: each is the sum of rows of the
 * right operand, weighted by the non-zeros of a row of the left one (Gustavson). An operand that is
 * to be transposed is transposed first. Work is proportional to the non-zeros; a row of the result
 * is summed by one thread in ascending order of the inner index.
 *
 * <p>Zeros are left out, those that are not stored and those that weigh a row. They make a NaN of
 * an infinity or NaN that they meet, so operands are looked at, and where one is not finite {@link
 * LeftOutTerms} puts the NaNs in.
 */
final class SparseProducts {
  private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

  /** Multiplications per chunk that make a hand-over to another thread pay. */
  private static final long CHUNK_WORK = 1 << 16;

  /** Cells that are copied per chunk: some 10 microseconds. */
  private static final long COPIED_CELLS = 1 << 14;

  /** Columns up to which {@code t(A) B} is scattered: a transpose of A costs about as much. */
  private static final long SCATTERED_COLUMNS = 4;

  /** Rows for which a look at the right operand is little beside the product. */
  private static final long LEAST_ROWS = 8;

  private final Parallel parallel;
  private final CompressedProduct code;
  private final FiniteCells finite;

  SparseProducts(Parallel parallel) {
    this.parallel = parallel;
    this.code = new CompressedProduct(parallel);
    this.finite = new FiniteCells(parallel);
  }

  void register(KernelTable.Builder table) {
    table.add("matmul", this::matmul);
    table.add("tsmm", this::tsmm);
  }

  private Operand[] matmul(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (!(inputs[0] instanceof MatrixOperand a) || !(inputs[1] instanceof MatrixOperand b)) {
      return null;
    }
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    Shape left = ta ? a.shape().transposed() : a.shape();
    Shape right = tb ? b.shape().transposed() : b.shape();
    if (left.cols() != right.rows()) {
      throw new OperandException(
          "'%*%' needs as many columns on the left as rows on the right, but got "
              + left
              + " and "
              + right);
    }
    if (ta
        && !tb
        && a instanceof SparseMatrix x
        && b instanceof DenseMatrix y
        && isScatterCheap(x, y)
        && finite.only(y, context)) {
      return new Operand[] {scattered(x, y, context)};
    }
    DenseMatrix byCode = CompressedProduct.isThere() ? byCodeInRoom(a, ta, b, tb, context) : null;
    if (byCode != null) {
      return new Operand[] {byCode};
    }
    if (!isTransposable(a, ta) || !isTransposable(b, tb)) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      MatrixOperand x = plain(a, ta, scratch, context);
      MatrixOperand y = plain(b, tb, scratch, context);
      return new Operand[] {multiply(x, y, context)};
    }
  }

  /**
   * As {@link #byCode}, but null also where there is no room for what that needs beside operands
   * and result: the loops in Java make do with less, and have the same bits.
   */
  private DenseMatrix byCodeInRoom(
      MatrixOperand a, boolean ta, MatrixOperand b, boolean tb, ExecutionContext context) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      return byCode(a, ta, b, tb, scratch, context);
    } catch (ResourceException e) {
      return null;
    }
  }

  /**
   * A product of which one operand is dense and has finite cells alone, or null where code does not
   * compute it.
   */
  private DenseMatrix byCode(
      MatrixOperand a,
      boolean ta,
      MatrixOperand b,
      boolean tb,
      Scratch scratch,
      ExecutionContext context) {
    if (a instanceof SparseMatrix s && b instanceof DenseMatrix dense) {
      if ((tb ? b.rows() : b.cols()) < 2 || !finite.only(dense, context)) {
        return null;
      }
      DenseMatrix y = (DenseMatrix) plain(b, tb, scratch, context);
      if (!ta) {
        return code.multiply(s, y, context);
      }
      DenseMatrix c = code.multiplyTransposed(s, y, scratch, context);
      return c.cols() == y.cols() ? scratch.keep(c) : narrowed(c, y.cols(), context);
    }
    // A B is the transpose of t(B) t(A), where a zero of A makes no difference.
    if (a instanceof DenseMatrix dense
        && b instanceof SparseMatrix s
        && CompressedProduct.areFinite(s, scratch)
        && finite.only(dense, context)) {
      DenseMatrix c = turnedByCode(dense, ta, s, tb, scratch, context);
      return TurnedMatrix.of(c, ta ? a.cols() : a.rows(), parallel, context);
    }
    return null;
  }

  /** op(S)' op(A)'; the scratch owns it, and its rows may be longer than that. */
  private DenseMatrix turnedByCode(
      DenseMatrix a,
      boolean ta,
      SparseMatrix s,
      boolean tb,
      Scratch scratch,
      ExecutionContext context) {
    // The turned operand is given back before the result is turned.
    try (Scratch own = new Scratch(context.allocator())) {
      DenseMatrix x = (DenseMatrix) plain(a, !ta, own, context);
      return tb
          ? scratch.own(code.multiply(s, x, context))
          : code.multiplyTransposed(s, x, scratch, context);
    }
  }

  /** The first columns; the caller owns them. */
  private DenseMatrix narrowed(DenseMatrix x, long cols, ExecutionContext context) {
    DenseMatrix c = DenseMatrix.allocate(context.allocator(), x.rows(), cols);
    parallel.forRange(
        context,
        x.rows(),
        Math.max(1, COPIED_CELLS / cols),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            MemorySegment.copy(
                x.segment(),
                i * x.cols() * Double.BYTES,
                c.segment(),
                i * cols * Double.BYTES,
                cols * Double.BYTES);
          }
        });
    return c;
  }

  private static boolean isTransposable(MatrixOperand x, boolean transposed) {
    return !transposed || !(x instanceof SparseMatrix sparse) || Transposition.isPossible(sparse);
  }

  private MatrixOperand plain(
      MatrixOperand x, boolean transposed, Scratch scratch, ExecutionContext context) {
    if (!transposed) {
      return x;
    }
    return x instanceof SparseMatrix sparse
        ? scratch.own(Transposition.of(sparse, scratch.allocator()))
        : scratch.own(TurnedMatrix.of((DenseMatrix) x, x.cols(), parallel, context));
  }

  /** On one thread, the sums of a narrow {@code t(A) B} need no transpose of A. */
  private static boolean isScatterCheap(SparseMatrix a, DenseMatrix b) {
    return b.cols() <= SCATTERED_COLUMNS && a.cols() * b.cols() <= Integer.MAX_VALUE;
  }

  private static DenseMatrix scattered(SparseMatrix a, DenseMatrix b, ExecutionContext context) {
    int n = Math.toIntExact(b.cols());
    double[] sums = new double[Math.toIntExact(a.cols() * n)];
    MemorySegment y = b.segment();
    for (long i = 0; i < a.rows(); i++) {
      long end = a.start(i + 1);
      for (long at = a.start(i); at < end; at++) {
        double weight = a.value(at);
        int to = a.column(at) * n;
        for (int j = 0; j < n; j++) {
          sums[to + j] += weight * y.getAtIndex(CELL, i * n + j);
        }
      }
    }
    DenseMatrix c = DenseMatrix.allocate(context.allocator(), a.cols(), n);
    MemorySegment.copy(sums, 0, c.segment(), CELL, 0, sums.length);
    return c;
  }

  private MatrixOperand multiply(MatrixOperand a, MatrixOperand b, ExecutionContext context) {
    if (a instanceof SparseMatrix x && b instanceof SparseMatrix y) {
      return bothSparse(x, y, false, context);
    }
    return a instanceof SparseMatrix x
        ? sparseDense(x, (DenseMatrix) b, context)
        : denseSparse((DenseMatrix) a, (SparseMatrix) b, context);
  }

  DenseMatrix sparseDense(SparseMatrix a, DenseMatrix b, ExecutionContext context) {
    LeftOutTerms leftOut = finite.only(b, context) ? null : LeftOutTerms.of(b);
    DenseMatrix c = DenseMatrix.allocate(context.allocator(), a.rows(), b.cols());
    long n = b.cols();
    long perRow = n * (a.nonZeros() / Math.max(1, a.rows()) + 1);
    MemorySegment y = b.segment();
    MemorySegment z = c.segment();
    parallel.forRange(
        context,
        a.rows(),
        Math.max(1, CHUNK_WORK / Math.max(1, perRow)),
        (from, to) -> {
          if (n == 1 && leftOut == null) {
            dotRows(a, y, z, from, to);
          } else {
            weightedRows(a, y, z, Math.toIntExact(n), leftOut, from, to);
          }
        });
    return c;
  }

  private static void dotRows(
      SparseMatrix a, MemorySegment y, MemorySegment z, long from, long to) {
    for (long i = from; i < to; i++) {
      double sum = 0;
      long end = a.start(i + 1);
      for (long at = a.start(i); at < end; at++) {
        sum += a.value(at) * y.getAtIndex(CELL, a.column(at));
      }
      z.setAtIndex(CELL, i, sum);
    }
  }

  /**
   * @param leftOut of a right operand with infinities or NaN; null where all its cells are finite
   */
  private static void weightedRows(
      SparseMatrix a,
      MemorySegment y,
      MemorySegment z,
      int n,
      LeftOutTerms leftOut,
      long from,
      long to) {
    double[] row = new double[n];
    double[] other = new double[n];
    LeftOutTerms.Row terms = leftOut == null ? null : leftOut.row();
    for (long i = from; i < to; i++) {
      Arrays.fill(row, 0);
      long end = a.start(i + 1);
      for (long at = a.start(i); at < end; at++) {
        double weight = a.value(at);
        MemorySegment.copy(y, CELL, (long) Double.BYTES * n * a.column(at), other, 0, n);
        for (int j = 0; j < n; j++) {
          row[j] += weight * other[j];
        }
        if (terms != null) {
          terms.multiplyAll(other);
        }
      }
      if (terms != null) {
        terms.putInto(row);
      }
      MemorySegment.copy(row, 0, z, CELL, Double.BYTES * n * i, n);
    }
  }

  private DenseMatrix denseSparse(DenseMatrix a, SparseMatrix b, ExecutionContext context) {
    boolean leavesOut = a.rows() >= LEAST_ROWS && finite.only(b, context);
    DenseMatrix c = DenseMatrix.allocate(context.allocator(), a.rows(), b.cols());
    int n = Math.toIntExact(b.cols());
    long k = a.cols();
    MemorySegment x = a.segment();
    parallel.forRange(
        context,
        a.rows(),
        Math.max(1, CHUNK_WORK / Math.max(1, b.nonZeros() + k)),
        (from, to) -> {
          double[] row = new double[n];
          for (long i = from; i < to; i++) {
            Arrays.fill(row, 0);
            boolean isFinite = true;
            for (long inner = 0; inner < k; inner++) {
              double weight = x.getAtIndex(CELL, i * k + inner);
              if (weight != 0 || !leavesOut) {
                addRow(b, inner, weight, row);
                isFinite &= Double.isFinite(weight);
              }
            }
            if (!isFinite) {
              putLeftOut(a, i, b, row);
            }
            MemorySegment.copy(row, 0, c.segment(), CELL, Double.BYTES * (long) n * i, n);
          }
        });
    return c;
  }

  private static void addRow(SparseMatrix b, long row, double weight, double[] sum) {
    long end = b.start(row + 1);
    for (long at = b.start(row); at < end; at++) {
      sum[b.column(at)] += weight * b.value(at);
    }
  }

  /** Of a row of the left operand that has infinities or NaN, which meet zeros of the right one. */
  private static void putLeftOut(DenseMatrix a, long i, SparseMatrix b, double[] row) {
    LeftOutTerms.Row terms = LeftOutTerms.ofFinite(row.length).row();
    for (long inner = 0; inner < a.cols(); inner++) {
      double weight = a.get(i, inner);
      if (!Double.isFinite(weight)) {
        terms.weigh(weight);
        for (long at = b.start(inner); at < b.start(inner + 1); at++) {
          terms.multiply(weight, b.column(at), 0);
        }
      }
    }
    terms.putInto(row);
  }

  /**
   * @param upperOnly leaves out what is below the diagonal
   */
  private MatrixOperand bothSparse(
      SparseMatrix a, SparseMatrix b, boolean upperOnly, ExecutionContext context) {
    int n = Math.toIntExact(b.cols());
    long perRow =
        (a.nonZeros() / Math.max(1, a.rows()) + 1) * (b.nonZeros() / Math.max(1, b.rows()) + 1);
    // A chunk has scratch of n cells, which should not cost more than the work.
    long chunk = Math.max(1, Math.max(CHUNK_WORK, n) / perRow);
    LeftOutTerms leftOut =
        finite.only(a, context) && finite.only(b, context) ? null : LeftOutTerms.of(b);
    return RowJob.run(
        parallel,
        context,
        a.rows(),
        n,
        chunk,
        () -> new SumOfRows(a, b, n, upperOnly, leftOut)::row);
  }

  /**
   * One row of the product of two compressed matrices, by a dense sum and a list of its columns.
   */
  private static final class SumOfRows {
    private final SparseMatrix a;
    private final SparseMatrix b;
    private final boolean upperOnly;
    private final LeftOutTerms.Row terms;
    private final double[] sum;
    private final boolean[] used;
    private int[] columns = new int[64];
    private int count;

    /**
     * @param leftOut of the right operand; null where all cells of both are finite
     */
    SumOfRows(SparseMatrix a, SparseMatrix b, int n, boolean upperOnly, LeftOutTerms leftOut) {
      this.a = a;
      this.b = b;
      this.upperOnly = upperOnly;
      this.terms = leftOut == null ? null : leftOut.row();
      this.sum = new double[n];
      this.used = new boolean[n];
    }

    void row(long i, SparseRows out) {
      count = 0;
      add(i);
      if (terms != null) {
        putLeftOut(i);
      }
      Arrays.sort(columns, 0, count);
      for (int k = 0; k < count; k++) {
        int column = columns[k];
        out.add(column, sum[column]);
        sum[column] = 0;
        used[column] = false;
      }
    }

    private void add(long i) {
      long end = a.start(i + 1);
      for (long at = a.start(i); at < end; at++) {
        double weight = a.value(at);
        long inner = a.column(at);
        long innerEnd = b.start(inner + 1);
        for (long k = b.start(inner); k < innerEnd; k++) {
          int column = b.column(k);
          if (upperOnly && column < i) {
            continue;
          }
          use(column);
          sum[column] += weight * b.value(k);
        }
      }
    }

    private void use(int column) {
      if (!used[column]) {
        used[column] = true;
        if (count == columns.length) {
          columns = Arrays.copyOf(columns, 2 * count);
        }
        columns[count++] = column;
      }
    }

    /** Goes through the terms again, of which some are not finite. */
    private void putLeftOut(long i) {
      for (long at = a.start(i); at < a.start(i + 1); at++) {
        double weight = a.value(at);
        terms.weigh(weight);
        for (long k = b.start(a.column(at)); k < b.start(a.column(at) + 1L); k++) {
          terms.multiply(weight, b.column(k), b.value(k));
        }
      }
      terms.forEach(column -> {
        if (!upperOnly || column >= i) {
          use(column);
          sum[column] = Double.NaN;
        }
      });
    }
  }

  private Operand[] tsmm(Operation operation, Operand[] inputs, ExecutionContext context) {
    SparseMatrix x = (SparseMatrix) inputs[0];
    if (!Transposition.isPossible(x)) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      SparseMatrix t = scratch.own(Transposition.of(x, scratch.allocator()));
      boolean right = operation.attributes().isSet("right");
      MatrixOperand upper =
          right ? bothSparse(x, t, true, context) : bothSparse(t, x, true, context);
      return new Operand[] {mirrored(upper, context)};
    }
  }

  private static MatrixOperand mirrored(MatrixOperand upper, ExecutionContext context) {
    if (upper instanceof DenseMatrix dense) {
      MemorySegment cells = dense.segment();
      long n = dense.rows();
      for (long i = 1; i < n; i++) {
        for (long j = 0; j < i; j++) {
          cells.setAtIndex(CELL, i * n + j, cells.getAtIndex(CELL, j * n + i));
        }
      }
      return dense;
    }
    SparseMatrix half = (SparseMatrix) upper;
    try (Scratch scratch = new Scratch(context.allocator())) {
      scratch.own(half);
      SparseMatrix t = scratch.own(Transposition.of(half, context.allocator()));
      SparseRows rows = new SparseRows(Math.toIntExact(half.rows()));
      for (long i = 0; i < half.rows(); i++) {
        for (long at = t.start(i); at < t.start(i + 1) && t.column(at) < i; at++) {
          rows.add(t.column(at), t.value(at));
        }
        for (long at = half.start(i); at < half.start(i + 1); at++) {
          rows.add(half.column(at), half.value(at));
        }
        rows.endRow();
      }
      return RowJob.inBestForm(
          SparseRows.assemble(java.util.List.of(rows), half.cols(), context.allocator()),
          context.allocator());
    }
  }
}
