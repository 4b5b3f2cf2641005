package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;

/** Element-wise operations and scalars. */
public final class CellKernels {
  private CellKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {}
}
