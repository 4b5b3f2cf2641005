package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;

/** Operations that move cells: transposes, binds, indexing, ordering. */
public final class ShapeKernels {
  private ShapeKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {
    register(table, parallel, Precision.FP64);
  }

  private static void register(KernelTable.Builder table, Parallel parallel, Precision precision) {
    table.add("t", new TransposeKernel(parallel, precision));
    IndexKernels.register(table, parallel, precision);
    BindKernels.register(table, parallel, precision);
    RearrangeKernels.register(table, parallel, precision);
    table.add("order", new OrderKernel(parallel, precision));
    table.add("removeEmpty", new FilterKernel(parallel, precision));
  }

  /** Adds the kernels over compressed matrices. */
  public static void registerCompressed(KernelTable.Builder table, Parallel parallel) {
    SparseShapes.register(table, parallel);
  }

  /** Adds the kernels that take dense fp32 matrices only. */
  public static void registerFloats(KernelTable.Builder table, Parallel parallel) {
    register(table, parallel, Precision.FP32);
  }
}
