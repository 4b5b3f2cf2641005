package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Fold.Target;
import java.util.List;
import java.util.Map;

/**
 * Sums, means and extremes of compressed matrices: of the stored values, and of one zero where some
 * cell is not stored. All cells are folded as the cells of a dense row are.
 */
final class CompressedAggregates {
  private static final Map<String, Fold> OF_ALL_CELLS =
      Map.of("sum", Fold.SUM, "mean", Fold.SUM, "min", Fold.MIN, "max", Fold.MAX);

  /** In the order in which the kernel numbers them; sums divided make means. */
  private static final List<String> OF_LINES = List.of("Sums", "Mins", "Maxs", "Means");

  private CompressedAggregates() {}

  static boolean supports(String opcode, DeviceOperand operand) {
    return operand instanceof DeviceSparse x
        && (OF_ALL_CELLS.containsKey(opcode)
            || OF_LINES.contains(aggregate(opcode)) && Compressed.isTransposable(x));
  }

  /** What is made of rows or columns. */
  private static String aggregate(String opcode) {
    return opcode.startsWith("row") || opcode.startsWith("col") ? opcode.substring(3) : "";
  }

  static DeviceMatrix launch(KernelCall call, DeviceSparse x) {
    String opcode = call.operation().name();
    if (OF_ALL_CELLS.containsKey(opcode)) {
      return ofAllCells(call, opcode, x);
    }
    boolean areRows = opcode.startsWith("row");
    DeviceMatrix out = areRows ? call.result(x.rows(), 1) : call.result(1, x.cols());
    fold(call, areRows ? x : Compressed.transposed(call, x), aggregate(opcode), out);
    return out;
  }

  private static DeviceMatrix ofAllCells(KernelCall call, String opcode, DeviceSparse x) {
    long count = x.nonZeros() < x.cells() ? x.nonZeros() + 1 : x.nonZeros();
    FoldSource cells = FoldSource.of(Compressed.values(call, x, count));
    DeviceMatrix out = call.scalarResult();
    Target target = new Target(out.buffer(), call.hasDoubles());
    OF_ALL_CELLS
        .get(opcode)
        .rows(call, cells, 1, count, null, opcode.equals("mean") ? target.over(x.cells()) : target);
    return out;
  }

  private static void fold(KernelCall call, DeviceSparse x, String name, DeviceMatrix out) {
    boolean isMean = name.equals("Means");
    call.run(
        "sparse/fold_rows",
        x.rows(),
        out.buffer(),
        x.buffer(),
        x.rows(),
        x.cols(),
        x.nonZeros(),
        isMean ? 0 : OF_LINES.indexOf(name),
        isMean ? x.cols() : 1L);
  }
}
