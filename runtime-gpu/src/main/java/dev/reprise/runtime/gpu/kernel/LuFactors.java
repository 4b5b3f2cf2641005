package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Gemm.Block;
import dev.reprise.runtime.gpu.kernel.Triangles.Sides;
import dev.reprise.runtime.gpu.kernel.Triangles.Small;

/**
 * A Q = L U with exchanged columns, L lower and U upper with ones on its diagonal: the
 * factorisation of t(A) with exchanged rows that LAPACK makes on the host, where A lies row by row.
 *
 * <pre>
 *   . . . . . .      rows of a panel: eliminated by one group, columns exchanged in all rows
 *   = = = = = =      below it the columns of L are solved for, and what is left of A loses
 *   . . | . . .      their product with the panel
 * </pre>
 */
final class LuFactors {
  /** Rows of a panel; one group works on it alone, so that it must stay small. */
  private static final int PANEL = 32;

  private final KernelCall call;
  private final long n;
  private final DeviceBuffer lu;
  private final DeviceBuffer pivots;

  private LuFactors(KernelCall call, long n, DeviceBuffer lu, DeviceBuffer pivots) {
    this.call = call;
    this.n = n;
    this.lu = lu;
    this.pivots = pivots;
  }

  /** Factorises a square matrix and waits for that; one that is singular is refused. */
  static LuFactors of(KernelCall call, DeviceMatrix a) {
    long n = a.rows();
    LuFactors factors =
        new LuFactors(call, n, call.scratch(a.bytes()), call.scratch(n * Long.BYTES));
    call.backend().copy(a.buffer(), 0, factors.lu, 0, a.bytes());
    DeviceBuffer status = call.scratch(2 * Long.BYTES);
    call.backend().zero(status, 2 * Long.BYTES);
    for (long first = 0; first < n; first += PANEL) {
      factors.panel(first, Triangles.size(n, first, PANEL), status);
    }
    long failed = call.readLongs(status, 2)[1];
    if (failed > 0) {
      throw new OperandException(
          "'"
              + call.operation().name()
              + "' got a singular matrix of shape "
              + n
              + "x"
              + n
              + ": its columns depend on each other (pivot "
              + failed
              + " is zero)");
    }
    return factors;
  }

  private void panel(long first, int size, DeviceBuffer status) {
    call.runGroups(
        "solve/eliminate", 1, Triangles.groupSize(call), lu, n, first, size, pivots, status);
    call.run("solve/exchange", n, lu, n, first, size, pivots);
    long below = first + size;
    // The columns of L as rows of right-hand sides: L U = A is t(U) t(L) = t(A).
    new Small(lu, first * n + first, 1, n, size, true)
        .forward(call, new Sides(lu, below * n + first, 1, n, n - below));
    Gemm.subtract(
        call,
        false,
        false,
        n - below,
        n - below,
        size,
        new Block(lu, below * n + first, n),
        new Block(lu, first * n + below, n),
        new Block(lu, below * n + below, n));
  }

  /**
   * Solves A X = B.
   *
   * @param b of the result's shape, overwritten
   */
  void solve(DeviceBuffer b, DeviceMatrix out) {
    Triangles.forward(call, lu, n, b, out.cols());
    Triangles.backwardUnit(call, lu, n, b, out.cols());
    DeviceBuffer sources = call.scratch(n * Long.BYTES);
    call.run("solve/sources", 1, sources, pivots, n);
    call.run("solve/gather", out.cells(), out.buffer(), b, sources, n, out.cols());
  }
}
