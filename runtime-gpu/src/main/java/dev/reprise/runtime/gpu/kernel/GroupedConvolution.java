package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.WindowShape;

/**
 * Convolutions of small groups, as depthwise ones: a product per group would be tiny, and their
 * launches many. All groups are one launch here, which reads images and filters where they lie.
 */
final class GroupedConvolution {
  /** Products for each cell of a window from which on a product of matrices pays. */
  private static final long LARGE_GROUP = 256;

  private GroupedConvolution() {}

  static boolean suits(WindowShape shape) {
    WindowShape group = shape.ofGroup();
    return shape.groups() > 1 && (long) group.channels() * group.filters() < LARGE_GROUP;
  }

  static void outputs(KernelCall call, WindowShape shape, DeviceMatrix out) {
    call.run(
        "grouped/outputs",
        out.cells(),
        arguments(
            shape, out.buffer(), call.matrix(0).buffer(), call.matrix(1).buffer(), shape.images()));
  }

  static void dataGradient(KernelCall call, WindowShape shape, DeviceMatrix dx) {
    call.run(
        "grouped/data_gradient",
        dx.cells(),
        arguments(
            shape, dx.buffer(), call.matrix(0).buffer(), call.matrix(1).buffer(), shape.images()));
  }

  static void filterGradient(KernelCall call, WindowShape shape, DeviceMatrix dw) {
    RowLanes.run(
        call,
        "grouped/filter_gradient",
        dw.cells(),
        shape.images() * shape.outCells(),
        arguments(shape, dw.buffer(), call.matrix(0).buffer(), call.matrix(1).buffer()));
  }

  /** What {@code GROUPED} names, behind others. */
  private static Object[] arguments(WindowShape shape, Object... first) {
    WindowShape group = shape.ofGroup();
    Object[] all = java.util.Arrays.copyOf(first, first.length + 3);
    all[first.length] = shape.groups();
    all[first.length + 1] = group.channels();
    all[first.length + 2] = group.filters();
    return Windows.dilated(shape, all);
  }
}
