package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Fold.Target;
import dev.reprise.runtime.operation.Operation;

/**
 * Aggregates of all cells, of rows and of columns. All cells are one row. Sums, means and variances
 * are made in wide numbers; variances in two passes, as on the host.
 */
public final class AggregateKernels {
  private AggregateKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    add(kernels, "sum", "Sums", over(Fold.SUM));
    add(kernels, "mean", "Means", AggregateKernels::means);
    add(kernels, "min", "Mins", over(Fold.MIN));
    add(kernels, "max", "Maxs", over(Fold.MAX));
    add(kernels, "prod", "Prods", over(Fold.PRODUCT));
    add(kernels, "var", "Vars", AggregateKernels::variances);
    add(
        kernels,
        "sd",
        "Sds",
        (call, x, target) ->
            variances(call, x, new Target(target.buffer(), target.isWide()).root()));
    addLines(kernels, "IndexMax", over(Fold.INDEX_MAX));
    addLines(kernels, "IndexMin", over(Fold.INDEX_MIN));
    kernels.add("trace", new Trace());
  }

  private static void add(
      DeviceKernels.Builder kernels, String full, String lines, Aggregate aggregate) {
    kernels.add(full, new Full(aggregate));
    addLines(kernels, lines, aggregate);
  }

  private static void addLines(DeviceKernels.Builder kernels, String lines, Aggregate aggregate) {
    kernels.add("row" + lines, new Rows(aggregate));
    kernels.add("col" + lines, new Columns(aggregate));
  }

  /** The rows or the columns of a matrix. */
  private record Lines(DeviceBuffer x, long rows, long cols, boolean areRows) {
    long count() {
      return areRows ? rows : cols;
    }

    /** Cells of each. */
    long length() {
      return areRows ? cols : rows;
    }

    void fold(KernelCall call, Fold fold, DeviceBuffer centers, Target target) {
      if (areRows) {
        fold.rows(call, x, rows, cols, centers, target);
      } else {
        fold.columns(call, x, rows, cols, centers, target);
      }
    }
  }

  private interface Aggregate {
    void launch(KernelCall call, Lines lines, Target target);
  }

  private static Aggregate over(Fold fold) {
    return (call, lines, target) -> lines.fold(call, fold, lines.x(), target);
  }

  private static void means(KernelCall call, Lines lines, Target target) {
    lines.fold(call, Fold.SUM, lines.x(), target.over(lines.length()));
  }

  private static void variances(KernelCall call, Lines lines, Target target) {
    DeviceBuffer means = call.scratch(Fold.wideBytes(call, lines.count()));
    means(call, lines, new Target(means, true));
    lines.fold(call, Fold.SQUARES, means, target.over(Math.max(1, lines.length() - 1)));
  }

  private static Target scalarTarget(DeviceMatrix out, KernelCall call) {
    return new Target(out.buffer(), call.hasDoubles());
  }

  private record Full(Aggregate aggregate) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.scalarResult();
      aggregate.launch(call, new Lines(x.buffer(), 1, x.cells(), true), scalarTarget(out, call));
      return new DeviceOperand[] {out};
    }
  }

  private record Rows(Aggregate aggregate) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(x.rows(), 1);
      aggregate.launch(
          call, new Lines(x.buffer(), x.rows(), x.cols(), true), new Target(out.buffer(), false));
      return new DeviceOperand[] {out};
    }
  }

  private record Columns(Aggregate aggregate) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(1, x.cols());
      // A single column lies in memory as a row does.
      Lines lines =
          x.cols() == 1
              ? new Lines(x.buffer(), 1, x.rows(), true)
              : new Lines(x.buffer(), x.rows(), x.cols(), false);
      aggregate.launch(call, lines, new Target(out.buffer(), false));
      return new DeviceOperand[] {out};
    }
  }

  private record Trace() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x && x.rows() == x.cols();
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      long n = x.rows();
      DeviceBuffer diagonal = call.scratch(n * (x.bytes() / x.cells()));
      call.run("aggregates/diagonal", n, diagonal, x.buffer(), n);
      DeviceMatrix out = call.scalarResult();
      Fold.SUM.rows(call, diagonal, 1, n, diagonal, scalarTarget(out, call));
      return new DeviceOperand[] {out};
    }
  }
}
