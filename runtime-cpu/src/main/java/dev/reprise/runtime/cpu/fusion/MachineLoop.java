package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.cpu.code.CellChain;
import dev.reprise.runtime.cpu.code.CellChain.Apply;
import dev.reprise.runtime.cpu.code.CellChain.Node;
import dev.reprise.runtime.cpu.code.CellChain.Spread;
import java.util.ArrayList;
import java.util.List;

/** An expression as machine code, with the bits of its steps. Immutable. */
final class MachineLoop {
  private final CellChain chain;

  /** Number among the inputs of each leaf that is no scalar, in the order of the leaves. */
  private final List<Integer> inputs;

  /** Numbers of the scalars that are exponents, which must be 2. */
  private final List<Integer> exponents;

  private MachineLoop(CellChain chain, List<Integer> inputs, List<Integer> exponents) {
    this.chain = chain;
    this.inputs = List.copyOf(inputs);
    this.exponents = List.copyOf(exponents);
  }

  /** The loop of an expression, or null when some of its operations have no machine code. */
  static MachineLoop of(FusedExpression expression) {
    Translation translation = new Translation(expression);
    for (int node = 0; node < expression.nodes(); node++) {
      if (!translation.knows(node)) {
        return null;
      }
    }
    Apply result = translation.node(expression.nodes() - 1);
    CellChain chain =
        CellChain.find(expression.precision(), translation.spreads, translation.numbers, result);
    return chain == null ? null : new MachineLoop(chain, translation.inputs, translation.exponents);
  }

  /** Whether it computes what the expression does with these scalars. */
  boolean takes(double[] scalars) {
    for (int exponent : exponents) {
      if (scalars[exponent] != 2) {
        return false;
      }
    }
    return true;
  }

  CellChain chain() {
    return chain;
  }

  /** The leaves that are inputs, in order. */
  List<Integer> inputs() {
    return inputs;
  }

  /** From operands by number to a tree. */
  private static final class Translation {
    private final FusedExpression expression;
    private final int[] places;
    private final List<Integer> inputs = new ArrayList<>();
    private final List<Spread> spreads = new ArrayList<>();
    private final List<Integer> exponents = new ArrayList<>();
    private int numbers;

    Translation(FusedExpression expression) {
      this.expression = expression;
      this.places = new int[expression.leaves()];
      for (int leaf = 0; leaf < places.length; leaf++) {
        if (expression.isScalar(leaf)) {
          places[leaf] = numbers++;
        } else {
          places[leaf] = inputs.size();
          inputs.add(leaf);
          spreads.add(spread(expression.kind(leaf)));
        }
      }
    }

    private static Spread spread(LeafKind kind) {
      return switch (kind) {
        case FULL -> Spread.EACH;
        case ROW -> Spread.ROW;
        case COLUMN -> Spread.COLUMN;
        case SCALAR -> throw new IllegalArgumentException("a scalar is no input");
      };
    }

    boolean knows(int node) {
      return isPower(node) || CellChain.knows(expression.operation(node).opcode());
    }

    /** True for the power with a number, of which there are squares. */
    private boolean isPower(int node) {
      return expression.operation(node).opcode().equals("^")
          && expression.isScalar(expression.operand(node, 1));
    }

    Apply node(int node) {
      if (isPower(node)) {
        exponents.add(places[expression.operand(node, 1)]);
        return new Apply(CellChain.SQUARE, List.of(operand(expression.operand(node, 0))));
      }
      FusableOperation operation = expression.operation(node);
      List<Node> operands = new ArrayList<>();
      for (int i = 0; i < operation.arity(); i++) {
        int same = sameAs(node, i);
        operands.add(same < i ? new CellChain.Same(same) : operand(expression.operand(node, i)));
      }
      return new Apply(operation.opcode(), operands);
    }

    /** The first operand that is the same node, or itself. */
    private int sameAs(int node, int position) {
      int operand = expression.operand(node, position);
      int same = 0;
      while (operand >= 0 ? same < position : expression.operand(node, same) != operand) {
        same++;
      }
      return same;
    }

    private Node operand(int operand) {
      if (operand < 0) {
        return node(~operand);
      }
      return expression.isScalar(operand)
          ? new CellChain.Number(places[operand])
          : new CellChain.Input(places[operand]);
    }
  }
}
