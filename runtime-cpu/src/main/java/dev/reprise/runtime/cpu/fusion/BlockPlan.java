package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.cpu.cell.BlockStep;
import dev.reprise.runtime.cpu.cell.BlockSteps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The steps of an expression over registers. Register 0 receives the result; then comes one for
 * each leaf that is no scalar, filled for every block; then those of intermediates. Immutable.
 *
 * <p>Steps share the registers of intermediates that are used up, because every register more takes
 * 8 KiB, or 4 in fp32, from the first-level cache.
 */
final class BlockPlan {
  final BlockStep[] steps;
  final int registers;

  /** Register of each leaf that is no scalar, else its number among the scalars. */
  final int[] placeOfLeaf;

  /**
   * Registers that hold a scalar repeated, the number of that scalar, and which operand it is of
   * the operation that reads it.
   */
  final int[][] filled;

  /** Register of each node whose value is stored, else -1. */
  final int[] registerOfNode;

  private BlockPlan(Planner planner) {
    steps = planner.steps.toArray(BlockStep[]::new);
    registers = planner.registers;
    placeOfLeaf = planner.placeOfLeaf;
    filled = planner.filled.toArray(int[][]::new);
    registerOfNode = planner.registerOfNode;
  }

  /** One step per node, by the loops of the kernels. */
  static BlockPlan ofKernels(FusedExpression expression) {
    return new BlockPlan(new Planner(expression, null, true).plan());
  }

  /** As {@link #ofKernels}, with every node in a register of its own. */
  static BlockPlan keepingAll(FusedExpression expression) {
    return new BlockPlan(new Planner(expression, null, false).plan());
  }

  /** Chains of cheap nodes as one generated step each, the others by the loops of the kernels. */
  static BlockPlan generated(FusedExpression expression, LoopGenerator generator) {
    return new BlockPlan(new Planner(expression, generator, true).plan());
  }

  private static final class Planner {
    private final FusedExpression expression;
    private final BlockSteps kernels;
    private final LoopGenerator generator;
    private final boolean sharing;
    private final List<BlockStep> steps = new ArrayList<>();
    private final List<int[]> filled = new ArrayList<>();
    private final int[] placeOfLeaf;
    private final int[] registerOfNode;
    private final Deque<Integer> free = new ArrayDeque<>();
    private int registers = 1;

    Planner(FusedExpression expression, LoopGenerator generator, boolean sharing) {
      this.expression = expression;
      this.kernels = BlockSteps.of(expression.precision());
      this.generator = generator;
      this.sharing = sharing;
      this.placeOfLeaf = new int[expression.leaves()];
      this.registerOfNode = new int[expression.nodes()];
      Arrays.fill(registerOfNode, -1);
    }

    Planner plan() {
      int scalars = 0;
      for (int leaf = 0; leaf < placeOfLeaf.length; leaf++) {
        placeOfLeaf[leaf] = expression.isScalar(leaf) ? scalars++ : registers++;
      }
      if (sharing) {
        free.push(0);
      }
      LoopGroups groups = LoopGroups.of(expression, generator != null);
      for (int node = 0; node < expression.nodes(); node++) {
        if (groups.isRoot(node)) {
          add(node, groups);
        }
      }
      return this;
    }

    private void add(int node, LoopGroups groups) {
      if (groups.size(node) > 1) {
        addGenerated(node, groups.members(node));
        return;
      }
      int arity = expression.operation(node).arity();
      int[] operands = new int[arity];
      boolean repeated = expression.operation(node).opcode().equals("ifelse");
      for (int i = 0; i < arity; i++) {
        int operand = expression.operand(node, i);
        operands[i] =
            repeated && expression.isScalar(operand) ? filledWith(operand, i) : place(operand);
      }
      release(node);
      int out = result(node);
      steps.add(step(node, operands, out));
    }

    private void addGenerated(int root, List<Integer> members) {
      members.forEach(this::release);
      int out = result(root);
      steps.add(generator.generate(expression, members, this::place, out));
    }

    private int place(int operand) {
      return operand >= 0 ? placeOfLeaf[operand] : registerOfNode[~operand];
    }

    private int filledWith(int leaf, int position) {
      int register = registers++;
      filled.add(new int[] {register, placeOfLeaf[leaf], position});
      return register;
    }

    /** Gives up the registers of the node's operands. */
    private void release(int node) {
      for (int i = 0; sharing && i < expression.operation(node).arity(); i++) {
        int operand = expression.operand(node, i);
        int register = operand < 0 ? registerOfNode[~operand] : -1;
        if (register >= 0 && !free.contains(register)) {
          free.push(register);
        }
      }
    }

    private int result(int node) {
      boolean last = node == expression.nodes() - 1;
      int register = last ? 0 : free.isEmpty() ? registers++ : free.pop();
      registerOfNode[node] = register;
      return register;
    }

    private BlockStep step(int node, int[] places, int out) {
      String opcode = expression.operation(node).opcode();
      if (places.length == 1) {
        return kernels.unary(opcode, places[0], out);
      }
      if (places.length == 3) {
        return kernels.choose(places[0], places[1], places[2], out);
      }
      if (expression.isScalar(expression.operand(node, 1))) {
        return kernels.scalarRight(opcode, places[0], places[1], out);
      }
      return expression.isScalar(expression.operand(node, 0))
          ? kernels.scalarLeft(opcode, places[0], places[1], out)
          : kernels.binary(opcode, places[0], places[1], out);
    }
  }
}
