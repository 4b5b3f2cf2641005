package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.gpu.KernelCall;
import java.util.ArrayList;
import java.util.List;

/**
 * Launches kernels that work on rows ({@code rows.h}). On a GPU several threads of a group share a
 * row; on a processor a thread takes one row after another.
 */
final class RowLanes {
  private static final int GROUP = 256;

  /** Groups that keep a large GPU busy; each takes several rows when there are more. */
  private static final long MOST_GROUPS = 1 << 14;

  private static final long PROCESSOR_GROUPS = 64;

  private RowLanes() {}

  /** Arguments end with rows, columns and lanes, which are added here. */
  static void run(KernelCall call, String kernel, long rows, long cols, Object... first) {
    int threads = call.isProcessor() ? 1 : GROUP;
    int lanes = call.isProcessor() ? 1 : lanes(cols);
    long most = call.isProcessor() ? PROCESSOR_GROUPS : MOST_GROUPS;
    long groups = Math.clamp(Fold.chunks(rows, threads / lanes), 1, most);
    List<Object> arguments = new ArrayList<>(List.of(first));
    arguments.addAll(List.of(rows, cols, lanes));
    call.runGroups(kernel, groups, threads, arguments.toArray());
  }

  /** A power of two, with a few cells for each. */
  private static int lanes(long cols) {
    int lanes = 1;
    while (lanes < GROUP && lanes * 4L < cols) {
      lanes *= 2;
    }
    return lanes;
  }
}
