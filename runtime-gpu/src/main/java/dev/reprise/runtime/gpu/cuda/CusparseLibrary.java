package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.accelerator.DeviceException;
import java.nio.file.Path;
import java.util.List;
import jcuda.LogLevel;
import jcuda.driver.CUstream;
import jcuda.jcusparse.JCusparse;

/**
 * cuSPARSE, as far as this machine has it. Thread-safe. Its version is not the toolkit's: CUDA 12
 * and 13 both have version 12.
 */
final class CusparseLibrary {
  private static final ToolkitLibrary.Wanted WANTED =
      new ToolkitLibrary.Wanted(
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

  private final ToolkitLibrary library;

  CusparseLibrary(Path natives, CublasSearch search, int driver) {
    library = new ToolkitLibrary(WANTED, natives, search, driver);
  }

  /** What a device that has not been opened says of the library. */
  String expected() {
    return library.expected();
  }

  /** Why there is none, for people. */
  String absence() {
    return library.absence();
  }

  /**
   * Products on a stream, or null when the library is absent or unfit.
   *
   * @param before called before each launch
   */
  synchronized CudaCompressedProducts open(CudaContext context, CUstream stream, Runnable before) {
    if (!library.load()) {
      return null;
    }
    try {
      return new CudaCompressedProducts(context, stream, before);
    } catch (DeviceException e) {
      library.refuse(e.getMessage());
      return null;
    }
  }
}
