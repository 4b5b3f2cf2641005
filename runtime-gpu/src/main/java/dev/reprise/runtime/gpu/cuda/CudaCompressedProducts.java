package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.CompressedProducts;
import java.util.function.LongFunction;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUstream;
import jcuda.jcusparse.JCusparse;
import jcuda.jcusparse.cusparseDnMatDescr;
import jcuda.jcusparse.cusparseDnVecDescr;
import jcuda.jcusparse.cusparseHandle;
import jcuda.jcusparse.cusparseIndexBase;
import jcuda.jcusparse.cusparseIndexType;
import jcuda.jcusparse.cusparseOperation;
import jcuda.jcusparse.cusparseOrder;
import jcuda.jcusparse.cusparseSpMMAlg;
import jcuda.jcusparse.cusparseSpMVAlg;
import jcuda.jcusparse.cusparseSpMatDescr;
import jcuda.jcusparse.cusparseStatus;
import jcuda.runtime.cudaStream_t;

/**
 * Products of compressed matrices by cuSPARSE's generic interface on the launch stream. Confined to
 * the worker.
 *
 * <p>The algorithms are those that its documentation promises the same bits of in each run, and
 * only for a matrix that is not transposed: CSR_ALG3 for matrices, CSR_ALG2 for vectors.
 */
final class CudaCompressedProducts implements CompressedProducts {
  private static final int NONE = cusparseOperation.CUSPARSE_OPERATION_NON_TRANSPOSE;
  private static final int BY_MATRIX = cusparseSpMMAlg.CUSPARSE_SPMM_CSR_ALG3;
  private static final int BY_VECTOR = cusparseSpMVAlg.CUSPARSE_SPMV_CSR_ALG2;

  private final CudaContext context;
  private final Runnable before;
  private final cusparseHandle handle = new cusparseHandle();
  private final String library;

  CudaCompressedProducts(CudaContext context, CUstream stream, Runnable before) {
    this.context = context;
    this.before = before;
    check(JCusparse.cusparseCreate(handle));
    int[] version = new int[1];
    try {
      check(JCusparse.cusparseSetStream(handle, new cudaStream_t(stream)));
      check(JCusparse.cusparseGetVersion(handle, version));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    library = "cuSPARSE " + text(version[0]);
  }

  /** Three digits for the patch level and what follows, two until version 10. */
  private static String text(int version) {
    return version / 1000 + "." + version / 100 % 10 + "." + version % 100;
  }

  /** Name and version, for people. */
  String library() {
    return library;
  }

  @Override
  public void multiply(
      Precision precision,
      Rows x,
      DeviceBuffer y,
      long n,
      DeviceBuffer out,
      LongFunction<DeviceBuffer> scratch) {
    context.makeCurrent();
    before.run();
    int type = precision == Precision.FP64 ? cudaDataType.CUDA_R_64F : cudaDataType.CUDA_R_32F;
    cusparseSpMatDescr matrix = new cusparseSpMatDescr();
    check(
        JCusparse.cusparseCreateCsr(
            matrix,
            x.rows(),
            x.cols(),
            x.nonZeros(),
            address(x.starts(), 0),
            address(x.columns().buffer(), x.columns().fromByte()),
            address(x.values().buffer(), x.values().fromByte()),
            cusparseIndexType.CUSPARSE_INDEX_32I,
            cusparseIndexType.CUSPARSE_INDEX_32I,
            cusparseIndexBase.CUSPARSE_INDEX_BASE_ZERO,
            type));
    try {
      if (n == 1) {
        byVector(matrix, x, y, out, type, scratch);
      } else {
        byMatrix(matrix, x, y, n, out, type, scratch);
      }
    } finally {
      JCusparse.cusparseDestroySpMat(matrix.asConst());
    }
  }

  private void byMatrix(
      cusparseSpMatDescr matrix,
      Rows x,
      DeviceBuffer y,
      long n,
      DeviceBuffer out,
      int type,
      LongFunction<DeviceBuffer> scratch) {
    cusparseDnMatDescr right = dense(x.cols(), n, y, type);
    try {
      cusparseDnMatDescr result = dense(x.rows(), n, out, type);
      try {
        long[] bytes = new long[1];
        check(
            JCusparse.cusparseSpMM_bufferSize(
                handle,
                NONE,
                NONE,
                number(type, 1),
                matrix.asConst(),
                right.asConst(),
                number(type, 0),
                result,
                type,
                BY_MATRIX,
                bytes));
        check(
            JCusparse.cusparseSpMM(
                handle,
                NONE,
                NONE,
                number(type, 1),
                matrix.asConst(),
                right.asConst(),
                number(type, 0),
                result,
                type,
                BY_MATRIX,
                memory(scratch, bytes[0])));
      } finally {
        JCusparse.cusparseDestroyDnMat(result.asConst());
      }
    } finally {
      JCusparse.cusparseDestroyDnMat(right.asConst());
    }
  }

  private cusparseDnMatDescr dense(long rows, long cols, DeviceBuffer cells, int type) {
    cusparseDnMatDescr matrix = new cusparseDnMatDescr();
    check(
        JCusparse.cusparseCreateDnMat(
            matrix, rows, cols, cols, address(cells, 0), type, cusparseOrder.CUSPARSE_ORDER_ROW));
    return matrix;
  }

  private void byVector(
      cusparseSpMatDescr matrix,
      Rows x,
      DeviceBuffer y,
      DeviceBuffer out,
      int type,
      LongFunction<DeviceBuffer> scratch) {
    cusparseDnVecDescr right = vector(x.cols(), y, type);
    try {
      cusparseDnVecDescr result = vector(x.rows(), out, type);
      try {
        long[] bytes = new long[1];
        check(
            JCusparse.cusparseSpMV_bufferSize(
                handle,
                NONE,
                number(type, 1),
                matrix.asConst(),
                right.asConst(),
                number(type, 0),
                result,
                type,
                BY_VECTOR,
                bytes));
        check(
            JCusparse.cusparseSpMV(
                handle,
                NONE,
                number(type, 1),
                matrix.asConst(),
                right.asConst(),
                number(type, 0),
                result,
                type,
                BY_VECTOR,
                memory(scratch, bytes[0])));
      } finally {
        JCusparse.cusparseDestroyDnVec(result.asConst());
      }
    } finally {
      JCusparse.cusparseDestroyDnVec(right.asConst());
    }
  }

  private cusparseDnVecDescr vector(long size, DeviceBuffer cells, int type) {
    cusparseDnVecDescr vector = new cusparseDnVecDescr();
    check(JCusparse.cusparseCreateDnVec(vector, size, address(cells, 0), type));
    return vector;
  }

  private static Pointer memory(LongFunction<DeviceBuffer> scratch, long bytes) {
    return address(scratch.apply(Math.max(bytes, 1)), 0);
  }

  private static Pointer number(int type, double value) {
    return type == cudaDataType.CUDA_R_64F
        ? Pointer.to(new double[] {value})
        : Pointer.to(new float[] {(float) value});
  }

  private static Pointer address(DeviceBuffer buffer, long fromByte) {
    return ((CudaPlace) buffer).address().withByteOffset(fromByte);
  }

  private void check(int status) {
    switch (status) {
      case cusparseStatus.CUSPARSE_STATUS_SUCCESS -> {}
      case cusparseStatus.CUSPARSE_STATUS_ALLOC_FAILED,
          cusparseStatus.CUSPARSE_STATUS_INSUFFICIENT_RESOURCES ->
          throw new ResourceException("not enough memory on " + context.device() + " for cuSPARSE");
      default ->
          throw new DeviceException(
              context.device() + ": cuSPARSE failed (" + cusparseStatus.stringFor(status) + ")",
              false);
    }
  }

  void close() {
    JCusparse.cusparseDestroy(handle);
  }
}
