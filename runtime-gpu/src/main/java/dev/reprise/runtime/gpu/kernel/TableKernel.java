package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code table} of a given size. Where the weights add up exactly in any order pairs are counted
 * atomically; other weights are added in the order of the pairs, which are sorted for that.
 */
public final class TableKernel implements DeviceKernel {
  /** Whole numbers up to here are doubles. */
  private static final double EXACT = 0x1p53;

  /** Cells of a result that are never too many, and cells for each pair that are not. */
  private static final long FEW_CELLS = 1 << 22;

  private static final long CELLS_PER_PAIR = 64;

  /** Pairs for each cell that are not too many for the thread that adds their weights. */
  private static final long MOST_PER_CELL = 4096;

  private TableKernel() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("table", new TableKernel());
  }

  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix first
        && first.cells() <= RadixSort.MOST_PAIRS
        && isSeries(inputs[1], first)
        && (isAbsent(inputs[2]) || isSeries(inputs[2], first))
        && isSize(inputs[3])
        && isSize(inputs[4])
        && isWorthwhile(first.cells(), size(inputs[3]), size(inputs[4]))
        && (addsUp(inputs[2], first.cells())
            || first.cells() / MOST_PER_CELL <= size(inputs[3]) * size(inputs[4]));
  }

  /** True when weights give the same sum in any order, of a cell that has all pairs. */
  private static boolean addsUp(DeviceOperand weights, long pairs) {
    if (!(weights instanceof Scalar scalar)) {
      return false;
    }
    double weight = weight(scalar);
    return weight == Math.rint(weight) && Math.abs(weight) * pairs <= EXACT;
  }

  private static double weight(Scalar scalar) {
    return scalar.isAbsent() ? 1 : scalar.asDouble();
  }

  private static boolean isAbsent(DeviceOperand operand) {
    return operand instanceof Scalar scalar && scalar.isAbsent();
  }

  private static boolean isSeries(DeviceOperand operand, DeviceMatrix first) {
    return operand instanceof DeviceMatrix matrix
        ? matrix.shape().equals(first.shape())
        : isNumber(operand);
  }

  private static boolean isNumber(DeviceOperand operand) {
    return operand instanceof Scalar scalar
        && !scalar.isAbsent()
        && scalar.type() != ValueType.STRING;
  }

  private static boolean isSize(DeviceOperand operand) {
    return isNumber(operand) && size(operand) >= 1;
  }

  private static long size(DeviceOperand operand) {
    return ((Scalar) operand).asLong();
  }

  /** A table with far more cells than pairs is better kept compressed, on the host. */
  private static boolean isWorthwhile(long pairs, long rows, long cols) {
    long bytes = DenseMatrix.bytesOf(rows, cols, Precision.FP64);
    return bytes / 8 <= Math.max(FEW_CELLS, pairs * CELLS_PER_PAIR)
        && bytes / 8 <= RadixSort.MOST_PAIRS;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    long pairs = call.matrix(0).cells();
    long rows = size(call.operand(3));
    long cols = size(call.operand(4));
    DeviceMatrix out = call.result(rows, cols);
    DeviceBuffer bad = call.scratch(8);
    call.backend().zero(bad, 8);
    if (addsUp(call.operand(2), pairs)) {
      count(call, out, bad, weight(call.scalar(2)));
    } else {
      sum(call, out, bad, call.isMatrix(2) ? 0 : weight(call.scalar(2)));
    }
    long behind = call.readLongs(bad, 1)[0];
    if (behind != 0) {
      throw below(call, pairs - behind);
    }
    return new DeviceOperand[] {out};
  }

  private static double number(KernelCall call, int operand) {
    return call.scalar(operand).asDouble();
  }

  private static DeviceBuffer buffer(KernelCall call, int operand) {
    return call.isMatrix(operand) ? call.matrix(operand).buffer() : call.matrix(0).buffer();
  }

  private static double constant(KernelCall call, int operand) {
    return call.isMatrix(operand) ? 0 : number(call, operand);
  }

  private static void count(KernelCall call, DeviceMatrix out, DeviceBuffer bad, double weight) {
    long pairs = call.matrix(0).cells();
    DeviceBuffer counts = call.scratch(4 * out.cells());
    call.backend().zero(counts, 4 * out.cells());
    call.run(
        "table/tally",
        pairs,
        counts,
        bad,
        call.matrix(0).buffer(),
        buffer(call, 1),
        constant(call, 1),
        call.isMatrix(1) ? 0 : 1,
        pairs,
        out.rows(),
        out.cols());
    call.run("table/weighted", out.cells(), out.buffer(), counts, weight, out.cells());
  }

  private static void sum(KernelCall call, DeviceMatrix out, DeviceBuffer bad, double weight) {
    long pairs = call.matrix(0).cells();
    RadixSort sort = new RadixSort(call, pairs);
    call.run(
        "table/cells",
        pairs,
        sort.keys(),
        sort.rows(),
        bad,
        call.matrix(0).buffer(),
        buffer(call, 1),
        constant(call, 1),
        call.isMatrix(1) ? 0 : 1,
        pairs,
        out.rows(),
        out.cols());
    sort.sort(64 - Long.numberOfLeadingZeros(out.cells()));
    call.backend().zero(out.buffer(), out.bytes());
    call.run(
        "table/runs",
        pairs,
        out.buffer(),
        sort.keys(),
        sort.rows(),
        buffer(call, 2),
        weight,
        call.isMatrix(2) ? 0 : 1,
        pairs,
        out.cells());
  }

  private static OperandException below(KernelCall call, long pair) {
    double second = call.isMatrix(1) ? cell(call, 1, pair) : number(call, 1);
    return new OperandException(
        "'table' needs numbers of at least 1, but pair "
            + (pair + 1)
            + " is "
            + cell(call, 0, pair)
            + ", "
            + second);
  }

  /** A cell of an operand, on the host; waits for it. */
  static double cell(KernelCall call, int operand, long at) {
    DeviceMatrix matrix = call.matrix(operand);
    long bytes = matrix.bytes() / matrix.cells();
    DeviceBuffer cell = call.scratch(8);
    call.backend().copy(matrix.buffer(), at * bytes, cell, 0, bytes);
    long bits = call.readLongs(cell, 1)[0];
    return bytes == 8 ? Double.longBitsToDouble(bits) : Float.intBitsToFloat((int) bits);
  }
}
