package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/** Aggregates of each column into a row vector; a column without cells gives 0. */
final class ColumnKernels {
  private final Parallel parallel;

  private ColumnKernels(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    overMatrices(parallel).forEach((opcode, aggregate) -> table.add(opcode, kernel(aggregate)));
  }

  /** All, by opcode, over the cells of matrices in memory. */
  static Map<String, SourceAggregate> overMatrices(Parallel parallel) {
    ColumnKernels columns = new ColumnKernels(parallel);
    Map<String, SourceAggregate> table = overSources(parallel);
    table.put("colVars", each(columns::variances));
    table.put("colSds", each(columns::deviations));
    table.put("colIndexMax", columns.finding(ColumnPlace.OF_LARGEST));
    table.put("colIndexMin", columns.finding(ColumnPlace.OF_LEAST));
    return table;
  }

  /** Those that read every cell once, by opcode, over cells that need not be in memory. */
  static Map<String, SourceAggregate> overSources(Parallel parallel) {
    ColumnKernels columns = new ColumnKernels(parallel);
    Map<String, SourceAggregate> table = new LinkedHashMap<>();
    table.put("colSums", columns.folding(ColumnFold.Sum.START));
    table.put("colMins", columns.folding(ColumnFold.Min.START));
    table.put("colMaxs", columns.folding(ColumnFold.Max.START));
    table.put("colProds", columns.folding(ColumnFold.Product.START));
    table.put("colMeans", each(columns::means));
    return table;
  }

  private interface ColumnAggregate {
    double[] of(CellSource x, ExecutionContext context);
  }

  private SourceAggregate folding(ColumnFold.Start start) {
    return each((x, context) -> new ColumnScan(x).fold(parallel, context, start));
  }

  private SourceAggregate finding(ColumnFold.Start start) {
    return each((x, context) -> ColumnScan.rowByRow(x).fold(parallel, context, start));
  }

  private static Kernel kernel(SourceAggregate aggregate) {
    return (operation, inputs, context) ->
        new Operand[] {
          aggregate.of(CellSource.of(Arguments.matrix(operation, inputs, 0)), context)
        };
  }

  private static SourceAggregate each(ColumnAggregate aggregate) {
    return (x, context) -> {
      double[] results =
          x.cells() == 0 ? new double[Math.toIntExact(x.cols())] : aggregate.of(x, context);
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), 1, x.cols());
      MemorySegment.copy(results, 0, out.segment(), Run.CELL, 0, results.length);
      return out;
    };
  }

  private double[] means(CellSource x, ExecutionContext context) {
    double[] results = new ColumnScan(x).fold(parallel, context, ColumnFold.Sum.START);
    for (int j = 0; j < results.length; j++) {
      results[j] /= x.rows();
    }
    return results;
  }

  /** Sample variances by two passes; 0 for a single row. */
  private double[] variances(CellSource x, ExecutionContext context) {
    ColumnScan scan = new ColumnScan(x);
    double[] centers = scan.repeated(means(x, context));
    double[] results = scan.fold(parallel, context, ColumnFold.Squares.around(centers));
    for (int j = 0; x.rows() > 1 && j < results.length; j++) {
      results[j] /= x.rows() - 1;
    }
    return results;
  }

  private double[] deviations(CellSource x, ExecutionContext context) {
    double[] results = variances(x, context);
    for (int j = 0; j < results.length; j++) {
      results[j] = Math.sqrt(results[j]);
    }
    return results;
  }
}
