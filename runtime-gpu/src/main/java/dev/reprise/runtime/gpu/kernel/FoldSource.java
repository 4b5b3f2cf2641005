package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.KernelCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a fold takes its cells from: the memory of a matrix, or the leaves of an expression whose
 * cells its kernels compute. Parts and order of the cells are the same, hence also the bits.
 *
 * @param generated the expression's kernels, or null for a matrix
 * @param arguments the matrix's memory, or the leaves
 * @param cols columns of the expression's root
 * @param isWide whether the matrix has wide numbers, whatever the operation's precision
 */
record FoldSource(GeneratedKernels generated, Object[] arguments, long cols, boolean isWide) {

  static FoldSource of(DeviceBuffer x) {
    return new FoldSource(null, new Object[] {x}, 0, false);
  }

  /** Wide numbers, whatever the precision of the operation. */
  static FoldSource ofWide(DeviceBuffer x) {
    return new FoldSource(null, new Object[] {x}, 0, true);
  }

  /** Launches a kernel of {@code lines.h} for rows so long, or for all cells as one row. */
  void overRows(
      KernelCall call, String kernel, long groups, int threads, long length, Object... others) {
    launch(call, kernel + "_rows", groups, threads, length == cols ? 0 : cols, others);
  }

  /** The same for columns. */
  void overColumns(KernelCall call, String kernel, long groups, int threads, Object... others) {
    launch(call, kernel + "_cols", groups, threads, 0, others);
  }

  /**
   * @param others the kernel's arguments without those of the source, which come after the first
   *     two
   */
  private void launch(
      KernelCall call, String kernel, long groups, int threads, long rootCols, Object[] others) {
    List<Object> all = new ArrayList<>(Arrays.asList(others).subList(0, 2));
    if (generated != null) {
      all.add(rootCols);
    }
    all.addAll(Arrays.asList(arguments));
    all.addAll(Arrays.asList(others).subList(2, others.length));
    if (isWide && call.hasDoubles()) {
      call.backend()
          .runGroups("aggregates/" + kernel, Precision.FP64, groups, threads, all.toArray());
    } else if (generated == null) {
      call.runGroups("aggregates/" + kernel, groups, threads, all.toArray());
    } else {
      call.runGroups(generated, kernel, groups, threads, all.toArray());
    }
  }
}
