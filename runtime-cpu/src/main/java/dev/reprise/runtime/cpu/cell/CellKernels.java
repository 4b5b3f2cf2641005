package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import java.util.Set;

/** Element-wise operations over matrices and scalars. */
public final class CellKernels {
  /**
   * Functions that take several nanoseconds a cell, so that smaller chunks are worth a hand-over.
   */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "^",
          "log_base",
          "exp",
          "log",
          "sigmoid",
          "tanh",
          "sinh",
          "cosh",
          "sin",
          "cos",
          "tan",
          "asin",
          "acos",
          "atan",
          "gelu",
          "silu",
          "selu",
          "elu",
          "gelu_backward",
          "silu_backward",
          "selu_backward");

  /** Cells of some 10 us. */
  private static final long CHEAP_CHUNK = 1 << 14;

  private static final long FUNCTION_CHUNK = 1 << 13;

  private CellKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {
    Loops.binary()
        .forEach((opcode, loop) ->
            table.add(
                opcode,
                new BinaryKernel(
                    opcode,
                    new DirectOperators(loop, Loops.direct().get(opcode)),
                    cells(opcode, parallel))));
    Loops.unary()
        .forEach((opcode, loop) ->
            table.add(opcode, new UnaryKernel(opcode, loop, cells(opcode, parallel))));
    table.add("ifelse", new IfElseKernel(parallel, Precision.FP64));
  }

  /** Adds the kernels over compressed matrices. */
  public static void registerCompressed(KernelTable.Builder table, Parallel parallel) {
    Loops.binary()
        .forEach((opcode, loop) -> table.add(opcode, new SparseBinary(opcode, loop, parallel)));
    Loops.unary().forEach((opcode, loop) -> table.add(opcode, new SparseUnary(loop, parallel)));
  }

  /** Adds the kernels from floats to floats. */
  public static void registerFloats(KernelTable.Builder table, Parallel parallel) {
    FloatCells.register(table, parallel);
    table.add("ifelse", new IfElseKernel(parallel, Precision.FP32));
  }

  /** True for an operation that takes several nanoseconds a cell. */
  public static boolean isFunction(String opcode) {
    return FUNCTIONS.contains(opcode);
  }

  private static DenseCells cells(String opcode, Parallel parallel) {
    return new DenseCells(parallel, isFunction(opcode) ? FUNCTION_CHUNK : CHEAP_CHUNK);
  }
}
