package dev.reprise.runtime.cpu.nn;

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
    for (int c = 0; c < planes.channels(); c++) {
      long plane = (step.image() * planes.channels() + c) * planes.height();
      for (int row = first; row < last; row++) {
        long from = (plane + top + row) * planes.width() + skipped;
        long to = ((long) c * rows + row) * width + left;
        MemorySegment.copy(images, bytes * from, into, bytes * to, bytes * count);
      }
    }
  }
}
