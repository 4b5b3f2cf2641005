package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;

/** Operations that make matrices from numbers. */
public final class CreateKernels {
  private CreateKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {
    table.add("rand", new RandKernel(parallel));
    table.add("dropout", new DropoutKernel(parallel, true));
    table.add("dropout_backward", new DropoutKernel(parallel, false));
    table.add("matrix", new FillKernel(parallel));
    table.add("seq", new SequenceKernel());
    table.add("sample", new SampleKernel());
    table.add("table", new TableKernel());
    table.add("outer", new OuterKernel(table, parallel));
  }
}
