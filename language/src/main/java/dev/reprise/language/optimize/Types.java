package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which slots hold matrices, and which scalars, whenever they hold anything: the join over all
 * assignments of the procedure, whatever their order.
 */
final class Types {
  private static final byte NOTHING = 0;
  private static final byte MATRIX = 1;
  private static final byte SCALAR = 2;
  private static final byte UNKNOWN = 3;

  /** Matrices whatever the operands are, if the operation succeeds. */
  private static final Set<String> MATRICES =
      Set.of(
          "matmul",
          "tsmm",
          "mmchain",
          "t",
          "rand",
          "matrix",
          "seq",
          "sample",
          "table",
          "outer",
          "diag",
          "solve",
          "inv",
          "cholesky",
          "cumsum",
          "cumprod",
          "cummin",
          "cummax",
          "rexpand",
          "rowSums",
          "colSums",
          "rowMeans",
          "colMeans",
          "rowMaxs",
          "colMaxs",
          "rowMins",
          "colMins",
          "rowVars",
          "colVars",
          "rowSds",
          "colSds",
          "rowProds",
          "colProds",
          "rowIndexMax",
          "rowIndexMin",
          "colIndexMax",
          "colIndexMin",
          "lower.tri",
          "upper.tri",
          "as.matrix",
          "softmax",
          "softmax_backward",
          "log_softmax",
          "log_softmax_backward",
          "softmax_cross_entropy_backward",
          "leaky_relu_backward",
          "elu_backward");

  /** Scalars whatever the operands are, if the operation succeeds. */
  private static final Set<String> SCALARS =
      Set.of(
          "sum",
          "mean",
          "var",
          "sd",
          "min",
          "max",
          "prod",
          "trace",
          "median",
          "det",
          "cov",
          "moment",
          "nrow",
          "ncol",
          "length",
          "as.scalar",
          "as.double",
          "as.integer",
          "as.logical",
          "as.string",
          "toString",
          "time",
          "exists",
          "file.exists",
          "softmax_cross_entropy");

  /** Fail on frames; a matrix if an operand is one, a scalar if all are scalars. */
  private static final Set<String> CELLWISE =
      Set.of(
          "+",
          "-",
          "*",
          "/",
          "^",
          "%%",
          "%/%",
          "pmin",
          "pmax",
          "&",
          "|",
          "xor",
          "log_base",
          "negate",
          "!",
          "abs",
          "round",
          "floor",
          "ceil",
          "sign",
          "sqrt",
          "exp",
          "log",
          "sin",
          "cos",
          "tan",
          "asin",
          "acos",
          "atan",
          "sinh",
          "cosh",
          "tanh",
          "sigmoid",
          "relu",
          "gelu",
          "silu",
          "selu",
          "leaky_relu",
          "elu",
          "relu_backward",
          "gelu_backward",
          "silu_backward",
          "selu_backward");

  /** Compare frames, too: known only when all operands are. */
  private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=", "==", "!=");

  /** Of the type of their first operand when that is a matrix. */
  private static final Set<String> LIKE_FIRST =
      Set.of("rightIndex", "leftIndex", "rev", "roll", "replace", "removeEmpty", "order");

  private final Operands operands;
  private final Signatures signatures;
  private byte[] kinds;
  private boolean changed;

  private Types(Operands operands, Signatures signatures) {
    this.operands = operands;
    this.signatures = signatures;
    this.kinds = new byte[operands.slotCount()];
  }

  static Types of(
      List<Block> body,
      Map<Integer, DeclaredType> declared,
      BitSet bound,
      Operands operands,
      Signatures signatures) {
    Types types = new Types(operands, signatures);
    for (int slot = bound.nextSetBit(0); slot >= 0; slot = bound.nextSetBit(slot + 1)) {
      types.join(slot, of(declared.get(slot)));
    }
    do {
      types.changed = false;
      types.blocks(body);
    } while (types.changed);
    return types;
  }

  boolean isMatrix(int operand) {
    return kind(operand) == MATRIX;
  }

  boolean isScalar(int operand) {
    return kind(operand) == SCALAR;
  }

  /** Learns about an instruction that was added. */
  void learn(Instruction instruction) {
    instruction(instruction);
  }

  private static byte of(DeclaredType type) {
    if (type == null) {
      return UNKNOWN;
    }
    return switch (type) {
      case MATRIX -> MATRIX;
      case DOUBLE, INTEGER, BOOLEAN, STRING -> SCALAR;
      case FRAME, LIST, UNKNOWN -> UNKNOWN;
    };
  }

  private byte kind(int operand) {
    if (operand < 0) {
      return operands.constantAt(operand).isAbsent() ? UNKNOWN : SCALAR;
    }
    return operand < kinds.length ? kinds[operand] : UNKNOWN;
  }

  private void join(int slot, byte kind) {
    if (slot < 0) {
      return;
    }
    if (slot >= kinds.length) {
      kinds = Arrays.copyOf(kinds, Math.max(slot + 1, 2 * kinds.length));
    }
    byte joined = kinds[slot] == NOTHING || kinds[slot] == kind ? kind : UNKNOWN;
    if (kind != NOTHING && joined != kinds[slot]) {
      kinds[slot] = joined;
      changed = true;
    }
  }

  private void blocks(List<Block> blocks) {
    for (Block block : blocks) {
      if (block instanceof Block.Straight straight) {
        instructions(straight.instructions());
      } else if (block instanceof Block.If choice) {
        instructions(choice.predicate().instructions());
        blocks(choice.then());
        blocks(choice.otherwise());
      } else if (block instanceof Block.While loop) {
        instructions(loop.predicate().instructions());
        blocks(loop.body());
      } else if (block instanceof Block.For loop) {
        counted(loop);
      } else if (block instanceof Block.ParFor loop) {
        for (Block.Code option : loop.options().values()) {
          instructions(option.instructions());
        }
        counted(loop.loop());
      }
    }
  }

  private void counted(Block.For loop) {
    join(loop.variable(), SCALAR);
    instructions(loop.from().instructions());
    instructions(loop.to().instructions());
    if (loop.step() != null) {
      instructions(loop.step().instructions());
    }
    blocks(loop.body());
  }

  private void instructions(List<Instruction> instructions) {
    for (Instruction instruction : instructions) {
      instruction(instruction);
    }
  }

  private void instruction(Instruction instruction) {
    if (instruction instanceof Instruction.Copy copy) {
      join(copy.to(), kind(copy.from()));
    } else if (instruction instanceof Instruction.Compute compute) {
      if (compute.outputs().length == 1) {
        join(compute.outputs()[0], result(compute.operation(), compute.inputs()));
      } else {
        for (int output : compute.outputs()) {
          join(output, UNKNOWN);
        }
      }
    } else {
      Instruction.Call call = (Instruction.Call) instruction;
      List<DeclaredType> results = signatures.results(call.function());
      for (int i = 0; i < call.outputs().length; i++) {
        join(call.outputs()[i], i < results.size() ? of(results.get(i)) : UNKNOWN);
      }
    }
  }

  private byte result(Operation operation, int[] inputs) {
    String name = operation.name();
    if (MATRICES.contains(name)) {
      return MATRIX;
    }
    if (SCALARS.contains(name)) {
      return SCALAR;
    }
    if (CELLWISE.contains(name)) {
      return cellwise(inputs, MATRIX);
    }
    if (COMPARISONS.contains(name)) {
      return cellwise(inputs, UNKNOWN);
    }
    if (LIKE_FIRST.contains(name)) {
      byte first = kind(inputs[0]);
      return first == MATRIX || first == NOTHING ? first : UNKNOWN;
    }
    return name.equals("cbind") || name.equals("rbind") ? bound(inputs) : UNKNOWN;
  }

  /**
   * @param withUnknown what a matrix and an operand of unknown type give
   */
  private byte cellwise(int[] inputs, byte withUnknown) {
    boolean hasMatrix = false;
    boolean hasUnknown = false;
    boolean hasNothing = false;
    for (int input : inputs) {
      byte kind = kind(input);
      hasMatrix |= kind == MATRIX;
      hasUnknown |= kind == UNKNOWN;
      hasNothing |= kind == NOTHING;
    }
    if (hasMatrix) {
      return hasUnknown ? withUnknown : hasNothing ? NOTHING : MATRIX;
    }
    return hasUnknown ? UNKNOWN : hasNothing ? NOTHING : SCALAR;
  }

  /** Columns or rows of matrices and scalars; an operand of unknown type may be a frame. */
  private byte bound(int[] inputs) {
    byte all = NOTHING;
    for (int input : inputs) {
      byte kind = kind(input);
      if (kind == UNKNOWN) {
        return UNKNOWN;
      }
      all = kind == MATRIX ? MATRIX : all;
    }
    return all == MATRIX ? MATRIX : UNKNOWN;
  }
}
