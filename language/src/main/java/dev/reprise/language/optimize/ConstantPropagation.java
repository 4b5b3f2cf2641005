package dev.reprise.language.optimize;

import dev.reprise.language.ReversibleMap;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts constants in place of the variables that hold them, computes what follows from them, and
 * takes out branches that are never taken. Variables keep their assignments: they may be read
 * elsewhere. A variable that a loop assigns is no constant in it. Values and types are those of
 * execution.
 */
final class ConstantPropagation {
  private final Draft draft;

  /** The constants at this place, by the slot that holds them. */
  private final ReversibleMap<Integer, Integer> known = new ReversibleMap<>();

  ConstantPropagation(Draft draft) {
    this.draft = draft;
  }

  List<Block> blocks(List<Block> blocks) {
    List<Block> out = new ArrayList<>(blocks.size());
    for (Block block : blocks) {
      if (block instanceof Block.Straight straight) {
        out.add(new Block.Straight(code(straight.instructions())));
      } else if (block instanceof Block.If choice) {
        choice(choice, out);
      } else if (block instanceof Block.While loop) {
        loop(loop, out);
      } else if (block instanceof Block.For loop) {
        out.add(counted(loop));
      } else {
        out.add(parallel((Block.ParFor) block));
      }
    }
    return joined(out);
  }

  /** Neighbours without control flow between them become one block. */
  private static List<Block> joined(List<Block> blocks) {
    List<Block> out = new ArrayList<>(blocks.size());
    List<Instruction> straight = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      if (!(blocks.get(i) instanceof Block.Straight(List<Instruction> instructions))) {
        out.add(blocks.get(i));
        continue;
      }
      straight.addAll(instructions);
      if (i + 1 == blocks.size() || !(blocks.get(i + 1) instanceof Block.Straight)) {
        out.add(new Block.Straight(List.copyOf(straight)));
        straight.clear();
      }
    }
    return List.copyOf(out);
  }

  private void choice(Block.If choice, List<Block> out) {
    Block.Code predicate = code(choice.predicate());
    Boolean truth = truth(predicate);
    if (truth != null) {
      draft.note(
          "constant condition",
          choice.position(),
          "if (" + (truth ? "TRUE" : "FALSE") + ")",
          truth
              ? "the first branch"
              : choice.otherwise().isEmpty() ? "nothing" : "the other branch");
      out.addAll(blocks(truth ? choice.then() : choice.otherwise()));
      return;
    }
    int fork = known.mark();
    List<Block> then = blocks(choice.then());
    known.takeBack(fork);
    List<Block> otherwise = blocks(choice.otherwise());
    known.takeBack(fork);
    forget(choice.then());
    forget(choice.otherwise());
    out.add(new Block.If(predicate, then, otherwise, choice.position()));
  }

  private void loop(Block.While loop, List<Block> out) {
    if (loop.predicate().instructions().isEmpty()
        && Boolean.FALSE.equals(truth(loop.predicate()))) {
      draft.note("constant condition", loop.position(), "while (FALSE)", "nothing");
      return;
    }
    forget(loop.body());
    BitSet written = new BitSet();
    Writes.ofCode(loop.predicate().instructions(), written);
    forget(written);
    Block.Code predicate = code(loop.predicate());
    int outside = known.mark();
    List<Block> body = blocks(loop.body());
    known.takeBack(outside);
    out.add(new Block.While(predicate, body, loop.position()));
  }

  private Block.For counted(Block.For loop) {
    Block.Code from = code(loop.from());
    Block.Code to = code(loop.to());
    Block.Code step = loop.step() == null ? null : code(loop.step());
    known.remove(loop.variable());
    forget(loop.body());
    int outside = known.mark();
    List<Block> body = blocks(loop.body());
    known.takeBack(outside);
    return new Block.For(loop.variable(), from, to, step, body, loop.position());
  }

  private Block parallel(Block.ParFor loop) {
    Map<String, Block.Code> options = new LinkedHashMap<>();
    for (Map.Entry<String, Block.Code> option : loop.options().entrySet()) {
      options.put(option.getKey(), code(option.getValue()));
    }
    Block.For counted = counted(loop.loop());
    return new Block.ParFor(counted, options, loop.results(), loop.readResults(), loop.position());
  }

  private void forget(List<Block> blocks) {
    BitSet written = new BitSet();
    Writes.of(blocks, written);
    forget(written);
  }

  private void forget(BitSet slots) {
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      known.remove(slot);
    }
  }

  /** The truth of a condition that is a constant; null for any other. */
  private Boolean truth(Block.Code predicate) {
    Scalar constant =
        predicate.operand() < 0 ? draft.operands.constantAt(predicate.operand()) : null;
    return constant instanceof BooleanScalar && predicate.instructions().isEmpty()
        ? constant.asBoolean()
        : null;
  }

  private Block.Code code(Block.Code code) {
    List<Instruction> instructions = code(code.instructions());
    int operand = code.operand();
    Scalar constant = constant(operand);
    boolean isReplaced =
        operand >= 0
            && constant != null
            && (constant instanceof BooleanScalar || draft.operands.isTemporary(operand));
    return new Block.Code(instructions, isReplaced ? known.get(operand) : operand);
  }

  /** The constant that an operand holds for certain, or null. */
  private Scalar constant(int operand) {
    Integer number = operand < 0 ? Integer.valueOf(operand) : known.get(operand);
    return number == null ? null : draft.operands.constantAt(number);
  }

  private List<Instruction> code(List<Instruction> instructions) {
    List<Instruction> out = new ArrayList<>(instructions.size());
    for (Instruction instruction : instructions) {
      Instruction result = folded(withConstants(instruction));
      for (int output : result.outputs()) {
        if (output >= 0) {
          known.remove(output);
        }
      }
      Integer constant =
          result instanceof Instruction.Copy copy
              ? copy.from() < 0 ? Integer.valueOf(copy.from()) : known.get(copy.from())
              : null;
      if (constant != null) {
        Instruction.Copy copy = (Instruction.Copy) result;
        known.put(copy.to(), constant);
        if (draft.operands.isTemporary(copy.to())) {
          continue;
        }
      }
      out.add(result);
    }
    return out;
  }

  /**
   * Puts constants in place of intermediates, which are gone then. Variables stay: a trace tells
   * their names.
   */
  private Instruction withConstants(Instruction instruction) {
    Instruction result = instruction;
    if (instruction instanceof Instruction.Compute compute) {
      for (int input : compute.inputs()) {
        result = withConstant(result, input);
      }
    } else if (instruction instanceof Instruction.Call call) {
      for (Instruction.Argument argument : call.arguments()) {
        result = withConstant(result, argument.operand());
      }
    } else {
      result = withConstant(result, ((Instruction.Copy) instruction).from());
    }
    return result;
  }

  private Instruction withConstant(Instruction instruction, int operand) {
    Integer constant =
        operand >= 0 && draft.operands.isTemporary(operand) ? known.get(operand) : null;
    return constant == null ? instruction : Tidying.reading(instruction, operand, constant);
  }

  private Instruction folded(Instruction instruction) {
    if (!(instruction instanceof Instruction.Compute compute)
        || compute.outputs().length != 1
        || compute.outputs()[0] < 0) {
      return instruction;
    }
    Scalar value = value(compute);
    if (value == null) {
      return instruction;
    }
    Instruction copy =
        new Instruction.Copy(
            draft.operands.constant(value),
            compute.outputs()[0],
            compute.releases(),
            compute.position());
    Notation notation = new Notation(draft.operands, null);
    draft.note("constant folding", compute.position(), notation.of(compute), notation.of(copy));
    return copy;
  }

  private Scalar value(Instruction.Compute compute) {
    int[] inputs = compute.inputs();
    if (inputs.length == 1) {
      String name = compute.operation().name();
      Scalar operand = constant(inputs[0]);
      return operand == null
          ? null
          : ConstantFolding.unary(name.equals("negate") ? "-" : name, operand);
    }
    Scalar left = inputs.length == 2 ? constant(inputs[0]) : null;
    Scalar right = left == null ? null : constant(inputs[1]);
    return right == null ? null : ConstantFolding.binary(compute.operation().name(), left, right);
  }
}
