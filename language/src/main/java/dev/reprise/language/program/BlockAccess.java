package dev.reprise.language.program;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which slots a sequence of blocks depends on and which it changes, each in the order in which the
 * blocks mention them first: two sequences of one {@link ProgramFingerprint} have the same slots at
 * the same places.
 *
 * @param reads slots whose value at the beginning may be read
 * @param changes slots that may be written or released
 * @param assignsParts true when cells, rows or elements of a variable are assigned
 */
public record BlockAccess(List<Integer> reads, List<Integer> changes, boolean assignsParts) {

  public static BlockAccess of(List<Block> blocks) {
    Collector collector = new Collector();
    collector.blocks(blocks, new BitSet());
    return new BlockAccess(
        collector.inOrder(collector.reads),
        collector.inOrder(collector.changes),
        collector.assignsParts);
  }

  /** The slot whose having a value is asked for by {@code exists}, or -1. */
  static int seenSlot(Instruction.Compute compute) {
    return compute.operation().name().equals("exists")
        ? (int) compute.operation().attributes().getLong("slot", -1)
        : -1;
  }

  /** Walks the blocks in the order of execution, with the slots that every path has written. */
  private static final class Collector {
    final Set<Integer> mentioned = new LinkedHashSet<>();
    final BitSet reads = new BitSet();
    final BitSet changes = new BitSet();
    boolean assignsParts;

    List<Integer> inOrder(BitSet slots) {
      List<Integer> ordered = new ArrayList<>();
      for (int slot : mentioned) {
        if (slots.get(slot)) {
          ordered.add(slot);
        }
      }
      return List.copyOf(ordered);
    }

    void blocks(List<Block> blocks, BitSet written) {
      for (Block block : blocks) {
        block(block, written);
      }
    }

    private void block(Block block, BitSet written) {
      if (block instanceof Block.Straight straight) {
        instructions(straight.instructions(), written);
      } else if (block instanceof Block.If choice) {
        code(choice.predicate(), written);
        BitSet then = copy(written);
        blocks(choice.then(), then);
        BitSet otherwise = copy(written);
        blocks(choice.otherwise(), otherwise);
        then.and(otherwise);
        written.or(then);
      } else if (block instanceof Block.While loop) {
        code(loop.predicate(), written);
        blocks(loop.body(), copy(written));
      } else if (block instanceof Block.For loop) {
        counted(loop, written);
      } else {
        parallel((Block.ParFor) block, written);
      }
    }

    private void parallel(Block.ParFor loop, BitSet written) {
      for (Map.Entry<String, Block.Code> option : loop.options().entrySet()) {
        code(option.getValue(), written);
      }
      for (int result : loop.results()) {
        read(result, written);
        change(result);
      }
      counted(loop.loop(), written);
    }

    private void counted(Block.For loop, BitSet written) {
      code(loop.from(), written);
      code(loop.to(), written);
      if (loop.step() != null) {
        code(loop.step(), written);
      }
      change(loop.variable());
      BitSet body = copy(written);
      body.set(loop.variable());
      blocks(loop.body(), body);
    }

    private void code(Block.Code code, BitSet written) {
      instructions(code.instructions(), written);
      read(code.operand(), written);
    }

    private void instructions(List<Instruction> instructions, BitSet written) {
      for (Instruction instruction : instructions) {
        inputs(instruction, written);
        for (int output : instruction.outputs()) {
          if (output >= 0) {
            change(output);
            written.set(output);
          }
        }
        for (int released : instruction.releases()) {
          change(released);
          written.set(released);
        }
      }
    }

    private void inputs(Instruction instruction, BitSet written) {
      if (instruction instanceof Instruction.Compute compute) {
        String name = compute.operation().name();
        assignsParts |= name.equals("leftIndex") || name.equals("listAssign");
        read(seenSlot(compute), written);
        for (int input : compute.inputs()) {
          read(input, written);
        }
        // What the instruction may be replaced by reads no more, but writes temporaries.
        instructions(List.copyOf(compute.plain()), written);
      } else if (instruction instanceof Instruction.Call call) {
        call.arguments().forEach(a -> read(a.operand(), written));
      } else {
        read(((Instruction.Copy) instruction).from(), written);
      }
    }

    private void read(int operand, BitSet written) {
      if (operand >= 0) {
        mentioned.add(operand);
        if (!written.get(operand)) {
          reads.set(operand);
        }
      }
    }

    private void change(int slot) {
      mentioned.add(slot);
      changes.set(slot);
    }

    private static BitSet copy(BitSet set) {
      return (BitSet) set.clone();
    }
  }
}
