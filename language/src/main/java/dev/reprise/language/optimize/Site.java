package dev.reprise.language.optimize;

import dev.reprise.language.Position;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Straight code that is being rewritten: what rules ask about it, and how they change it. */
final class Site {
  final Draft draft;
  final Values values;
  private final Notation notation;
  private final Uses uses;
  private final List<Instruction> out = new ArrayList<>();
  private final BitSet orphans = new BitSet();
  private boolean changed;

  Site(Draft draft, List<Instruction> instructions, int operand, BitSet assigned) {
    this.draft = draft;
    this.values = new Values(draft, assigned);
    this.notation = new Notation(draft.operands, values);
    this.uses = Uses.in(instructions, operand);
  }

  /** True when results may differ in their last bits. */
  boolean mayRound() {
    return !draft.options.exact();
  }

  /** True when the operand is an intermediate that only the instruction at hand reads. */
  boolean isOnlyUse(int operand) {
    return uses.of(operand) == 1 && draft.operands.isTemporary(operand);
  }

  /** The constant behind an operand as a number, or NaN. */
  double number(int operand) {
    Scalar constant = operand < 0 ? draft.operands.constantAt(operand) : null;
    return constant instanceof IntegerScalar || constant instanceof DoubleScalar
        ? constant.asDouble()
        : Double.NaN;
  }

  /** Adds an instruction that computes an intermediate; returns its slot. */
  int temporary(String opcode, Attributes attributes, Position position, int... inputs) {
    int slot = draft.operands.temporary();
    Instruction.Compute step = draft.compute(opcode, attributes, position, slot, inputs);
    draft.types().learn(step);
    add(step);
    return slot;
  }

  /**
   * Says that an intermediate may go when nobody reads it: its operation cannot fail. Variables
   * stay.
   */
  void mayGo(int slot) {
    if (draft.operands.isTemporary(slot)) {
      orphans.set(slot);
    }
  }

  /** The replacement of an instruction, noted for {@code explain --rewrites}. */
  Instruction replace(String name, Instruction.Compute before, Instruction after) {
    draft.note(name, before.position(), notation.of(before), notation.of(after));
    changed = true;
    return after;
  }

  /** The replacement of an instruction by one of another opcode. */
  Instruction replace(String name, Instruction.Compute before, String opcode, int... inputs) {
    return replace(name, before, opcode, Attributes.none(), inputs);
  }

  Instruction replace(
      String name,
      Instruction.Compute before,
      String opcode,
      Attributes attributes,
      int... inputs) {
    return replace(
        name,
        before,
        draft.compute(opcode, attributes, before.position(), before.outputs()[0], inputs));
  }

  /** The replacement of an instruction whose result is a value that is there already. */
  Instruction replaceByValue(String name, Instruction.Compute before, int operand) {
    return replace(
        name,
        before,
        new Instruction.Copy(operand, before.outputs()[0], Draft.NOTHING, before.position()));
  }

  void add(Instruction instruction) {
    out.add(instruction);
    values.passed(instruction);
  }

  /** The rewritten code; the code as it was when nothing changed. */
  Block.Code finish(List<Instruction> before, int operand) {
    return changed ? Tidying.tidy(out, operand, orphans, draft) : new Block.Code(before, operand);
  }
}
