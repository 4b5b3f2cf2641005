package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.cpu.cell.BlockSteps;
import dev.reprise.runtime.cpu.code.CellChain;
import dev.reprise.runtime.cpu.code.CellFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * An operation that may be part of a fused loop.
 *
 * @param opcode its name in the operation table
 * @param index its number in expressions
 * @param arity number of operands
 * @param isAggregate true for one that can only be the last
 */
public record FusableOperation(String opcode, int index, int arity, boolean isAggregate) {
  /** What can only be the last operation of a loop. */
  static final List<String> AGGREGATES =
      List.of(
          "sum",
          "mean",
          "min",
          "max",
          "prod",
          "rowSums",
          "rowMeans",
          "rowMins",
          "rowMaxs",
          "rowProds",
          "rowIndexMax",
          "rowIndexMin",
          "colSums",
          "colMeans",
          "colMins",
          "colMaxs",
          "colProds");

  private static final List<FusableOperation> ALL = all();
  private static final Map<String, FusableOperation> BY_OPCODE = byOpcode();

  /** The operation of an opcode, or null when it is never fused. */
  public static FusableOperation of(String opcode) {
    return BY_OPCODE.get(opcode);
  }

  static FusableOperation of(int index) {
    return ALL.get(index);
  }

  /**
   * Whether a loop of such operations is machine code here; one with a power other than a square,
   * or of very many operations, is not.
   */
  public boolean hasMachineCode() {
    return CellFunction.areThere()
        && (isAggregate || opcode.equals("^") || CellChain.knows(opcode));
  }

  private static List<FusableOperation> all() {
    List<FusableOperation> all = new ArrayList<>();
    for (String opcode : new TreeSet<>(BlockSteps.unary())) {
      all.add(new FusableOperation(opcode, all.size(), 1, false));
    }
    for (String opcode : new TreeSet<>(BlockSteps.binary())) {
      all.add(new FusableOperation(opcode, all.size(), 2, false));
    }
    all.add(new FusableOperation("ifelse", all.size(), 3, false));
    for (String opcode : AGGREGATES) {
      all.add(new FusableOperation(opcode, all.size(), 1, true));
    }
    return List.copyOf(all);
  }

  private static Map<String, FusableOperation> byOpcode() {
    Map<String, FusableOperation> table = new HashMap<>();
    for (FusableOperation operation : ALL) {
      table.put(operation.opcode(), operation);
    }
    return Map.copyOf(table);
  }
}
