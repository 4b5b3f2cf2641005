package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Distinct values of a matrix (dir {@code rc}), of each row ({@code r}) or of each column ({@code
 * c}). NaN equals itself and -0 equals 0. Values come in the order of Java's hash set of doubles,
 * which is SystemDS's; rows and columns with fewer values than others are filled up with zeros.
 */
final class DistinctKernels {
  private DistinctKernels() {}

  static void register(KernelTable.Builder table) {
    table.add("countDistinct", DistinctKernels::count);
    table.add("unique", DistinctKernels::unique);
    table.add("contains", DistinctKernels::contains);
  }

  private static Operand[] count(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    String dir = direction(operation, inputs);
    if (dir.equals("rc")) {
      DistinctCount all = new DistinctCount();
      for (long i = 0; i < x.cells(); i++) {
        all.add(x.segment().getAtIndex(Run.CELL, i));
      }
      return new Operand[] {Scalar.of((long) all.size())};
    }
    boolean byRow = dir.equals("r");
    long lines = byRow ? x.rows() : x.cols();
    DenseMatrix out =
        DenseMatrix.allocate(context.allocator(), byRow ? lines : 1, byRow ? 1 : lines);
    for (long line = 0; line < lines; line++) {
      DistinctCount distinct = new DistinctCount();
      for (long i = 0; i < (byRow ? x.cols() : x.rows()); i++) {
        distinct.add(byRow ? x.get(line, i) : x.get(i, line));
      }
      out.segment().setAtIndex(Run.CELL, line, distinct.size());
    }
    return new Operand[] {out};
  }

  private static Operand[] contains(
      Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    double pattern = Arguments.number(operation, inputs, 1);
    boolean found = false;
    for (long i = 0; i < x.cells() && !found; i++) {
      double cell = x.segment().getAtIndex(Run.CELL, i);
      found = cell == pattern || (cell != cell && pattern != pattern);
    }
    return new Operand[] {Scalar.of(found)};
  }

  private static Operand[] unique(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    String dir = direction(operation, inputs);
    if (dir.equals("rc")) {
      Set<Double> values = new HashSet<>();
      for (long i = 0; i < x.cells(); i++) {
        values.add(x.segment().getAtIndex(Run.CELL, i) + 0.0);
      }
      return new Operand[] {table(List.of(values), false, context)};
    }
    boolean byRow = dir.equals("r");
    List<Set<Double>> lines = new ArrayList<>();
    for (long line = 0; line < (byRow ? x.rows() : x.cols()); line++) {
      Set<Double> values = new HashSet<>();
      for (long i = 0; i < (byRow ? x.cols() : x.rows()); i++) {
        values.add((byRow ? x.get(line, i) : x.get(i, line)) + 0.0);
      }
      lines.add(values);
    }
    return new Operand[] {table(lines, byRow, context)};
  }

  private static DenseMatrix table(
      List<Set<Double>> lines, boolean asRows, ExecutionContext context) {
    int longest = lines.stream().mapToInt(Set::size).max().orElse(0);
    DenseMatrix out =
        asRows
            ? DenseMatrix.allocate(context.allocator(), lines.size(), longest)
            : DenseMatrix.allocate(context.allocator(), longest, lines.size());
    out.segment().asSlice(0, out.bytes()).fill((byte) 0);
    for (int line = 0; line < lines.size(); line++) {
      int i = 0;
      for (double value : lines.get(line)) {
        out.set(asRows ? line : i, asRows ? i : line, value);
        i++;
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
