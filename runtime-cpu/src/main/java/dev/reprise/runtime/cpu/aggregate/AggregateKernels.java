package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Aggregates over cells, rows, columns and groups. */
public final class AggregateKernels {
  private AggregateKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {
    FullKernels.register(table, parallel);
    RowKernels.register(table, parallel);
    ColumnKernels.register(table, parallel);
    CumulativeKernels.register(table, Precision.FP64);
    MomentKernels.register(table);
    QuantileKernels.register(table, parallel);
    GroupKernels.register(table, parallel);
    DistinctKernels.register(table, parallel);
  }

  /**
   * The aggregates that read every cell once, by opcode, over cells that need not be in memory;
   * with the same bits as the kernels of the same names.
   */
  public static Map<String, SourceAggregate> overSources(Parallel parallel) {
    Map<String, SourceAggregate> table = new LinkedHashMap<>(FullKernels.overSources(parallel));
    table.putAll(RowKernels.overSources(parallel));
    table.putAll(ColumnKernels.overSources(parallel));
    return table;
  }

  /**
   * Adds the kernels over floats, which read these as doubles block by block; aggregates of cells,
   * rows and columns are fp64 and get rounded where they come out.
   */
  public static void registerFloats(KernelTable.Builder table, Parallel parallel) {
    Map<String, SourceAggregate> aggregates =
        new LinkedHashMap<>(FullKernels.overMatrices(parallel));
    aggregates.putAll(RowKernels.overMatrices(parallel));
    aggregates.putAll(ColumnKernels.overMatrices(parallel));
    aggregates.forEach((opcode, aggregate) ->
        table.add(
            opcode,
            (operation, inputs, context) ->
                inputs[0] instanceof DenseMatrix x
                    ? new Operand[] {aggregate.of(CellSource.of(x), context)}
                    : null));
    CumulativeKernels.register(table, Precision.FP32);
  }

  /** Adds the kernels over compressed matrices. */
  public static void registerCompressed(KernelTable.Builder table, Parallel parallel) {
    SparseAggregates.register(table, parallel);
  }
}
