package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Gemm.Block;
import dev.reprise.runtime.gpu.kernel.Triangles.Sides;
import dev.reprise.runtime.gpu.kernel.Triangles.Small;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code cholesky}: the lower triangle L with A = L t(L). Computed as t(L), whose blocks of rows
 * lie together, from the lower triangle of A, as on the host.
 */
record CholeskyFactor() implements DeviceKernel {
  /** How far products that should be symmetric may be from it by rounding. */
  private static final double TOLERANCE = 1e-12;

  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return FactorisationKernels.isSuitable(operation, inputs[0]);
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix a = call.matrix(0);
    long n = a.rows();
    DeviceBuffer upper = call.scratch(a.bytes());
    DeviceBuffer status = call.scratch(2 * Long.BYTES);
    call.backend().zero(status, 2 * Long.BYTES);
    call.run("solve/turned_lower", n * n, upper, a.buffer(), n, TOLERANCE, status);
    for (long first = 0; first < n; first += Triangles.BLOCK) {
      step(call, upper, n, first, status);
    }
    requireFactor(n, call.readLongs(status, 2));
    DeviceMatrix lower = call.result(n, n);
    call.run("solve/turned_upper", n * n, lower.buffer(), upper, n);
    return new DeviceOperand[] {lower};
  }

  private static void step(
      KernelCall call, DeviceBuffer upper, long n, long first, DeviceBuffer status) {
    int size = Triangles.size(n, first, Triangles.BLOCK);
    long next = first + size;
    call.runGroups(
        "solve/cholesky_block", 1, Triangles.groupSize(call), upper, n, first, size, status);
    new Small(upper, first * n + first, 1, n, size, false)
        .forward(call, new Sides(upper, first * n + next, n, 1, n - next));
    Block right = new Block(upper, first * n + next, n);
    Gemm.subtractSquare(call, n - next, size, right, new Block(upper, next * n + next, n));
  }

  private static void requireFactor(long n, long[] status) {
    if (status[0] != 0) {
      throw new OperandException("'cholesky' needs a symmetric matrix");
    }
    if (status[1] != 0) {
      String part = status[1] + "x" + status[1];
      throw new OperandException(
          "'cholesky' needs a positive definite matrix, but the leading "
              + part
              + " part of this "
              + n
              + "x"
              + n
              + " matrix is not");
    }
  }
}
