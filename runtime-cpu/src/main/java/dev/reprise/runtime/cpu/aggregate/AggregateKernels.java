package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;

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

  /** Adds the kernels over compressed matrices. */
  public static void registerCompressed(KernelTable.Builder table, Parallel parallel) {
    SparseAggregates.register(table, parallel);
  }
}
