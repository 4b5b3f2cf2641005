package dev.reprise.engine;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The functions that a procedure calls by name, in order of their first call. */
final class CalledFunctions {
  private final Set<String> names = new LinkedHashSet<>();

  private CalledFunctions() {}

  static Set<String> of(Procedure procedure) {
    CalledFunctions called = new CalledFunctions();
    procedure
        .parameters()
        .forEach(p -> {
          if (p.defaultValue() != null) {
            called.code(p.defaultValue());
          }
        });
    called.blocks(procedure.body());
    return called.names;
  }

  private void blocks(List<Block> blocks) {
    blocks.forEach(this::block);
  }

  private void block(Block block) {
    switch (block) {
      case Block.Straight straight -> instructions(straight.instructions());
      case Block.If branch -> {
        code(branch.predicate());
        blocks(branch.then());
        blocks(branch.otherwise());
      }
      case Block.While loop -> {
        code(loop.predicate());
        blocks(loop.body());
      }
      case Block.For loop -> {
        code(loop.from());
        code(loop.to());
        if (loop.step() != null) {
          code(loop.step());
        }
        blocks(loop.body());
      }
      case Block.ParFor loop -> {
        loop.options().values().forEach(this::code);
        block(loop.loop());
      }
    }
  }

  private void code(Block.Code code) {
    instructions(code.instructions());
  }

  private void instructions(List<Instruction> instructions) {
    for (Instruction instruction : instructions) {
      if (instruction instanceof Instruction.Call call) {
        names.add(call.function());
      }
    }
  }
}
