package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Fold.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Launches the kernel of an expression. Sums are cut into parts that follow from the shape and the
 * kind of device alone, and the parts merged by the kernels of the aggregates.
 *
 * @param rows rows of the root
 * @param cols columns of the root
 */
public record FusedCells(CellExpression expression, long rows, long cols) {
  private static final Set<String> AGGREGATES =
      Set.of("sum", "mean", "rowSums", "rowMeans", "colSums", "colMeans");

  private static final int GROUP = 256;

  /** Parts in all that keep a GPU's multiprocessors, or its threads, busy. */
  private static final long GPU_PARTS = 2048;

  private static final long GPU_THREADS = 1 << 16;
  private static final long PROCESSOR_PARTS = 64;

  /** Fewest cells of a part. */
  private static final long FEWEST = 4096;

  /** Most leaves: arguments of a kernel. */
  private static final int MOST_LEAVES = 32;

  /** True when there is a kernel text for the expression. */
  public static boolean supports(CellExpression expression) {
    return FusedText.knows(expression)
        && !expression.leaves().isEmpty()
        && expression.leaves().size() <= MOST_LEAVES
        && (expression.aggregateOrNull() == null
            || AGGREGATES.contains(expression.aggregateOrNull()));
  }

  /** True when the leaves are numbers and matrices of the shapes that the expression says. */
  public boolean fits(DeviceOperand[] leaves) {
    if (leaves.length != expression.leaves().size()) {
      return false;
    }
    for (int i = 0; i < leaves.length; i++) {
      Spread spread = expression.leaves().get(i);
      boolean fits =
          leaves[i] instanceof DeviceMatrix matrix
              ? matrix.rows() == (spread == Spread.FULL || spread == Spread.COLUMN ? rows : 1)
                  && matrix.cols() == (spread == Spread.FULL || spread == Spread.ROW ? cols : 1)
              : spread == Spread.SCALAR && CellKernels.isNumber(leaves[i]);
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** Launches; the operands of the call are the leaves. */
  public DeviceOperand[] launch(KernelCall call) {
    GeneratedKernels kernels = text(call);
    String aggregate = expression.aggregateOrNull();
    DeviceMatrix out =
        switch (aggregate) {
          case null -> cells(call, kernels);
          case "sum" -> all(call, kernels, 1);
          case "mean" -> all(call, kernels, rows * cols);
          case "rowSums" -> rows(call, kernels, 1);
          case "rowMeans" -> rows(call, kernels, cols);
          case "colSums" -> columns(call, kernels, 1);
          case "colMeans" -> columns(call, kernels, rows);
          default -> throw new IllegalArgumentException("no fused aggregate " + aggregate);
        };
    return new DeviceOperand[] {out};
  }

  private GeneratedKernels text(KernelCall call) {
    boolean[] isNumber = new boolean[call.operands()];
    for (int i = 0; i < isNumber.length; i++) {
      isNumber[i] = !call.isMatrix(i);
    }
    return new FusedText(expression, isNumber).kernels();
  }

  private DeviceMatrix cells(KernelCall call, GeneratedKernels kernels) {
    DeviceMatrix out = call.result(rows, cols);
    call.run(kernels, "fused_cells", out.cells(), arguments(call, out.buffer(), out.cells(), cols));
    return out;
  }

  private static Object[] arguments(KernelCall call, Object... first) {
    List<Object> arguments = new ArrayList<>(Arrays.asList(first));
    for (int i = 0; i < call.operands(); i++) {
      arguments.add(
          call.isMatrix(i) ? call.matrix(i).buffer() : (Object) call.scalar(i).asDouble());
    }
    return arguments.toArray();
  }

  private DeviceMatrix all(KernelCall call, GeneratedKernels kernels, long divisor) {
    DeviceMatrix out = call.scalarResult();
    Target target = new Target(out.buffer(), call.hasDoubles()).over(divisor);
    lines(call, kernels, 1, rows * cols, target);
    return out;
  }

  private DeviceMatrix rows(KernelCall call, GeneratedKernels kernels, long divisor) {
    DeviceMatrix out = call.result(rows, 1);
    lines(call, kernels, rows, cols, new Target(out.buffer(), false).over(divisor));
    return out;
  }

  private void lines(
      KernelCall call, GeneratedKernels kernels, long lines, long length, Target target) {
    long most = call.isProcessor() ? PROCESSOR_PARTS : GPU_PARTS;
    long chunk = Fold.chunks(length, Math.clamp(most / lines, 1, Fold.chunks(length, FEWEST)));
    long parts = Fold.chunks(length, chunk);
    DeviceBuffer states = call.scratch(Fold.stateBytes(call, lines * parts));
    Object[] arguments = arguments(call, states, lines, length, parts, chunk, cols);
    if (call.isProcessor()) {
      call.run(kernels, "fused_lines", lines * parts, arguments);
    } else {
      long groups = Math.min(lines * parts, GPU_THREADS);
      call.runGroups(kernels, "fused_lines", groups, group(chunk), arguments);
    }
    Fold.SUM.merge(call, states, parts, lines, target);
  }

  /** Threads that share a part, a power of two. */
  private static int group(long cells) {
    return Math.clamp(Long.highestOneBit(cells), 32, GROUP);
  }

  private DeviceMatrix columns(KernelCall call, GeneratedKernels kernels, long divisor) {
    DeviceMatrix out = call.result(1, cols);
    long most = call.isProcessor() ? PROCESSOR_PARTS : Math.max(1, GPU_THREADS / cols);
    long fewestRows = call.isProcessor() ? Fold.chunks(FEWEST, cols) : 16;
    long chunk = Fold.chunks(rows, Math.clamp(Fold.chunks(rows, fewestRows), 1, most));
    long parts = Fold.chunks(rows, chunk);
    DeviceBuffer states = call.scratch(Fold.stateBytes(call, cols * parts));
    call.run(
        kernels,
        "fused_columns",
        call.isProcessor() ? parts : cols * parts,
        arguments(call, states, rows, cols, parts, chunk));
    Fold.SUM.merge(call, states, parts, cols, new Target(out.buffer(), false).over(divisor));
    return out;
  }
}
