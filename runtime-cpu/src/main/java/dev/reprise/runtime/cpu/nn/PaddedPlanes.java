package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.cpu.code.PanelPacking;
import java.lang.foreign.MemorySegment;

/** Copies what a step of a direct convolution sees of an image, with the zeros around it. */
final class PaddedPlanes {
  private PaddedPlanes() {}

  /** Writes the rows of all padded planes of an image, one after the other. */
  static void read(
      DirectPlan plan, MemorySegment images, DirectPlan.Step step, MemorySegment into) {
    PlaneConvolution planes = plan.planes();
    int bytes = plan.bytes();
    int rows = plan.paddedRows(step.rows());
    int width = plan.paddedWidth();
    into.asSlice(0, (long) bytes * planes.channels() * rows * width).fill((byte) 0);
    int top = step.from() * plan.window().down() - planes.padTop();
    int first = Math.clamp(-(long) top, 0, rows);
    int last = Math.clamp((long) planes.height() - top, first, rows);
    int left = Math.max(0, planes.padLeft());
    int skipped = Math.max(0, -planes.padLeft());
    long count = Math.min(width - left, planes.width() - skipped);
    if (count <= 0) {
      return;
    }
    boolean isQuick = bytes * count >= PanelPacking.LEAST_COPIED && last > first;
    PanelPacking packing = PanelPacking.find(plan.precision());
    for (int c = 0; c < planes.channels(); c++) {
      long plane = (step.image() * planes.channels() + c) * planes.height();
      long from = bytes * ((plane + top + first) * planes.width() + skipped);
      long to = bytes * (((long) c * rows + first) * width + left);
      long rowBytes = (long) bytes * planes.width();
      long paddedBytes = (long) bytes * width;
      if (isQuick) {
        packing.copies(
            images.address() + from,
            rowBytes,
            last - first,
            bytes * count,
            into.address() + to,
            paddedBytes);
        continue;
      }
      for (int row = 0; row < last - first; row++) {
        MemorySegment.copy(
            images, from + row * rowBytes, into, to + row * paddedBytes, bytes * count);
      }
    }
  }
}
