package dev.reprise.runtime.cpu.aggregate;

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
    CumulativeKernels.register(table);
    MomentKernels.register(table);
    QuantileKernels.register(table);
    GroupKernels.register(table);
    DistinctKernels.register(table);
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

  /** Adds the kernels over compressed matrices. */
  public static void registerCompressed(KernelTable.Builder table, Parallel parallel) {
    SparseAggregates.register(table, parallel);
  }
}
