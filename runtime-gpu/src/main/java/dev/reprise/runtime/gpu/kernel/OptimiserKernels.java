package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Hyperparameters;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OptimiserResults;
import java.util.ArrayList;
import java.util.List;

/** Steps of optimisers, one launch each. */
public final class OptimiserKernels {
  private OptimiserKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("sgd_update", new Step("optimisers/descent", n -> List.of(n[0], n[1])));
    kernels.add(
        "momentum_update", new Step("optimisers/momentum", n -> List.of(n[0], n[1], n[2], 0)));
    kernels.add(
        "nesterov_update", new Step("optimisers/momentum", n -> List.of(n[0], n[1], n[2], 1)));
    kernels.add(
        "adagrad_update", new Step("optimisers/scaled", n -> List.of(n[0], n[1], 1.0, 1.0)));
    kernels.add(
        "rmsprop_update", new Step("optimisers/scaled", n -> List.of(n[0], n[2], n[1], 1 - n[1])));
    kernels.add("adam_update", new Step("optimisers/adam", OptimiserKernels::adam));
    kernels.add("adamw_update", new Step("optimisers/adamw", OptimiserKernels::adamw));
  }

  /** What a kernel takes instead of the scalar operands. */
  @FunctionalInterface
  private interface Numbers {
    List<Object> of(double[] operands);
  }

  private static List<Object> adam(double[] n) {
    double step = n[4] + 1;
    double rate = n[0] * Math.sqrt(1 - Math.pow(n[2], step)) / (1 - Math.pow(n[1], step));
    return List.of(rate, n[1], n[2], 1 - n[1], 1 - n[2], n[3]);
  }

  private static List<Object> adamw(double[] n) {
    double step = n[5] + 1;
    double first = 1 - Math.pow(n[1], step);
    double second = 1 - Math.pow(n[2], step);
    return List.of(n[0], n[1], n[2], 1 - n[1], 1 - n[2], n[3], n[4], first, second);
  }

  /** Outputs, the matrices among the operands, numbers, and how many cells there are. */
  private record Step(String kernel, Numbers numbers) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      for (int i = 0; i < inputs.length; i++) {
        boolean fits =
            OptimiserResults.isMatrix(operation, i)
                ? inputs[i] instanceof DeviceMatrix matrix
                    && inputs[0] instanceof DeviceMatrix x
                    && matrix.shape().equals(x.shape())
                : CellKernels.isNumber(inputs[i]);
        if (!fits) {
          return false;
        }
      }
      return true;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      List<Object> matrices = new ArrayList<>();
      double[] scalars = new double[call.operands()];
      int count = 0;
      for (int i = 0; i < call.operands(); i++) {
        if (OptimiserResults.isMatrix(call.operation(), i)) {
          matrices.add(call.matrix(i).buffer());
        } else {
          Scalar number = call.scalar(i);
          Hyperparameters.require(call.operation(), i, number);
          scalars[count++] = number.asDouble();
        }
      }
      DeviceOperand[] outputs = new DeviceOperand[call.operation().opcode().outputs()];
      List<Object> arguments = new ArrayList<>();
      for (int i = 0; i < outputs.length; i++) {
        DeviceMatrix output = call.result(x.rows(), x.cols());
        outputs[i] = output;
        arguments.add(output.buffer());
      }
      arguments.addAll(matrices);
      arguments.addAll(numbers.of(scalars));
      arguments.add(x.cells());
      call.run(kernel, x.cells(), arguments.toArray());
      return outputs;
    }
  }
}
