package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Fold.Target;
import dev.reprise.runtime.operation.Operation;
import java.util.List;

/**
 * {@code aggregate}: rows are sorted by group, and threads share the rows of each, so that no order
 * depends on the device's load. Waits to learn whether all groups are numbered from 1, and how many
 * there are when nobody says so.
 */
final class GroupedRows implements DeviceKernel {
  /** By their numbers in {@code statistics.c}. */
  private static final List<String> SUMS =
      List.of("sum", "count", "mean", "variance", "centralmoment");

  private static final List<String> EXTREMES = List.of("min", "max");

  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    if (!(inputs[0] instanceof DeviceMatrix x)
        || !(inputs[1] instanceof DeviceMatrix groups)
        || !(inputs[2] instanceof Scalar function)
        || function.isAbsent()
        || function.type() != ValueType.STRING) {
      return false;
    }
    long n = groups.cells();
    String name = function.asString();
    return StatisticsKernels.isVector(groups, n)
        && n <= RadixSort.MOST_PAIRS
        && (x.rows() == n || x.rows() == 1 && x.cols() == n)
        && (SUMS.contains(name) || EXTREMES.contains(name))
        && StatisticsKernels.areWeights(inputs[3], n)
        && (Bounds.isAbsent(inputs[4]) && x.cells() == n
            || StatisticsKernels.isWithin(inputs[4], 1, RadixSort.MOST_PAIRS / (x.cells() / n)))
        && (Bounds.isAbsent(inputs[5]) && !name.equals("centralmoment")
            || StatisticsKernels.isWithin(inputs[5], 2, 4));
  }

  @Override
  public boolean needsDoubles() {
    return true;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    DeviceBuffer numbers = call.matrix(1).buffer();
    long n = call.matrix(1).cells();
    long width = x.cells() / n;
    long count = call.scalar(4).isAbsent() ? largest(call) : call.scalar(4).asLong();
    RadixSort sort = new RadixSort(call, n);
    DeviceBuffer bad = call.scratch(8);
    call.backend().zero(bad, 8);
    call.run("statistics/groups", n, sort.keys(), sort.rows(), bad, numbers, n, count);
    requireNumbered(call, bad, n);
    sort.sort(64 - Long.numberOfLeadingZeros(count));
    DeviceBuffer starts = call.scratch(4 * (count + 1));
    call.run("statistics/starts", count + 1, starts, sort.keys(), n, count);
    DeviceMatrix out = call.result(count, width);
    String name = call.scalar(2).asString();
    if (EXTREMES.contains(name)) {
      RowLanes.run(
          call,
          "statistics/group_extremes",
          out.cells(),
          Fold.chunks(n, count),
          out.buffer(),
          x.buffer(),
          sort.rows(),
          starts,
          name.equals("min") ? 1 : 0,
          width);
    } else {
      sums(call, out, sort.rows(), starts, SUMS.indexOf(name), Fold.chunks(n, count));
    }
    return new DeviceOperand[] {out};
  }

  private static void sums(
      KernelCall call,
      DeviceMatrix out,
      DeviceBuffer order,
      DeviceBuffer starts,
      int function,
      long average) {
    DeviceBuffer x = call.matrix(0).buffer();
    boolean isMoment = function == SUMS.indexOf("centralmoment");
    RowLanes.run(
        call,
        "statistics/group_sums",
        out.cells(),
        average,
        out.buffer(),
        x,
        call.isMatrix(3) ? call.matrix(3).buffer() : x,
        order,
        starts,
        call.isMatrix(3) ? 1 : 0,
        function,
        isMoment ? (int) call.scalar(5).asLong() : 2,
        out.cols());
  }

  /** The largest number of a group; waits for it. */
  private static long largest(KernelCall call) {
    DeviceMatrix numbers = call.matrix(1);
    DeviceBuffer cell = call.scratch(Fold.wideBytes(call, 1));
    Target target = new Target(cell, true);
    Fold.MAX.rows(call, FoldSource.of(numbers.buffer()), 1, numbers.cells(), null, target);
    double most = call.readDoubles(cell, 1)[0];
    if (!(most >= 0 && most < Integer.MAX_VALUE - 8)) {
      throw new OperandException("'aggregate' cannot make " + most + " groups");
    }
    return (long) most;
  }

  private static void requireNumbered(KernelCall call, DeviceBuffer bad, long n) {
    long behind = call.readLongs(bad, 1)[0];
    if (behind != 0) {
      long row = n - behind;
      throw new OperandException(
          "groups are numbered from 1, but row "
              + (row + 1)
              + " has group "
              + TableKernel.cell(call, 1, row));
    }
  }
}
