package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.shape.ColumnCells;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Distinct values of a matrix (dir {@code rc}), of each row ({@code r}) or of each column ({@code
 * c}). NaN equals itself and -0 equals 0. Values come in the order of Java's hash set of doubles,
 * which is SystemDS's; rows and columns with fewer values than others are filled up with zeros.
 */
final class DistinctKernels {
  /** Cells that are brought together: so few that what looks at them is soon compiled. */
  private static final int BLOCK = 256;

  private final Parallel parallel;

  private DistinctKernels(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    DistinctKernels kernels = new DistinctKernels(parallel);
    table.add("countDistinct", kernels::count);
    table.add("unique", kernels::unique);
    table.add("contains", DistinctKernels::contains);
  }

  private Operand[] count(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    String dir = direction(operation, inputs);
    if (dir.equals("rc")) {
      DistinctCount all = new DistinctCount();
      forEachBlock(x, 0, x.cells(), all::add);
      return new Operand[] {Scalar.of((long) all.size())};
    }
    boolean byRow = dir.equals("r");
    long lines = byRow ? x.rows() : x.cols();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(byRow ? lines : 1, byRow ? 1 : lines);
      for (long line = 0; line < lines; line++) {
        DistinctCount distinct = new DistinctCount();
        forEachBlock(x, byRow, line, context, distinct::add);
        out.segment().setAtIndex(Run.CELL, line, distinct.size());
      }
      return new Operand[] {scratch.keep(out)};
    }
  }

  /** Takes the first values of an array, which it may change. */
  private interface BlockBody {
    void values(double[] block, int count);
  }

  private void forEachBlock(
      DenseMatrix x, boolean byRow, long line, ExecutionContext context, BlockBody body) {
    if (byRow) {
      forEachBlock(x, line * x.cols(), x.cols(), body);
      return;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix column = ColumnCells.alone(x, line, scratch, parallel, context);
      forEachBlock(column, 0, column.rows(), body);
    }
  }

  private static void forEachBlock(DenseMatrix x, long at, long n, BlockBody body) {
    double[] block = new double[(int) Math.min(BLOCK, n)];
    CellReader reader = CellSource.of(x).reader(block.length);
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      reader.read(at + i, block, count);
      body.values(block, count);
    }
  }

  private static Operand[] contains(
      Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    double pattern = Arguments.number(operation, inputs, 1);
    double[] block = new double[(int) Math.min(BLOCK, x.cells())];
    CellReader reader = CellSource.of(x).reader(block.length);
    boolean found = false;
    for (long i = 0; i < x.cells() && !found; i += BLOCK) {
      int count = (int) Math.min(BLOCK, x.cells() - i);
      reader.read(i, block, count);
      found = contains(block, count, pattern);
    }
    return new Operand[] {Scalar.of(found)};
  }

  private static boolean contains(double[] cells, int count, double pattern) {
    for (int i = 0; i < count; i++) {
      if (cells[i] == pattern || cells[i] != cells[i] && pattern != pattern) {
        return true;
      }
    }
    return false;
  }

  private Operand[] unique(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    String dir = direction(operation, inputs);
    if (dir.equals("rc")) {
      Distinct all = new Distinct();
      forEachBlock(x, 0, x.cells(), all);
      return new Operand[] {table(List.of(all.ordered()), false, context)};
    }
    boolean byRow = dir.equals("r");
    List<double[]> lines = new ArrayList<>();
    for (long line = 0; line < (byRow ? x.rows() : x.cols()); line++) {
      Distinct values = new Distinct();
      forEachBlock(x, byRow, line, context, values);
      lines.add(values.ordered());
    }
    return new Operand[] {table(lines, byRow, context)};
  }

  /** Distinct values, in the order in which they come first. */
  private static final class Distinct implements BlockBody {
    private final DistinctCount seen = new DistinctCount();
    private double[] values = new double[16];

    @Override
    public void values(double[] block, int count) {
      int before = seen.size();
      int left = seen.addNew(block, count);
      if (seen.size() > values.length) {
        values = Arrays.copyOf(values, Math.max(seen.size(), 2 * values.length));
      }
      for (int i = 0; i < left; i++) {
        values[before + i] = block[i] + 0.0;
      }
    }

    double[] ordered() {
      return HashOrder.of(Arrays.copyOf(values, seen.size()));
    }
  }

  private static DenseMatrix table(List<double[]> lines, boolean asRows, ExecutionContext context) {
    int longest = lines.stream().mapToInt(line -> line.length).max().orElse(0);
    DenseMatrix out =
        asRows
            ? DenseMatrix.allocate(context.allocator(), lines.size(), longest)
            : DenseMatrix.allocate(context.allocator(), longest, lines.size());
    if (asRows || lines.size() == 1) {
      double[] filledUp = new double[longest];
      for (int line = 0; line < lines.size(); line++) {
        double[] values = lines.get(line);
        System.arraycopy(values, 0, filledUp, 0, values.length);
        Arrays.fill(filledUp, values.length, longest, 0);
        long at = (long) Double.BYTES * line * longest;
        MemorySegment.copy(filledUp, 0, out.segment(), Run.CELL, at, longest);
      }
      return out;
    }
    out.segment().asSlice(0, out.bytes()).fill((byte) 0);
    for (int line = 0; line < lines.size(); line++) {
      double[] values = lines.get(line);
      for (int i = 0; i < values.length; i++) {
        out.set(i, line, values[i]);
      }
    }
    return out;
  }

  private static String direction(Operation operation, Operand[] inputs) {
    String dir = Arguments.text(operation, inputs, 1);
    if (!Set.of("rc", "r", "c").contains(dir)) {
      throw new OperandException(
          "'" + operation.name() + "' has the directions r, c and rc, not '" + dir + "'");
    }
    return dir;
  }
}
