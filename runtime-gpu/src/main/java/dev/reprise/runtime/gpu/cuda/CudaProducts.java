package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.GeneralProduct;
import dev.reprise.runtime.gpu.Products;
import dev.reprise.runtime.gpu.SelfProduct;
import dev.reprise.runtime.gpu.StoredMatrix;
import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasFillMode;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/**
 * Products by cuBLAS on the launch stream. cuBLAS lays matrices out by columns: what we store row
 * by row is, to it, the transposed matrix, so it is asked for {@code t(C) = t(B) %*% t(A)}.
 * Confined to the worker.
 *
 * <p>One stream and a workspace of our own: then cuBLAS gives the same bits each time on one
 * device. Its fp32 products do not use units for tensors unless asked to, as {@link
 * #multiplyRounded} does: operands have the bits of TF32 or BF16 already, so nothing is left for it
 * to round.
 */
final class CudaProducts implements Products {
  /** What cuBLAS recommends for Hopper, the most of all. */
  private static final long WORKSPACE = 32L << 20;

  private final CudaContext context;
  private final Runnable before;
  private final cublasHandle handle = new cublasHandle();
  private final DeviceAddress workspace = new DeviceAddress();
  private final String library;

  CudaProducts(CudaContext context, CUstream stream, Runnable before) {
    this.context = context;
    this.before = before;
    check(JCublas2.cublasCreate(handle));
    int[] version = new int[1];
    try {
      check(JCublas2.cublasSetStream(handle, new cudaStream_t(stream)));
      context.check(cuMemAlloc(workspace, WORKSPACE));
      check(JCublas2.cublasSetWorkspace(handle, workspace, WORKSPACE));
      check(JCublas2.cublasGetVersion(handle, version));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    library = "cuBLAS " + text(version[0]);
  }

  /** Versions have two digits for each number since 11. */
  private static String text(int version) {
    return version / 10000 + "." + version / 100 % 100 + "." + version % 100;
  }

  /** Name and version, for people. */
  String library() {
    return library;
  }

  @Override
  public boolean gemm(GeneralProduct product) {
    return product.products() == ProductPrecision.FULL
        ? multiply(product)
        : multiplyRounded(product);
  }

  /**
   * Numbers of bf16 are numbers of tf32, so both take the units' mode for the latter. cublasGemmEx,
   * which has more modes, is bound in a form that knows none of them.
   */
  private boolean multiplyRounded(GeneralProduct product) {
    context.makeCurrent();
    check(JCublas2.cublasSetMathMode(handle, cublasMath.CUBLAS_TF32_TENSOR_OP_MATH));
    try {
      return multiply(product);
    } finally {
      check(JCublas2.cublasSetMathMode(handle, cublasMath.CUBLAS_DEFAULT_MATH));
    }
  }

  private boolean multiply(GeneralProduct product) {
    StoredMatrix a = product.a();
    StoredMatrix b = product.b();
    StoredMatrix c = product.c();
    if (!fit(product.m(), product.n(), product.k(), a.stride(), b.stride(), c.stride())) {
      return false;
    }
    prepare();
    Precision precision = product.precision();
    int m = (int) product.m();
    int n = (int) product.n();
    int k = (int) product.k();
    Pointer alpha = number(precision, product.alpha());
    Pointer beta = number(precision, product.beta());
    if (n == 1) {
      // A by columns is transposed already.
      gemv(precision, !a.isTransposed(), a, a.isTransposed() ? m : k, a.isTransposed() ? k : m)
          .times(alpha, b, b.isTransposed() ? 1 : b.stride(), beta, c, c.stride());
      return true;
    }
    if (m == 1) {
      gemv(precision, b.isTransposed(), b, b.isTransposed() ? k : n, b.isTransposed() ? n : k)
          .times(alpha, a, a.isTransposed() ? a.stride() : 1, beta, c, 1);
      return true;
    }
    check(
        CublasRoutines.of(precision)
            .gemm()
            .call(
                handle,
                operation(b.isTransposed()),
                operation(a.isTransposed()),
                n,
                m,
                k,
                alpha,
                address(b),
                (int) b.stride(),
                address(a),
                (int) a.stride(),
                beta,
                address(c),
                (int) c.stride()));
    return true;
  }

  /** A product of a matrix, by columns, and a vector that is still to come. */
  private interface HalfProduct {
    void times(Pointer alpha, StoredMatrix x, long stepX, Pointer beta, StoredMatrix y, long stepY);
  }

  /**
   * @param rows of the matrix as cuBLAS sees it, before it is transposed
   */
  private HalfProduct gemv(
      Precision precision, boolean transposed, StoredMatrix matrix, int rows, int cols) {
    int operation = operation(transposed);
    return (alpha, x, stepX, beta, y, stepY) ->
        check(
            CublasRoutines.of(precision)
                .gemv()
                .call(
                    handle,
                    operation,
                    rows,
                    cols,
                    alpha,
                    address(matrix),
                    (int) matrix.stride(),
                    address(x),
                    (int) stepX,
                    beta,
                    address(y),
                    (int) stepY));
  }

  @Override
  public boolean syrk(SelfProduct product) {
    StoredMatrix a = product.a();
    StoredMatrix c = product.c();
    if (!fit(product.n(), product.k(), a.stride(), c.stride())) {
      return false;
    }
    prepare();
    // Our upper triangle is the lower one by columns; A by columns is t(A).
    int triangle = cublasFillMode.CUBLAS_FILL_MODE_LOWER;
    int operation = operation(a.isTransposed());
    Precision precision = product.precision();
    int n = (int) product.n();
    int k = (int) product.k();
    Pointer alpha = number(precision, product.alpha());
    Pointer beta = number(precision, product.beta());
    check(
        CublasRoutines.of(precision)
            .syrk()
            .call(
                handle,
                triangle,
                operation,
                n,
                k,
                alpha,
                address(a),
                (int) a.stride(),
                beta,
                address(c),
                (int) c.stride()));
    return true;
  }

  private void prepare() {
    context.makeCurrent();
    before.run();
  }

  /** The interface with sizes of 32 bits, which every version has. */
  private static boolean fit(long... sizes) {
    for (long size : sizes) {
      if (size > Integer.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  private static int operation(boolean transposed) {
    return transposed ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static Pointer number(Precision precision, double value) {
    return precision == Precision.FP64
        ? Pointer.to(new double[] {value})
        : Pointer.to(new float[] {(float) value});
  }

  private static Pointer address(StoredMatrix matrix) {
    DeviceBuffer buffer = matrix.buffer();
    return buffer instanceof Part part
        ? ((CudaPlace) part.whole()).address().withByteOffset(part.fromByte())
        : ((CudaPlace) buffer).address();
  }

  @Override
  public DeviceBuffer part(DeviceBuffer buffer, long fromByte) {
    return new Part(buffer, fromByte);
  }

  /** The end of a buffer that somebody else owns. */
  private record Part(DeviceBuffer whole, long fromByte) implements DeviceBuffer {
    @Override
    public long bytes() {
      return whole.bytes() - fromByte;
    }

    @Override
    public void release() {
      throw new UnsupportedOperationException("a part of a buffer is not released");
    }
  }

  private void check(int status) {
    switch (status) {
      case cublasStatus.CUBLAS_STATUS_SUCCESS -> {}
      case cublasStatus.CUBLAS_STATUS_ALLOC_FAILED ->
          throw new ResourceException("not enough memory on " + context.device() + " for cuBLAS");
      default ->
          throw new DeviceException(
              context.device() + ": cuBLAS failed (" + cublasStatus.stringFor(status) + ")", false);
    }
  }

  void close() {
    JCublas2.cublasDestroy(handle);
    if (workspace.value() != 0) {
      cuMemFree(workspace);
    }
  }
}
