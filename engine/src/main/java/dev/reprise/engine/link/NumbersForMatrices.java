package dev.reprise.engine.link;

import dev.reprise.engine.device.NumberFormula;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.runtime.cpu.cell.ScalarFunctions;
import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * The slots of a procedure whose numbers may come to be combined with a matrix, as they are or by
 * way of numbers that {@link NumberFormula formulas} are made of. A running total that is but
 * printed is none of them, nor is what is added to it.
 *
 * <p>By slots alone, whatever the order of instructions, so it follows from the program. What is
 * not known to be a number may be a matrix; what is passed to a function, returned by one or put
 * into a list may be combined with one there.
 */
final class NumbersForMatrices {
  /** Operations that give a number for any operands, besides those of the table that say so. */
  private static final Set<String> NUMBERS =
      Set.of(
          "as.scalar",
          "as.double",
          "as.integer",
          "as.logical",
          "nrow",
          "ncol",
          "length",
          "toString");

  private final Procedure procedure;
  private final List<Instruction> instructions = new ArrayList<>();

  /** Slots that hold only numbers or strings. */
  private final BitSet scalars = new BitSet();

  private final BitSet taken = new BitSet();

  private NumbersForMatrices(Procedure procedure) {
    this.procedure = procedure;
  }

  static BitSet of(Procedure procedure) {
    NumbersForMatrices slots = new NumbersForMatrices(procedure);
    for (Procedure.Parameter each : procedure.parameters()) {
      slots.add(each.defaultValue());
    }
    slots.addAll(procedure.body());
    slots.findScalars();
    slots.findTaken();
    return slots.taken;
  }

  private void addAll(List<Block> blocks) {
    blocks.forEach(this::add);
  }

  private void add(Block block) {
    if (block instanceof Block.Straight straight) {
      straight.instructions().forEach(this::add);
    } else if (block instanceof Block.If branch) {
      add(branch.predicate());
      addAll(branch.then());
      addAll(branch.otherwise());
    } else if (block instanceof Block.While loop) {
      add(loop.predicate());
      addAll(loop.body());
    } else if (block instanceof Block.For loop) {
      scalars.set(loop.variable());
      add(loop.from());
      add(loop.to());
      add(loop.step());
      addAll(loop.body());
    } else if (block instanceof Block.ParFor loop) {
      loop.options().values().forEach(this::add);
      add(loop.loop());
    }
  }

  private void add(Block.Code code) {
    if (code != null) {
      code.instructions().forEach(this::add);
    }
  }

  private void add(Instruction instruction) {
    if (instruction instanceof Instruction.Compute plan) {
      plan.plain().forEach(this::add);
    }
    instructions.add(instruction);
  }

  /** Takes all that are written to be numbers, then those away that get anything else. */
  private void findScalars() {
    for (Instruction each : instructions) {
      for (int slot : each.outputs()) {
        if (slot >= 0) {
          scalars.set(slot);
        }
      }
    }
    for (Procedure.Parameter each : procedure.parameters()) {
      scalars.set(each.slot(), isScalar(each.type()));
    }
    boolean changes = true;
    while (changes) {
      changes = false;
      for (Instruction each : instructions) {
        if (!makesScalar(each)) {
          for (int slot : each.outputs()) {
            changes |= slot >= 0 && scalars.get(slot);
            if (slot >= 0) {
              scalars.clear(slot);
            }
          }
        }
      }
    }
  }

  private static boolean isScalar(DeclaredType type) {
    return type == DeclaredType.DOUBLE
        || type == DeclaredType.INTEGER
        || type == DeclaredType.BOOLEAN
        || type == DeclaredType.STRING;
  }

  private boolean makesScalar(Instruction instruction) {
    if (instruction instanceof Instruction.Copy copy) {
      return isScalar(copy.from());
    }
    if (!(instruction instanceof Instruction.Compute compute)) {
      return false;
    }
    Operation operation =
        (compute.plain().isEmpty() ? compute : compute.plain().getLast()).operation();
    if (operation.opcode().returnsDouble() || NUMBERS.contains(operation.name())) {
      return true;
    }
    boolean isOfCells =
        ScalarFunctions.binary(operation.name()) != null
            || ScalarFunctions.unary(operation.name()) != null;
    return isOfCells
        && compute.plain().isEmpty()
        && Arrays.stream(compute.inputs()).allMatch(this::isScalar);
  }

  private boolean isScalar(int operand) {
    return operand < 0 || scalars.get(operand);
  }

  private void findTaken() {
    if (!procedure.name().equals("main")) {
      procedure.results().forEach(each -> taken.set(each.slot()));
    }
    boolean changes = true;
    while (changes) {
      int before = taken.cardinality();
      // Against the order of the program, so that straight code takes one pass.
      instructions.reversed().forEach(this::passOn);
      changes = taken.cardinality() != before;
    }
  }

  private void passOn(Instruction instruction) {
    if (instruction instanceof Instruction.Copy copy) {
      if (taken.get(copy.to())) {
        take(copy.from());
      }
    } else if (instruction instanceof Instruction.Compute compute) {
      if (takes(compute)) {
        for (int operand : compute.inputs()) {
          take(operand);
        }
      }
    } else if (instruction instanceof Instruction.Call call) {
      call.arguments().forEach(each -> take(each.operand()));
    }
  }

  /** True when numbers among its operands may be combined with a matrix. */
  private boolean takes(Instruction.Compute compute) {
    String name = compute.operation().name();
    if (compute.operation().opcode().evaluation() == Evaluation.EFFECT) {
      return name.equals("eval");
    }
    if (!makesScalar(compute)) {
      return true;
    }
    boolean goesOn = NumberFormula.isExact(name) || name.equals("as.scalar");
    return goesOn
        && Arrays.stream(compute.outputs()).anyMatch(slot -> slot >= 0 && taken.get(slot));
  }

  private void take(int operand) {
    if (operand >= 0) {
      taken.set(operand);
    }
  }
}
