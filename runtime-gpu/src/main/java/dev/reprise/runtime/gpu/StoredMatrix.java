package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * A matrix of a product as it lies in a buffer, row by row from the first byte on.
 *
 * @param stride the leading dimension: cells from one stored row to the next
 * @param isTransposed whether the rows that are stored are the matrix's columns
 */
public record StoredMatrix(DeviceBuffer buffer, long stride, boolean isTransposed) {
  /** One whose rows are stored. */
  public static StoredMatrix ofRows(DeviceBuffer buffer, long stride) {
    return new StoredMatrix(buffer, stride, false);
  }

  StoredMatrix in(DeviceBuffer other) {
    return new StoredMatrix(other, stride, isTransposed);
  }
}
