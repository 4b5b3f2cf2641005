package dev.reprise.scheduler;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * A tree of element-wise operations in one kernel.
 *
 * @param operation the last of them, which may be an aggregate
 * @param rows rows of everything below an aggregate
 * @param cols columns of it
 */
public record FusedOperations(CellExpression cells, Operation operation, long rows, long cols)
    implements DeviceWork {
  /** Their time is in memory; that of all others in the units that compute. */
  private static final Set<String> CHEAP =
      Set.of(
          "+",
          "-",
          "*",
          "/",
          "negate",
          "abs",
          "sign",
          "sqrt",
          "floor",
          "ceil",
          "round",
          "pmin",
          "pmax",
          "<",
          "<=",
          ">",
          ">=",
          "==",
          "!=",
          "&",
          "|",
          "!",
          "xor",
          "is.na",
          "is.nan",
          "is.infinite",
          "ifelse");

  /** What time follows from besides work: how much is read, whether it is computing, the end. */
  @Override
  public String costClass() {
    long full = cells.leaves().stream().filter(Spread.FULL::equals).count();
    boolean isCheap = cells.nodes().stream().allMatch(node -> CHEAP.contains(node.opcode()));
    String aggregate = cells.aggregateOrNull();
    return "fused-"
        + Math.min(full, 4)
        + (isCheap ? "" : "-functions")
        + (aggregate == null ? "" : "-" + aggregate);
  }

  @Override
  public boolean isPossibleOn(Accelerator accelerator, DeviceOperand[] described) {
    return accelerator.supports(cells, operation.precision(), described, rows, cols);
  }

  @Override
  public DeviceOperand[] launch(
      Accelerator accelerator, DeviceOperand[] inputs, DeviceAllocator allocator) {
    return accelerator.launch(cells, operation.precision(), inputs, rows, cols, allocator);
  }
}
