package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;

/** Operations that make matrices from numbers. */
public final class CreateKernels {
  private CreateKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {}
}
