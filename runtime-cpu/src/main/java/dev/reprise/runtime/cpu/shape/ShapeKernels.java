package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;

/** Operations that move cells: transposes, binds, indexing, ordering. */
public final class ShapeKernels {
  private ShapeKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {
    table.add("t", new TransposeKernel(parallel, Precision.FP64));
    IndexKernels.register(table, parallel);
    BindKernels.register(table, parallel);
    RearrangeKernels.register(table, parallel);
    table.add("order", new OrderKernel(parallel));
    table.add("removeEmpty", new FilterKernel(parallel));
  }

  /** Adds the kernels over compressed matrices. */
  public static void registerCompressed(KernelTable.Builder table, Parallel parallel) {
    SparseShapes.register(table, parallel);
  }

  /** Adds the kernels that take dense fp32 matrices only. */
  public static void registerFloats(KernelTable.Builder table, Parallel parallel) {
    table.add("t", new TransposeKernel(parallel, Precision.FP32));
    IndexKernels.registerFloats(table, parallel);
  }
}
