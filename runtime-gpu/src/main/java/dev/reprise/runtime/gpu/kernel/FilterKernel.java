package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** {@code removeEmpty}; waits for the number of rows or columns that stay. */
public final class FilterKernel implements DeviceKernel {
  private FilterKernel() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("removeEmpty", new FilterKernel());
  }

  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    if (!(inputs[0] instanceof DeviceMatrix x) || !(inputs[1] instanceof Scalar margin)) {
      return false;
    }
    boolean rows = margin.asString().equals("rows");
    long lines = rows ? x.rows() : x.cols();
    return (rows || margin.asString().equals("cols"))
        && lines <= RadixSort.MOST_PAIRS
        && isSelection(inputs[2], lines)
        && inputs[3] instanceof Scalar emptyReturn
        && !emptyReturn.isAbsent()
        && emptyReturn.type() != ValueType.STRING;
  }

  private static boolean isSelection(DeviceOperand operand, long lines) {
    return switch (operand) {
      case Scalar scalar -> scalar.isAbsent();
      case DeviceMatrix select ->
          (select.rows() == 1 || select.cols() == 1) && select.cells() == lines;
      case DeviceSparse select -> false;
      case DeviceNumber select -> false;
    };
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    boolean rows = call.scalar(1).asString().equals("rows");
    long lines = rows ? x.rows() : x.cols();
    DeviceBuffer before = call.scratch(4 * (lines + 1));
    mark(call, before, x, rows, lines);
    long count = count(call, before, lines);
    if (count == 0 && call.scalar(3).asBoolean()) {
      DeviceMatrix zeros = rows ? call.result(1, x.cols()) : call.result(x.rows(), 1);
      call.backend().zero(zeros.buffer(), zeros.bytes());
      return new DeviceOperand[] {zeros};
    }
    DeviceMatrix out = rows ? call.result(count, x.cols()) : call.result(x.rows(), count);
    if (count > 0) {
      DeviceBuffer kept = call.scratch(4 * count);
      call.run("filter/list", lines, kept, before, lines);
      keep(call, out, x, kept, rows);
    }
    return new DeviceOperand[] {out};
  }

  private static void mark(
      KernelCall call, DeviceBuffer marks, DeviceMatrix x, boolean rows, long lines) {
    call.backend().zero(marks, 4 * (lines + 1));
    if (call.isMatrix(2)) {
      call.run("filter/markSelected", lines, marks, call.matrix(2).buffer(), lines);
    } else {
      call.run(
          rows ? "filter/markRows" : "filter/markCols",
          lines,
          marks,
          x.buffer(),
          x.rows(),
          x.cols());
    }
  }

  /** Turns marks into the sums of all before them, and reads the last. */
  private static long count(KernelCall call, DeviceBuffer marks, long lines) {
    RadixSort.prefixSums(call, marks, lines + 1);
    DeviceBuffer last = call.scratch(8);
    call.backend().zero(last, 8);
    call.backend().copy(marks, 4 * lines, last, 0, 4);
    return call.readLongs(last, 1)[0];
  }

  private static void keep(
      KernelCall call, DeviceMatrix out, DeviceMatrix x, DeviceBuffer kept, boolean rows) {
    if (rows) {
      call.run(
          "filter/keepRows", out.cells(), out.buffer(), x.buffer(), kept, out.rows(), x.cols());
    } else {
      call.run(
          "filter/keepCols",
          out.cells(),
          out.buffer(),
          x.buffer(),
          kept,
          x.rows(),
          out.cols(),
          x.cols());
    }
  }
}
