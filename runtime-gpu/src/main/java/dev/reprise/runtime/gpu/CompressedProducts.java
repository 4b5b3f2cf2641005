package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.util.function.LongFunction;

/**
 * Products of compressed matrices of a library that the device's maker gives, in sequence with
 * launches.
 */
@FunctionalInterface
public interface CompressedProducts {

  /**
   * A matrix compressed by rows as libraries take it.
   *
   * @param starts row starts, 32 bits each, {@code rows + 1} of them
   * @param columns columns, 32 bits each
   * @param values values in the precision of the product
   */
  record Rows(
      long rows, long cols, long nonZeros, DeviceBuffer starts, Piece columns, Piece values) {}

  /** What lies in a buffer from a byte on. */
  record Piece(DeviceBuffer buffer, long fromByte) {}

  /** True when sizes and number of non-zeros are what such libraries take: numbers of 32 bits. */
  static boolean fits(long rows, long cols, long nonZeros, long n) {
    return nonZeros > 0
        && Math.max(Math.max(rows, cols), Math.max(nonZeros, n)) < Integer.MAX_VALUE;
  }

  /**
   * Writes X Y, the same bits each time.
   *
   * @param y dense, {@code x.cols()} x n cells
   * @param n columns of Y and of the result
   * @param out {@code x.rows()} x n cells
   * @param scratch memory until the work launched so far has ended
   */
  void multiply(
      Precision precision,
      Rows x,
      DeviceBuffer y,
      long n,
      DeviceBuffer out,
      LongFunction<DeviceBuffer> scratch);
}
