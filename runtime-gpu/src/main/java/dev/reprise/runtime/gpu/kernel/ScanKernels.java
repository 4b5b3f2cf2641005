package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * Running aggregates down each column.
 *
 * <pre>
 *   parts of rows -> a state each -> carried from part to part -> each part written from its start
 * </pre>
 */
public final class ScanKernels {
  private static final int GROUP = 256;

  /** Columns from which neighbouring threads of a GPU read memory side by side. */
  private static final int WIDE = 32;

  private static final long GPU_THREADS = 1 << 17;
  private static final long GPU_MOST_PARTS = 1024;
  private static final long PROCESSOR_ROWS = 512;
  private static final long PROCESSOR_MOST_PARTS = 4096;

  /**
   * Rows up to which products run down narrow matrices here, where few threads work: they are made
   * row by row, since parts of a product could overflow where the whole does not.
   */
  private static final long FEW_ROWS = 1 << 14;

  private ScanKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("cumsum", new InParts("sum", Fold.SUM));
    kernels.add("cummin", new InParts("min", Fold.MIN));
    kernels.add("cummax", new InParts("max", Fold.MAX));
    kernels.add("cumprod", new Product());
    kernels.add("cumsumprod", new SumProduct());
  }

  private record InParts(String name, Fold fold) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(x.rows(), x.cols());
      boolean together = !call.isProcessor() && x.cols() < WIDE;
      int width = Fold.width(call, x.cols());
      long chunk = Fold.chunks(x.rows(), parts(call, x, width));
      long parts = Fold.chunks(x.rows(), chunk);
      DeviceBuffer states = call.scratch(fold.stateBytes(call, parts * x.cols()));
      if (parts > 1) {
        fold.columnStates(call, x.buffer(), x.rows(), x.cols(), chunk, states);
        call.run("scans/" + name + "_carry", x.cols(), states, parts, x.cols());
      }
      if (together) {
        call.runGroups(
            "scans/" + name + "_groups",
            Fold.chunks(x.cols(), width) * parts,
            GROUP,
            out.buffer(),
            x.buffer(),
            states,
            x.rows(),
            x.cols(),
            chunk,
            width);
      } else {
        scan(call, name, out, x, states, parts, chunk);
      }
      return new DeviceOperand[] {out};
    }

    private static long parts(KernelCall call, DeviceMatrix x, int width) {
      if (call.isProcessor()) {
        return Math.clamp(x.rows() / PROCESSOR_ROWS, 1, PROCESSOR_MOST_PARTS);
      }
      return x.cols() < WIDE
          ? Math.clamp(x.rows() / (GROUP / width * 8L), 1, GPU_MOST_PARTS)
          : Math.clamp(GPU_THREADS / x.cols(), 1, Math.clamp(x.rows() / WIDE, 1, GPU_MOST_PARTS));
    }
  }

  private static void scan(
      KernelCall call,
      String name,
      DeviceMatrix out,
      DeviceMatrix x,
      DeviceBuffer states,
      long parts,
      long chunk) {
    call.run(
        "scans/" + name + "_scan",
        parts * x.cols(),
        out.buffer(),
        x.buffer(),
        states,
        x.rows(),
        x.cols(),
        parts,
        chunk);
  }

  private record Product() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x && (x.cols() >= WIDE || x.rows() <= FEW_ROWS);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(x.rows(), x.cols());
      scan(call, "prod", out, x, x.buffer(), 1, x.rows());
      return new DeviceOperand[] {out};
    }
  }

  private record SumProduct() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x && x.cols() == 2 && x.rows() <= FEW_ROWS;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(x.rows(), 1);
      call.run("scans/sumProduct", 1, out.buffer(), x.buffer(), x.rows());
      return new DeviceOperand[] {out};
    }
  }
}
