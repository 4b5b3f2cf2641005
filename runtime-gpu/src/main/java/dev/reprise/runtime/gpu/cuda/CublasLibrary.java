package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.accelerator.DeviceException;
import java.nio.file.Path;
import java.util.List;
import jcuda.LogLevel;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;

/** cuBLAS, as far as this machine has it. Thread-safe. */
final class CublasLibrary {
  private static final ToolkitLibrary.Wanted WANTED =
      new ToolkitLibrary.Wanted(
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

  private final ToolkitLibrary library;

  CublasLibrary(Path natives, CublasSearch search, int driver) {
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
  synchronized CudaProducts open(CudaContext context, CUstream stream, Runnable before) {
    if (!library.load()) {
      return null;
    }
    try {
      return new CudaProducts(context, stream, before);
    } catch (DeviceException e) {
      library.refuse(e.getMessage());
      return null;
    }
  }
}
