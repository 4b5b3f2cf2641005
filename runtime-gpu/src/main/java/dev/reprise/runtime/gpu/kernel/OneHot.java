package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code rexpand}: a row or column of zeros for each cell, with a one where the cell's number says.
 * Waits for the device only where a cell may be refused.
 */
record OneHot() implements DeviceKernel {
  private static final int GROUPS = 32;
  private static final int GROUP_SIZE = 64;

  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix x
        && (x.rows() == 1 || x.cols() == 1)
        && CellKernels.isNumber(inputs[1])
        && ((Scalar) inputs[1]).asLong() > 0
        && inputs[2] instanceof Scalar direction
        && direction.type() == ValueType.STRING
        && (direction.asString().equals("cols") || direction.asString().equals("rows"))
        && CellKernels.isNumber(inputs[3])
        && CellKernels.isNumber(inputs[4]);
  }

  @Override
  public boolean needsDoubles() {
    return true;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    long most = call.scalar(1).asLong();
    boolean intoColumns = call.scalar(2).asString().equals("cols");
    boolean cast = call.scalar(3).asBoolean();
    boolean ignore = call.scalar(4).asBoolean();
    if (!cast || !ignore) {
      refuseOthers(call, x, cast, ignore);
    }
    long n = x.cells();
    DeviceMatrix out = intoColumns ? call.result(n, most) : call.result(most, n);
    call.backend().zero(out.buffer(), out.bytes());
    call.run(
        "choices/one_hot",
        n,
        out.buffer(),
        x.buffer(),
        (double) most,
        intoColumns ? most : 1L,
        intoColumns ? 1L : n,
        n);
    return new DeviceOperand[] {out};
  }

  private static void refuseOthers(KernelCall call, DeviceMatrix x, boolean cast, boolean ignore) {
    int threads = GROUPS * GROUP_SIZE;
    DeviceBuffer firsts = call.scratch(8L * threads);
    call.runGroups(
        "choices/first_refused",
        GROUPS,
        GROUP_SIZE,
        firsts,
        x.buffer(),
        cast ? 1 : 0,
        ignore ? 1 : 0,
        x.cells());
    long first = x.cells();
    for (long candidate : call.readLongs(firsts, threads)) {
      first = Math.min(first, candidate);
    }
    if (first < x.cells()) {
      throw new OperandException(
          "'rexpand' needs whole numbers from 1, but cell "
              + (first + 1)
              + " is "
              + cell(call, x, first));
    }
  }

  private static double cell(KernelCall call, DeviceMatrix x, long at) {
    DeviceBuffer widened = call.scratch(8);
    call.runGroups("choices/widen", 1, 1, widened, x.buffer(), at);
    return call.readDoubles(widened, 1)[0];
  }
}
