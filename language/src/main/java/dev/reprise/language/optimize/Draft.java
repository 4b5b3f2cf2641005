package dev.reprise.language.optimize;

import dev.reprise.language.Position;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.language.program.Rewrite;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** A procedure while it is rewritten: what all passes share. For one thread. */
final class Draft {
  final Optimization options;
  final Operands operands;

  /** Slots that have a value when the procedure begins. */
  final BitSet bound;

  /** Slots that somebody reads when the procedure has ended. */
  final BitSet kept;

  private final Map<Integer, DeclaredType> declared;
  private final Signatures signatures;
  private final List<Block> original;
  private final List<Rewrite> rewrites = new ArrayList<>();
  private Types types;

  Draft(
      Optimization options,
      Operands operands,
      BitSet bound,
      BitSet kept,
      Map<Integer, DeclaredType> declared,
      Signatures signatures,
      List<Block> original) {
    this.options = options;
    this.operands = operands;
    this.bound = bound;
    this.kept = kept;
    this.declared = declared;
    this.signatures = signatures;
    this.original = original;
  }

  /** What is known about the slots' types; found out when first asked for. */
  Types types() {
    if (types == null) {
      types = Types.of(original, declared, bound, operands, signatures);
    }
    return types;
  }

  Opcode opcode(String name) {
    return OperationTable.standard().get(name);
  }

  /** An instruction that nothing is released by. */
  Instruction.Compute compute(
      String opcode, Attributes attributes, Position position, int output, int... inputs) {
    return new Instruction.Compute(
        new Operation(opcode(opcode), attributes), inputs, new int[] {output}, NOTHING, position);
  }

  static final int[] NOTHING = {};

  void note(String name, Position position, String before, String after) {
    rewrites.add(new Rewrite(name, position, before, after, false));
  }

  void noteWithSizes(String name, Position position, String before, String after) {
    rewrites.add(new Rewrite(name, position, before, after, true));
  }

  List<Rewrite> rewrites() {
    return rewrites;
  }
}
