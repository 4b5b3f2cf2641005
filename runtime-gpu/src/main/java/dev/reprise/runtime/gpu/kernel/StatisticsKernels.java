package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Fold.Target;
import dev.reprise.runtime.operation.Operation;

/**
 * Moments and covariances of vectors, by sums as those of {@link AggregateKernels}; quantiles by a
 * sort. What is wrong with operands is left to the host to report.
 */
public final class StatisticsKernels {
  private StatisticsKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("moment", new Moment());
    kernels.add("cov", new Covariance());
    kernels.add("median", new Median());
    kernels.add("quantile", new Quantile());
    kernels.add("aggregate", new GroupedRows());
  }

  static boolean isVector(DeviceOperand operand, long cells) {
    return operand instanceof DeviceMatrix x
        && (x.rows() == 1 || x.cols() == 1)
        && x.cells() == cells;
  }

  private static boolean isVector(DeviceOperand operand) {
    return operand instanceof DeviceMatrix x
        && isVector(x, x.cells())
        && x.cells() <= RadixSort.MOST_PAIRS;
  }

  /** A vector of so many cells, or none. */
  static boolean areWeights(DeviceOperand operand, long cells) {
    return Bounds.isAbsent(operand) || isVector(operand, cells);
  }

  /** A whole number within bounds. */
  static boolean isWithin(DeviceOperand operand, long least, long most) {
    return Bounds.isWhole(operand)
        && ((Scalar) operand).asDouble() == ((Scalar) operand).asLong()
        && ((Scalar) operand).asLong() >= least
        && ((Scalar) operand).asLong() <= most;
  }

  /** Sums over a vector with the weights of one operand, if it has some. */
  private static final class Sums {
    private final KernelCall call;
    private final long n;
    private final DeviceBuffer weights;
    private final DeviceBuffer total;

    Sums(KernelCall call, int weightsAt) {
      this.call = call;
      this.n = call.matrix(0).cells();
      this.weights = call.isMatrix(weightsAt) ? call.matrix(weightsAt).buffer() : null;
      this.total = weights == null ? null : sum(FoldSource.of(weights));
    }

    DeviceBuffer sum(FoldSource x) {
      DeviceBuffer sum = call.scratch(Fold.wideBytes(call, 1));
      Fold.SUM.rows(call, x, 1, n, null, new Target(sum, true));
      return sum;
    }

    /** Memory for a wide number for each cell. */
    DeviceBuffer cells() {
      return call.scratch(Fold.wideBytes(call, n));
    }

    DeviceBuffer weightedSum(DeviceBuffer x) {
      if (weights == null) {
        return sum(FoldSource.of(x));
      }
      DeviceBuffer products = cells();
      call.run("statistics/weighted_cells", n, products, x, weights, n);
      return sum(FoldSource.ofWide(products));
    }

    int isWeighted() {
      return weights == null ? 0 : 1;
    }

    /** Something to point at where there are no weights. */
    DeviceBuffer weightsOr(DeviceBuffer other) {
      return weights == null ? other : weights;
    }

    DeviceBuffer totalOr(DeviceBuffer other) {
      return total == null ? other : total;
    }

    /** The sum divided by the total weight, less some. */
    DeviceOperand[] ratio(DeviceBuffer sum, int less) {
      DeviceMatrix out = call.scalarResult();
      call.run("statistics/ratio", 1, out.buffer(), sum, totalOr(sum), isWeighted(), less, n);
      return new DeviceOperand[] {out};
    }
  }

  private record Moment() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return isVector(inputs[0])
          && areWeights(inputs[1], ((DeviceMatrix) inputs[0]).cells())
          && isWithin(inputs[2], 0, 4)
          && ((Scalar) inputs[2]).asLong() != 1;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceBuffer x = call.matrix(0).buffer();
      int order = (int) call.scalar(2).asLong();
      Sums sums = new Sums(call, 1);
      DeviceBuffer sum = sums.weightedSum(x);
      if (order == 0) {
        return sums.ratio(sum, 0);
      }
      DeviceBuffer powers = sums.cells();
      call.run(
          "statistics/powers",
          sums.n,
          powers,
          x,
          sums.weightsOr(x),
          sum,
          sums.totalOr(sum),
          sums.isWeighted(),
          order,
          sums.n);
      return sums.ratio(sums.sum(FoldSource.ofWide(powers)), 0);
    }
  }

  private record Covariance() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return isVector(inputs[0])
          && isVector(inputs[1], ((DeviceMatrix) inputs[0]).cells())
          && areWeights(inputs[2], ((DeviceMatrix) inputs[0]).cells());
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceBuffer x = call.matrix(0).buffer();
      DeviceBuffer y = call.matrix(1).buffer();
      Sums sums = new Sums(call, 2);
      DeviceBuffer sum = sums.weightedSum(x);
      DeviceBuffer products = sums.cells();
      call.run(
          "statistics/products",
          sums.n,
          products,
          x,
          y,
          sums.weightsOr(x),
          sum,
          sums.weightedSum(y),
          sums.totalOr(sum),
          sums.isWeighted(),
          sums.n);
      return sums.ratio(sums.sum(FoldSource.ofWide(products)), 1);
    }
  }

  /** The cell of a rank from 0, or the mean of two, in a matrix of one wide number. */
  private static DeviceMatrix ranked(KernelCall call, long rank, long other) {
    DeviceMatrix x = call.matrix(0);
    long n = x.cells();
    RadixSort sort = new RadixSort(call, n);
    call.run("statistics/sample_keys", n, sort.keys(), sort.rows(), x.buffer(), n);
    sort.sort(x.precision() == Precision.FP64 ? 64 : 32);
    DeviceMatrix out = call.scalarResult();
    call.run("statistics/ranked", 1, out.buffer(), x.buffer(), sort.rows(), rank, other, n);
    return out;
  }

  private record Median() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return isVector(inputs[0]) && Bounds.isAbsent(inputs[1]);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      long n = call.matrix(0).cells();
      return new DeviceOperand[] {ranked(call, (n - 1) / 2, n / 2)};
    }
  }

  /** Of one share. Waits for it, since its result is no matrix. */
  private record Quantile() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return isVector(inputs[0])
          && Bounds.isAbsent(inputs[1])
          && Bounds.isWhole(inputs[2])
          && ((Scalar) inputs[2]).asDouble() >= 0
          && ((Scalar) inputs[2]).asDouble() <= 1;
    }

    @Override
    public boolean needsDoubles() {
      return true;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      double share = call.scalar(2).asDouble() * call.matrix(0).cells();
      long rank = (long) Math.max(1, Math.ceil(share)) - 1;
      DeviceMatrix cell = ranked(call, rank, rank);
      double value = call.readDoubles(cell.buffer(), 1)[0];
      call.discard(cell.buffer());
      return new DeviceOperand[] {Scalar.of(value)};
    }
  }
}
