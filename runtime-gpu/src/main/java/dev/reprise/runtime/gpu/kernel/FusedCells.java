package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Node;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.GeneratedKernels.Language;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Launches the kernels of an expression. An aggregate on top folds the cells as that of a matrix
 * does, in the same parts and the same order; kernels in PTX leave it to that of a matrix.
 *
 * @param rows rows of the root
 * @param cols columns of the root
 */
public record FusedCells(CellExpression expression, long rows, long cols) {
  /** Most leaves: arguments of a kernel. */
  private static final int MOST_LEAVES = 32;

  /**
   * An operation on a matrix and a number that lies in memory, as an expression of one operation:
   * the kernels of single operations take numbers among their arguments alone.
   *
   * @param operands matrices with or without their cells
   * @return null for every other operation
   */
  public static FusedCells ofNumberInMemory(Operation operation, DeviceOperand[] operands) {
    if (operands.length != 2) {
      return null;
    }
    boolean isFirst = operands[0] instanceof DeviceNumber;
    if (!(operands[isFirst ? 1 : 0] instanceof DeviceMatrix matrix)
        || !(operands[isFirst ? 0 : 1] instanceof DeviceNumber)) {
      return null;
    }
    CellExpression alone =
        new CellExpression(
            isFirst ? List.of(Spread.SCALAR, Spread.FULL) : List.of(Spread.FULL, Spread.SCALAR),
            List.of(new Node(operation.name(), List.of(0, 1))),
            null);
    return supports(alone) ? new FusedCells(alone, matrix.rows(), matrix.cols()) : null;
  }

  /** True when there is a kernel text for the expression. */
  public static boolean supports(CellExpression expression) {
    String aggregate = expression.aggregateOrNull();
    return FusedText.knows(expression)
        && !expression.leaves().isEmpty()
        && expression.leaves().size() <= MOST_LEAVES
        && (aggregate == null || AggregateKernels.foldOrNull(aggregate) != null);
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
              : spread == Spread.SCALAR
                  && (leaves[i] instanceof DeviceNumber || CellKernels.isNumber(leaves[i]));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** The kernels, for leaves of these forms. A function of the arguments, so it can be kept. */
  public GeneratedKernels kernels(Language language, Precision precision, List<LeafForm> forms) {
    if (language == Language.PTX) {
      return new FusedPtx(expression, forms, precision, new PtxFunctions(precision)).cells();
    }
    String aggregate = expression.aggregateOrNull();
    if (aggregate == null) {
      return new FusedText(expression, forms).cells();
    }
    String fold = AggregateKernels.foldOrNull(aggregate).name();
    // A single column is folded as a row.
    boolean byColumns = aggregate.startsWith("col") && cols > 1;
    return new FusedText(expression, forms).folds((byColumns ? "COLS_" : "ROWS_") + fold, fold);
  }

  /** Whether columns are folded as rows are: then the kernels are others. */
  public boolean isColumn() {
    return cols == 1;
  }

  /** Launches; the operands of the call are the leaves. */
  public DeviceOperand[] launch(KernelCall call, GeneratedKernels kernels) {
    Object[] leaves = new Object[call.operands()];
    for (int i = 0; i < leaves.length; i++) {
      leaves[i] =
          switch (call.operand(i)) {
            case DeviceMatrix matrix -> matrix.buffer();
            case DeviceNumber number -> number.buffer();
            case Scalar scalar -> scalar.asDouble();
            case DeviceSparse matrix -> throw new IllegalArgumentException("compressed leaf");
          };
    }
    return new DeviceOperand[] {launch(call, kernels, leaves)};
  }

  private DeviceMatrix launch(KernelCall call, GeneratedKernels kernels, Object[] leaves) {
    String aggregate = expression.aggregateOrNull();
    if (aggregate == null) {
      DeviceMatrix out = call.result(rows, cols);
      cells(call, kernels, leaves, out.buffer());
      return out;
    }
    FoldSource source;
    if (call.backend().language() == Language.PTX) {
      DeviceBuffer between = call.scratch(rows * cols * call.precision().bytesPerCell());
      cells(call, kernels, leaves, between);
      source = FoldSource.of(between);
    } else {
      source = new FoldSource(kernels, leaves, cols, false);
    }
    return AggregateKernels.launch(call, aggregate, source, rows, cols);
  }

  private void cells(KernelCall call, GeneratedKernels kernels, Object[] leaves, DeviceBuffer out) {
    List<Object> arguments = new ArrayList<>(List.of(out, rows * cols, cols));
    arguments.addAll(Arrays.asList(leaves));
    call.run(kernels, "fused_cells", rows * cols, arguments.toArray());
  }
}
