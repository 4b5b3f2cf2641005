package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.KernelCall;

/**
 * A stable sort of pairs of a key of 64 bits and a row, by the kernels of {@code sort.c}. Takes 12
 * bytes of memory for each pair and again as much.
 */
final class RadixSort {
  /** Bits of a digit. */
  private static final int BITS = 4;

  private static final int DIGITS = 1 << BITS;

  /** Rows are numbered with 32 bits. */
  static final long MOST_PAIRS = Integer.MAX_VALUE - 8;

  private static final long GPU_MOST_PARTS = 1 << 15;
  private static final long PROCESSOR_MOST_PARTS = 1 << 8;
  private static final long FEWEST_PAIRS = 64;
  private static final int GROUP = 256;

  private final KernelCall call;
  private final long n;
  private final long parts;
  private final long chunk;
  private DeviceBuffer keys;
  private DeviceBuffer rows;

  /** Memory for so many pairs; the caller launches what fills it. */
  RadixSort(KernelCall call, long n) {
    this.call = call;
    this.n = n;
    long most = call.isProcessor() ? PROCESSOR_MOST_PARTS : GPU_MOST_PARTS;
    this.chunk = Fold.chunks(n, Math.clamp(n / FEWEST_PAIRS, 1, most));
    this.parts = Fold.chunks(n, chunk);
    this.keys = call.scratch(8 * n);
    this.rows = call.scratch(4 * n);
  }

  /** Keys, in order once sorted. */
  DeviceBuffer keys() {
    return keys;
  }

  /** Rows, numbered from 0, in the order of their keys once sorted. */
  DeviceBuffer rows() {
    return rows;
  }

  /** Sorts by the lowest bits of the keys, of which the others must be equal. */
  void sort(int bits) {
    if (n == 1) {
      return;
    }
    DeviceBuffer otherKeys = call.scratch(8 * n);
    DeviceBuffer otherRows = call.scratch(4 * n);
    DeviceBuffer counts = call.scratch(4 * DIGITS * parts);
    for (int shift = 0; shift < bits; shift += BITS) {
      call.run("sort/count", parts, counts, keys, n, parts, chunk, shift);
      prefixSums(call, counts, DIGITS * parts);
      call.run(
          "sort/scatter", parts, otherKeys, otherRows, keys, rows, counts, n, parts, chunk, shift);
      DeviceBuffer sortedKeys = otherKeys;
      DeviceBuffer sortedRows = otherRows;
      otherKeys = keys;
      otherRows = rows;
      keys = sortedKeys;
      rows = sortedRows;
    }
  }

  /** Replaces whole numbers of 32 bits by the sums of all before them. */
  static void prefixSums(KernelCall call, DeviceBuffer counts, long n) {
    int threads = call.isProcessor() ? 1 : GROUP;
    long atLeast = call.isProcessor() ? Fold.chunks(n, 16) : 8L * GROUP;
    long block = Fold.chunks(Math.max(atLeast, Fold.chunks(n, 8L * GROUP)), threads) * threads;
    long blocks = Fold.chunks(n, block);
    DeviceBuffer sums = call.scratch(4 * blocks);
    DeviceBuffer total = call.scratch(4);
    if (blocks > 1) {
      call.runGroups("sort/scan", blocks, threads, counts, sums, sums, n, block, 0, 0);
      long all = Fold.chunks(blocks, threads) * threads;
      call.runGroups("sort/scan", 1, threads, sums, total, total, blocks, all, 0, 1);
    }
    int carries = blocks > 1 ? 1 : 0;
    call.runGroups("sort/scan", blocks, threads, counts, total, sums, n, block, carries, 1);
  }
}
