package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** {@code solve}, {@code inv} and {@code cholesky} of square fp64 matrices that are not tiny. */
public final class FactorisationKernels {
  /** Smaller ones are done on the host before a device has started. */
  private static final long LEAST_ORDER = 16;

  private FactorisationKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("cholesky", new CholeskyFactor());
    kernels.add("solve", new Solve());
    kernels.add("inv", new Inverse());
  }

  /**
   * In single precision the host factorises in double, which is not what a kernel for fp32 does.
   */
  static boolean isSuitable(Operation operation, DeviceOperand operand) {
    return operation.precision() == Precision.FP64
        && operand instanceof DeviceMatrix a
        && a.rows() == a.cols()
        && a.rows() >= LEAST_ORDER;
  }

  private record Solve() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return isSuitable(operation, inputs[0])
          && inputs[1] instanceof DeviceMatrix b
          && b.rows() == ((DeviceMatrix) inputs[0]).rows();
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix b = call.matrix(1);
      DeviceBuffer sides = call.scratch(b.bytes());
      call.backend().copy(b.buffer(), 0, sides, 0, b.bytes());
      DeviceMatrix out = call.result(b.rows(), b.cols());
      LuFactors.of(call, call.matrix(0)).solve(sides, out);
      return new DeviceOperand[] {out};
    }
  }

  private record Inverse() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return isSuitable(operation, inputs[0]);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix a = call.matrix(0);
      LuFactors factors = LuFactors.of(call, a);
      DeviceBuffer sides = call.scratch(a.bytes());
      call.backend().zero(sides, a.bytes());
      call.run("solve/identity", a.rows(), sides, a.rows());
      DeviceMatrix out = call.result(a.rows(), a.cols());
      factors.solve(sides, out);
      return new DeviceOperand[] {out};
    }
  }
}
