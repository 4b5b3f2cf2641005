package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;

/** Frames and their encoding to matrices. */
public final class FrameKernels {
  private FrameKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {}
}
