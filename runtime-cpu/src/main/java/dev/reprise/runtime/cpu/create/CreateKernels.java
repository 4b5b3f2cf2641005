package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;

/** Operations that make matrices from numbers. */
public final class CreateKernels {
  private CreateKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {
    register(table, parallel, Precision.FP64);
    table.add("sample", new SampleKernel());
    table.add("table", new TableKernel(parallel));
    table.add("outer", new OuterKernel(table));
  }

  /** Adds the kernels that make matrices of floats. */
  public static void registerFloats(KernelTable.Builder table, Parallel parallel) {
    register(table, parallel, Precision.FP32);
  }

  private static void register(KernelTable.Builder table, Parallel parallel, Precision precision) {
    table.add("rand", new RandKernel(parallel, precision));
    table.add("dropout", new DropoutKernel(parallel, precision, true));
    table.add("dropout_backward", new DropoutKernel(parallel, precision, false));
    table.add("matrix", new FillKernel(parallel, precision));
    table.add("seq", new SequenceKernel(precision));
  }
}
