package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.cuda.ToolkitLibrary.Wanted;
import java.nio.file.Path;
import java.util.List;
import jcuda.LogLevel;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcusparse.JCusparse;

/** The libraries that compute products, as far as this machine has them. Thread-safe. */
final class ProductLibraries {
  private static final Wanted CUBLAS =
      new Wanted(
          "cuBLAS",
          "cublas",
          "cublasLt",
          List.of(),
          12,
          13,
          "libJCublas2-12.6.0-linux-x86_64.so",
          () -> JCublas2.setLogLevel(LogLevel.LOG_QUIET),
          // What CudaProducts reaches.
          List.of(
              "cublasCreate_v2",
              "cublasDestroy_v2",
              "cublasGetVersion_v2",
              "cublasSetStream_v2",
              "cublasSetWorkspace_v2",
              "cublasDgemm_v2",
              "cublasSgemm_v2",
              "cublasSetMathMode",
              "cublasDgemv_v2",
              "cublasSgemv_v2",
              "cublasDsyrk_v2",
              "cublasSsyrk_v2"));

  /** Its version is not the toolkit's: CUDA 12 and 13 both have version 12. */
  private static final Wanted CUSPARSE =
      new Wanted(
          "cuSPARSE",
          "cusparse",
          null,
          List.of("libnvJitLink.so.12", "libnvJitLink.so.13"),
          12,
          13,
          "libJCusparse-12.6.0-linux-x86_64.so",
          () -> JCusparse.setLogLevel(LogLevel.LOG_QUIET),
          // What CudaCompressedProducts reaches.
          List.of(
              "cusparseCreate",
              "cusparseDestroy",
              "cusparseGetVersion",
              "cusparseSetStream",
              "cusparseCreateCsr",
              "cusparseDestroySpMat",
              "cusparseCreateDnMat",
              "cusparseDestroyDnMat",
              "cusparseCreateDnVec",
              "cusparseDestroyDnVec",
              "cusparseSpMM_bufferSize",
              "cusparseSpMM",
              "cusparseSpMV_bufferSize",
              "cusparseSpMV"));

  private final ToolkitLibrary cublas;
  private final ToolkitLibrary cusparse;

  /**
   * @param natives folder of the bindings
   * @param driver the newest version of CUDA that the driver runs
   */
  ProductLibraries(Path natives, ToolkitSearch search, int driver) {
    cublas = new ToolkitLibrary(CUBLAS, natives, search, driver);
    cusparse = new ToolkitLibrary(CUSPARSE, natives, search, driver);
  }

  /** What a device that has not been opened says of them. */
  String expected() {
    return cublas.expected() + ", " + cusparse.expected();
  }

  /** What a device says that has these products, each null for none. */
  String found(CudaProducts products, CudaCompressedProducts compressed) {
    return (products == null ? cublas.absence() : products.library())
        + ", "
        + (compressed == null ? cusparse.absence() : compressed.library());
  }

  /**
   * Products on a stream, or null when the library is absent or unfit.
   *
   * @param before called before each launch
   */
  CudaProducts products(CudaContext context, CUstream stream, Runnable before) {
    return cublas.open(() -> new CudaProducts(context, stream, before));
  }

  /** Likewise, of compressed matrices. */
  CudaCompressedProducts compressedProducts(CudaContext context, CUstream stream, Runnable before) {
    return cusparse.open(() -> new CudaCompressedProducts(context, stream, before));
  }
}
