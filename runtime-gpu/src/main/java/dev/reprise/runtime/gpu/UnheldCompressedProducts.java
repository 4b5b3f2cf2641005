package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.util.function.LongFunction;

/**
 * The library's products of compressed matrices, which are never held back: an {@link
 * IterationUnderWay} is told before each. By the worker.
 */
final class UnheldCompressedProducts implements CompressedProducts {
  private final CompressedProducts library;
  private final IterationUnderWay iteration;

  UnheldCompressedProducts(CompressedProducts library, IterationUnderWay iteration) {
    this.library = library;
    this.iteration = iteration;
  }

  @Override
  public String library() {
    return library.library();
  }

  @Override
  public boolean takes(long rows, long cols, long nonZeros, long n) {
    return library.takes(rows, cols, nonZeros, n);
  }

  @Override
  public void multiply(
      Precision precision,
      Rows x,
      DeviceBuffer y,
      long n,
      DeviceBuffer out,
      LongFunction<DeviceBuffer> scratch) {
    iteration.beforeOther();
    library.multiply(precision, x, y, n, out, scratch);
  }
}
