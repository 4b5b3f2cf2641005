package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.KernelCall;

/** What operations on compressed matrices share. */
final class Compressed {
  private Compressed() {}

  /** True when kernels can transpose the matrix: rows become columns, which have 32 bits. */
  static boolean isTransposable(DeviceSparse x) {
    return x.rows() <= Integer.MAX_VALUE && x.nonZeros() <= RadixSort.MOST_PAIRS;
  }

  /** The transpose in memory that the call gives back at its end. */
  static DeviceSparse transposed(KernelCall call, DeviceSparse x) {
    DeviceBuffer buffer = call.scratch(SparseMatrix.bytesOf(x.cols(), x.nonZeros()));
    DeviceSparse out = new DeviceSparse(x.cols(), x.rows(), x.precision(), x.nonZeros(), buffer);
    transpose(call, x, out);
    return out;
  }

  /**
   * The stored values in the precision of the operation, until the end of the call.
   *
   * @param count as many as are stored, or more: then zeros follow
   */
  static DeviceBuffer values(KernelCall call, DeviceSparse x, long count) {
    DeviceBuffer values = call.scratch(count * x.precision().bytesPerCell());
    call.run("sparse/cells_of", count, values, x.buffer(), x.rows(), x.nonZeros(), count);
    return values;
  }

  /** An operand with all its cells: as it is, or made dense until the end of the call. */
  static DeviceMatrix dense(KernelCall call, int operand) {
    return call.isSparse(operand) ? spread(call, call.sparse(operand)) : call.matrix(operand);
  }

  /** The matrix with all its cells, until the end of the call. */
  private static DeviceMatrix spread(KernelCall call, DeviceSparse x) {
    DeviceMatrix described = DeviceMatrix.described(x.shape(), x.precision());
    DeviceBuffer cells = call.scratch(described.bytes());
    call.backend().zero(cells, described.bytes());
    call.run("sparse/spread", x.rows(), cells, x.buffer(), x.rows(), x.cols(), x.nonZeros());
    return new DeviceMatrix(x.rows(), x.cols(), x.precision(), cells);
  }

  private static void transpose(KernelCall call, DeviceSparse x, DeviceSparse out) {
    if (x.nonZeros() == 0) {
      call.backend().zero(out.buffer(), out.bytes());
      return;
    }
    RadixSort sort = new RadixSort(call, x.nonZeros());
    call.run(
        "sparse/by_column",
        x.nonZeros(),
        sort.keys(),
        sort.rows(),
        x.buffer(),
        x.rows(),
        x.nonZeros());
    sort.sort(64 - Long.numberOfLeadingZeros(x.cols() - 1));
    call.run(
        "sparse/turned_starts", x.cols() + 1, out.buffer(), sort.keys(), x.cols(), x.nonZeros());
    call.run(
        "sparse/turned",
        x.nonZeros(),
        out.buffer(),
        x.buffer(),
        sort.rows(),
        x.rows(),
        x.cols(),
        x.nonZeros());
  }
}
