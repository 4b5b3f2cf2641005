package dev.reprise.runtime.cpu.nn;

import java.lang.foreign.MemorySegment;

/** Copies what a step of a direct convolution sees of an image, with the zeros around it. */
final class PaddedPlanes {
  private PaddedPlanes() {}

  /** Writes the rows of all padded planes of an image, one after the other. */
  static void read(
      DirectPlan plan, MemorySegment images, DirectPlan.Step step, MemorySegment into) {
    int bytes = plan.bytes();
    int rows = plan.paddedRows(step.rows());
    int width = plan.paddedWidth();
    into.asSlice(0, (long) bytes * plan.channels() * rows * width).fill((byte) 0);
    int top = step.from() * plan.window().down() - plan.padTop();
    int first = Math.clamp(-(long) top, 0, rows);
    int last = Math.clamp((long) plan.height() - top, first, rows);
    int left = Math.max(0, plan.padLeft());
    int skipped = Math.max(0, -plan.padLeft());
    long count = Math.min(width - left, plan.width() - skipped);
    if (count <= 0) {
      return;
    }
    for (int c = 0; c < plan.channels(); c++) {
      long plane = (step.image() * plan.channels() + c) * plan.height();
      for (int row = first; row < last; row++) {
        long from = (plane + top + row) * plan.width() + skipped;
        long to = ((long) c * rows + row) * width + left;
        MemorySegment.copy(images, bytes * from, into, bytes * to, bytes * count);
      }
    }
  }
}
