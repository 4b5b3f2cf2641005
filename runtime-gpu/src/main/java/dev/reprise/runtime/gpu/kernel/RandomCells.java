package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;
import java.util.Locale;

/**
 * {@code rand} with uniform or normal cells, whose bits are those that the processor makes. What
 * the processor would refuse it is left to refuse.
 */
record RandomCells() implements DeviceKernel {
  private static final int ROWS = 0;
  private static final int COLS = 1;
  private static final int MIN = 2;
  private static final int MAX = 3;
  private static final int SPARSITY = 4;
  private static final int SEED = 5;
  private static final int PDF = 6;

  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    for (int i = ROWS; i <= SEED; i++) {
      if (!CellKernels.isNumber(inputs[i])) {
        return false;
      }
    }
    double sparsity = number(inputs, SPARSITY);
    return CreateKernels.isExtent(inputs[ROWS])
        && CreateKernels.isExtent(inputs[COLS])
        && sparsity >= 0
        && sparsity <= 1
        && inputs[PDF] instanceof Scalar pdf
        && pdf.type() == ValueType.STRING
        && supportsDistribution(pdf.asString().toLowerCase(Locale.ROOT), inputs);
  }

  private static boolean supportsDistribution(String pdf, DeviceOperand[] inputs) {
    return switch (pdf) {
      case "uniform" -> {
        double min = number(inputs, MIN);
        double max = number(inputs, MAX);
        yield min == max || Double.isFinite(max - min);
      }
      case "normal" -> true;
      default -> false;
    };
  }

  private static double number(DeviceOperand[] inputs, int i) {
    return ((Scalar) inputs[i]).asDouble();
  }

  @Override
  public boolean needsDoubles() {
    return true;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix out = call.result(call.scalar(ROWS).asLong(), call.scalar(COLS).asLong());
    double sparsity = call.scalar(SPARSITY).asDouble();
    long seed = call.scalar(SEED).asLong();
    long n = out.cells();
    if (call.scalar(PDF).asString().equalsIgnoreCase("normal")) {
      call.run("random/normal", (n + 1) / 2, out.buffer(), sparsity, seed, n);
      return new DeviceOperand[] {out};
    }
    double min = call.scalar(MIN).asDouble();
    double max = call.scalar(MAX).asDouble();
    // min + u * span may round up to max.
    double last = max > min ? Math.nextDown(max) : min;
    double span = min == max ? 0 : max - min;
    call.run("random/uniform", (n + 1) / 2, out.buffer(), min, span, last, sparsity, seed, n);
    return new DeviceOperand[] {out};
  }
}
